### An- und Abmelden.

sign-in-failed-title = Nicht angemeldet
sign-in-failed = Sie sind nicht angemeldet
sign-in-start-again = Beginnen Sie von vorn. Wenn es weiterhin fehlschlägt, melden Sie den Text oben denen, die Twindesk betreiben.
sign-in-again = Erneut anmelden
sign-in-spent = Diese Anmeldung wurde schon verwendet, hat zu lange gedauert oder wurde in einem anderen Browser begonnen.
sign-in-refused = Microsoft Entra ID hat Sie nicht angemeldet.
sign-in-not-accepted = Die Antwort von Microsoft Entra ID konnte nicht angenommen werden.
signed-out-title = Abgemeldet
signed-out = Sie sind abgemeldet
signed-out-goes-on = Ihre Sitzung hier ist beendet. Was in Ihrem Namen genehmigt wurde, läuft weiter.
