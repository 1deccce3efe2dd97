### Netzwerk, Tags und Löschen.

## Wie eine Instanz zu erreichen ist

networking-public-access = Öffentlicher Netzwerkzugriff
networking-enabled = Aktiviert
networking-disabled = Deaktiviert
networking-endpoint = Privater Endpunkt
networking-endpoint-note = { $place }, { $approval ->
    [automatic] automatisch genehmigt
   *[manual] wartet auf Genehmigung
}, { $zone ->
    [none] keine private DNS-Zone
   *[some] private DNS-Zone in { $group }
}
networking-state = Verbindungsstatus
networking-state-approved = Genehmigt
networking-state-rejected = Abgelehnt
networking-state-pending = Ausstehend
networking-state-disconnected = Getrennt
networking-state-unknown = unbekannt
networking-actions = Erforderliche Aktionen
networking-cut-off = getrennt

## Netzwerk ändern

networking-enable = Öffentlichen Netzwerkzugriff auf { $instance } aktivieren
networking-disable = Öffentlichen Netzwerkzugriff auf { $instance } deaktivieren
networking-approve = Verbindung von { $endpoint } mit { $instance } genehmigen
networking-reject = Verbindung von { $endpoint } mit { $instance } ablehnen
networking-remove = Verbindung von { $endpoint } mit { $instance } entfernen
networking-add = { $count ->
    [one] Privaten Endpunkt { $endpoint } zu { $instance } hinzufügen
   *[other] { $count } private Endpunkte zu { $instance } hinzufügen
}
networking-nobody = Niemand erreicht dann die Daten der Instanz
networking-nobody-asked = Als dies beantragt wurde, war keine Verbindung eines privaten Endpunkts genehmigt. Ohne öffentlichen Netzwerkzugriff werden Personen, Programme und Azure Digital Twins Explorer abgewiesen.
networking-outside = Was nicht über die privaten Endpunkte der Instanz kommt, wird abgewiesen
networking-outside-seen = Personen, Programme und Azure Digital Twins Explorer. { $count ->
    [one] Eine Verbindung eines privaten Endpunkts war genehmigt, als dies beantragt wurde, und besteht weiter.
   *[other] { $count } Verbindungen privater Endpunkte waren genehmigt, als dies beantragt wurde, und bestehen weiter.
}
networking-outside-unseen = Personen, Programme und Azure Digital Twins Explorer. Ob eine Verbindung genehmigt ist, war nicht zu sehen.
networking-rejected = Über diesen privaten Endpunkt kommt nichts mehr an
networking-rejected-text = Das virtuelle Netzwerk von { $endpoint } erreicht die Instanz nicht mehr.
networking-removed = Über diesen privaten Endpunkt kommt sofort nichts mehr an
networking-removed-text = { $endpoint } selbst bleibt ohne Verbindung in seiner Ressourcengruppe; eine neue Verbindung braucht einen neuen privaten Endpunkt.
networking-choose-connection = Wählen Sie eine Verbindung auf der Seite „Netzwerk“ der Instanz.
networking-choose-change = Wählen Sie auf der Seite „Netzwerk“ der Instanz, was sich ändern soll.

## Das Formular

networking-form-enable = Öffentlichen Netzwerkzugriff aktivieren
networking-form-disable = Öffentlichen Netzwerkzugriff deaktivieren
networking-form-approve = Verbindung eines privaten Endpunkts genehmigen
networking-form-reject = Verbindung eines privaten Endpunkts ablehnen
networking-form-remove = Verbindung eines privaten Endpunkts entfernen
networking-form-add = Privaten Endpunkt hinzufügen
networking-then-enable = Wer eine Rolle hat, kann die Instanz dann aus allen Netzwerken verwenden, auch aus dem Internet.
networking-then-disable = Was nicht über die privaten Endpunkte der Instanz kommt, wird abgewiesen: Personen, Programme und Azure Digital Twins Explorer.
networking-then-approve = Das virtuelle Netzwerk des privaten Endpunkts kann die Instanz dann erreichen.
networking-then-reject = Das virtuelle Netzwerk des privaten Endpunkts kann die Instanz nicht oder nicht mehr erreichen.
networking-then-remove = Über diesen privaten Endpunkt kommt sofort nichts mehr an. Der private Endpunkt selbst bleibt ohne Verbindung in seiner Ressourcengruppe; eine neue Verbindung braucht einen neuen privaten Endpunkt.
networking-then-add = Ein virtuelles Netzwerk kann die Instanz dann ohne das Internet erreichen.
networking-begin = Beginnen Sie auf der Seite „Netzwerk“ einer Instanz.
networking-name = Name
networking-none-seen = Azure zeigt Ihnen keine solche Instanz.
networking-description = Beschreibung
networking-description-help = Steht neben dem Status der Verbindung, für die Person, die den privaten Endpunkt erstellt hat.
networking-actions-help = Was die Person, die den privaten Endpunkt erstellt hat, dann tun muss. Lassen Sie das Feld leer, wenn nichts zu tun ist.
networking-nobody-now = Kein privater Endpunkt der Instanz ist genehmigt. Ist der öffentliche Netzwerkzugriff deaktiviert, gibt es keinen Zugang: Kein Programm erreicht dann noch die Daten der Instanz, auch Azure Digital Twins Explorer nicht. Fügen Sie zuerst einen privaten Endpunkt hinzu, oder fahren Sie bewusst fort.
networking-confirm-help = Zur Bestätigung eingeben.

## Was geprüft wird

networking-check-instance = die Instanz
networking-missing = Azure zeigt dort keine Instanz { $name }.
networking-so-already = Es gibt nichts zu beantragen: Der öffentliche Netzwerkzugriff auf { $name } steht schon auf „{ $state }“.
networking-there = Die Instanz { $name } ist vorhanden.
networking-check-connections = die Verbindungen
networking-decided-already = Es gibt nichts zu beantragen: Der Status der Verbindung von { $endpoint } ist schon „{ $state }“.
networking-disconnected = Die Verbindung von { $endpoint } ist getrennt und bleibt es. Entfernen Sie sie, und fügen Sie einen neuen privaten Endpunkt hinzu.
networking-now = Der Status der Verbindung von { $endpoint } ist jetzt „{ $state }“.
networking-with-them = Damit hat die Instanz { $count } von { $most } privaten Endpunkten.
networking-too-many = Die Instanz hätte { $count } private Endpunkte; Azure erlaubt { $most }. Entfernen Sie zuerst eine Verbindung.
networking-none-approved = Kein privater Endpunkt ist genehmigt: Niemand erreicht dann die Daten der Instanz.
networking-go-on = { $count ->
    [one] Ein privater Endpunkt ist genehmigt und besteht weiter.
   *[other] { $count } private Endpunkte sind genehmigt und bestehen weiter.
}
networking-connections = { $count ->
    [one] Die Instanz hat eine Verbindung eines privaten Endpunkts.
   *[other] Die Instanz hat { $count } Verbindungen privater Endpunkte.
}

## Private Endpunkte in einem Formular

endpoint-numbered = Privater Endpunkt { $number }
endpoint-of = des privaten Endpunkts { $number }
endpoint-remove-html = Entfernen<span class="sr">: privater Endpunkt { $number }</span>
endpoint-as-instance = Wie die Instanz
endpoint-as-network = Wie das virtuelle Netzwerk
endpoint-as-endpoint = Wie der private Endpunkt
endpoint-location = Standort
endpoint-target-html = Zielunterressource: <strong>API</strong>
endpoint-load = Ressourcengruppen und virtuelle Netzwerke laden
endpoint-subnet = Subnetz
endpoint-network = Virtuelles Netzwerk und Subnetz
endpoint-choose-subnet = Subnetz wählen
endpoint-not-listed = Nicht in der Liste
endpoint-subnet-id = Ressourcen-ID des Subnetzes
endpoint-approval = Genehmigung der Verbindung
endpoint-automatically = Automatisch
endpoint-by-request = Auf Anforderung, mit einer Nachricht
endpoint-message = Anforderungsnachricht
endpoint-approval-help = „Automatisch“ setzt das Recht voraus, Verbindungen mit der Instanz zu genehmigen. Bei „Auf Anforderung“ wartet die Verbindung, bis jemand sie auf der Seite „Netzwerk“ der Instanz genehmigt.
endpoint-dns = In private DNS-Zone integrieren
endpoint-dns-yes = Ja
endpoint-dns-no = Nein
endpoint-zone-subscription = Abonnement der Zone
endpoint-zone-group = Ressourcengruppe der Zone
endpoint-zone-help-html = Innerhalb des virtuellen Netzwerks führt die Zone <code>{ $zone }</code> den Hostnamen der Instanz zum privaten Endpunkt. Gibt es sie in dieser Ressourcengruppe, wird sie verwendet, sonst dort erstellt.
endpoint-add = Privaten Endpunkt hinzufügen
endpoint-no-network = Azure zeigt Ihnen in diesem Abonnement kein virtuelles Netzwerk.
endpoint-networks-unlisted = Die virtuellen Netzwerke sind nicht aufgeführt.
endpoint-networks-unseen = Azure zeigt Ihnen die virtuellen Netzwerke dieses Abonnements nicht.
endpoint-twice = In derselben Ressourcengruppe gibt es einen weiteren privaten Endpunkt mit diesem Namen.
endpoint-most = Eine Instanz hat höchstens { $most } private Endpunkte.
endpoint-name-wrong = Der Name eines privaten Endpunkts hat 2 bis 64 Buchstaben (a bis z), Ziffern, Bindestriche, Unterstriche und Punkte, beginnt mit einem Buchstaben oder einer Ziffer und endet nicht mit einem Bindestrich oder Punkt.
endpoint-subscription-wrong = Wählen Sie das Abonnement des privaten Endpunkts.
endpoint-region-wrong = Wählen Sie den Standort: die Region des virtuellen Netzwerks, zum Beispiel westeurope.
endpoint-subnet-wrong = Wählen Sie ein Subnetz, oder geben Sie seine Ressourcen-ID an: /subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/…
endpoint-message-long = Verwenden Sie höchstens { $most } Zeichen für die Anforderungsnachricht.
endpoint-message-empty = Sagen Sie, wer anfragt und warum: Wer die Verbindung genehmigt, liest das.
endpoint-zone-wrong = Wählen Sie das Abonnement der privaten DNS-Zone.
endpoint-check-subnet = das Subnetz von { $name }
endpoint-check-name = ob der Name { $name } frei ist
endpoint-check-zone = ob die private DNS-Zone vorhanden ist
endpoint-zone-there = Die private DNS-Zone in { $group } ist vorhanden und wird verwendet.
endpoint-zone-made = In { $group } gibt es noch keine private DNS-Zone; sie wird erstellt.
endpoint-network-missing = Azure kennt in { $group } kein virtuelles Netzwerk { $network }. Wählen Sie ein anderes für { $name }.
endpoint-subnet-missing = Das virtuelle Netzwerk { $network } hat kein Subnetz { $subnet }. Wählen Sie ein anderes für { $name }.
endpoint-elsewhere = { $name } muss in der Region seines virtuellen Netzwerks liegen, { $region }.
endpoint-subnet-there = Das Subnetz { $network } / { $subnet } ist vorhanden, in der Region von { $name }.
endpoint-name-free = Der Name { $name } ist für einen privaten Endpunkt frei.
endpoint-there = Den privaten Endpunkt { $name } gibt es schon; er bleibt, wie er ist.
endpoint-name-taken = Es gibt schon einen privaten Endpunkt { $name }, der anderswohin führt. Wählen Sie einen anderen Namen.

## Tags

tags-title = Tags
tags-lead = Name und Wert, um Ressourcen zu ordnen. Die beiden Tags des Portals (wer den Antrag gestellt hat und welcher Antrag es ist) brauchen Sie nicht einzugeben.
tags-name-html = Name<span class="sr"> von Tag { $number }</span>
tags-value-html = Wert<span class="sr"> von Tag { $number }</span>
tags-add-html = Hinzufügen<span class="sr">: weiteres Tag</span>
tags-required = Erforderlich. { $help }
tags-change = Tags von { $instance } ändern
tags-change-lead = Was hier steht, hat die Instanz danach. Leere Zeilen zählen nicht.
tags-one = Tag { $name }
tags-new = neu
tags-was = vorher { $value }
tags-removed = entfernt
tags-unseen = Azure zeigt Ihnen diese Instanz nicht; ihre übrigen Tags würden deshalb verloren gehen. Bitten Sie jemanden, der helfen kann (die Seite des Abonnements nennt Namen), Ihnen dort die Rolle Reader zu geben, oder lassen Sie den Antrag von jemandem stellen, der die Instanz sieht.
tags-unchanged = Es wurde nichts geändert: Die Instanz hat diese Tags schon.
tags-nameless = Das Tag mit dem Wert „{ $value }“ braucht einen Namen.
tags-twice = Das Tag „{ $name }“ steht zweimal da; Azure unterscheidet nicht zwischen Groß- und Kleinschreibung.
tags-missing = Das Tag „{ $name }“ ist erforderlich: { $help }
tags-too-many = Azure speichert höchstens { $most } Tags neben den eigenen des Portals.
tags-name-wrong = Der Tagname „{ $name }“ lässt sich nicht verwenden: höchstens 512 Zeichen, keines von < > % & \ ? /.
tags-value-long = Der Wert des Tags „{ $name }“ hat mehr als 256 Zeichen.
tags-own = Das Tag „{ $name }“ setzt das Portal selbst; lassen Sie es weg.
tags-reserved = Der Tagname „{ $name }“ beginnt mit einem Wort, das Azure sich vorbehält.

## Löschen

deletion-title = { $instance } löschen
deletion-lead = Die Azure Digital Twins-Instanz in { $group }. Sie sehen den ganzen Plan, bevor etwas beantragt wird.
deletion-confirm = Bestätigen
deletion-asked = Instanz { $instance } löschen
deletion-created = Erstellt
deletion-unseen = Azure zeigt Ihnen diese Instanz nicht; sie ließe sich deshalb nicht von einer anderen unterscheiden, die später unter ihrem Namen entsteht. Bitten Sie jemanden, der helfen kann (die Seite des Abonnements nennt Namen), Ihnen dort die Rolle Reader zu geben, oder lassen Sie den Antrag von jemandem stellen, der die Instanz sieht.
deletion-lost = Das geht endgültig verloren
deletion-lost-text = Eine gelöschte Instanz lässt sich nicht wiederherstellen. Eine neue unter demselben Namen beginnt leer.
deletion-data = Alle Daten der Instanz: Modelle, Zwillinge, Beziehungen und Ereignisrouten
deletion-endpoint = Endpunkt { $name }, der an { $target } liefert
deletion-data-history = Datenverlaufsverbindung { $name }, die an { $target } liefert
deletion-roles = { $count ->
    [one] Eine Rollenzuweisung: { $role }
   *[other] { $count } Rollenzuweisungen: { $role }
}
deletion-roles-unseen = Rollenzuweisungen auf der Instanz sind nicht zu sehen. { $why }
deletion-identity = Die systemseitig zugewiesene Identität, Objekt-ID { $id }, mit allen Rollen, die sie hat
deletion-stays = Das bleibt zurück
deletion-stays-text = Diese privaten Endpunkte führen dann nirgendwohin, und Azure berechnet sie weiter. Löschen Sie sie danach in Azure.
deletion-more = Vielleicht geht noch mehr verloren.
