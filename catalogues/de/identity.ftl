### Verwaltete Identitäten.

## Identitäten einer Instanz ändern

identity-on-heading = Systemseitig zugewiesene Identität einschalten
identity-off-heading = Systemseitig zugewiesene Identität ausschalten
identity-associate-heading = Benutzerseitig zugewiesene verwaltete Identität zuordnen
identity-remove-heading = Benutzerseitig zugewiesene verwaltete Identität entfernen
identity-lead = Instanz { $name } in { $group }. Sie sehen den ganzen Plan, bevor etwas beantragt wird.
identity-nothing = Es gibt nichts zu ändern
identity-is-on = Die systemseitig zugewiesene Identität ist schon eingeschaltet.
identity-is-off = Die systemseitig zugewiesene Identität ist schon ausgeschaltet.
identity-back = Zurück
identity-unseen = Azure zeigt Ihnen diese Instanz nicht. Deshalb ist nicht zu erkennen, was sich an ihr ändert.
identity-unseen-ask = Azure zeigt Ihnen diese Instanz nicht. Deshalb ist nicht zu erkennen, was sich an ihr ändert. Bitten Sie jemanden, der helfen kann (die Seite des Abonnements nennt Namen), Ihnen dort die Rolle Reader zu geben, oder lassen Sie den Antrag von jemandem stellen, der die Instanz sieht.
identity-what = Was
identity-change = Änderung
identity-choose-on = Systemseitig zugewiesen: Ein
identity-choose-on-help = Die Instanz bekommt eine eigene Identität.
identity-choose-off = Systemseitig zugewiesen: Aus
identity-choose-off-help = Die eigene Identität der Instanz wird gelöscht.
identity-choose-associate-help = Die Instanz kann diese Identität verwenden.
identity-choose-remove-help = Die Instanz kann diese Identität nicht mehr verwenden.
identity-users = Benutzerseitig zugewiesene verwaltete Identitäten
identity-no-other = Azure zeigt Ihnen in diesem Abonnement keine weitere Identität.
identity-none = Keine ist zugeordnet.
identity-in-group = Ressourcengruppe { $name }
identity-client-id = Client-ID { $id }
identity-unlisted = Nicht in der Liste
identity-resource-id = Ressourcen-ID
identity-resource-id-help = Die einer Identität in einem anderen Abonnement desselben Mandanten oder einer Identität, die Azure Ihnen nicht zeigt.
identity-next = Als Nächstes, sobald das erledigt ist: Geben Sie der Identität ihre Rollen auf den Ressourcen, an die sie liefert. Die Seite des Antrags führt dorthin.
identity-confirm = Bestätigen
identity-not-listed = Die Identitäten sind nicht aufgeführt.
identity-no-change = Wählen Sie, was geändert werden soll.
identity-resource-id-wrong = Geben Sie die Ressourcen-ID einer benutzerseitig zugewiesenen verwalteten Identität an: /subscriptions/…/resourceGroups/…/providers/Microsoft.ManagedIdentity/userAssignedIdentities/….
identity-no-identity = Wählen Sie mindestens eine benutzerseitig zugewiesene verwaltete Identität.
identity-too-many = Wählen Sie höchstens { $most } Identitäten in einem Antrag.
identity-on-already = Es gibt nichts zu ändern: Die systemseitig zugewiesene Identität ist schon eingeschaltet.
identity-off-already = Es gibt nichts zu ändern: Die systemseitig zugewiesene Identität ist schon ausgeschaltet.
identity-associated-already = Es gibt nichts zu ändern: Alle diese Identitäten sind schon zugeordnet.
identity-removed-already = Es gibt nichts zu ändern: Keine dieser Identitäten ist zugeordnet.
identity-check-listed = ob es die Identitäten gibt
identity-listed = Azure zeigt die Identitäten, die zugeordnet werden sollen.
identity-not-seen = Nicht geprüft: In diesem Abonnement führt Azure { $names } für Sie nicht auf.

## Was beantragt wird, und die Titel

identity-on = Systemseitig zugewiesene verwaltete Identität von { $instance } einschalten
identity-off = Systemseitig zugewiesene verwaltete Identität von { $instance } ausschalten
identity-associate = { $names } der Instanz { $instance } zuordnen
identity-remove = { $names } von { $instance } entfernen
identity-fact-on = Ein
identity-fact-off = Aus
identity-fact-associate = Zuordnen
identity-fact-remove = Entfernen

## Was nicht mehr funktioniert

identity-stops = Das funktioniert dann nicht mehr
identity-stops-text = Was diese liefern, kommt nicht mehr an. Geben Sie ihnen vorher eine andere Identität, oder rechnen Sie damit, dass keine Ereignisse mehr fließen.
identity-loses = Rollen, die die Instanz verliert
identity-loses-deleted = Die Identität wird mit allen ihren Rollen gelöscht. Wird sie wieder eingeschaltet, ist sie eine andere, mit anderer Objekt-ID und ohne Rollen.
identity-loses-removed = Die Identität behält ihre Rollen, aber die Instanz kann sie nicht mehr nutzen. Für andere Ressourcen mit derselben Identität ändert sich nichts.
identity-more-stops = Möglicherweise ist noch mehr betroffen.
identity-more-roles = { $count ->
    [one] Eine weitere ihrer Rollen ist hier nicht aufgeführt.
   *[other] { $count } weitere ihrer Rollen sind hier nicht aufgeführt.
}
identity-roles-unseen = Ihre Rollen sind nicht zu sehen. { $why }
identity-seen-by = So hat Azure es { $name } gezeigt ({ $at }).
identity-use = { $what ->
    [Endpoint] Endpunkt { $name }, der an { $target } liefert ({ $state })
   *[other] Datenverlaufsverbindung { $name }, die an { $target } liefert ({ $state })
}
identity-use-as = { $what ->
    [Endpoint] Endpunkt { $name } mit der Identität { $identity }, der an { $target } liefert ({ $state })
   *[other] Datenverlaufsverbindung { $name } mit der Identität { $identity }, die an { $target } liefert ({ $state })
}
identity-holds = { $role } auf { $at ->
    [subscription] dem ganzen Abonnement
    [group] der Ressourcengruppe { $place }
    [resource] { $place } in { $group }
   *[other] { $place }
}
identity-holds-as = { $role } für { $identity } auf { $at ->
    [subscription] dem ganzen Abonnement
    [group] der Ressourcengruppe { $place }
    [resource] { $place } in { $group }
   *[other] { $place }
}

## Rollen einer Identität

identity-role-title = { $scopes ->
    [one] { $role } für { $identity } auf { $place }
   *[other] { $role } für { $identity } auf { $scopes } Bereichen
}
identity-role-lead = Eine Rolle für eine verwaltete Identität auf einer Ressource, an die die Instanz liefert. Sie sehen den ganzen Plan, bevor etwas beantragt wird.
identity-role-lead-of = Eine Rolle für eine verwaltete Identität von { $instance } auf einer Ressource, an die die Instanz liefert. Sie sehen den ganzen Plan, bevor etwas beantragt wird.
identity-role-nobody = Die Instanz hat noch keine verwaltete Identität
identity-role-nobody-text = Eine Rolle kann nur eine Identität bekommen, die es schon gibt. Schalten Sie die systemseitig zugewiesene ein, oder ordnen Sie eine benutzerseitig zugewiesene zu, und kommen Sie dann zurück.
identity-role-go = Zur Identität
identity-role-unseen = Azure zeigt Ihnen diese Instanz nicht
identity-role-unseen-text = Ihre Identitäten sind nicht zu erkennen, also kann keine Rolle für sie beantragt werden. Wer dort den Zugriff verwaltet, kann Ihnen die Rolle Reader geben oder den Antrag für Sie stellen.
identity-role-unseen-ask = Azure zeigt Ihnen diese Instanz nicht. Deshalb sind ihre Identitäten nicht zu erkennen. Bitten Sie jemanden, der helfen kann (die Seite des Abonnements nennt Namen), Ihnen dort die Rolle Reader zu geben, oder lassen Sie den Antrag von jemandem stellen, der die Instanz sieht.
identity-role-show = Identitäten anzeigen
identity-role-whose = Verwaltete Identität
identity-role-help = Geben Sie ihr, was sie braucht, und nicht mehr: eine Rolle für Daten, keine zum Verwalten. Jede ist für genau einen Zweck.
identity-role-hub-sender = Für einen Endpunkt zu einem Event Hub: sendet Ereignisse dorthin. Auch der Datenverlauf braucht nicht mehr, sobald seine Verbindung besteht.
identity-role-bus-sender = Für einen Endpunkt zu einem Service Bus-Thema: sendet Nachrichten dorthin.
identity-role-blob = Für unzustellbare Ereignisse: bewahrt sie in einem Speichercontainer auf.
identity-role-hub-owner = Um eine Datenverlaufsverbindung über einen Event Hub herzustellen. Danach genügt Azure Event Hubs Data Sender.
identity-role-explorer = Um eine Datenverlaufsverbindung herzustellen, auf deren Azure Data Explorer-Datenbank und auf nichts anderem.
identity-role-other = Eine andere Rolle
identity-role-other-help = Mit ihrem Namen. Rollen, die alles dürfen oder anderen Rollen geben, werden Identitäten hier nicht zugewiesen.
identity-role-other-name = Name einer anderen Rolle
identity-role-other-name-help = Wie Azure sie nennt, oder ihre ID.
identity-role-scope = Bereich
identity-role-scopes = Bereiche
identity-role-scopes-help = Ressourcen-IDs, eine je Zeile, alle in einem Abonnement. Der Event Hub, das Thema oder der Container selbst genügt: je enger, desto sicherer. Das Azure-Portal zeigt eine Ressourcen-ID unter „Eigenschaften“ oder „JSON-Ansicht“.
identity-role-for-hub = Ein Endpunkt zu einem Event Hub
identity-role-for-hub-text = Azure Event Hubs Data Sender auf dem Event Hub.
identity-role-for-topic = Ein Endpunkt zu einem Service Bus-Thema
identity-role-for-topic-text = Azure Service Bus Data Sender auf dem Thema.
identity-role-for-letters = Unzustellbare Ereignisse
identity-role-for-letters-text = Storage Blob Data Contributor auf dem Container.
identity-role-for-history = Datenverlauf
identity-role-for-history-text = Azure Event Hubs Data Owner auf dem Event Hub, Contributor auf der Azure Data Explorer-Datenbank und die Rolle Admin in dieser Datenbank, die deren eigene Administration vergibt.
identity-role-for-grid = Ein Endpunkt zu Event Grid
identity-role-for-grid-text = Keine: Er arbeitet mit einem Schlüssel.
identity-role-decides = Es entscheidet, wer dort Rollen zuweisen darf, wo die Rolle gelten soll, nicht, wer die Instanz verwaltet.
identity-role-scope-wrong = „{ $typed }“ ist kein Bereich. Geben Sie die Ressourcen-ID einer Ressource, einer Ressourcengruppe oder eines Abonnements an: /subscriptions/…. Das Azure-Portal zeigt sie unter „Eigenschaften“.
identity-role-no-scope = Geben Sie mindestens einen Bereich an: die Ressourcen-ID dessen, was die Identität nutzen soll.
identity-role-too-many = Geben Sie höchstens { $most } Bereiche in einem Antrag an.
identity-role-subscriptions = Geben Sie Bereiche eines einzigen Abonnements an. Stellen Sie für ein anderes Abonnement einen eigenen Antrag: Dort entscheiden andere.
identity-role-no-identity = Wählen Sie eine der verwalteten Identitäten der Instanz. Eine, die ausgeschaltet oder nicht zugeordnet ist, hat keine Objekt-ID, die eine Rolle bekommen könnte: Schalten Sie sie zuerst ein.
identity-role-no-role = Wählen Sie die Rolle, die die Identität braucht.
identity-role-no-name = Geben Sie den Namen der Rolle ein, wie Azure sie nennt.
identity-role-not-shown = Azure zeigt Ihnen die Rollen dort nicht, deshalb ist diese nicht zu finden. Wählen Sie eine der anderen, oder lassen Sie den Antrag von jemandem stellen, der sie sieht.
identity-role-unknown = Azure führt keine Rolle „{ $typed }“ auf, die dort zugewiesen werden kann. Geben Sie den ganzen Namen ein, wie er im Azure-Portal unter „Zugriffssteuerung (IAM)“ › „Rollen“ steht.
identity-role-too-wide = { $role } darf alles oder gibt anderen Rollen: Wer über die Identität der Instanz verfügt, hätte dieselben Rechte. Die Rolle wird hier keiner Identität zugewiesen. Wählen Sie eine Rolle für die Daten, mit denen die Identität arbeitet. Nur Contributor wird zugewiesen, und nur auf Azure Data Explorer-Datenbanken: /subscriptions/…/providers/Microsoft.Kusto/clusters/…/databases/….
identity-role-fact = { $kind }, Objekt-ID { $id }
identity-role-far = Das ist weitreichend
identity-role-far-text = Die Identität könnte die Rolle auf allem darin nutzen, auch auf dem, was dort erst später entsteht. Die Ressource, an die sie liefert, genügt.
identity-role-far-group = Die Ressourcengruppe { $name }
identity-role-far-subscription = Das ganze Abonnement { $name }
identity-role-has = { $instance } hat die Identität { $identity } mit dieser Objekt-ID.
identity-role-check-held = welche Rollen die Identität dort schon hat
identity-role-not-held = Die Identität hat die Rolle dort noch nicht.
identity-role-held = Es gibt nichts zu beantragen: Die Identität hat { $role } dort schon.
identity-role-held-on = Die Identität hat die Rolle schon auf { $places } und behält sie.
identity-role-narrow = Wer über die Identität der Instanz verfügt, kann damit alles tun, was die Rolle erlaubt. Geben Sie ihr die Rolle mit den geringsten Rechten im engsten Bereich.
identity-role-subscription-there = Das Abonnement { $name } ist da.
identity-role-subscription-unseen = Azure zeigt Ihnen das Abonnement { $name } nicht.
identity-role-check-exists = ob es { $name } gibt
identity-role-exists = Azure zeigt { $name } in { $group }.
identity-role-not-there = Azure zeigt Ihnen { $name } in { $group } nicht. Stimmt die Ressourcen-ID nicht, lehnt Azure die Rollenzuweisung ab.
