### Access: grant, revoke, raise.

## What can hold a role

kind-of-user = User
kind-of-group = Group
kind-of-service-principal = Service principal
kind-of-managed-identity = Managed identity
kind-of-unknown = Unknown kind
principal-unnamed = { $kind }, not named by the directory
assigned-system = System-assigned
assigned-user = User-assigned
object-id = Object ID { $id }

## Roles

role-data-owner = Full access to the instance's data: models, twins, relationships, queries, event routes.
role-data-reader = Reads the instance's data: models, twins, relationships, queries. Changes nothing.
role-contributor = Creates and manages all resources there, instances included. Assigns no roles.
role-access-administrator-limited = Assigns and removes roles: here limited by a condition to Azure Digital Twins Data Owner and Data Reader. Manages no resources.
role-access-administrator = Assigns and removes any role there, Owner included. Manages no resources.
role-owner = Manages all resources there, and assigns any role to anybody.
role-access-administrator-instead = To let people use instances, Role Based Access Control Administrator is enough: here it assigns the two data roles only.
role-owner-instead = To create instances and let people use them, Contributor and Role Based Access Control Administrator together are enough.
allowed-both = Create instances and assign roles
allowed-create = Create instances; somebody else assigns roles
allowed-assign = Assign roles; somebody else creates instances
allowed-neither = Neither create instances nor assign roles

## What the forms for access share

access-where = Where
access-what = What
access-who = Who
access-role = Role
access-member = Member
access-unlisted = It is not in the list
access-resource-id = Resource ID
access-needed-for = What is needed for what
access-group-missing = Azure knows no resource group { $name } there.
access-group-exists = The resource group { $name } exists.
access-check-group = whether the resource group exists

## The picker of people

people-members = Members
people-help = Search by name or e-mail address: users, groups and service principals.
people-find = Find
people-found = { $count } found
people-found-for = Found for “{ $text }”
people-nobody-else = Nobody else was found for “{ $text }”.
people-guest = Guest
people-application = application { $id }
people-add-html = Add<span class="sr"> { $name }</span>
people-remove = Remove { $name }
people-role-of = Role of { $name }
people-by-id = Add by object ID
people-add-by-id-html = Add<span class="sr"> by object ID</span>
people-object-id = Object ID
people-object-id-help = Of the user, the group or the enterprise application; not an application ID.
people-object-id-empty = Type the object ID of who is to be added.
people-object-id-wrong = An object ID looks like { $example }. The Azure portal shows it on the page of the user, group or enterprise application.
people-kind = Kind
people-kind-empty = Say what it is the object ID of.
people-not-added = Somebody is typed here and not added. Add them, or empty the field.
people-too-short = Type at least two letters.
people-unknown-id = { $id } could not be found in the directory. Add it by its object ID and say what it is.
people-too-many-found = These are the first { $most }. Type more of the name to find others.
people-not-looked-up = The members could not be looked up in the directory.
people-not-searched = The directory could not be searched. You can add members by object ID.
people-unsearched = { $kind ->
    [user] Users could not be searched ({ $code }). Add them by object ID.
    [group] Groups could not be searched ({ $code }). Add them by object ID.
   *[service-principal] Service principals could not be searched ({ $code }). Add them by object ID.
}
people-sign-in = Azure wants you to sign in again.
people-all-named = The directory knows every member.
people-not-named = { $count ->
    [one] Not checked: one member. The directory does not name them, so whoever decides sees the object ID.
   *[other] Not checked: { $count } members. The directory does not name them, so whoever decides sees the object IDs.
}

## Request access

grant-title = { $role } on { $place }
grant-lead = A role on an Azure Digital Twins instance, for yourself or for others. You see the whole plan before anything is asked for.
grant-instance-help = Those that you can see in Azure.
grant-choose-instance = Choose an instance
grant-no-instance-help = Azure shows you no instance. Whoever works with it finds the ID on its page in the Azure portal, under Properties; its address there will do, too.
grant-unlisted-help = Whoever works with the instance finds it on its page in the Azure portal, under Properties; its address there will do, too.
grant-role-help = Owner of an Azure resource is not Data Owner: Owner manages the resource, and gives no access to its data.
grant-for-me = For me
grant-for-me-help = The role is assigned to you.
grant-instance-wrong = Choose an instance, or give its resource ID: /subscriptions/…/resourceGroups/…/providers/Microsoft.DigitalTwins/digitalTwinsInstances/…
grant-two-instances = Choose an instance above, or give a resource ID here: one of the two.
grant-role-empty = Choose the role that is to be assigned.
grant-nobody = Add at least one member: search by name or e-mail address, or give an object ID.
grant-too-many = Name at most { $most } members in one request.
grant-first-subscriptions = Only the instances of your first { $most } subscriptions are listed.
grant-not-listed = Instances in { $subscription } are not listed.
grant-check-instance = whether the instance exists
grant-instance-exists = The instance { $name } exists.
grant-instance-missing = Azure knows no instance { $name } there. Check the resource ID.
grant-check-held = who holds the role already
grant-held-by-none = None of the members holds the role there yet.
grant-held-by-all = { $count ->
    [one] There is nothing to ask for: { $names } holds { $role } there already.
   *[other] There is nothing to ask for: { $names } hold { $role } there already.
}
grant-held-by-some = { $count ->
    [one] { $names } holds the role there already, and keeps it.
   *[other] { $names } hold the role there already, and keep it.
}

## Remove role assignments

revoke-title = { $count ->
    [one] Remove { $role } from { $holder }
   *[other] Remove { $count } roles from { $holder }
}
revoke-heading = Remove role assignments
revoke-lead = { $count ->
    [one] This one and nothing else. You see the call to Azure before anything is asked for.
   *[other] These and nothing else. You see each call to Azure before anything is asked for.
}
revoke-what = What is removed
revoke-scope = Scope
revoke-roles = Roles to remove
revoke-with-condition = With the condition { $condition }
revoke-why-help = Why it is not needed any more. Whoever decides reads this. At most 2,000 characters.
revoke-back = Back to Home
revoke-resource = Resource
revoke-condition = Condition
revoke-held-by = Held by
revoke-none = Choose at least one role assignment.
revoke-not-alike = Remove the roles of one principal at one scope in one request: each other needs a request of its own.
revoke-too-many = Remove at most { $most } role assignments in one request.
revoke-choose = Choose the role assignment on the page of the instance, under Access control (IAM).
revoke-gone = Azure shows no such role assignment: it has been removed already, or was never there.
revoke-unread = The role assignment could not be read.
revoke-not-here = This role assignment cannot be removed here.
revoke-there = { $count ->
    [one] The role assignment is there, as shown.
   *[other] The { $count } role assignments are there, as shown.
}
revoke-own = It is a role of your own.
revoke-of-role = { $role }: { $check }
revoke-asked-too = { $name } asked for it too: “{ $title }” ({ $at }), because: { $reason }
revoke-relies = { $name } relies on it: “{ $title }” ({ $at }), because: { $reason }
revoke-others = { $count ->
    [one] 1 request rests on it. You may not see more of what was asked.
   *[other] { $count } requests rest on it. You may not see more of what was asked.
}
revoke-others-besides = { $count ->
    [one] 1 other request rests on it. You may not see more of what was asked.
   *[other] { $count } other requests rest on it. You may not see more of what was asked.
}
revoke-nobody-relies = No request made here rests on it.
revoke-shared = { $count } requests share this one role assignment. Removing it ends all of them.
revoke-identity = A role of the instance's own identity
revoke-identity-idle = { $assigned ->
    [system] It belongs to the system-assigned managed identity of { $name }. Nothing of the instance acts as that.
   *[user] It belongs to the user-assigned managed identity { $name }. Nothing of the instance acts as that.
}
revoke-identity-used = { $assigned ->
    [system] It belongs to the system-assigned managed identity of { $name }. What acts as that stops delivering where it needs this role.
   *[user] It belongs to the user-assigned managed identity { $name }. What acts as that stops delivering where it needs this role.
}

## Raise my role

raise-lead = A role of your own on a subscription or a resource group, so that you can proceed yourself. Whether that is right depends on your organization: somebody who may assign roles there decides.
raise-subscription-help = Those that you can see in Azure, and those that are offered here.
raise-choose-subscription = Choose a subscription
raise-load = Load resource groups
raise-applies-to = Applies to
raise-applies-to-help = A resource group is enough to work with the instances in it.
raise-subscription-first = Choose a subscription first
raise-choose-group = Choose a resource group
raise-group = Resource group { $name }
raise-whole = The whole subscription
raise-group-typed = Azure does not show you the resource groups here, so type the name of one. Type * for the whole subscription.
raise-role-help = The narrowest first. None of them gives access to the data of an instance.
raise-for-data = To use the data of an instance
raise-for-data-html = Data Owner or Data Reader on it: <a href="/access/new">request access</a> instead. Owner does not include it.
raise-for-creating = To create instances
raise-for-creating-text = Contributor on a resource group.
raise-for-people = To let people use them
raise-for-people-text = Role Based Access Control Administrator, which here is limited to the two data roles.
raise-for-both = Both
raise-for-both-text = These two roles together, in two requests. Owner, or User Access Administrator with Contributor, do it too, and allow far more.
raise-once = Once only
raise-once-html = You need no role: <a href="/instances/new">create an instance</a> or <a href="/access/new">request access</a>, and somebody who may does it on your behalf.
raise-no-subscription = Choose the subscription that you need the role in.
raise-no-group = Choose the resource group that the role is to apply to, or the whole subscription.
raise-no-role = Choose the role that you need.
raise-limited = limited by a condition to the two Azure Digital Twins data roles
raise-allows = It allows
raise-far = This reaches far
raise-far-owner = { $whole ->
    [yes] { $who } could then change and delete everything in the whole subscription { $place }, and give any role there to anybody.
   *[no] { $who } could then change and delete everything in the resource group { $place }, and give any role there to anybody.
}
raise-far-access = { $whole ->
    [yes] { $who } could then give any role in the whole subscription { $place } to anybody, and so make themselves Owner of it.
   *[no] { $who } could then give any role in the resource group { $place } to anybody, and so make themselves Owner of it.
}
raise-far-contributor = { $who } could then create, change and delete resources in every resource group of the whole subscription { $place }. A role on one resource group is enough for the instances in it.
raise-check-held = what you hold there already
raise-condition = A condition is part of the role assignment: only Azure Digital Twins Data Owner and Data Reader may be assigned and removed with it.
raise-no-data = It gives no access to the data of an instance: that is what Request access is for.
raise-held = There is nothing to ask for: you hold { $role } there already.
raise-held-unlimited = There is nothing to ask for: you hold { $role } there already, and without a condition.
raise-held-otherwise = You hold { $role } there already, limited by another condition. Azure keeps one of them only: have that one removed first.
raise-not-held = You do not hold { $role } there yet.
