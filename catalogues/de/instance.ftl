### Instanzen.

## Die Liste der Instanzen

instances-refresh = Aktualisieren
instances-lead = Alle Azure Digital Twins-Instanzen, die Azure Ihnen zeigt, unabhängig davon, wer sie erstellt hat. Eine neue erscheint in Azure nach ein bis zwei Minuten.
instances-search = Suchen
instances-search-what = Name, Ressourcengruppe, Hostname oder Tag
instances-all = Alle
instances-nothing = Nichts gefunden
instances-nothing-fits = Keine Instanz passt zu dieser Suche. Lassen Sie etwas davon weg.
instances-none = Keine Instanzen
instances-none-seen = Azure zeigt Ihnen keine Instanz. Wenn Sie die Ressourcen-ID einer Instanz kennen, fordern Sie Zugriff darauf an, oder erstellen Sie eine neue.
instances-caption = Instanzen nach Namen

## Um die Seiten einer Instanz herum

section-overview = Übersicht
section-access = Zugriffssteuerung (IAM)
section-identity = Identität
section-networking = Netzwerk
section-tags = Tags
section-connect = Verbinden
section-sheet = Übergabeblatt
instance-pages = Seiten dieser Instanz
instance-lead = Azure Digital Twins-Instanz in { $group }, { $subscription }
instance-unseen = Azure zeigt Ihnen diese Instanz nicht
instance-unseen-why = Es gibt dort keine mit diesem Namen, oder Sie haben keine Rolle, mit der Sie sie sehen.
instance-ask = Zugriff auf die Daten anfordern

## Was über eine Instanz gesagt wird

instance-essentials = Grundlegendes
instance-name = Name
instance-status = Status
instance-group = Ressourcengruppe
instance-host = Hostname
instance-region = Region
instance-subscription = Abonnement
instance-public = Öffentlicher Netzwerkzugriff
instance-enabled = Aktiviert
instance-disabled = Deaktiviert
instance-resource-id = Ressourcen-ID
instance-object-id = Objekt-ID
instance-client-id = Client-ID
instance-delete = Löschen
instance-remove = Entfernen
instance-remove-html = Entfernen<span class="sr">: { $what }</span>

## Zugriffssteuerung (IAM)

iam-pages = Zugriffssteuerung
iam-assignments = Rollenzuweisungen
iam-check = Zugriff überprüfen
iam-roles = Rollen
iam-add = Rollenzuweisung hinzufügen
iam-needs-reader = Um Rollenzuweisungen zu lesen, brauchen Sie auf der Instanz eine Rolle wie Reader. Zugriff anfordern können Sie auch ohne sie.
iam-hidden = Azure zeigt Ihnen nicht, wer Zugriff hat
iam-none = Keine Rollenzuweisungen
iam-nobody = Niemand hat hier eine Rolle, soweit Azure es Ihnen zeigt.
iam-unnamed = Die Namen konnten nicht im Verzeichnis nachgeschlagen werden, darum stehen hier Objekt-IDs.
iam-caption = Rollenzuweisungen, die für diese Instanz gelten, zuerst die auf ihr selbst
iam-role = Rolle
iam-scope = Bereich
iam-created = Erstellt
iam-by = von { $name }
iam-request = Antrag
iam-request-of = Antrag von { $name }
iam-condition = Mit einer Bedingung
iam-condition-of = Bedingung für { $role }
iam-condition-for = Bedingung für { $role } von { $name }
iam-remove-html = Entfernen<span class="sr">: { $role } von { $name }</span>
iam-remove-all-html = Alle entfernen<span class="sr">: Rollen von { $name } hier</span>
iam-count = { $count ->
    [one] { $count } Rollenzuweisung
   *[other] { $count } Rollenzuweisungen
}. Owner ist nicht dasselbe wie Data Owner: Owner verwaltet die Instanz, gibt aber keinen Zugriff auf ihre Daten. Was geerbt ist, wird dort entfernt, wo es zugewiesen wurde.

## Eine Rollenzuweisung

held-here = Diese Ressource
held-inherited = { $level } (geerbt)
held-subscription = Abonnement
held-group = Ressourcengruppe
held-resource = Ressource
held-management-group = Verwaltungsgruppe
held-root = Stamm
held-others = { $besides ->
    [yes] { $count ->
        [one] { $count } weiterer Antrag beruht darauf
       *[other] { $count } weitere Anträge beruhen darauf
    }
   *[no] { $count ->
        [one] { $count } Antrag beruht darauf
       *[other] { $count } Anträge beruhen darauf
    }
}

## Zugriff überprüfen

iam-find = Suchen
iam-find-help = Ein Name, eine E-Mail-Adresse oder eine Objekt-ID: Benutzer, Gruppen, Dienstprinzipale und verwaltete Identitäten.
iam-found = Treffer für „{ $text }“
iam-found-nobody = Für „{ $text }“ wurde niemand gefunden.
iam-check-html = Überprüfen<span class="sr">: { $name }</span>
iam-no-object-id = Das ist keine Objekt-ID. Suchen Sie stattdessen nach dem Namen.
iam-too-short = Geben Sie mindestens zwei Buchstaben ein.
iam-unsearched = Das Verzeichnis konnte nicht durchsucht werden. Geben Sie eine Objekt-ID an. { $why }
iam-who-html = { $detail } · Objekt-ID <code>{ $id }</code>
iam-roles-hidden = Azure zeigt Ihnen diese Rollen nicht
iam-roles-hidden-next = Fragen Sie jemanden, der hier Rollenzuweisungen lesen darf.
iam-reads = Liest die Daten
iam-reads-not = Liest die Daten nicht
iam-changes = Ändert die Daten
iam-changes-not = Ändert die Daten nicht
iam-manages = Verwaltet die Instanz
iam-manages-not = Verwaltet die Instanz nicht
iam-assigns = Weist Rollen zu
iam-assigns-not = Weist keine Rollen zu
iam-manages-only = Owner ist nicht dasselbe wie Data Owner
iam-manages-only-why = Diese Rollen verwalten die Instanz, geben aber keinen Zugriff auf ihre Daten. Dazu ist Azure Digital Twins Data Owner oder Data Reader nötig.
iam-no-role = Keine Rolle gilt hier für dieses Mitglied.
iam-directly = Direkt zugewiesen
iam-through = Über die Gruppe { $name }
iam-remove-theirs = Alle diese Rollen hier entfernen
iam-group-only = Nur was der Gruppe selbst zugewiesen ist: Azure sagt nicht, was sie über andere Gruppen erhält.
iam-denied = Ablehnungszuweisungen und Bedingungen können dies einschränken.

## Die Rollen, die es gibt

roles-hidden = Azure zeigt Ihnen die Rollen nicht
roles-lead = Integrierte und benutzerdefinierte Rollen, mit denen man etwas mit dieser Instanz oder ihren Daten tun darf, und jede andere Rolle, die jemand hier hat.
roles-data = Daten
roles-instance = Instanz
roles-assignments = Zuweisungen
roles-custom = Benutzerdefiniert
roles-reads-and-changes = Liest und ändert
roles-reads = Liest
roles-no-access = Kein Zugriff
roles-manages = Verwaltet
roles-manages-not = Verwaltet nicht
roles-assigns = Weist zu
roles-assigns-not = Weist nicht zu
roles-not-shown = Für Sie nicht sichtbar

## Identitäten einer Instanz

identities-of = Identität von { $name }
identities-on = { $identity } an { $name }
identities-kinds = Arten verwalteter Identitäten
identities-system = Systemseitig zugewiesen
identities-user = Benutzerseitig zugewiesen
identities-system-lead = Eine Identität in Microsoft Entra ID, die nur zu dieser Instanz gehört und mit ihr gelöscht wird. Endpunkte und Datenverlauf verwenden sie mit den Rollen, die sie hat.
identities-off = Aus
identities-off-means = Die Instanz hat keine eigene Identität.
identities-on-word = Ein
identities-on-means = Azure erstellt eine Identität und gibt ihr eine Objekt-ID.
identities-save = Speichern
identities-then = Sie sehen den genauen Aufruf an Azure und was danach nicht mehr funktioniert, bevor etwas geändert wird.
identities-then-roles = Sobald sie eingeschaltet ist, geben Sie ihr ihre Rollen auf den Ressourcen, an die sie liefert: Die Azure-Rollenzuweisungen stehen dann hier.
identities-associate = Benutzerseitig zugewiesene verwaltete Identität zuordnen
identities-user-lead = Identitäten, die eigene Ressourcen sind. Die Instanz kann jede von ihnen verwenden.
identities-none = Keine ist zugeordnet
identities-none-next = Ordnen Sie eine zu, damit Endpunkte oder der Datenverlauf dieser Instanz sie verwenden können.
identities-object-id = Objekt-ID { $id }
identities-not-associated = Diese Identität ist der Instanz nicht zugeordnet.
identities-roles = Azure-Rollenzuweisungen
identities-roles-lead = Was die Identität in { $subscription } darf. Rollen in anderen Abonnements stehen hier nicht. Sie liefert nur an Ressourcen, auf denen sie eine Rolle hat.
identities-no-role = Sie hat dort keine Rolle.
identities-uses = Verwendet von
identities-uses-lead = Endpunkte und Datenverlaufsverbindungen dieser Instanz, die diese Identität verwenden.
identities-no-use = Nichts davon verwendet diese Identität.

## Wohin eine Instanz liefert

outlets-endpoint = Endpunkt
outlets-history = Datenverlaufsverbindung
outlets-endpoints-unseen = Ihre Endpunkte sind nicht zu sehen. { $why }
outlets-history-unseen = Ihre Datenverlaufsverbindungen sind nicht zu sehen. { $why }

## Sperren

lock-whether = ob eine Sperre im Weg ist
lock-none = { $hold ->
    [create] Keine Sperre verhindert das Erstellen.
    [change] Keine Sperre verhindert die Änderung.
   *[delete] Keine Sperre verhindert das Löschen.
}
lock-holds = { $hold ->
    [create] Das Erstellen wird verhindert durch { $locks }.
    [change] Die Änderung wird verhindert durch { $locks }.
   *[delete] Das Löschen wird verhindert durch { $locks }.
} Jemand, der dort Sperren verwalten darf, zum Beispiel als Owner oder User Access Administrator, muss die Sperre vorher entfernen.
lock-one = { $place ->
    [subscription] die Sperre { $name } vom Typ { $level } auf dem Abonnement
    [group] die Sperre { $name } vom Typ { $level } auf der Ressourcengruppe { $at }
    [other] die Sperre { $name } vom Typ { $level } auf { $at }
   *[none] die Sperre { $name } vom Typ { $level }
}
lock-noted = { $lock } („{ $notes }“)

## Netzwerk

reach-open = Wer eine Rolle hat, kann die Instanz aus allen Netzwerken verwenden, auch aus dem Internet.
reach-closed = Die Instanz lässt sich nur über ihre privaten Endpunkte verwenden.
reach-disable = Öffentlichen Netzwerkzugriff deaktivieren
reach-enable = Öffentlichen Netzwerkzugriff aktivieren
reach-connections = Verbindungen privater Endpunkte
reach-add = Privater Endpunkt
reach-unseen = Die Verbindungen sind nicht zu sehen.
reach-none = Es gibt keine. Über einen privaten Endpunkt erreicht ein virtuelles Netzwerk die Instanz ohne das Internet.
reach-required = Erforderliche Aktionen: { $what }
reach-approve-html = Genehmigen<span class="sr">: { $name }</span>
reach-reject-html = Ablehnen<span class="sr">: { $name }</span>
reach-place = Privater Endpunkt in { $group }
reach-place-elsewhere = Privater Endpunkt in { $group }, Abonnement { $subscription }

## Tags

tags-none = Noch keine Tags
tags-none-why = Tags helfen, die Instanz unter anderen Ressourcen einzuordnen.

## Verbinden

connect-first-html = Zuerst: <code>{ $what }</code>
connect-maven = com.azure:azure-digitaltwins-core und com.azure:azure-identity von Maven Central
connect-test = Meinen Zugriff prüfen
connect-test-again = Erneut prüfen
connect-test-means = Fragt die Instanz mit Ihrem eigenen Token nach ihren Modellen. Dabei wird nichts geändert.
connect-request = Zugriff anfordern
connect-values = Werte
connect-no-host = Noch kein Hostname
connect-no-host-why = Azure gibt der Instanz ihren Hostnamen, wenn sie erstellt ist. Ihr Status ist jetzt { $state }.
connect-works = Ihr Zugriff funktioniert
connect-works-how = { $host } hat gerade auf Ihr eigenes Token geantwortet.
connect-unasked = Die Instanz konnte nicht gefragt werden
connect-no-role = Noch keine Rolle
connect-no-role-why = Azure zeigt hier keine Rolle, die Ihnen Zugriff auf die Daten der Instanz gibt. Owner und Contributor tun das nicht: Sie verwalten die Ressource.
connect-closed-to-you = Die Instanz gewährt Ihnen keinen Zugriff
connect-closed-to-you-why = Azure sagt nicht, ob Sie hier eine Datenrolle haben. Der Grund ist also nicht bekannt: Die Rolle fehlt oder wirkt noch nicht, oder der öffentliche Netzwerkzugriff ist deaktiviert.
connect-private = Der öffentliche Zugriff ist deaktiviert
connect-private-why = Sie haben hier eine Datenrolle, aber die Instanz antwortet nur über ihre privaten Endpunkte. Rufen Sie sie aus einem solchen Netzwerk auf.
connect-refused = Die Instanz weist Sie ab
connect-refused-why = Die Instanz weist Sie ab, obwohl Sie { $role } haben, zugewiesen vor { $age }. Es kann an einer Bedingung der Zuweisung liegen, an dem Netzwerk, aus dem Sie kommen, oder an einer Ablehnungszuweisung. Die Bedingungen finden Sie unter „Zugriffssteuerung (IAM)“ › „Zugriff überprüfen“; bitten Sie dann jemanden, der hier Rollen zuweisen darf, nach einer Ablehnungszuweisung zu suchen.
connect-soon = Wirkt noch nicht
connect-soon-assigned = Ihre Datenrolle wurde vor { $age } zugewiesen. Bis sie die Instanz erreicht, dauert es bis zu zehn Minuten.
connect-soon-unknown = Sie haben hier eine Datenrolle. Bis eine neue die Instanz erreicht, dauert es bis zu zehn Minuten. Ist Ihre älter als eine halbe Stunde, prüfen Sie das Netzwerk und ob für die Rolle eine Bedingung oder eine Ablehnungszuweisung gilt.
connect-seconds = { $seconds } s
connect-minutes = { $minutes } min { $seconds } s
connect-hours = { $hours } h { $minutes } min

## Das Übergabeblatt

sheet-of = Übergabeblatt von { $name }
sheet-plain = Nur Text
sheet-lead = Für alle, die mit der Instanz arbeiten werden: Drucken Sie diese Seite, oder senden Sie den Text.
sheet-lead-screen = Wer die Adresse öffnet, sieht, was Azure dieser Person zeigt.
sheet-no-host = Noch nicht bekannt
sheet-data = Wer die Daten verwenden darf
sheet-nobody = Noch hat hier niemand eine Datenrolle.
sheet-ask = Zugriff anfordern
sheet-from = geerbt von { $scope }
sheet-made = Erstellt von { $name } ({ $upn }), { $at }.
sheet-unknown = Wer die Daten verwenden darf, ist nicht bekannt: { $why }
sheet-unnamed = Das Verzeichnis hat keine Namen geliefert, deshalb stehen hier Objekt-IDs: { $why }

## Dasselbe als reiner Text

sheet-text-title = Azure Digital Twins-Instanz
sheet-text-public = Öffentlicher Zugriff
sheet-text-no-host = noch nicht bekannt
sheet-text-hidden = Azure zeigt es der Person nicht, die dieses Blatt erstellt hat.
sheet-text-nobody = Noch niemand.
sheet-text-holds = { $role }: { $holder } ({ $detail })
sheet-text-inherits = { $role }: { $holder } ({ $detail }, geerbt von { $scope })
