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
home-needs-you = Wartet auf Sie
home-latest = Meine letzten Anträge
home-all = Alle meine Anträge
home-nothing = Sie haben noch nichts beantragt
home-nothing-yet = Erstellen Sie eine Instanz oder fordern Sie Zugriff auf eine an. Was Sie in Azure schon dürfen, läuft sofort.
home-how = So funktioniert es
home-how-form = Sie sagen in einem Formular, was Sie brauchen.
home-how-at-once = Was Sie in Azure schon dürfen, läuft sofort und in Ihrem Namen.
home-how-rest = Der Rest wartet auf jemanden, der dort Rollen zuweisen darf.
home-how-steps = Sie sehen jeden Schritt und erfahren, ab wann Ihr Zugriff funktioniert.

## Tastenkürzel

keys-title = Tastenkürzel
keys-head = Tastatur
keys-lead = Alles lässt sich mit Tab erreichen und mit der Eingabetaste auslösen. Mit diesen Tasten geht es schneller.
keys-search = Suchen
keys-help = Diese Hilfe
keys-then = dann
keys-escape = Esc
keys-close = Geöffnetes schließen
keys-when = Während einer Eingabe sind sie ohne Wirkung. Sie funktionieren nur mit Skripten.
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
search-nothing-called = Zu „{ $text }“ gibt es nichts, was Sie sehen dürfen.
search-nothing-of-others = Anträge anderer werden gefunden, wenn Ihr Name darin steht oder wenn Sie dort Rollen zuweisen dürfen.
search-requests = Anträge
search-more-requests = Hier stehen nur die { $count } neuesten. Geben Sie mehr ein, um andere zu finden.
search-more-instances = Alle Instanzen mit „{ $text }“
search-people = Personen
search-part = { $decided ->
    [0] Von diesen Anträgen: { $asked } gestellt
   *[other] { $asked ->
        [0] Von diesen Anträgen: { $decided } entschieden
       *[other] Von diesen Anträgen: { $asked } gestellt, { $decided } entschieden
    }
}
search-more-people = Es gibt weitere. Geben Sie mehr vom Namen ein.
