### Ein Antrag, wie weit er ist und was darüber entschieden werden kann.

## Meine Anträge

requests-caption = Meine Anträge, die neuesten zuerst
requests-all = Alle
requests-open = Offen
requests-ended = Beendet
requests-request = Antrag
requests-status = Status
requests-where = Wo
requests-asked = Beantragt
requests-nothing = Keine Anträge
requests-nothing-yet = Hier stehen die Anträge, die Sie stellen, und wie weit sie sind.

## Wie weit er ist

live-failed = Ein Schritt ist fehlgeschlagen
live-mends-html = <strong>Wer es beheben kann:</strong> { $who }. { $retry }
live-correlation-html = Korrelations-ID <code>{ $id }</code>
live-tried = { $count ->
    [0] einmal versucht
    [one] einmal versucht
   *[other] { $count }-mal hintereinander versucht
}
live-retry-help = „Erneut versuchen“ führt den Schritt noch einmal aus. Was erledigt ist, bleibt erledigt und wird nicht noch einmal ausgeführt.
live-retry-help-name = „Erneut versuchen“ führt den Schritt noch einmal im Namen von { $name } aus. Was erledigt ist, bleibt erledigt und wird nicht noch einmal ausgeführt.
live-not-yet = Noch nicht
live-again = Es wird von selbst erneut versucht.
live-again-at-html = Es wird von selbst erneut versucht. Nächster Versuch: <strong>{ $at }</strong>.
live-stopping = Wird angehalten
live-stopping-help = Woran Azure gerade arbeitet, wird noch beendet. Mehr wird nicht gesendet, und was in Azure erstellt wurde, bleibt bestehen.
live-sign-in = Eine Anmeldung ist nötig
live-sign-in-you = Azure verlangt, dass Sie sich erneut anmelden, bevor es in Ihrem Namen weitergeht.
live-sign-in-again = Erneut anmelden
live-sign-in-name = Azure verlangt, dass { $name } sich erneut anmeldet. Danach läuft der Plan von selbst weiter.
live-sign-in-somebody = Azure verlangt, dass die Person, in deren Namen dieser Schritt läuft, sich erneut anmeldet. Danach läuft der Plan von selbst weiter.
live-sent-back = Zurückgegeben
live-sent-back-by-html = <strong>{ $name }</strong> hat den Antrag zurückgegeben ({ $at }). Das sollte sich ändern:
live-change = Ändern Sie das Formular und senden Sie es erneut: Es bleibt derselbe Antrag, und er wartet dann wieder auf eine Entscheidung.
live-change-act = Ändern und erneut senden
live-waits-for-change = Er wartet darauf, dass { $name } ihn ändert.
live-progress = Fortschritt
live-said-step = { $status }, Schritt { $number } von { $count }: { $step }
live-looked = { $name } sieht sich dies gerade an.
live-rejected-html = Abgelehnt von <strong>{ $name }</strong>, { $at }:
live-approved-html = Genehmigt von <strong>{ $name }</strong>, { $at }.
live-not-run = Wird nicht mehr ausgeführt.
live-with-token = Mit dem Token von { $name }.
live-in-name = Im Namen von { $name }.
live-waits-html = Wartet auf jemanden, der entscheiden darf: <a href="{ $address }">Wer könnte das sein?</a>
live-waits-changed = Wartet, bis der Antrag geändert und erneut gesendet wird.
live-retry = Erneut versuchen
live-test = Zugriff erneut prüfen
live-request-access = Zugriff darauf anfordern
live-ask-again = Mit diesem Formular erneut beantragen
live-stop = Nach diesem Schritt anhalten
live-withdraw = Antrag zurückziehen
live-take-over = In meinem Namen übernehmen
live-take-over-help = Was hier noch zu tun ist, dürfen auch Sie. Wie der Plan zeigt, würde in Ihrem Namen laufen: { $steps }. Wenn Sie klicken, wird Azure erneut gefragt, was Sie dürfen.
live-take-over-help-name = Was hier noch zu tun ist, dürfen auch Sie. Wie der Plan zeigt, würde in Ihrem Namen statt im Namen von { $name } laufen: { $steps }. Wenn Sie klicken, wird Azure erneut gefragt, was Sie dürfen.
live-close = Diesen Antrag schließen
live-close-help = Was in Azure erstellt wurde, bleibt bestehen; was noch aussteht, läuft nicht mehr.
live-close-act = Schließen
live-instance = Die Instanz
live-access-verified = Zugriff bestätigt
live-name = Name
live-group = Ressourcengruppe
live-host = Hostname
live-go = Zu Ressource wechseln
live-sheet = Übergabeblatt
live-answered = Die Instanz hat einen Aufruf mit dem Token von { $name } beantwortet.
live-trying = In Azure erledigt. Bis eine neue Rolle an der Instanz wirkt, vergehen bis zu zehn Minuten; der Zugriff wird gerade geprüft.
live-next-roles = Als Nächstes: der Identität ihre Rollen geben
live-next-roles-help = Die Identität ist da und darf noch nichts. Sie braucht eine Rolle auf jeder Ressource, an die die Instanz liefert.
live-add-role = Rollenzuweisung hinzufügen
live-older-html = Hier stehen die neuesten { $count } Einträge. <a href="{ $address }">Alle unter „Verlauf“ ansehen</a>

## Was beantragt ist, und sein Plan

request-asked = Was beantragt wird
request-requester = Antragstellende Person
request-version = Version
request-version-of = { $version }: Der Antrag wurde zurückgegeben und erneut gestellt
request-subscription = Abonnement
request-justification = Begründung
request-id = Antrags-ID
request-plan = Der Plan
request-will-run = Was ausgeführt wird
request-steps = { $count ->
    [one] 1 Schritt, genau wie gesendet
   *[other] { $count } Schritte, genau wie gesendet
}
request-digest-html = Plan <code>{ $plan }</code>
request-need-later = Azure wird gefragt, wenn jemand entscheidet
request-need-lacks = { $name } hat diese Berechtigung nicht
request-need-neither = weder { $one } noch { $other } hat diese Berechtigung
request-need-unknown = Azure konnte nicht gefragt werden
request-on-approval = { $name } (bei Genehmigung)
request-nothing-changed = Es wurde nichts geändert
request-rejected-before = Sie haben den Antrag bereits abgelehnt, mit der Begründung, die in seinem Verlauf steht. Um sie zu ergänzen, schreiben Sie einen Kommentar.
request-sent-back-before = Sie haben den Antrag bereits zurückgegeben, mit der Begründung, die in seinem Verlauf steht. Um sie zu ergänzen, schreiben Sie einen Kommentar.
request-looked-at = Jemand sieht sich dies gerade an
request-looked-at-html = <strong>{ $name }</strong> hat das mitgeteilt ({ $at }).
request-looked-at-decide = Sie können trotzdem entscheiden; fragen Sie vorher nach.
request-impossible = Sie können dies nicht genehmigen
request-impossible-help = Bitten Sie jemanden, der diese Berechtigung dort hat, zu entscheiden oder Ihnen eine Rolle zu geben, die sie enthält; laden Sie dann diese Seite neu.
revised-title = Was sich seit Version { $version } geändert hat
revised-nothing = Nichts: Der Antrag wurde unverändert erneut gestellt.
revised-asked = Im Antrag
revised-plan = Im Plan

## Kommentare

comment-title = Einen Kommentar schreiben
comment-unscripted-html = Diese Seite lädt von selbst neu. <a href="{ $address }">Zum Schreiben eines Kommentars anhalten</a>
comment-label = Kommentar
comment-help = { $name } und alle, die hierüber entscheiden dürfen, lesen ihn, und er bleibt im Verlauf.
comment-add = Kommentar hinzufügen

## Entscheiden

decide-title = Entscheiden
decide-look = Ich sehe mir das an
decide-look-away = Ich sehe mir das nicht mehr an
decide-looking-html = Andere sehen, dass Sie sich dies ansehen. Das endet von selbst: <strong>{ $until }</strong>.
decide-impossible = Jetzt nicht möglich: siehe oben.
decide-approve-help = Die wartenden Schritte laufen wie gezeigt und in den gezeigten Namen.
decide-approve = Genehmigen
decide-reason-help = Zum Zurückgeben oder Ablehnen erforderlich. { $name } liest sie.
decide-reason-help-reject = Zum Ablehnen erforderlich. { $name } liest sie.
decide-send-back = Zum Ändern zurückgeben
decide-begun = Ein Teil wurde schon ausgeführt, darum kann der Antrag nicht mehr zum Ändern zurückgegeben werden.
decide-reject = Ablehnen

## Wer entscheiden könnte

approvers-title = Wer genehmigen könnte
approvers-nobody = Azure zeigt Ihnen sonst niemanden, der in { $place } Rollen zuweisen darf. Wenden Sie sich an die Person, die das Abonnement verwaltet; der Antrag wartet auf sie unter „Genehmigungen“.
approvers-lead = Diese Personen dürfen in { $place } Rollen zuweisen. Sie finden den Antrag unter „Genehmigungen“; wenn es eilt, schreiben Sie eine von ihnen an.
approvers-hidden = Wer dort Rollen zuweisen darf, ist nicht zu sehen.
approvers-hidden-help = Sie brauchen das nicht zu wissen: Der Antrag steht bei allen, die in { $place } Rollen zuweisen dürfen, unter „Genehmigungen“. Wenn sich niemand meldet, wenden Sie sich an die Person, die das Abonnement verwaltet.
approvers-not-asked = Azure konnte nicht in Ihrem Namen gefragt werden.
helpers-nameless = Die Namen konnten nicht im Verzeichnis nachgeschlagen werden, darum stehen hier Objekt-IDs.
helpers-limited = { $role }, durch eine Bedingung eingeschränkt
helpers-more = Und { $count } weitere.

## Bevor etwas beantragt wird

next-title = Wie es weitergeht
next-calls = Sie sehen jeden Aufruf an Azure, bevor er gesendet wird.
next-raise-html = Um mehr selbst tun zu können, <a href="/roles/new">fordern Sie eine höhere Rolle an</a>.
check-title = Geprüft
check-not-checked = Nicht geprüft: { $what }. { $why }
review-impossible = So kann es nicht beantragt werden
review-blocked = Es wurde nichts beantragt: Sehen Sie sich an, was die Prüfung ergeben hat.
review-unread = Lesen Sie den Plan, bevor Sie ihn beantragen.
review-changed = Es wurde noch nichts beantragt: Was Azure zeigt, hat sich geändert, und damit auch der Plan. Lesen Sie ihn erneut.
review-many-open = { $count } Ihrer Anträge warten oder laufen bereits. Ziehen Sie einen zurück, schließen Sie einen oder warten Sie, bis einer beendet ist.
review-need-you = Ihnen
review-need-condition = eine Bedingung schränkt Ihre Rolle ein
review-need-unknown = Azure hat nicht mitgeteilt, ob Sie diese Berechtigung haben
outlook-at-once = Alles läuft sofort und in Ihrem Namen
outlook-at-once-why = Laut Azure haben Sie jetzt jede Berechtigung, die der Plan braucht.
outlook-waits = Der Antrag wartet auf Genehmigung
outlook-waits-why = Vorher läuft nichts. Es entscheidet jemand, der in { $place } Rollen zuweisen darf.
outlook-waits-always = Hier läuft nichts vor einer Entscheidung. Es entscheidet jemand, der in { $place } Rollen zuweisen darf.
outlook-partly = { $now ->
    [one] { $later ->
        [one] 1 Schritt läuft sofort, 1 wartet auf Genehmigung
       *[other] 1 Schritt läuft sofort, { $later } warten auf Genehmigung
    }
   *[other] { $later ->
        [one] { $now } Schritte laufen sofort, 1 wartet auf Genehmigung
       *[other] { $now } Schritte laufen sofort, { $later } warten auf Genehmigung
    }
}
outlook-partly-why = Was Sie in Azure selbst dürfen, läuft jetzt und in Ihrem Namen. Über den Rest entscheidet jemand, der in { $place } Rollen zuweisen darf.
outlook-who = Wer könnte das sein?

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
diff-needs = Benötigt

## Warum jemand etwas nicht tun darf

cannot-decided = { $name } hat schon über diesen Antrag entschieden.
cannot-withdrawn = Dieser Antrag wurde von der antragstellenden Person zurückgezogen.
cannot-sent-back = { $name } hat diesen Antrag schon zurückgegeben. Er wartet darauf, dass die antragstellende Person ihn ändert.
cannot-begun = Ein Teil davon wurde schon ausgeführt; als Ganzes lässt sich der Antrag nicht mehr ändern. Lehnen Sie den Rest ab und schreiben Sie, was stattdessen beantragt werden soll.
cannot-nothing-to-change = Schreiben Sie, was sich ändern soll: Die antragstellende Person wird es lesen.
cannot-not-sent-back = Nur die antragstellende Person kann einen Antrag ändern, und nur solange er zurückgegeben ist.
cannot-other-kind = Dieser Antrag ist von anderer Art. Ändern Sie ihn in seinem eigenen Formular.
cannot-no-decision = Dieser Antrag braucht keine Entscheidung: Er läuft im Namen der antragstellenden Person.
cannot-not-approver = Über diesen Antrag kann nur entscheiden, wer in { $place } Rollen zuweisen darf, und laut Azure dürfen Sie das nicht.
cannot-unknown = Azure konnte nicht gefragt werden, was Sie dort dürfen. Versuchen Sie es gleich noch einmal.
cannot-own-request = Das haben Sie selbst beantragt, und nach der Richtlinie des Portals muss jemand anders entscheiden.
cannot-plan-changed = Der Plan hat sich geändert, seit Sie ihn gesehen haben. Lesen Sie ihn noch einmal, bevor Sie entscheiden.
cannot-names-changed = Die Namen, in denen die Schritte laufen würden, haben sich geändert, seit Sie sie gesehen haben. Lesen Sie sie noch einmal, bevor Sie genehmigen.
cannot-lacking = Das kann nicht ausgeführt werden: { $what }
cannot-step-lacking = „{ $step }“ braucht { $needs }; darüber verfügen weder Sie noch { $name }.
cannot-no-reason = Geben Sie eine Begründung an: Die antragstellende Person wird sie lesen.
cannot-long-reason = Die Begründung darf höchstens 2.000 Zeichen haben.
cannot-no-comment = Schreiben Sie zuerst etwas.
cannot-long-comment = Ein Kommentar darf höchstens 2.000 Zeichen haben.
cannot-many-comments = Mehr Kommentare nimmt dieser Antrag nicht auf. Sprechen Sie direkt miteinander.
cannot-unread = Öffnen Sie ihn zuerst: Seine Seite zeigt, was vor der Entscheidung zu lesen ist.
cannot-not-requester = Nur die antragstellende Person kann einen Antrag zurückziehen.
cannot-in-flight = Azure wird gerade gefragt. Halten Sie den Antrag stattdessen an: Der laufende Schritt wird zuerst noch beendet.
cannot-ended = Es gibt nichts mehr zurückzuziehen: Der Antrag ist beendet.
cannot-not-stopped = Erneut versuchen lässt sich nur ein Antrag, der angehalten ist.
cannot-not-closable = Schließen lässt sich nur ein Antrag, der angehalten ist oder auf eine Anmeldung wartet.
cannot-not-involved = Das kann nur die antragstellende Person oder jemand, der darüber entscheiden darf.
cannot-not-verifiable = Es gibt keine Prüfung, die sich erneut versuchen ließe.
cannot-not-stuck = Übernehmen lässt sich nur ein Antrag, der angehalten ist oder auf eine Anmeldung wartet.
cannot-yours-already = Er läuft schon in Ihrem eigenen Namen.
cannot-taker-lacks = Sie können das nicht übernehmen: { $what }
cannot-step-needs = „{ $step }“ braucht { $needs }.
cannot-not-running = Anhalten lässt sich nur ein Antrag, der läuft.
cannot-stopped-already = Er wurde schon angehalten: Der laufende Schritt wird noch beendet, und es wird nichts mehr gesendet.
