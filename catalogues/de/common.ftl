### Was auf vielen Seiten steht.

## Zeitpunkte

moment = { $at }
moment-now = gerade eben
moment-ago = { $unit ->
    [minutes] { $count ->
        [one] vor 1 Minute
       *[other] vor { $count } Minuten
    }
    [hours] { $count ->
        [one] vor 1 Stunde
       *[other] vor { $count } Stunden
    }
   *[days] { $count ->
        [one] vor 1 Tag
       *[other] vor { $count } Tagen
    }
}
moment-ahead = { $unit ->
    [minutes] { $count ->
        [one] in 1 Minute
       *[other] in { $count } Minuten
    }
    [hours] { $count ->
        [one] in 1 Stunde
       *[other] in { $count } Stunden
    }
   *[days] { $count ->
        [one] in 1 Tag
       *[other] in { $count } Tagen
    }
}
moment-day = { $day }. { moment-month } { $year }
moment-exact = { $day }. { moment-month } { $year }, { $time } { $zone }
moment-month = { $month ->
    [1] Jan.
    [2] Febr.
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] Aug.
    [9] Sept.
    [10] Okt.
    [11] Nov.
   *[12] Dez.
}


## Um jede Seite herum

base-skip = Zum Inhalt springen
base-demo-html = <strong>Demo</strong>: ein simuliertes Azure
base-menu = Menü
base-waiting-for-you = für Sie zu entscheiden
base-waiting = zu entscheiden
base-search = Twindesk durchsuchen
base-search-what = Anträge, Instanzen, Personen
base-signed-in-as = Angemeldet als
base-sign-out = Abmelden
base-sign-in = Anmelden
base-main = Hauptmenü
place-home = Startseite
place-create = Instanz erstellen
place-access = Zugriff anfordern
place-requests = Meine Anträge
place-approvals = Genehmigungen
place-instances = Instanzen
place-subscriptions = Abonnements
place-history = Verlauf
crumb-request = Antrag
crumb-subscription = Abonnement

## Was das Skript sagt

script-copied = Kopiert
script-selected = Ausgewählt: Jetzt kopieren
script-close = Schließen
script-lost = Die Verbindung zu Twindesk ist unterbrochen. Sobald sie wieder besteht, geht es auf dieser Seite von selbst weiter.
script-back = Die Verbindung besteht wieder.
script-ended = Ihre Sitzung ist beendet.
script-changed = Dieser Antrag wurde inzwischen geändert.
script-again = Seite neu laden
script-people = Personen
script-next = Weiter: #

## Teile von Seiten

part-optional = (optional)
part-reason = Begründung
part-copy = Kopieren
part-breadcrumb = Navigationspfad
part-pages = Seiten
part-first-page = Erste Seite
part-next-page = Nächste Seite
part-apply = Anwenden
part-clear = Zurücksetzen
diff-added = Hinzugefügt
diff-removed = Entfernt
diff-changed = Geändert
diff-same = Wie zuvor
diff-before = Vorher:
diff-now = Jetzt:

## Schritte eines Plans

step-running = läuft
step-done = erledigt
step-already-so = war schon so
step-failed = fehlgeschlagen
step-given-up = aufgegeben
step-not-begun = nicht begonnen
plan-body = Inhalt
plan-body-of = Inhalt von Schritt { $number }
plan-exact = Gesendet wird genau dieser Text:
plan-exact-of = Genauer Text von Schritt { $number }
plan-nobody-yet = Wartet auf jemanden, in dessen Namen er laufen darf
plan-in-name-of-html = Im Namen von <strong>{ $name }</strong>
plan-held-html = Vorhanden bei { $who }: <code>{ $action }</code> auf <code>{ $scope }</code>
plan-not-needed-html = Nicht nötig, es ist schon so: <code>{ $action }</code> auf <code>{ $scope }</code>
plan-missing-html = <strong>Fehlt</strong>: { $who }: <code>{ $action }</code> auf <code>{ $scope }</code>
plan-not-checked-html = Nicht geprüft: { $who }: <code>{ $action }</code> auf <code>{ $scope }</code>

## Hinweise nach einer Handlung, und kurz für den Titel

notice-asked = Ihr Antrag ist eingegangen. Auf dieser Seite sehen Sie, wie es weitergeht.
notice-asked-short = Ihr Antrag ist eingegangen
notice-approved = Genehmigt. Der Plan wird ausgeführt.
notice-approved-short = Genehmigt
notice-rejected = Abgelehnt. Die antragstellende Person sieht Ihre Begründung.
notice-rejected-short = Abgelehnt
notice-sent-back = Zurückgegeben. Die antragstellende Person sieht, was sich ändern soll.
notice-sent-back-short = Zurückgegeben
notice-commented = Ihr Kommentar steht im Verlauf.
notice-commented-short = Ihr Kommentar steht im Verlauf
notice-looking = Andere sehen eine halbe Stunde lang, dass Sie sich dies ansehen.
notice-looking-short = Andere sehen eine halbe Stunde lang, dass Sie sich dies ansehen
notice-looked = Andere sehen nicht mehr, dass Sie sich dies ansehen.
notice-looked-short = Sie sehen sich dies nicht mehr an
notice-withdrawn = Ihr Antrag wurde zurückgezogen.
notice-withdrawn-short = Ihr Antrag wurde zurückgezogen
notice-retried = Der Schritt wird erneut versucht.
notice-retried-short = Der Schritt wird erneut versucht
notice-tested = Der Zugriff wird erneut geprüft.
notice-tested-short = Der Zugriff wird erneut geprüft
notice-closed = Der Antrag wurde geschlossen. Was in Azure erstellt wurde, bleibt bestehen.
notice-closed-short = Der Antrag wurde geschlossen
notice-taken-over = Der Antrag läuft in Ihrem Namen weiter.
notice-taken-over-short = Der Antrag läuft in Ihrem Namen weiter
notice-stopped = Angehalten. Woran Azure gerade arbeitet, wird noch beendet; mehr wird nicht gesendet.
notice-stopped-short = Angehalten
notice-signed-in = Sie haben sich erneut angemeldet.
notice-signed-in-short = Sie haben sich erneut angemeldet
notice-settings = Ihre Einstellungen wurden gespeichert.
notice-settings-short = Ihre Einstellungen wurden gespeichert

## Einstellungen

settings-title = Einstellungen
settings-lead = So sehen Sie Twindesk in jedem Browser, in dem Sie sich anmelden.
settings-language = Sprache
settings-as-browser = Wie im Browser
settings-zone = Zeitzone
settings-zone-help = Gilt für alle Zeitangaben. Ohne diese Einstellung und ohne Skripte stehen sie in UTC.
settings-theme = Farben
settings-density = Dichte
settings-density-help = „Kompakt“ zeigt von langen Listen mehr Zeilen.
settings-save = Speichern
settings-unknown = Eine der gewählten Einstellungen bietet diese Seite nicht an. Es wurde nichts gespeichert: Wählen Sie erneut.
theme-browser = Wie im Browser
theme-light = Hell
theme-dark = Dunkel
theme-contrast = Hoher Kontrast
density-comfortable = Großzügig
density-compact = Kompakt
