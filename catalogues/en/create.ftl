### Create an instance.

## The form

create-lead = An Azure Digital Twins instance and who may use its data. You see the whole plan before anything is asked for.
create-basics = Basics
create-networking = Networking
create-advanced = Advanced
create-tags = Tags
create-project = Project details
create-subscription-help = Those that you can see in Azure, and those that are offered here.
create-choose-subscription = Choose a subscription
create-subscription-first = Choose a subscription first
create-load = Load resource groups and regions
create-no-subscription = Azure shows you no subscription, and none is offered here. Ask the people who run Twindesk to offer one.
create-choose-group = Choose a resource group
create-new = Create new
create-group-typed = Azure does not show you the resource groups here, so type the name of one.
create-new-group = Name of the new resource group
create-new-group-help = Only to create a new one. It is made in the region of the instance.
create-details = Instance details
create-name = Resource name
create-name-help = 3 to 63 letters, digits and hyphens. It becomes part of the host name.
create-region = Region
create-choose-region = Choose a region
create-region-azures = Where Azure offers Azure Digital Twins now.
create-region-offered = Those that are offered here. Azure does not tell you where it offers Azure Digital Twins.
create-region-typed = As Azure names it, for example westeurope. Azure does not show you the regions here, so it cannot be checked.
create-access = Grant access to resource
create-for-me = Assign Azure Digital Twins Data Owner Role
create-for-me-help = To you, on this instance. Without a data role nobody can use the instance's data, whoever owns it. If you may not assign roles yourself, it is asked for: an Owner or User Access Administrator there decides.
create-members = Other members
create-connectivity = Network connectivity
create-method = Connectivity method
create-method-help = How the instance can be reached. Who may use its data is decided by roles either way.
create-public = Public access
create-public-help = From all networks, the Internet included.
create-private = Private endpoint
create-private-help = Through private endpoints in your virtual networks, by Azure Private Link.
create-public-access-help = Disabled leaves the private endpoints as the only way in. Twindesk can then verify your access only where it runs inside those networks.
create-identity = Managed identity
create-system-identity = System-assigned managed identity
create-system-identity-help = Azure makes an identity for the instance in Microsoft Entra ID, with which it signs in to other services. It can also be switched on later, on the Identity page of the instance.
create-off = Off
create-off-help = The instance has no identity of its own.
create-on = On
create-on-help = The identity lives and ends with the instance.
create-identity-next = Next, once the instance has been created: give the identity its roles on what it delivers to. The request's page leads there; the Object ID to which roles are given does not exist before.
create-identity-user = A user-assigned managed identity is associated with the instance once it has been created, on its Identity page.

## What is asked

create-asked = Create instance { $name }
create-group-new = new

## What is wrong with it

create-no-subscription-chosen = Choose the subscription that the instance is to be in.
create-name-wrong = A resource name has 3 to 63 letters (a to z), digits and hyphens, with no hyphen at the start or the end.
create-region-empty = Choose the region in which the instance is to run.
create-region-wrong = Choose a region from the list, for example westeurope.
create-too-many-members = Name at most { $most } members in one request.
create-two-groups = An existing resource group is chosen above. Choose Create new there, or leave this empty.
create-offered-regions = In { $subscription } these regions may be used: { $regions }.
create-offered-no-new-group = New resource groups are not offered in { $subscription }; choose an existing one.
create-offered-groups = In { $subscription } these resource groups may be used: { $groups }.

## What is checked

create-check-name = whether the name is free
create-name-free = The name { $name } is free in { $region }.
create-name-taken = The name cannot be used: { $why }
create-check-instance = whether the instance exists already
create-none-yet = No instance { $name } exists in { $group } yet.
create-exists = The instance { $name } exists in { $group } already; creating it again would change it. Choose another name, or request access to it.
create-check-region = whether the region offers instances
create-region-offers = { $region } offers Azure Digital Twins.
create-region-offers-not = { $region } does not offer Azure Digital Twins.
create-check-group = the resource group
create-group-exists = The resource group { $group } exists.
create-group-free = The name { $group } is free for a resource group.
create-group-missing = There is no resource group { $group }. Choose another, or create it as a new one.
create-group-taken = The resource group { $group } exists already. Choose it as an existing one.
create-check-provider = whether Microsoft.DigitalTwins is registered, so the plan registers it
create-registered = Microsoft.DigitalTwins is registered in the subscription.
create-registered-not = Microsoft.DigitalTwins is not registered yet; the plan does that first.
create-check-quota = how many instances there are
create-quota = You see { $count } of { $most } instances in { $region }.
create-quota-full = There are { $count } instances in { $region } already. Azure allows { $most } in a region of a subscription, unless support has raised that: it may refuse another. Choose another region, or delete one.
