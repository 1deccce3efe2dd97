### The steps of a plan, and how they are known to be done.
### Titles and proofs are kept: ids are added here, never renamed.

## What a step does

do-register-provider = Register the resource provider Microsoft.DigitalTwins
do-ensure-resource-group = Create the resource group { $name }
do-create-instance = Create the instance { $name }
do-assign-role = Assign { $role } to { $name }
do-assign-identity-role = Assign { $role } to { $name } on { $place }
do-remove-role = Remove { $role } from { $name }
do-change-tags = Change the tags of { $name }
do-delete-instance = Delete the instance { $name }
do-verify = Verify access to { $name }
do-create-private-endpoint = Create the private endpoint { $name }
do-ensure-private-zone = Create the private DNS zone { $name }
do-link-private-zone = Link the private DNS zone to the virtual network { $name }
do-join-private-zone = Enter { $name } into the private DNS zone
do-join-private-zone-unnamed = Enter the private endpoint into the private DNS zone
do-enable-public-access = Enable public network access to { $name }
do-disable-public-access = Disable public network access to { $name }
do-approve-connection = Approve the connection of { $name }
do-reject-connection = Reject the connection of { $name }
do-remove-connection = Remove the connection of { $name }

## What a step needs

need-at = { $action } at { $scope }
need-and = { $before } and { $next }

## How it is known that a step is done

proof-registered = Azure shows Microsoft.DigitalTwins as registered.
proof-resource-group = The resource group was read back.
proof-instance = Azure shows the instance as Succeeded, with the host name { $host }.
proof-access-differs = Public network access is { $shown } and not { $approved } as approved: a policy may have set it.
proof-tags = Azure shows the tags as they were asked for.
proof-instance-gone = Azure shows no instance { $name } there any more.
proof-instance-replaced = The instance that was made { $asked } is gone. Another of its name was made { $made } and was left alone.
proof-instance-replaced-sometime = The instance that was made { $asked } is gone. Another of its name was made at a time that Azure does not tell and was left alone.
proof-system-on = Azure shows the system-assigned identity as on, with the Object ID { $id }.
proof-system-off = Azure shows the system-assigned identity as off.
proof-associated = Azure shows as associated: { $identities }.
proof-not-associated = Azure no longer shows as associated: { $identities }.
proof-identity = { $name } (Object ID { $id })
proof-identity-untold = { $name } (Object ID not told yet)
proof-private-endpoint = Azure shows the private endpoint as Succeeded and its connection as { $status }.
proof-private-zone = The private DNS zone was read back.
proof-zone-link = The link { $name } to the virtual network was read back.
proof-zone-entry = The private endpoint's entry in the private DNS zone was read back.
proof-access = Azure shows public network access as { $state }.
proof-connection = Azure shows the connection as { $state }.
proof-connection-gone = Azure does not show the connection any more.
proof-assignment = The role assignment { $name } was read back.
proof-assignment-gone = Azure shows no such role assignment any more.
proof-assignment-anew = The role assignment that was approved is gone. The same was made anew since, and was left alone.
proof-held-already = Azure says that { $name } holds this role there already.
proof-answered = { $host } answered this person's own token.

## The same in other words

plan-cli = The same with Azure CLI
plan-own-name = Whoever runs this does it in their own name, and nothing of it is kept here.
plan-extension-html = <code>az dt</code> comes with the extension azure-iot.
plan-commands = Commands
plan-bicep = The same in Bicep
plan-deploy = Deploy { $file }
plan-left-out = Bicep cannot say this; use the commands for it:
