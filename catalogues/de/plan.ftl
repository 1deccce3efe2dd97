### Die Schritte eines Plans, und woran man sieht, dass sie erledigt sind.
### Titel und Nachweise werden aufbewahrt: Ids kommen hinzu und werden nie umbenannt.

## Was ein Schritt tut

do-register-provider = Ressourcenanbieter Microsoft.DigitalTwins registrieren
do-ensure-resource-group = Ressourcengruppe { $name } erstellen
do-create-instance = Instanz { $name } erstellen
do-assign-role = { $name } die Rolle { $role } zuweisen
do-assign-identity-role = { $name } die Rolle { $role } auf { $place } zuweisen
do-remove-role = { $name } die Rolle { $role } entziehen
do-change-tags = Tags von { $name } ändern
do-delete-instance = Instanz { $name } löschen
do-verify = Zugriff auf { $name } prüfen
do-create-private-endpoint = Privaten Endpunkt { $name } erstellen
do-ensure-private-zone = Private DNS-Zone { $name } erstellen
do-link-private-zone = Private DNS-Zone mit dem virtuellen Netzwerk { $name } verknüpfen
do-join-private-zone = { $name } in die private DNS-Zone eintragen
do-join-private-zone-unnamed = Privaten Endpunkt in die private DNS-Zone eintragen
do-enable-public-access = Öffentlichen Netzwerkzugriff auf { $name } aktivieren
do-disable-public-access = Öffentlichen Netzwerkzugriff auf { $name } deaktivieren
do-approve-connection = Verbindung von { $name } genehmigen
do-reject-connection = Verbindung von { $name } ablehnen
do-remove-connection = Verbindung von { $name } entfernen

## Was ein Schritt braucht

need-at = { $action } auf { $scope }
need-and = { $before } und { $next }

## Woran man sieht, dass ein Schritt erledigt ist

proof-registered = Azure zeigt Microsoft.DigitalTwins als registriert.
proof-resource-group = Azure zeigt die Ressourcengruppe.
proof-instance = Azure zeigt die Instanz als Succeeded, mit dem Hostnamen { $host }.
proof-access-differs = Der öffentliche Netzwerkzugriff ist { $shown } und nicht wie genehmigt { $approved }: Vielleicht hat ihn eine Richtlinie gesetzt.
proof-tags = Azure zeigt die Tags so, wie sie beantragt wurden.
proof-instance-gone = Azure zeigt dort keine Instanz { $name } mehr.
proof-instance-replaced = Die Instanz, die gelöscht werden sollte (erstellt: { $asked }), ist nicht mehr da. Eine andere mit ihrem Namen (erstellt: { $made }) blieb unberührt.
proof-instance-replaced-sometime = Die Instanz, die gelöscht werden sollte (erstellt: { $asked }), ist nicht mehr da. Eine andere mit ihrem Namen ist da und blieb unberührt; wann sie erstellt wurde, sagt Azure nicht.
proof-system-on = Azure zeigt die systemseitig zugewiesene Identität als eingeschaltet, mit der Objekt-ID { $id }.
proof-system-off = Azure zeigt die systemseitig zugewiesene Identität als ausgeschaltet.
proof-associated = Azure zeigt als zugeordnet: { $identities }.
proof-not-associated = Azure zeigt nicht mehr als zugeordnet: { $identities }.
proof-identity = { $name } (Objekt-ID { $id })
proof-identity-untold = { $name } (Objekt-ID noch nicht bekannt)
proof-private-endpoint = Azure zeigt den privaten Endpunkt als Succeeded und seine Verbindung als { $status }.
proof-private-zone = Azure zeigt die private DNS-Zone.
proof-zone-link = Azure zeigt die Verknüpfung { $name } mit dem virtuellen Netzwerk.
proof-zone-entry = Azure zeigt den Eintrag des privaten Endpunkts in der privaten DNS-Zone.
proof-access = Azure zeigt den öffentlichen Netzwerkzugriff als { $state }.
proof-connection = Azure zeigt die Verbindung als { $state }.
proof-connection-gone = Azure zeigt die Verbindung nicht mehr.
proof-assignment = Azure zeigt die Rollenzuweisung { $name }.
proof-assignment-gone = Azure zeigt diese Rollenzuweisung nicht mehr.
proof-assignment-anew = Die genehmigte Rollenzuweisung ist nicht mehr da. Seither wurde die gleiche neu erstellt; sie blieb unberührt.
proof-held-already = Laut Azure hat { $name } diese Rolle dort schon.
proof-answered = { $host } hat auf das Token dieser Person geantwortet.

## Dasselbe in anderer Form

plan-cli = Dasselbe mit Azure CLI
plan-own-name = Wer das ausführt, tut es im eigenen Namen, und hier wird nichts davon aufgezeichnet.
plan-extension-html = <code>az dt</code> gehört zur Erweiterung azure-iot.
plan-commands = Befehle
plan-bicep = Dasselbe in Bicep
plan-deploy = { $file } bereitstellen
plan-left-out = Dies lässt sich in Bicep nicht ausdrücken; verwenden Sie dafür die Befehle:
