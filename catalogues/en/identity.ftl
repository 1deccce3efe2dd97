### Managed identities.

## Change the identities of an instance

identity-on-heading = Turn on the system-assigned identity
identity-off-heading = Turn off the system-assigned identity
identity-associate-heading = Associate a user-assigned managed identity
identity-remove-heading = Remove a user-assigned managed identity
identity-lead = Of { $name } in { $group }. You see the whole plan before anything is asked for.
identity-nothing = There is nothing to change
identity-is-on = The system-assigned identity is on already.
identity-is-off = The system-assigned identity is off already.
identity-back = Back
identity-unseen = Azure does not show you this instance, so what is changed in it cannot be told.
identity-unseen-ask = Azure does not show you this instance, so what is changed in it cannot be told. Ask whoever can help (the subscription's page names them) to give you the role Reader there, or have somebody ask who sees it.
identity-what = What
identity-change = Change
identity-choose-on = System-assigned: On
identity-choose-on-help = The instance gets an identity of its own.
identity-choose-off = System-assigned: Off
identity-choose-off-help = Its own identity is deleted.
identity-choose-associate-help = The instance can act as it.
identity-choose-remove-help = The instance can no longer act as it.
identity-users = User-assigned managed identities
identity-no-other = Azure shows you no other identity in this subscription.
identity-none = None is associated.
identity-in-group = Resource group { $name }
identity-client-id = Client ID { $id }
identity-unlisted = It is not in the list
identity-resource-id = Resource ID
identity-resource-id-help = Of an identity in another subscription of the same tenant, or of one that Azure does not show you.
identity-next = Next, once that is done: give the identity its roles on what it delivers to. The request's page leads there.
identity-confirm = Confirm
identity-not-listed = The identities are not listed.
identity-no-change = Choose what is to be changed.
identity-resource-id-wrong = Give the resource ID of a user-assigned managed identity: /subscriptions/…/resourceGroups/…/providers/Microsoft.ManagedIdentity/userAssignedIdentities/….
identity-no-identity = Choose at least one user-assigned managed identity.
identity-too-many = Choose at most { $most } identities in one request.
identity-on-already = There is nothing to change: The system-assigned identity is on already.
identity-off-already = There is nothing to change: The system-assigned identity is off already.
identity-associated-already = There is nothing to change: All of these are associated already.
identity-removed-already = There is nothing to change: None of these is associated.
identity-check-listed = whether the identities exist
identity-listed = Azure shows the identities that are to be associated.
identity-not-seen = Not checked: Azure does not list { $names } in this subscription for you.

## What is asked, and its titles

identity-on = Turn on the system-assigned managed identity of { $instance }
identity-off = Turn off the system-assigned managed identity of { $instance }
identity-associate = Associate { $names } with { $instance }
identity-remove = Remove { $names } from { $instance }
identity-fact-on = On
identity-fact-off = Off
identity-fact-associate = Associate
identity-fact-remove = Remove

## What will stop

identity-stops = This will stop
identity-stops-text = Events no longer reach what these deliver to. Give each another identity first, or expect their flow to break.
identity-loses = Roles that the instance loses
identity-loses-deleted = The identity is deleted with what it holds. Turned on again, it is another one, with another Object ID and no role.
identity-loses-removed = The identity keeps its roles, but the instance can no longer use them. Other resources with the same identity go on.
identity-more-stops = There may be more that stops.
identity-more-roles = { $count ->
    [one] { $count } more of its roles are not listed here.
   *[other] { $count } more of its roles are not listed here.
}
identity-roles-unseen = Its roles are not to be seen. { $why }
identity-seen-by = As Azure showed it to { $name } ({ $at }).
identity-use = { $what ->
    [Endpoint] Endpoint { $name }, which delivers to { $target } ({ $state })
   *[other] Data history connection { $name }, which delivers to { $target } ({ $state })
}
identity-use-as = { $what ->
    [Endpoint] Endpoint { $name } as { $identity }, which delivers to { $target } ({ $state })
   *[other] Data history connection { $name } as { $identity }, which delivers to { $target } ({ $state })
}
identity-holds = { $role } on { $at ->
    [subscription] the whole subscription
    [group] the resource group { $place }
    [resource] { $place } in { $group }
   *[other] { $place }
}
identity-holds-as = { $role } as { $identity } on { $at ->
    [subscription] the whole subscription
    [group] the resource group { $place }
    [resource] { $place } in { $group }
   *[other] { $place }
}

## Roles of an identity

identity-role-title = { $scopes ->
    [one] { $role } for { $identity } on { $place }
   *[other] { $role } for { $identity } on { $scopes } scopes
}
identity-role-lead = A role for a managed identity, on what the instance delivers to. You see the whole plan before anything is asked for.
identity-role-lead-of = A role for a managed identity of { $instance }, on what the instance delivers to. You see the whole plan before anything is asked for.
identity-role-nobody = The instance has no managed identity yet
identity-role-nobody-text = A role is given to an identity that is there. Turn the system-assigned one on, or associate a user-assigned one, then come back.
identity-role-go = Go to Identity
identity-role-unseen = Azure does not show you this instance
identity-role-unseen-text = Its identities cannot be told, so no role can be asked for them. Somebody who manages access there can give you the role Reader, or ask in your place.
identity-role-unseen-ask = Azure does not show you this instance, so its identities cannot be told. Ask whoever can help (the subscription's page names them) to give you the role Reader there, or have somebody ask who sees it.
identity-role-show = Show its identities
identity-role-whose = Managed identity
identity-role-help = Give it what it needs and no more: a role for data, not one that manages. Each is for one thing.
identity-role-hub-sender = For an endpoint to an event hub: sends events to it. Data history needs no more, either, once its connection has been made.
identity-role-bus-sender = For an endpoint to a Service Bus topic: sends messages to it.
identity-role-blob = For dead-lettering: keeps events that could not be delivered in a storage container.
identity-role-hub-owner = To make a data history connection through an event hub. Afterwards Azure Event Hubs Data Sender is enough.
identity-role-explorer = To make a data history connection, on its Azure Data Explorer database and nowhere else.
identity-role-other = Another role
identity-role-other-help = By its name. Roles that do everything, or give roles to others, are not assigned to identities here.
identity-role-other-name = Name of another role
identity-role-other-name-help = As Azure calls it, or its ID.
identity-role-scope = Scope
identity-role-scopes = Scopes
identity-role-scopes-help = Resource IDs, one on each line, all in one subscription. The event hub, topic or container itself is enough: what is narrower is safer. The Azure portal shows a resource ID under Properties or JSON View.
identity-role-for-hub = An endpoint to an event hub
identity-role-for-hub-text = Azure Event Hubs Data Sender on the event hub.
identity-role-for-topic = An endpoint to a Service Bus topic
identity-role-for-topic-text = Azure Service Bus Data Sender on the topic.
identity-role-for-letters = Dead-lettering
identity-role-for-letters-text = Storage Blob Data Contributor on the container.
identity-role-for-history = Data history
identity-role-for-history-text = Azure Event Hubs Data Owner on the event hub, Contributor on the Azure Data Explorer database, and the role Admin inside that database, which its own administrators give.
identity-role-for-grid = An endpoint to Event Grid
identity-role-for-grid-text = None: it works with a key.
identity-role-decides = Somebody who may assign roles where the role goes decides, not whoever manages the instance.
identity-role-scope-wrong = "{ $typed }" is no scope. Give the resource ID of a resource, a resource group or a subscription: /subscriptions/…. The Azure portal shows it under Properties.
identity-role-no-scope = Give at least one scope: the resource ID of what it is to use.
identity-role-too-many = Give at most { $most } scopes in one request.
identity-role-subscriptions = Give scopes of one subscription. For another subscription make a request of its own: others decide there.
identity-role-no-identity = Choose one of the instance's managed identities. One that is off, or not associated, has no Object ID to give a role to: turn it on first.
identity-role-no-role = Choose the role that the identity needs.
identity-role-no-name = Type the name of the role, as Azure calls it.
identity-role-not-shown = Azure does not show you the roles there, so this one cannot be found. Choose one of the others, or have somebody ask who sees them.
identity-role-unknown = Azure lists no role "{ $typed }" that can be assigned there. Type its whole name, as it stands under Access control (IAM) › Roles in the Azure portal.
identity-role-too-wide = { $role } does everything, or gives roles to others: whoever can make the instance's identity act would hold that too. It is not assigned to an identity here. Choose a role for the data that the identity works with. Contributor alone is assigned, and only on Azure Data Explorer databases: /subscriptions/…/providers/Microsoft.Kusto/clusters/…/databases/….
identity-role-fact = { $kind }, Object ID { $id }
identity-role-far = This reaches far
identity-role-far-text = The identity could use the role on everything in it, also on what is made there later. The resource that it delivers to is enough.
identity-role-far-group = The resource group { $name }
identity-role-far-subscription = The whole subscription { $name }
identity-role-has = { $instance } has the identity { $identity }, with this Object ID.
identity-role-check-held = what the identity holds there already
identity-role-not-held = The identity does not hold the role there yet.
identity-role-held = There is nothing to ask for: the identity holds { $role } there already.
identity-role-held-on = The identity holds the role already on { $places }, and keeps it.
identity-role-narrow = Whoever can make the instance's identity act can do with it what the role allows. Give it the narrowest role on the narrowest scope.
identity-role-subscription-there = The subscription { $name } is there.
identity-role-subscription-unseen = Azure does not show you the subscription { $name }.
identity-role-check-exists = whether { $name } exists
identity-role-exists = Azure shows { $name } in { $group }.
identity-role-not-there = Azure does not show you { $name } in { $group }. If the resource ID is not right, Azure refuses the role assignment.
