### Die Warteschlange, und mehrere Anträge auf einmal entscheiden.

## Genehmigungen

approvals-lead = Anträge, über die Sie jetzt entscheiden können: Laut Azure dürfen Sie am betreffenden Ort Rollen zuweisen.
approvals-pending = Ausstehend
approvals-decided = Von mir entschieden
approvals-who = Antragstellende Person
approvals-caption-newest = Anträge, die auf eine Entscheidung warten, die neuesten zuerst
approvals-caption-oldest = Anträge, die auf eine Entscheidung warten, die ältesten zuerst
approvals-caption-decided = Anträge, die ich entschieden habe, die neuesten zuerst
approvals-decided-nothing = Sie haben noch nichts entschieden
approvals-decided-nothing-yet = Was Sie genehmigen oder ablehnen, steht danach hier; was Sie zurückgeben, steht hier, bis es erneut beantragt oder zurückgezogen wird.
approvals-unknown-title = Nicht alles konnte geprüft werden
approvals-unknown = { $count ->
    [one] Azure hat für 1 Bereich nicht mitgeteilt, was Sie entscheiden dürfen, darum fehlen die Anträge von dort. Laden Sie diese Seite gleich noch einmal.
   *[other] Azure hat für { $count } Bereiche nicht mitgeteilt, was Sie entscheiden dürfen, darum fehlen die Anträge von dort. Laden Sie diese Seite gleich noch einmal.
}
approvals-any-kind = Alles
approvals-any-subscription = Alle
approvals-who-part = Name oder E-Mail (Teil genügt)
approvals-order = Reihenfolge
approvals-oldest = Älteste zuerst
approvals-newest = Neueste zuerst
approvals-unread = Nur noch nicht geöffnete
approvals-filter = Filtern
approvals-clear = Filter zurücksetzen
approvals-none-so-far = Bisher nichts gefunden
approvals-none-so-far-why = Ein Filter durchsucht immer nur einen Teil auf einmal, und es gibt noch mehr zu durchsuchen.
approvals-further = Weitersuchen
approvals-none-fits = Nichts passt zum Filter
approvals-none-fits-why = Andere Anträge warten vielleicht auf Ihre Entscheidung: Der Filter lässt sie weg.
approvals-no-more = Es wartet nichts mehr
approvals-no-more-why = Was hier stand, wurde entschieden.
approvals-nothing = Nichts wartet auf Ihre Entscheidung
approvals-nothing-why = Anträge erscheinen hier, wenn jemand etwas beantragt, wo Sie Rollen zuweisen dürfen.
approvals-my-roles = Meine Rollen in den Abonnements
approvals-select = Auswählen
approvals-select-one = Auswählen: { $title }, { $name }
approvals-open-first = Zum Entscheiden öffnen
approvals-looked-at-html = <strong>{ $name }</strong> sieht sich den Antrag an (mitgeteilt { $at })
approvals-approve-selected = Ausgewählte genehmigen…
approvals-reject-selected = Ausgewählte ablehnen…
approvals-before = Sie sehen jeden Antrag mit seinem Plan, bevor etwas entschieden wird.
approvals-none-selected = Wählen Sie mindestens einen Antrag aus.

## In der Warteschlange, einer nach dem anderen

queue-label = Warteschlange
queue-new = Neu
queue-changed = Geändert
queue-previous = Vorheriger
queue-next = Nächster
queue-all = Alle wartenden Anträge
queue-next-title = Der nächste Antrag in der Warteschlange
queue-at-end = Danach kommt in der Warteschlange nichts mehr
queue-back = Zurück zu den Genehmigungen

## Mehrere auf einmal

several-approve = { $count ->
    [0] Nichts zu genehmigen
    [one] 1 Antrag genehmigen
   *[other] { $count } Anträge genehmigen
}
several-reject = { $count ->
    [0] Nichts abzulehnen
    [one] 1 Antrag ablehnen
   *[other] { $count } Anträge ablehnen
}
several-none = Von Ihrer Auswahl kann hier nichts entschieden werden.
several-approve-lead = Über jeden Antrag wird einzeln entschieden, mit dem Plan und in den Namen, die hier stehen. Wenn Sie klicken, wird Azure erneut gefragt, was Sie dürfen.
several-reject-lead = Über jeden Antrag wird einzeln entschieden. Seine wartenden Schritte laufen dann nicht mehr.
several-left-out = Weggelassen
several-you-look = Sie haben mitgeteilt, dass Sie sich den Antrag ansehen.
several-looked-at-html = <strong>{ $name }</strong> sieht sich den Antrag an (mitgeteilt { $at }): Fragen Sie nach, bevor Sie entscheiden.
several-reason-help = Zum Ablehnen erforderlich. Alle, die einen dieser Anträge gestellt haben, lesen sie.
several-decided = { $not ->
    [0] { $done } entschieden
   *[other] { $done } entschieden, { $not } nicht
}
several-not-decided = Nicht entschieden
several-request = Antrag { $id }
several-gone = Es gibt ihn nicht, oder Sie dürfen ihn nicht sehen.
several-not-begun = Azure hat bei den anderen zu lange gebraucht, darum wurde mit diesem nicht begonnen.
several-which = Geben Sie an, ob genehmigt oder abgelehnt werden soll.
several-no-request = Eine der Angaben kann kein Antrag sein.
several-too-many = Auf einmal werden höchstens { $count } Anträge entschieden.
several-no-plans = Zu jedem Antrag ist der Plan nötig, der angezeigt wurde. Wählen Sie die Anträge erneut aus.
