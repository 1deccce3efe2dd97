### Startseite, Suche und Hilfe.

## Startseite

home-hello = Hallo { $name }
home-create = Eine neue Azure Digital Twins-Instanz
home-access = Data Owner oder Data Reader auf einer Instanz
home-approvals = { $count ->
    [0] Was andere beantragen, wo Sie Rollen zuweisen dürfen
    [one] Ein Antrag wartet auf Ihre Entscheidung
   *[other] { $shown } Anträge warten auf Ihre Entscheidung
}
home-needs-you = Braucht Sie
home-latest = Meine letzten Anträge
home-all = Alle meine Anträge
home-nothing = Sie haben noch nichts beantragt
home-nothing-yet = Erstellen Sie eine Instanz oder fordern Sie Zugriff auf eine an. Was Sie in Azure schon dürfen, läuft sofort.
home-how = So funktioniert es
home-how-form = Sie sagen in einem Formular, was Sie brauchen.
home-how-at-once = Was Sie in Azure schon dürfen, läuft sofort und in Ihrem Namen.
home-how-rest = Der Rest wartet auf jemanden, der dort Rollen zuweisen darf.
home-how-steps = Sie sehen jeden Schritt und ab wann Ihr Zugriff funktioniert.

## Tastenkürzel

keys-title = Tastenkürzel
keys-head = Tastatur
keys-lead = Alles lässt sich mit Tab erreichen und mit der Eingabetaste drücken. Diese Tasten sind kürzere Wege.
keys-search = Suchen
keys-help = Diese Hilfe
keys-then = dann
keys-escape = Esc
keys-close = Schließen, was aufgegangen ist
keys-when = Sie tun nichts, während Sie tippen, und brauchen Skripte.
keys-use = Diese Tastenkürzel verwenden
keys-kept = In diesem Browser gespeichert.

## Suche

search-title = Suche
search-lead = Anträge, Instanzen und Personen, soweit Sie sie sehen dürfen.
search-act = Suchen
search-for = Suchen nach
search-help = Ein Name, ein Wort der Begründung, eine Antrags-ID oder eine Ressourcen-ID.
search-short = Geben Sie mindestens zwei Zeichen ein.
search-long = Geben Sie weniger ein: höchstens 400 Zeichen.
search-hidden = Die Instanzen konnten nicht durchsucht werden.
search-nothing = Nichts gefunden
search-nothing-called = Nichts, was Sie sehen dürfen, heißt „{ $text }“.
search-nothing-of-others = Was andere beantragt haben, wird gefunden, wo Ihr Name dabeisteht oder wo Sie Rollen zuweisen dürfen.
search-requests = Anträge
search-more-requests = Hier stehen die neuesten { $count }. Geben Sie mehr ein, um andere zu finden.
search-more-instances = Alle Instanzen mit „{ $text }“
search-people = Personen
search-part = { $decided ->
    [0] In diesen Anträgen: { $asked } beantragt
   *[other] { $asked ->
        [0] In diesen Anträgen: { $decided } entschieden
       *[other] In diesen Anträgen: { $asked } beantragt, { $decided } entschieden
    }
}
search-more-people = Es gibt mehr. Geben Sie mehr vom Namen ein.
