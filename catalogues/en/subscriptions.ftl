### Subscriptions, and who can help.

## The list of subscriptions

subscriptions-lead = Those that Azure shows you, with the role that you hold there. To set up an instance with access to its data, somebody has to create it, and somebody has to assign roles.
subscriptions-raise = Raise my role
subscriptions-hidden = Azure does not show your subscriptions
subscriptions-none = Azure shows you no subscription
subscriptions-none-next = You hold no role in any. You can still ask for an instance or for access to one: somebody who may does it on your behalf.
subscriptions-caption = My subscriptions
subscriptions-subscription = Subscription
subscriptions-id = Subscription ID
subscriptions-my-role = My role
subscriptions-allowed = What it lets me do here
subscriptions-allowed-short = Lets me
subscriptions-status = Status
subscriptions-no-role = None on the subscription
subscriptions-further-in = only further in
subscriptions-not-shown = Not shown
subscriptions-unasked = Azure could not be asked
subscriptions-last-word = As Azure's permissions say now. Conditions, locks and policies are not in that; Azure's own answer is the last word.
subscriptions-custom-role = Custom role { $id }
subscriptions-through-group = through a group
subscriptions-conditioned = limited by a condition

## A subscription

subscription-unseen = Azure does not show you this subscription
subscription-unseen-why = There is none of this ID, or you hold no role in it.
subscription-still = You can still ask for an instance or for access to one: somebody who may does it on your behalf.
subscription-no-role = No role on the subscription, nor on anything in it.
subscription-mine = Assigned to you
subscription-through = Through the group { $name }
subscription-conditioned = Limited by a condition
subscription-remove-html = Remove<span class="sr"> my role { $role }</span>
subscription-remove-at-html = Remove<span class="sr"> my role { $role } on { $place }</span>
subscription-unlisted = Azure does not list your roles here. { $why }
subscription-help = Who can help
subscription-help-who = They may assign roles here: Owners, User Access Administrators, Role Based Access Control Administrators and whoever holds another role that allows it.
subscription-help-nobody = Azure shows you nobody.
subscription-help-hidden = Azure does not show you who can help
subscription-help-hidden-next = You need not know them: what you ask for here stands in the queue of everybody who may decide it.
subscription-two-ways = Two ways on
subscription-you-can = What you can do
subscription-first-way = Have it done on your behalf: somebody who may decides, and it runs in their name.
subscription-second-way = Or have your own role raised, so that you can proceed yourself. Whether that is right depends on your organization.
subscription-you-may = You may create instances and assign roles here.
subscription-assign = Assign a role
