### Der Verlauf.

## Die Liste

history-lead-all = Alles, was beantragt, entschieden und ausgeführt wurde.
history-lead-own = Was von Ihnen und für Sie beantragt, entschieden und ausgeführt wurde; wenn Sie einen Bereich angeben, alles von dort, sofern Sie dort Rollen zuweisen dürfen.
history-lead-unchanged = Einträge werden nie geändert.
history-person = Person
history-person-how = E-Mail oder Objekt-ID
history-what = Was geschehen ist
history-anything = Alles
history-scope = Bereich
history-scope-how = Abonnement- oder Ressourcen-ID
history-request = Antrags-ID
history-from = Von
history-to = Bis
history-only-own = Gezeigt wird nur, was Sie betrifft. Alles in diesem Bereich sehen nur Personen, die dort Rollen zuweisen dürfen, und Personen mit der Rolle Auditor.
history-nothing-so-far = Bisher nichts gefunden
history-more-behind = Eine Suche reicht jeweils nur ein Stück weit zurück, und es gibt noch mehr zu durchsuchen.
history-further = Weiter zurück suchen
history-nothing-older = Nichts Älteres gefunden
history-none-older-fits = Kein älterer Eintrag passt zum Filter.
history-none-older = Es gibt keinen älteren Eintrag.
history-nothing = Nichts gefunden
history-none-fits = Kein Eintrag passt zum Filter. Nehmen Sie etwas heraus.
history-none = Bisher ist nichts geschehen, was Sie sehen dürfen.
history-nobody = Hier hat sich niemand namens „{ $person }“ angemeldet. Geben Sie eine E-Mail-Adresse oder eine Objekt-ID ein.
history-no-date = „{ $text }“ ist kein Datum. Schreiben Sie es so: 2026-01-31.
history-no-scope = Ein Bereich ist eine Abonnement-ID oder eine Ressourcen-ID: /subscriptions/…

## Was geschah, wie man es im Filter auswählt

event-asked = Beantragt
event-approved = Genehmigt
event-rejected = Abgelehnt
event-sent-back = Zurückgegeben
event-asked-again = Erneut beantragt
event-commented = Kommentiert
event-withdrawn = Zurückgezogen
event-accepted = Von Azure angenommen
event-step-done = Schritt erledigt
event-step-failed = Schritt fehlgeschlagen
event-sign-in-needed = Anmeldung erforderlich
event-retried = Erneut versucht
event-closed = Geschlossen
event-taken-over = Übernommen
event-stop-asked = Anhalten angefordert
event-halted = Vorzeitig beendet
event-done = Erledigt
event-verified = Bestätigt
event-not-verified = Nicht bestätigt

## Was geschah. Wer es tat, steht jeweils davor.

history-asked = hat beantragt: { $title }.
history-asked-linked-html = hat beantragt: <a href="{ $address }">{ $title }</a>.
history-asked-again = hat den Antrag geändert und erneut gestellt: { $title }.
history-asked-again-linked-html = hat den Antrag geändert und erneut gestellt: <a href="{ $address }">{ $title }</a>.
history-plan-html = Plan <code title="{ $plan }">{ $short }</code>
history-version-html = Version { $revision }, Plan <code title="{ $plan }">{ $short }</code>
history-correlation-html = Korrelations-ID <code>{ $id }</code>
history-approved-html = hat den Plan <code title="{ $plan }">{ $short }</code> genehmigt.
history-rejected = hat den Antrag abgelehnt:
history-sent-back = hat den Antrag zum Ändern zurückgegeben:
history-commented = hat geschrieben:
history-withdrawn = hat den Antrag zurückgezogen.
history-accepted-html = „{ $step }“: Azure hat den Aufruf im Namen von <strong>{ $name }</strong> angenommen und arbeitet daran.
history-step-done-html = „{ $step }“: erledigt im Namen von <strong>{ $name }</strong>.
history-perhaps-done-html = „{ $step }“: erledigt, vielleicht durch den Aufruf im Namen von <strong>{ $name }</strong>: Er sollte gerade gesendet werden, und es kam keine Antwort; vielleicht war also jemand anders schneller.
history-already-so-html = „{ $step }“: Es war schon so, nichts wurde geschrieben; gesehen im Namen von <strong>{ $name }</strong>.
history-step-failed-html = { $tries ->
    [0] „{ $step }“ ist im Namen von <strong>{ $name }</strong> fehlgeschlagen.
    [1] „{ $step }“ ist im Namen von <strong>{ $name }</strong> fehlgeschlagen.
   *[other] „{ $step }“ ist im Namen von <strong>{ $name }</strong> nach { $tries } Versuchen fehlgeschlagen.
}
history-sign-in-needed-html = „{ $step }“ wartet: <strong>{ $name }</strong> muss sich erneut anmelden.
history-retried = hat „{ $step }“ erneut versuchen lassen.
history-closed = hat den Antrag geschlossen:
history-taken-over-html = hat „{ $step }“ von <strong>{ $name }</strong> übernommen und führt den Schritt im eigenen Namen weiter.
history-stop-asked = hat den Antrag angehalten: Es wird nichts mehr an Azure gesendet. Was Azure gerade bearbeitet, wird noch beendet.
history-halted = hat wie verlangt nach „{ $step }“ nichts mehr gesendet.
history-halted-unanswered = Der Aufruf dafür war unterwegs, und Azure hat nicht gesagt, ob er angekommen ist: Sehen Sie dort nach.
history-halted-stays = Was in Azure erstellt wurde, bleibt bestehen.
history-done = hat den ganzen Plan ausgeführt. Jeder Schritt wurde in Azure nachgeprüft.
history-verified-html = hat den Zugriff bestätigt: Die Instanz hat auf das Token von <strong>{ $name }</strong> geantwortet.
history-not-verified-html = konnte den Zugriff von <strong>{ $name }</strong> nicht bestätigen.
