### Eine Instanz erstellen.

## Das Formular

create-lead = Eine Azure Digital Twins-Instanz und wer ihre Daten verwenden darf. Sie sehen den ganzen Plan, bevor etwas beantragt wird.
create-basics = Grundlagen
create-networking = Netzwerk
create-advanced = Erweitert
create-tags = Tags
create-project = Projektdetails
create-subscription-help = Die Abonnements, die Sie in Azure sehen, und die, die hier angeboten werden.
create-choose-subscription = Abonnement wählen
create-subscription-first = Zuerst ein Abonnement wählen
create-load = Ressourcengruppen und Regionen laden
create-no-subscription = Azure zeigt Ihnen kein Abonnement, und hier wird keines angeboten. Bitten Sie diejenigen, die Twindesk betreiben, eines anzubieten.
create-choose-group = Ressourcengruppe wählen
create-new = Neu erstellen
create-group-typed = Azure zeigt Ihnen die Ressourcengruppen hier nicht. Geben Sie den Namen einer Ressourcengruppe ein.
create-new-group = Name der neuen Ressourcengruppe
create-new-group-help = Nur, wenn eine neue erstellt werden soll. Sie entsteht in der Region der Instanz.
create-details = Instanzdetails
create-name = Ressourcenname
create-name-help = 3 bis 63 Buchstaben, Ziffern und Bindestriche. Der Name wird Teil des Hostnamens.
create-region = Region
create-choose-region = Region wählen
create-region-azures = Wo Azure derzeit Azure Digital Twins anbietet.
create-region-offered = Die Regionen, die hier angeboten werden. Azure sagt Ihnen nicht, wo es Azure Digital Twins anbietet.
create-region-typed = Wie Azure sie nennt, zum Beispiel westeurope. Azure zeigt Ihnen die Regionen hier nicht, daher kann die Eingabe nicht geprüft werden.
create-access = Zugriff auf die Ressource gewähren
create-for-me = Rolle „Azure Digital Twins Data Owner“ zuweisen
create-for-me-help = Ihnen, auf dieser Instanz. Ohne Datenrolle kann niemand die Daten der Instanz verwenden, gleich wem sie gehört. Dürfen Sie selbst keine Rollen zuweisen, wird die Rolle beantragt: Es entscheidet, wer dort Owner oder User Access Administrator ist.
create-members = Weitere Mitglieder
create-connectivity = Netzwerkkonnektivität
create-method = Konnektivitätsmethode
create-method-help = Auf welchem Weg die Instanz zu erreichen ist. Wer ihre Daten verwenden darf, bestimmen in jedem Fall Rollen.
create-public = Öffentlicher Zugriff
create-public-help = Aus allen Netzwerken, auch aus dem Internet.
create-private = Privater Endpunkt
create-private-help = Über private Endpunkte in Ihren virtuellen Netzwerken, mit Azure Private Link.
create-public-access-help = „Deaktiviert“ lässt nur die privaten Endpunkte als Zugang. Twindesk kann Ihren Zugriff dann nur prüfen, wenn es selbst in diesen Netzwerken läuft.
create-identity = Verwaltete Identität
create-system-identity = Systemseitig zugewiesene verwaltete Identität
create-system-identity-help = Azure erstellt für die Instanz eine Identität in Microsoft Entra ID, mit der sie sich bei anderen Diensten anmeldet. Sie lässt sich auch später einschalten, auf der Seite „Identität“ der Instanz.
create-off = Aus
create-off-help = Die Instanz hat keine eigene Identität.
create-on = Ein
create-on-help = Die Identität entsteht und endet mit der Instanz.
create-identity-next = Als Nächstes, sobald die Instanz erstellt ist: Geben Sie der Identität ihre Rollen auf den Ressourcen, an die sie liefert. Die Seite des Antrags führt dorthin; die Objekt-ID, der Rollen zugewiesen werden, gibt es vorher nicht.
create-identity-user = Eine benutzerseitig zugewiesene verwaltete Identität wird der Instanz zugeordnet, sobald diese erstellt ist, auf ihrer Seite „Identität“.

## Was beantragt wird

create-asked = Instanz { $name } erstellen
create-group-new = neu

## Was daran nicht stimmt

create-no-subscription-chosen = Wählen Sie das Abonnement, in dem die Instanz liegen soll.
create-name-wrong = Ein Ressourcenname hat 3 bis 63 Buchstaben (a bis z), Ziffern und Bindestriche, ohne Bindestrich am Anfang oder Ende.
create-region-empty = Wählen Sie die Region, in der die Instanz laufen soll.
create-region-wrong = Wählen Sie eine Region aus der Liste, zum Beispiel westeurope.
create-too-many-members = Nennen Sie in einem Antrag höchstens { $most } Mitglieder.
create-two-groups = Oben ist eine bestehende Ressourcengruppe gewählt. Wählen Sie dort „Neu erstellen“, oder lassen Sie dieses Feld leer.
create-offered-regions = In { $subscription } stehen diese Regionen zur Verfügung: { $regions }.
create-offered-no-new-group = Neue Ressourcengruppen werden in { $subscription } nicht angeboten; wählen Sie eine bestehende.
create-offered-groups = In { $subscription } stehen diese Ressourcengruppen zur Verfügung: { $groups }.

## Was geprüft wird

create-check-name = ob der Name frei ist
create-name-free = Der Name { $name } ist in { $region } frei.
create-name-taken = Der Name kann nicht verwendet werden: { $why }
create-check-instance = ob es die Instanz schon gibt
create-none-yet = In { $group } gibt es noch keine Instanz { $name }.
create-exists = Die Instanz { $name } gibt es in { $group } schon; sie noch einmal zu erstellen, würde sie ändern. Wählen Sie einen anderen Namen, oder fordern Sie Zugriff auf sie an.
create-check-region = ob die Region Instanzen anbietet
create-region-offers = { $region } bietet Azure Digital Twins an.
create-region-offers-not = { $region } bietet Azure Digital Twins nicht an.
create-check-group = die Ressourcengruppe
create-group-exists = Die Ressourcengruppe { $group } ist vorhanden.
create-group-free = Der Name { $group } ist für eine Ressourcengruppe frei.
create-group-missing = Es gibt keine Ressourcengruppe { $group }. Wählen Sie eine andere, oder erstellen Sie sie neu.
create-group-taken = Die Ressourcengruppe { $group } gibt es schon. Wählen Sie sie als bestehende.
create-check-provider = ob Microsoft.DigitalTwins registriert ist; der Plan registriert es daher
create-registered = Microsoft.DigitalTwins ist im Abonnement registriert.
create-registered-not = Microsoft.DigitalTwins ist noch nicht registriert; der Plan erledigt das zuerst.
create-check-quota = wie viele Instanzen es gibt
create-quota = Sie sehen { $count } von { $most } Instanzen in { $region }.
create-quota-full = In { $region } gibt es schon { $count } Instanzen. Azure erlaubt { $most } je Region eines Abonnements, sofern der Support diese Zahl nicht erhöht hat: Vielleicht lehnt es eine weitere ab. Wählen Sie eine andere Region, oder löschen Sie eine Instanz.
