### Networking, tags and deletion.

## How an instance is reached

networking-public-access = Public network access
networking-enabled = Enabled
networking-disabled = Disabled
networking-endpoint = Private endpoint
networking-endpoint-note = { $place }, { $approval ->
    [automatic] approved automatically
   *[manual] waits for approval
}, { $zone ->
    [none] no private DNS zone
   *[some] private DNS zone in { $group }
}
networking-state = Connection state
networking-state-approved = Approved
networking-state-rejected = Rejected
networking-state-pending = Pending
networking-state-disconnected = Disconnected
networking-state-unknown = unknown
networking-actions = Actions required
networking-cut-off = cut off

## Change networking

networking-enable = Enable public network access to { $instance }
networking-disable = Disable public network access to { $instance }
networking-approve = Approve the connection of { $endpoint } to { $instance }
networking-reject = Reject the connection of { $endpoint } to { $instance }
networking-remove = Remove the connection of { $endpoint } to { $instance }
networking-add = { $count ->
    [one] Add private endpoint { $endpoint } to { $instance }
   *[other] Add { $count } private endpoints to { $instance }
}
networking-nobody = Nobody will reach its data
networking-nobody-asked = No private endpoint connection was approved when this was asked. With public network access off, people, programs and Azure Digital Twins Explorer are all turned away.
networking-outside = What comes from outside its private endpoints stops
networking-outside-seen = People, programs and Azure Digital Twins Explorer. { $count ->
    [one] One private endpoint connection was approved when this was asked, and goes on.
   *[other] { $count } private endpoint connections were approved when this was asked, and go on.
}
networking-outside-unseen = People, programs and Azure Digital Twins Explorer. Whether any is approved was not to be seen.
networking-rejected = What comes through this private endpoint stops
networking-rejected-text = The virtual network of { $endpoint } does not reach it any more.
networking-removed = What comes through this private endpoint stops at once
networking-removed-text = { $endpoint } itself stays in its resource group, cut off; another connection needs another private endpoint.
networking-choose-connection = Choose a connection on the Networking page of the instance.
networking-choose-change = Choose on the Networking page of the instance what is to change.

## The form

networking-form-enable = Enable public network access
networking-form-disable = Disable public network access
networking-form-approve = Approve a private endpoint connection
networking-form-reject = Reject a private endpoint connection
networking-form-remove = Remove a private endpoint connection
networking-form-add = Add a private endpoint
networking-then-enable = Whoever has a role can then use the instance from all networks, the Internet included.
networking-then-disable = Whatever reaches the instance from outside its private endpoints stops: people, programs and Azure Digital Twins Explorer.
networking-then-approve = The virtual network of the private endpoint can then reach the instance.
networking-then-reject = The virtual network of the private endpoint cannot reach the instance, or not any more.
networking-then-remove = What comes through this private endpoint stops at once. The private endpoint itself stays in its resource group, cut off; another connection needs another private endpoint.
networking-then-add = A virtual network can then reach the instance without the Internet.
networking-begin = Begin at the Networking page of an instance.
networking-name = Name
networking-none-seen = Azure shows you no such instance.
networking-description = Description
networking-description-help = Kept beside the state of the connection, for whoever made the private endpoint.
networking-actions-help = What whoever made the private endpoint has to do then. Leave it empty for nothing.
networking-nobody-now = No private endpoint of the instance is approved. With public network access Disabled there is no way in: every program that uses its data stops, and so does Azure Digital Twins Explorer. Add a private endpoint first, or go on knowingly.
networking-confirm-help = Typed, to confirm.

## What is checked

networking-check-instance = the instance
networking-missing = Azure shows no instance { $name } there.
networking-so-already = There is nothing to ask for: public network access to { $name } is { $state }.
networking-there = The instance { $name } is there.
networking-check-connections = the connections
networking-decided-already = There is nothing to ask for: The connection of { $endpoint } is { $state } already.
networking-disconnected = The connection of { $endpoint } is Disconnected, and stays so. Remove it, and add another private endpoint.
networking-now = The connection of { $endpoint } is { $state } now.
networking-with-them = With them it has { $count } of { $most } private endpoints.
networking-too-many = It would have { $count } private endpoints; Azure allows { $most }. Remove a connection first.
networking-none-approved = No private endpoint is approved: nobody will reach the instance's data.
networking-go-on = { $count ->
    [one] One private endpoint is approved and goes on.
   *[other] { $count } private endpoints are approved and go on.
}
networking-connections = It has { $count ->
    [one] 1 private endpoint connection
   *[other] { $count } private endpoint connections
}.

## Private endpoints in a form

endpoint-numbered = Private endpoint { $number }
endpoint-of = of private endpoint { $number }
endpoint-remove-html = Remove<span class="sr"> private endpoint { $number }</span>
endpoint-as-instance = Same as the instance
endpoint-as-network = Same as the virtual network
endpoint-as-endpoint = Same as the private endpoint
endpoint-location = Location
endpoint-target-html = Target sub-resource: <strong>API</strong>
endpoint-load = Load resource groups and virtual networks
endpoint-subnet = Subnet
endpoint-network = Virtual network and subnet
endpoint-choose-subnet = Choose a subnet
endpoint-not-listed = It is not in the list
endpoint-subnet-id = Resource ID of the subnet
endpoint-approval = Connection approval
endpoint-automatically = Automatically
endpoint-by-request = By request, with a message
endpoint-message = Request message
endpoint-approval-help = Automatically needs the right to approve connections to the instance. By request, the connection waits until somebody approves it on the Networking page of the instance.
endpoint-dns = Integrate with private DNS zone
endpoint-dns-yes = Yes
endpoint-dns-no = No
endpoint-zone-subscription = Subscription of the zone
endpoint-zone-group = Resource group of the zone
endpoint-zone-help-html = Inside the virtual network, the zone <code>{ $zone }</code> leads the instance’s host name to the private endpoint. It is found in that resource group, or made there.
endpoint-add = Add a private endpoint
endpoint-no-network = Azure shows you no virtual network in this subscription.
endpoint-networks-unlisted = The virtual networks are not listed.
endpoint-networks-unseen = Azure does not show you the virtual networks of this subscription.
endpoint-twice = There is another private endpoint of this name in the same resource group.
endpoint-most = An instance has at most { $most } private endpoints.
endpoint-name-wrong = A private endpoint's name has 2 to 64 letters (a to z), digits, hyphens, underscores and full stops, begins with a letter or digit and does not end in a hyphen or full stop.
endpoint-subscription-wrong = Choose the subscription of the private endpoint.
endpoint-region-wrong = Choose the location: the region of the virtual network, for example westeurope.
endpoint-subnet-wrong = Choose a subnet, or give its resource ID: /subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/…
endpoint-message-long = Use at most { $most } characters for the request message.
endpoint-message-empty = Say who asks and why: whoever approves the connection reads this.
endpoint-zone-wrong = Choose the subscription of the private DNS zone.
endpoint-check-subnet = the subnet of { $name }
endpoint-check-name = whether the name { $name } is free
endpoint-check-zone = whether the private DNS zone is there
endpoint-zone-there = The private DNS zone in { $group } is there and is used.
endpoint-zone-made = There is no private DNS zone in { $group } yet; it is made.
endpoint-network-missing = Azure knows no virtual network { $network } in { $group }. Choose another for { $name }.
endpoint-subnet-missing = The virtual network { $network } has no subnet { $subnet }. Choose another for { $name }.
endpoint-elsewhere = { $name } must be in the region of its virtual network, { $region }.
endpoint-subnet-there = The subnet { $network } / { $subnet } is there, in the region of { $name }.
endpoint-name-free = The name { $name } is free for a private endpoint.
endpoint-there = The private endpoint { $name } is there already and stays as it is.
endpoint-name-taken = There is a private endpoint { $name } already, which leads elsewhere. Choose another name.

## Tags

tags-title = Tags
tags-lead = Name and value, to organise resources by. The portal's own two, who asked and in which request, need not be typed.
tags-name-html = Name<span class="sr"> of tag { $number }</span>
tags-value-html = Value<span class="sr"> of tag { $number }</span>
tags-add-html = Add<span class="sr"> another tag</span>
tags-required = Required. { $help }
tags-change = Change tags of { $instance }
tags-change-lead = What stands here is what the instance has afterwards. Empty rows are left out.
tags-one = Tag { $name }
tags-new = new
tags-was = was { $value }
tags-removed = removed
tags-unseen = Azure does not show you this instance, so its other tags would be lost. Ask whoever can help (the subscription's page names them) to give you the role Reader there, or have somebody ask who sees it.
tags-unchanged = Nothing has been changed: the instance has these tags already.
tags-nameless = The tag with the value "{ $value }" needs a name.
tags-twice = The tag "{ $name }" is there twice; Azure does not tell upper and lower case apart.
tags-missing = The tag "{ $name }" is required: { $help }
tags-too-many = Azure keeps at most { $most } tags beside the portal's own.
tags-name-wrong = The tag name "{ $name }" cannot be used: at most 512 characters, none of < > % & \ ? /.
tags-value-long = The value of the tag "{ $name }" has more than 256 characters.
tags-own = The tag "{ $name }" is set by the portal itself; leave it out.
tags-reserved = The tag name "{ $name }" begins with a word that Azure keeps for itself.

## Deletion

deletion-title = Delete { $instance }
deletion-lead = The Azure Digital Twins instance in { $group }. You see the whole plan before anything is asked for.
deletion-confirm = Confirm
deletion-asked = Delete instance { $instance }
deletion-created = Created
deletion-unseen = Azure does not show you this instance, so it could not be told from another that is made later under its name. Ask whoever can help (the subscription's page names them) to give you the role Reader there, or have somebody ask who sees it.
deletion-lost = This is lost for good
deletion-lost-text = A deleted instance cannot be brought back. One made anew under the same name begins empty.
deletion-data = All its data: models, twins, relationships and event routes
deletion-endpoint = Endpoint { $name }, which delivers to { $target }
deletion-data-history = Data history connection { $name }, which delivers to { $target }
deletion-roles = { $count ->
    [one] One role assignment: { $role }
   *[other] { $count } role assignments: { $role }
}
deletion-roles-unseen = Role assignments on it are not to be seen. { $why }
deletion-identity = Its system-assigned identity, Object ID { $id }, with every role that it holds
deletion-stays = This stays behind
deletion-stays-text = These private endpoints lead nowhere then, and Azure goes on charging for them. Delete them in Azure afterwards.
deletion-more = There may be more that is lost.
