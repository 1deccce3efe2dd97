### Ein Antrag, sein Fortschritt, und was darüber entschieden werden kann.

## Wo ein Antrag steht

status-waiting = Wartet auf Genehmigung
status-sent-back = Zurückgegeben
status-approved = Genehmigt
status-running = Läuft
status-needs-sign-in = Anmeldung erforderlich
status-stopped = Angehalten
status-done = Erledigt
status-verified = Bestätigt
status-rejected = Abgelehnt
status-withdrawn = Zurückgezogen
status-closed = Geschlossen

## Was seit der vorigen Fassung anders ist

diff-subscription = Abonnement
diff-justification = Begründung
diff-needs = Braucht

## Warum jemand etwas nicht tun darf

cannot-decided = { $name } hat schon über diesen Antrag entschieden.
cannot-withdrawn = Dieser Antrag wurde von der antragstellenden Person zurückgezogen.
cannot-sent-back = { $name } hat diesen Antrag schon zurückgegeben. Er wartet darauf, dass die antragstellende Person ihn ändert.
cannot-begun = Ein Teil davon ist schon ausgeführt; als Ganzes lässt es sich nicht mehr ändern. Lehnen Sie den Rest ab und schreiben Sie, was stattdessen beantragt werden soll.
cannot-nothing-to-change = Schreiben Sie, was sich ändern soll: Die antragstellende Person wird es lesen.
cannot-not-sent-back = Nur die antragstellende Person kann einen Antrag ändern, und nur solange er zurückgegeben ist.
cannot-other-kind = Dieser Antrag ist von anderer Art. Ändern Sie ihn in seinem eigenen Formular.
cannot-no-decision = Dieser Antrag braucht keine Entscheidung: Er läuft im Namen der antragstellenden Person.
cannot-not-approver = Über diesen Antrag kann nur entscheiden, wer auf { $place } Rollen zuweisen darf, und laut Azure dürfen Sie das nicht.
cannot-unknown = Azure konnte nicht gefragt werden, was Sie dort dürfen. Versuchen Sie es gleich noch einmal.
cannot-own-request = Das haben Sie selbst beantragt, und nach der Richtlinie des Portals entscheidet jemand anders.
cannot-plan-changed = Der Plan hat sich geändert, seit Sie ihn gesehen haben. Lesen Sie ihn noch einmal, bevor Sie entscheiden.
cannot-names-changed = Die Namen, in denen die Schritte laufen würden, haben sich geändert, seit Sie sie gesehen haben. Lesen Sie sie noch einmal, bevor Sie genehmigen.
cannot-lacking = Das kann nicht ausgeführt werden: { $what }
cannot-step-lacking = „{ $step }“ braucht { $needs }; das haben weder Sie noch { $name }.
cannot-no-reason = Geben Sie eine Begründung an: Die antragstellende Person wird sie lesen.
cannot-long-reason = Die Begründung darf höchstens 2.000 Zeichen haben.
cannot-no-comment = Schreiben Sie zuerst etwas.
cannot-long-comment = Ein Kommentar darf höchstens 2.000 Zeichen haben.
cannot-many-comments = Mehr Kommentare nimmt dieser Antrag nicht auf. Sprechen Sie direkt miteinander.
cannot-unread = Öffnen Sie ihn zuerst: Seine Seite zeigt, was vor der Entscheidung zu lesen ist.
cannot-not-requester = Nur die antragstellende Person kann einen Antrag zurückziehen.
cannot-in-flight = Azure wird gerade gefragt. Halten Sie den Antrag stattdessen an: Der laufende Schritt wird zuerst noch beendet.
cannot-ended = Es gibt nichts mehr zurückzuziehen: Der Antrag ist beendet.
cannot-not-stopped = Erneut versuchen lässt sich nur ein Antrag, der angehalten hat.
cannot-not-closable = Schließen lässt sich nur ein Antrag, der angehalten hat oder auf eine Anmeldung wartet.
cannot-not-involved = Das kann nur die antragstellende Person oder jemand, der darüber entscheiden darf.
cannot-not-verifiable = Es gibt keine Prüfung, die sich erneut versuchen ließe.
cannot-not-stuck = Übernehmen lässt sich nur ein Antrag, der angehalten hat oder auf eine Anmeldung wartet.
cannot-yours-already = Er läuft schon in Ihrem eigenen Namen.
cannot-taker-lacks = Sie können das nicht übernehmen: { $what }
cannot-step-needs = „{ $step }“ braucht { $needs }.
cannot-not-running = Anhalten lässt sich nur ein Antrag, der läuft.
cannot-stopped-already = Er wurde schon angehalten: Der laufende Schritt wird noch beendet, und es wird nichts mehr gesendet.
