### Instances.

## The list of instances

instances-refresh = Refresh
instances-lead = Every Azure Digital Twins instance that Azure shows you, whoever made it. Azure lists a new one after a minute or two.
instances-search = Search
instances-search-what = Name, resource group, host name or tag
instances-all = All
instances-nothing = Nothing found
instances-nothing-fits = No instance fits the search. Take something out of it.
instances-none = No instances
instances-none-seen = Azure shows you no instance. If you know the resource ID of one, request access to it; or create one.
instances-caption = Instances by name

## Around the pages of an instance

section-overview = Overview
section-access = Access control (IAM)
section-identity = Identity
section-networking = Networking
section-tags = Tags
section-connect = Connect
section-sheet = Hand-over sheet
instance-pages = Pages of this instance
instance-lead = Azure Digital Twins instance in { $group }, { $subscription }
instance-unseen = Azure does not show you this instance
instance-unseen-why = There is none of this name there, or you hold no role that lets you see it.
instance-ask = Request access to its data

## What is said of an instance

instance-essentials = Essentials
instance-name = Name
instance-status = Status
instance-group = Resource group
instance-host = Host name
instance-region = Region
instance-subscription = Subscription
instance-public = Public network access
instance-enabled = Enabled
instance-disabled = Disabled
instance-resource-id = Resource ID
instance-object-id = Object ID
instance-client-id = Client ID
instance-delete = Delete
instance-remove = Remove
instance-remove-html = Remove<span class="sr"> { $what }</span>

## Access control (IAM)

iam-pages = Access control
iam-assignments = Role assignments
iam-check = Check access
iam-roles = Roles
iam-add = Add role assignment
iam-needs-reader = Reading role assignments needs a role such as Reader on the instance. You can request access without it.
iam-hidden = Azure does not show you who has access
iam-none = No role assignments
iam-nobody = Nobody holds a role here, as far as Azure shows you.
iam-unnamed = Names could not be looked up in the directory, so object IDs stand in their place.
iam-caption = Role assignments that reach this instance, those made here first
iam-role = Role
iam-scope = Scope
iam-created = Created
iam-by = by { $name }
iam-request = Request
iam-request-of = Request of { $name }
iam-condition = With a condition
iam-condition-of = Condition of { $role }
iam-condition-for = Condition of { $role } for { $name }
iam-remove-html = Remove<span class="sr"> { $role } from { $name }</span>
iam-remove-all-html = Remove all<span class="sr"> roles of { $name } here</span>
iam-count = { $count ->
    [one] { $count } role assignment
   *[other] { $count } role assignments
}. Owner is not Data Owner: Owner manages the instance, and gives no access to its data. What is inherited is removed where it was assigned.

## A role assignment

held-here = This resource
held-inherited = { $level } (inherited)
held-subscription = Subscription
held-group = Resource group
held-resource = Resource
held-management-group = Management group
held-root = Root
held-others = { $besides ->
    [yes] { $count ->
        [one] { $count } other request rests on it
       *[other] { $count } other requests rest on it
    }
   *[no] { $count ->
        [one] { $count } request rests on it
       *[other] { $count } requests rest on it
    }
}

## Check access

iam-find = Find
iam-find-help = A name, an e-mail address or an object ID: users, groups, service principals and managed identities.
iam-found = Found for “{ $text }”
iam-found-nobody = Nobody was found for “{ $text }”.
iam-check-html = Check<span class="sr"> { $name }</span>
iam-no-object-id = That is no object ID. Search for the name instead.
iam-too-short = Type at least two letters.
iam-unsearched = The directory could not be searched. Give an object ID. { $why }
iam-who-html = { $detail } · object ID <code>{ $id }</code>
iam-roles-hidden = Azure does not show you their roles
iam-roles-hidden-next = Ask somebody who may read role assignments here.
iam-reads = Reads the data
iam-reads-not = Does not read the data
iam-changes = Changes the data
iam-changes-not = Does not change the data
iam-manages = Manages the instance
iam-manages-not = Does not manage the instance
iam-assigns = Assigns roles
iam-assigns-not = Does not assign roles
iam-manages-only = Owner is not Data Owner
iam-manages-only-why = Their roles manage the instance and give no access to its data. That needs Azure Digital Twins Data Owner or Data Reader.
iam-no-role = No role reaches them here.
iam-directly = Assigned directly
iam-through = Through the group { $name }
iam-remove-theirs = Remove all of their roles here
iam-group-only = Only what is assigned to the group itself: Azure does not tell what reaches it through other groups.
iam-denied = Deny assignments, and conditions on what may be done, can take away from this.

## The roles that there are

roles-hidden = Azure does not show you the roles
roles-lead = Roles that let their holder do something with this instance or its data, built in and custom, and every other role that somebody holds here.
roles-data = Data
roles-instance = Instance
roles-assignments = Assignments
roles-custom = Custom
roles-reads-and-changes = Reads and changes
roles-reads = Reads
roles-no-access = No access
roles-manages = Manages
roles-manages-not = Does not manage
roles-assigns = Assigns
roles-assigns-not = Does not assign
roles-not-shown = Not shown to you

## Identities of an instance

identities-of = Identity of { $name }
identities-on = { $identity } on { $name }
identities-kinds = Kinds of managed identity
identities-system = System-assigned
identities-user = User-assigned
identities-system-lead = An identity in Microsoft Entra ID that belongs to this instance alone and is deleted with it. Endpoints and data history act as it, with the roles that it holds.
identities-off = Off
identities-off-means = The instance has no identity of its own.
identities-on-word = On
identities-on-means = Azure makes one and gives it an Object ID.
identities-save = Save
identities-then = You see the exact call to Azure, and what stops, before anything is changed.
identities-then-roles = Once it is on, give it its roles on what it delivers to: Azure role assignments stand here then.
identities-associate = Associate a user-assigned managed identity
identities-user-lead = Identities that are resources of their own. The instance can act as each of them.
identities-none = None is associated
identities-none-next = Associate one to let endpoints or data history of this instance act as it.
identities-object-id = Object ID { $id }
identities-not-associated = This identity is not associated with the instance.
identities-roles = Azure role assignments
identities-roles-lead = What the identity may do in { $subscription }. Roles in other subscriptions are not shown here. It delivers only to what it holds a role on.
identities-no-role = It holds no role there.
identities-uses = Used by
identities-uses-lead = Endpoints and data history connections of this instance that act as this identity.
identities-no-use = None of them does.

## What an instance delivers to

outlets-endpoint = Endpoint
outlets-history = Data history connection
outlets-endpoints-unseen = Its endpoints are not to be seen. { $why }
outlets-history-unseen = Its data history connections are not to be seen. { $why }

## Locks

lock-whether = whether a lock is in the way
lock-none = { $hold ->
    [create] No lock keeps it from being created.
    [change] No lock keeps it from being changed.
   *[delete] No lock keeps it from being deleted.
}
lock-holds = { $hold ->
    [create] It cannot be created because of { $locks }.
    [change] It cannot be changed because of { $locks }.
   *[delete] It cannot be deleted because of { $locks }.
} Somebody who may manage locks there, as an Owner or User Access Administrator does, has to remove the lock first.
lock-one = { $place ->
    [subscription] the lock { $name } of level { $level } on the subscription
    [group] the lock { $name } of level { $level } on the resource group { $at }
    [other] the lock { $name } of level { $level } on { $at }
   *[none] the lock { $name } of level { $level }
}
lock-noted = { $lock } (“{ $notes }”)

## Networking

reach-open = Whoever has a role can use the instance from all networks, the Internet included.
reach-closed = The instance can only be used through its private endpoints.
reach-disable = Disable public network access
reach-enable = Enable public network access
reach-connections = Private endpoint connections
reach-add = Private endpoint
reach-unseen = The connections are not shown.
reach-none = There are none. A private endpoint lets a virtual network reach the instance without the Internet.
reach-required = Actions required: { $what }
reach-approve-html = Approve<span class="sr"> { $name }</span>
reach-reject-html = Reject<span class="sr"> { $name }</span>
reach-place = Private endpoint in { $group }
reach-place-elsewhere = Private endpoint in { $group }, subscription { $subscription }

## Tags

tags-none = No tags yet
tags-none-why = Tags help to organise the instance among other resources.

## Connect

connect-first-html = First: <code>{ $what }</code>
connect-maven = com.azure:azure-digitaltwins-core and com.azure:azure-identity from Maven Central
connect-test = Test my access
connect-test-again = Test again
connect-test-means = Asks the instance for its models, with your own token. Nothing is changed.
connect-request = Request access
connect-values = Values
connect-no-host = No host name yet
connect-no-host-why = Azure gives the instance its host name when it has been made. It stands as { $state } now.
connect-works = Your access works
connect-works-how = { $host } answered your own token just now.
connect-unasked = The instance could not be asked
connect-no-role = No role yet
connect-no-role-why = Azure shows no role of yours here that gives access to the instance's data. Owner and Contributor do not: they manage the resource.
connect-closed-to-you = The instance does not let you in
connect-closed-to-you-why = Azure does not tell whether you hold a data role here, so the reason is not known: the role is missing, or has not taken effect yet, or public network access is off.
connect-private = Public access is off
connect-private-why = You hold a data role here, and the instance answers only through its private endpoints. Call it from inside such a network.
connect-refused = The instance refuses you
connect-refused-why = The instance refuses you although you hold { $role }, assigned { $age } ago. It could be a condition on the assignment, the network that you come from, or a deny assignment. Open Access control (IAM), Check access, for the conditions; then ask somebody who may assign roles here to look for a deny assignment.
connect-soon = Not yet in effect
connect-soon-assigned = Your data role was assigned { $age } ago. It takes up to ten minutes to reach the instance.
connect-soon-unknown = You hold a data role here. A new one takes up to ten minutes to reach the instance. If yours is older than half an hour, look for a condition on it, at the network and for a deny assignment.
connect-seconds = { $seconds } s
connect-minutes = { $minutes } min { $seconds } s
connect-hours = { $hours } h { $minutes } min

## The hand-over sheet

sheet-of = Hand-over sheet of { $name }
sheet-plain = Plain text
sheet-lead = For whoever will work with the instance: print this page, or send the text.
sheet-lead-screen = Whoever opens its address sees what Azure shows them.
sheet-no-host = Not known yet
sheet-data = Who may use its data
sheet-nobody = Nobody holds a data role here yet.
sheet-ask = Request access
sheet-from = from { $scope }
sheet-made = Made by { $name } ({ $upn }), { $at }.
sheet-unknown = Who may use its data is not known: { $why }
sheet-unnamed = The directory named nobody, so object IDs stand: { $why }

## The same as plain text

sheet-text-title = Azure Digital Twins instance
sheet-text-public = Public access
sheet-text-no-host = not known yet
sheet-text-hidden = Azure does not show it to whoever made this sheet.
sheet-text-nobody = Nobody yet.
sheet-text-holds = { $role }: { $holder } ({ $detail })
sheet-text-inherits = { $role }: { $holder } ({ $detail }, from { $scope })
