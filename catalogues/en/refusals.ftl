### What refusals mean, and the words of a page that goes wrong.

## Who can mend it

refusal-who-step = The person in whose name the step runs
refusal-who-nobody = Nobody needs to
refusal-who-operator = Whoever operates Twindesk
refusal-who-owner = An Owner or User Access Administrator of the place
refusal-who-network = Whoever manages access to the virtual network
refusal-who-resource = Whoever manages access to that resource
refusal-who-denier = Whoever manages the deny assignment, often a managed application or a deployment stack
refusal-who-policy = Whoever manages the Azure Policy
refusal-who-requester = The person who asked
refusal-who-administrator = An administrator of Microsoft Entra ID
refusal-who-pim = Whoever manages Privileged Identity Management
refusal-who-contributor = A Contributor or Owner of the subscription
refusal-who-billing = The subscription's billing owner
refusal-who-microsoft = Microsoft
refusal-who-approver = Another approver
refusal-who-canceller = Whoever cancelled it: see the Activity Log of the resource
refusal-who-networking = Whoever manages the instance's Networking page

## Whether trying again helps

refusal-retry-later = Retry helps, later.
refusal-retry-mended = Retry helps once that is done.
refusal-retry-never = Retry does not help: close this request and ask again.

## 401

refusal-AuthenticationFailed-means = Azure got the call without a sign-in that it accepts.
refusal-AuthenticationFailed-how = Sign out, sign in again, then retry.
refusal-ExpiredAuthenticationToken-means = The sign-in behind the call had just run out.
refusal-ExpiredAuthenticationToken-how = The portal fetches a new token by itself. If it goes on, compare this machine's clock with the true time.
refusal-InvalidAuthenticationToken-means = Azure did not accept the token of the person in whose name the step runs.
refusal-InvalidAuthenticationToken-how = Sign out, sign in again, then retry.
refusal-InvalidAuthenticationTokenTenant-means = The subscription belongs to another tenant than the one that Twindesk signs people in to.
refusal-InvalidAuthenticationTokenTenant-how = If the subscription was moved a moment ago, wait an hour. Else it is served by a portal of its own tenant.
refusal-InvalidAuthenticationTokenAudience-means = The portal asks another Azure cloud than the one that people sign in to.
refusal-InvalidAuthenticationTokenAudience-how = Compare TWINDESK_ARM_URL and AZURE_AUTHORITY_HOST: they must be of one cloud.
refusal-Unauthorized-means = The instance did not accept the token of the person in whose name it is asked.
refusal-Unauthorized-how = Sign out, sign in again, then try again.

## 403

refusal-AuthorizationFailed-ABAC-condition-means = The right of the person in whose name this runs is limited by a condition, which allows certain roles or members only.
refusal-AuthorizationFailed-ABAC-condition-how = Close this request and ask for it again: somebody without that limit can decide.
refusal-AuthorizationFailed-means = The person in whose name this runs may not do it any more, or not there.
refusal-AuthorizationFailed-how = Give that person the role again and retry; or let another approver take over; or close this request and ask again, so that somebody else decides.
refusal-LinkedAuthorizationFailed-subnets-join-means = The person of the step may not join the subnet of the virtual network.
refusal-LinkedAuthorizationFailed-subnets-join-how = Give that person Network Contributor on the virtual network, or another role that may join its subnets, then retry.
refusal-LinkedAuthorizationFailed-means = The person of the step lacks a role on another resource that this one uses; Azure names it.
refusal-LinkedAuthorizationFailed-how = Give that person a role there, then retry.
refusal-DenyAssignmentAuthorizationFailed-means = A deny assignment forbids it, whatever roles somebody holds.
refusal-DenyAssignmentAuthorizationFailed-how = Have the place left out of it, then retry.
refusal-RequestDisallowedByPolicy-MFA-is-required-means = Azure takes this only from somebody who has signed in with a second factor.
refusal-RequestDisallowedByPolicy-MFA-is-required-how = Sign in again with multi-factor authentication, then retry.
refusal-RequestDisallowedByPolicy-means = An Azure Policy forbids it.
refusal-RequestDisallowedByPolicy-how = Ask again in a way that the policy allows, for example in another region or with the tags that it wants; or have the place exempted, then retry.
refusal-Forbidden-means = The instance does not let this person in.
refusal-Forbidden-how = A new role takes up to ten minutes to reach the instance. Public network access may also be off.

## Role assignments

refusal-PrincipalNotFound-means = The directory does not know this member.
refusal-PrincipalNotFound-how = Somebody made a moment ago is known after some minutes: retry then. Somebody deleted is not: close this request and ask for another member.
refusal-SubjectNotFound-means = The directory does not know this member yet.
refusal-SubjectNotFound-how = { refusal-PrincipalNotFound-how }
refusal-RoleAssignmentExists-means = Somebody has assigned the same meanwhile.
refusal-RoleAssignmentExists-how = Look at Access control (IAM) of the instance; there may be nothing left to do.
refusal-RoleAssignmentDoesNotExist-means = Somebody has removed the role assignment meanwhile.
refusal-RoleAssignmentDoesNotExist-how = There is nothing left to remove.
refusal-RoleAssignmentUpdateNotPermitted-means = Another role assignment has this name already.
refusal-RoleAssignmentUpdateNotPermitted-how = Close this request and ask again.
refusal-RoleAssignmentLimitExceeded-means = The subscription holds as many role assignments as Azure allows.
refusal-RoleAssignmentLimitExceeded-how = Remove some that are needed no more, or assign a role to a group instead of its members; then retry.
refusal-RoleAssignmentScopeNotAssignableToRoleDefinition-means = This role cannot be assigned at this place.
refusal-RoleAssignmentScopeNotAssignableToRoleDefinition-how = Ask for another role, or for this one where it can be assigned.
refusal-RoleDefinitionDoesNotExist-means = The role does not exist any more.
refusal-RoleDefinitionDoesNotExist-how = Ask for another role.
refusal-CannotDeleteLastRbacAdminAssignment-means = Nobody could assign roles on the subscription any more.
refusal-CannotDeleteLastRbacAdminAssignment-how = Assign Owner or User Access Administrator on the subscription to somebody else first; then retry.
refusal-AadPremiumLicenseRequired-means = The tenant has no licence for roles that end by themselves (Privileged Identity Management).
refusal-AadPremiumLicenseRequired-how = Ask for the role without an end, or have Microsoft Entra ID P2 bought.
refusal-RoleAssignmentRequestPolicyValidationFailed-means = The rules of Privileged Identity Management do not allow it so; Azure names the rule.
refusal-RoleAssignmentRequestPolicyValidationFailed-how = Ask again as the rule wants it, often for a shorter time.
refusal-RoleAssignmentRequestAcrsValidationFailed-means = Privileged Identity Management wants a stronger sign-in.
refusal-RoleAssignmentRequestAcrsValidationFailed-how = Sign in again as asked, then retry.
refusal-ActiveDurationTooShort-means = A role must be held for five minutes before it can be changed.
refusal-ActiveDurationTooShort-how = Retry in five minutes.

## The place

refusal-ScopeLocked-means = A lock protects the place.
refusal-ScopeLocked-how = Remove the lock, retry, and put the lock back.
refusal-MissingSubscriptionRegistration-means = The subscription is not registered for Microsoft.DigitalTwins.
refusal-MissingSubscriptionRegistration-how = Register the resource provider Microsoft.DigitalTwins there, then retry.
refusal-SubscriptionNotRegistered-means = The subscription is not registered for a resource provider that this needs.
refusal-SubscriptionNotRegistered-how = Register the resource provider that Azure names, then retry.
refusal-ReadOnlyDisabledSubscription-means = The subscription is disabled: it can be read and nothing else.
refusal-ReadOnlyDisabledSubscription-how = Have the subscription enabled again, then retry.
refusal-SubscriptionNotFound-means = There is no such subscription, or not for the person in whose name this runs.
refusal-SubscriptionNotFound-how = Have a role given to that person there; or ask again in another subscription.
refusal-InvalidSubscriptionId-means = This is not the ID of a subscription.
refusal-InvalidSubscriptionId-how = Ask again and pick the subscription from the list.
refusal-ResourceGroupNotFound-means = The resource group is gone.
refusal-ResourceGroupNotFound-how = Ask again and have the resource group created, or pick another.
refusal-ResourceGroupBeingDeleted-means = The resource group is being deleted.
refusal-ResourceGroupBeingDeleted-how = Ask again in another resource group.
refusal-ResourceNotFound-means = What this is about is gone, or the person in whose name it runs does not see it.
refusal-ResourceNotFound-how = Look whether it still exists, and whether its resource ID is right: the Azure portal shows it under Properties.
refusal-ParentResourceNotFound-means = What this belongs to is gone.
refusal-ParentResourceNotFound-how = Look whether it still exists; if not, close this request.
refusal-InvalidResourceGroupLocation-means = The resource group exists already, in another region.
refusal-InvalidResourceGroupLocation-how = Ask again and pick the existing resource group, or another name.
refusal-InvalidResourceLocation-means = Something of this name exists there already, in another region.
refusal-InvalidResourceLocation-how = Ask again with another name.
refusal-LocationNotAvailableForResourceType-means = Azure Digital Twins is not offered in this region.
refusal-LocationNotAvailableForResourceType-how = Ask again in one of the regions that Azure names.
refusal-LocationRequired-means = The call names no region.
refusal-LocationRequired-how = Ask again and pick a region.
refusal-NoRegisteredProviderFound-means = Azure does not offer this in the region, or not in the version that the portal uses.
refusal-NoRegisteredProviderFound-how = Ask again in another region; if Azure names the version, update Twindesk.
refusal-ReservedResourceName-means = The name holds a word that Azure reserves.
refusal-ReservedResourceName-how = Ask again with another name.
refusal-BadRequest-instances-in-this-region-means = The subscription has as many instances in this region as Azure allows.
refusal-BadRequest-instances-in-this-region-how = Ask again with another region; or delete an instance that is not used, or have Azure's support raise the limit, then retry.

## Azure is busy or ill

refusal-TooManyRequests-means = Azure takes no more calls in this person's name for a while.
refusal-TooManyRequests-how = It passes by itself.
refusal-SubscriptionRequestsThrottled-means = Azure takes no more calls in this subscription for a while.
refusal-SubscriptionRequestsThrottled-how = It passes by itself.
refusal-OperationNotAllowed-means = Azure does not take this call now: too many calls, or a limit of the subscription.
refusal-OperationNotAllowed-how = Read what Azure says; where it names a limit, have it raised, then retry.
refusal-InternalServerError-means = Azure failed at its own end.
refusal-InternalServerError-how = If it lasts, open a support ticket with the correlation ID.
refusal-BadGateway-means = Azure failed at its own end.
refusal-BadGateway-how = See status.azure.com; if it lasts, open a support ticket with the correlation ID.
refusal-ServiceUnavailable-means = Azure is not there at the moment.
refusal-ServiceUnavailable-how = { refusal-BadGateway-how }
refusal-ServerTimeout-means = Azure took too long at its own end.
refusal-ServerTimeout-how = { refusal-BadGateway-how }
refusal-GatewayTimeout-means = Azure took too long at its own end.
refusal-GatewayTimeout-how = { refusal-BadGateway-how }
refusal-Conflict-means = Azure is busy with another change of the same resource.
refusal-Conflict-how = It passes when the other change has ended.
refusal-AnotherOperationInProgress-means = { refusal-Conflict-means }
refusal-AnotherOperationInProgress-how = { refusal-Conflict-how }
refusal-OperationInProgress-means = { refusal-Conflict-means }
refusal-OperationInProgress-how = { refusal-Conflict-how }
refusal-RetryableError-means = Azure asks to try again.
refusal-RetryableError-how = It passes by itself.

## Entra ID

refusal-AADSTS50076-means = Entra ID wants a second factor from the person in whose name this runs.
refusal-AADSTS50076-how = Sign in again with multi-factor authentication.
refusal-AADSTS50079-means = Entra ID wants the person in whose name this runs to set up multi-factor authentication.
refusal-AADSTS50079-how = Sign in again and follow what Entra ID shows.
refusal-AADSTS50074-means = { refusal-AADSTS50076-means }
refusal-AADSTS50074-how = { refusal-AADSTS50076-how }
refusal-AADSTS50072-means = { refusal-AADSTS50079-means }
refusal-AADSTS50072-how = { refusal-AADSTS50079-how }
refusal-AADSTS50078-means = The second factor was given too long ago.
refusal-AADSTS50078-how = { refusal-AADSTS50076-how }
refusal-AADSTS53003-means = Conditional Access forbids this person, device or place to sign in to Azure.
refusal-AADSTS53003-how = Have the Conditional Access policy checked in Entra ID's sign-in log; then sign in again and retry.
refusal-AADSTS530084-means = Conditional Access wants a sign-in that is bound to the device.
refusal-AADSTS530084-how = Have Twindesk left out of the token protection policy; then sign in again and retry.
refusal-AADSTS53000-means = Conditional Access wants a compliant device.
refusal-AADSTS53000-how = Sign in from a device that your organisation manages, then retry.
refusal-AADSTS53001-means = Conditional Access wants a device that is joined to the organisation.
refusal-AADSTS53001-how = { refusal-AADSTS53000-how }
refusal-AADSTS50097-means = Conditional Access wants the device to identify itself.
refusal-AADSTS50097-how = { refusal-AADSTS53000-how }
refusal-AADSTS65001-means = Nobody has consented that Twindesk may call this service for the person.
refusal-AADSTS65001-how = Sign in again and consent, or have an administrator consent for everybody; then retry.
refusal-AADSTS65004-means = The person has declined to let Twindesk act for them.
refusal-AADSTS65004-how = Sign in again and consent, then retry.
refusal-AADSTS90094-means = An administrator must consent first.
refusal-AADSTS90094-how = Have an administrator consent for everybody; then sign in again and retry.
refusal-AADSTS70008-means = The kept sign-in has expired.
refusal-AADSTS70008-how = Sign in again.
refusal-AADSTS700082-means = The kept sign-in was not used for 90 days and has expired.
refusal-AADSTS700082-how = Sign in again.
refusal-AADSTS70043-means = The organisation wants people to sign in more often.
refusal-AADSTS70043-how = Sign in again.
refusal-AADSTS50173-means = The kept sign-in was revoked: a password was changed, or an administrator ended it.
refusal-AADSTS50173-how = Sign in again.
refusal-AADSTS50057-means = The account of the person in whose name this runs is disabled.
refusal-AADSTS50057-how = Have the account enabled again; or let another approver take over.
refusal-AADSTS50034-means = The account of the person in whose name this runs is not in the directory any more.
refusal-AADSTS50034-how = Another approver can take over.
refusal-AADSTS50105-means = The person is not assigned to Twindesk in Entra ID.
refusal-AADSTS50105-how = Assign the person to the enterprise application; then sign in again and retry.
refusal-AADSTS50020-means = The account is of another tenant.
refusal-AADSTS50020-how = Sign in with the account of this tenant, then retry.
refusal-AADSTS500011-means = Entra ID does not know the service in this tenant.
refusal-AADSTS500011-how = Have the service principal made as in docs/connect.md, then retry.
refusal-AADSTS7000215-means = The portal's client secret is wrong.
refusal-AADSTS7000215-how = Set AZURE_CLIENT_SECRET to a secret's value (not its ID), then retry.
refusal-AADSTS7000222-means = The portal's client secret has expired.
refusal-AADSTS7000222-how = Make a new client secret, set AZURE_CLIENT_SECRET, then retry.
refusal-AADSTS7000218-means = The portal has sent no client secret.
refusal-AADSTS7000218-how = Set AZURE_CLIENT_SECRET or a federated credential, then retry.
refusal-AADSTS700016-means = Entra ID does not know the portal's application in this tenant.
refusal-AADSTS700016-how = Compare AZURE_CLIENT_ID and AZURE_TENANT_ID with the app registration, then retry.
refusal-AADSTS50196-means = Entra ID has seen the same question too often.
refusal-AADSTS50196-how = It passes within five minutes.

## What we found ourselves

refusal-NoSignIn-means = No sign-in of this person is kept: they have signed out everywhere, or never signed in.
refusal-NoSignIn-how = Sign in again.
refusal-KeyLost-means = The kept sign-in opens with none of the portal's keys: they were changed.
refusal-KeyLost-how = Sign in again. If many see this, whoever operates Twindesk puts the old key back into TWINDESK_KEYS, behind the new one.
refusal-Throttled-means = Azure has asked to be left alone in this person's name.
refusal-Throttled-how = It goes on when the time has passed that Azure named.
refusal-Timeout-means = Azure did not answer in time. Whether it did what was asked is looked up at the next try.
refusal-Timeout-how = See status.azure.com if it lasts.
refusal-NoConnection-means = The portal does not reach Azure.
refusal-NoConnection-how = Have the network, the proxy and DNS checked: twindesk check says what does not answer.
refusal-BrokenConnection-means = The connection ended early. Whether Azure did what was asked is looked up at the next try.
refusal-BrokenConnection-how = If it lasts, have the network and the proxy checked.
refusal-UnexpectedAnswer-means = Something answered in another way than Azure does, or half an answer came.
refusal-UnexpectedAnswer-how = If it lasts, have the proxy or firewall in between checked.
refusal-TooLong-means = The answer was longer than is accepted.
refusal-TooLong-how = { refusal-UnexpectedAnswer-how }
refusal-NoEnd-means = Azure has been working on it for more than an hour.
refusal-NoEnd-how = Look at the resource in the Azure portal. Retry looks first, and sends only what Azure does not show; if nothing moves, open a support ticket with the correlation ID.
refusal-Canceled-means = Somebody or something has cancelled the operation in Azure.
refusal-Canceled-how = Find out why, then retry.
refusal-Failed-means = The operation failed in Azure, which gave no reason.
refusal-Failed-how = Look at the resource in the Azure portal and at its Activity Log, then retry.
refusal-ProvisioningFailed-means = Azure took the call, and could not carry it out.
refusal-ProvisioningFailed-how = Look at the resource and its Activity Log in the Azure portal. If it lasts, open a support ticket with the correlation ID.
refusal-NotShown-means = Azure took the call and does not show what came of it.
refusal-NotShown-how = Look in the Azure portal whether it is there. Retry sends the call again.
refusal-NotConnected-means = The private endpoint is there, and nothing reaches the instance through it.
refusal-NotConnected-how = Have the connection approved there, then retry.
refusal-AlreadyExists-means = Something of this name is there already, and was not made for this request.
refusal-AlreadyExists-how = Ask again with another name.
refusal-InstanceMissing-means = The instance is gone.
refusal-InstanceMissing-how = There is nothing left to change: close this request.
refusal-NotFound-means = What this is about is gone.
refusal-NotFound-how = { refusal-InstanceMissing-how }
refusal-AnotherInstance-means = The instance was deleted, and another of its name was made since.
refusal-AnotherInstance-how = Close this request; ask again if it is meant for the new instance.
refusal-NotTheSame-means = The role assignment is another one than was approved.
refusal-NotTheSame-how = Close this request and ask again.
refusal-OtherCondition-means = The role is held there already, under another condition than was approved.
refusal-OtherCondition-how = Remove that role assignment, then retry.
refusal-IdentityGone-means = The managed identity is gone, or is another one since it was asked about.
refusal-IdentityGone-how = Turn the identity on or associate it first; then ask again.
refusal-IdentityChanged-means = Somebody has changed the instance's identities since this was asked.
refusal-IdentityChanged-how = Close this request and ask again.
refusal-IdentityUnread-means = Azure shows the instance's identities in a form that this version does not know.
refusal-IdentityUnread-how = Update Twindesk, or make the change in the Azure portal.
refusal-TagsChanged-means = Somebody has changed the instance's tags since this was asked.
refusal-TagsChanged-how = Close this request and ask again.
refusal-TagsDiffer-means = Azure took the tags and shows others: somebody has changed them, or a policy adds some.
refusal-TagsDiffer-how = Look at the instance's tags; close this request, and ask again if they are wrong.
refusal-Changed-means = The connection leads to another private endpoint than when this was asked.
refusal-Changed-how = Close this request and look at the instance's Networking page.
refusal-NoHostName-means = The instance's host name is not known, so access could not be tried.
refusal-NoHostName-how = Open the instance's page in a while and test access again.
refusal-LeaseLost-means = Another replica has taken the step over.
refusal-LeaseLost-how = It goes on by itself.
refusal-Database-means = The portal's own database did not answer.
refusal-Database-how = Have the database checked; it goes on by itself.

## What our own problems say: kept in histories, so these ids stay

problem-throttled = Azure has asked to be left alone in the name of { $name }, at another call. This waits with it.
problem-timeout = Azure did not answer in time.
problem-no-end = Azure says that it is still working on it.
problem-sign-in-first = Entra ID wants { $name } to sign in again first.
problem-no-sign-in = there is no sign-in to act on
problem-key-lost = the sign-in kept here opens with none of the keys
problem-lease-lost = Another worker has taken over.
problem-no-step = There is no such step in the plan.
problem-no-name = Nobody's name is on this step.
problem-canceled = Azure has cancelled it.
problem-another-instance = The instance that was asked about, made { $asked }, is gone, and another of its name was made { $made }. That one was left alone. Close this request.
problem-another-instance-sometime = The instance that was asked about, made { $asked }, is gone, and another of its name was made at a time that Azure does not tell. That one was left alone. Close this request.
problem-instance-missing = Azure shows no instance { $id } any more.
problem-no-instance = Azure shows no instance { $id } any more. Nothing was changed.
problem-no-connection = Azure shows no connection { $id } any more. Nothing was changed.
problem-identity-unread = Azure shows an identity of the instance in a form that is not known here.
problem-identity-changed = The identities of { $name } are no longer those that were seen when this was asked, and the approved call could undo what has changed since. Nothing was changed. Close this request and ask again.
problem-identity-gone = The user-assigned managed identity { $name } is gone, or is another one since it was asked about (Object ID { $id }). No role was assigned. Close this request, and ask again once the instance has its identity.
problem-system-identity-gone = The system-assigned managed identity of { $instance } is gone, or is another one since it was asked about (Object ID { $id }). No role was assigned. Close this request, and ask again once the instance has its identity.
problem-tags-differ = Azure took the change and shows other tags than were asked for: somebody may have changed them meanwhile, or a policy adds some. See the instance's tags.
problem-tags-changed = The tags of { $name } are no longer those that were seen when this was asked, and the approved call could undo what has changed since. Nothing was changed. Close this request and ask again.
problem-instance-exists = An instance { $id } exists already and was not made for this request. Nothing was changed in it. Close this request and ask again with another name.
problem-instance-ended = Azure shows the instance as { $state }.
problem-ended = Azure shows it as { $state }.
problem-no-host = The instance's host name is not known, so it could not be asked.
problem-not-let-in = The instance does not let this person in yet. A new role takes up to ten minutes to reach it; public network access may also be off.
problem-endpoint-exists = A private endpoint { $id } exists already and leads elsewhere. Nothing was changed in it. Close this request and ask again with another name.
problem-link-elsewhere = The link { $id } leads to another virtual network. Nothing was changed in it.
problem-other-zone = The private endpoint is in another private DNS zone already: { $zones }. Nothing was changed in it.
problem-cut-off = The private endpoint { $name } is there, and its connection is { $status }: nothing reaches the instance through it. Have that private endpoint deleted and retry, or close this request and ask again with another name.
problem-unconnected = The private endpoint { $name } is there, and its connection is { $status } instead of Approved. If it stays so, have the connection approved on the instance's Networking page and retry.
problem-connection-changed = The connection leads to another private endpoint than when it was asked about: { $endpoint }. Nothing was changed in it.
problem-other-condition = The role is held there already, under this condition: { $condition }. That is not what was approved, and nothing was changed in it. Have the role assignment { $assignment } removed, then retry.
problem-no-condition = The role is held there already, and not limited by a condition. That is not what was approved, and nothing was changed in it. Have the role assignment { $assignment } removed, then retry.
problem-not-the-same = The role assignment { $assignment } is not the one that was approved: another principal, role or scope. Nothing was removed.
problem-not-shown = Azure took the call, and { $lacking }. It may show it late, or somebody or a policy has undone it. The call is not sent again by itself; once this has stopped, Retry sends it again.
lacking-it = does not show it as Succeeded
lacking-identities = does not show the identities as they were asked for
lacking-tags = does not show the tags as they were asked for
lacking-deleted = does not show the instance as deleted
lacking-succeeded = does not show the instance as Succeeded
lacking-instance = does not show the instance { $name }
lacking-group = does not show the resource group
lacking-endpoint = does not show the private endpoint { $name }
lacking-zone = does not show the private DNS zone
lacking-link = does not show the link to the virtual network
lacking-entry = does not show the private endpoint's entry in the private DNS zone
lacking-access = does not show public network access as { $state }
lacking-connection = does not show the connection as { $state }
lacking-removed-connection = does not show the connection as removed
lacking-assignment = does not show the role assignment
lacking-removed-assignment = does not show the role assignment as removed

## What Azure said, or that it said nothing: after the name of the service

azure-said = { $service }: { $said }
azure-said-with = { $service }: { $said } ({ $facts })
azure-correlation = correlation id { $id }
azure-request = request id { $id }
azure-timeout = did not answer within { $seconds } s
azure-no-connection = cannot be reached: { $cause }
azure-broken = the connection ended early: { $cause }
azure-too-long = answered with more than { $limit } bytes, which is more than is accepted
azure-redirection = answered { $status }, which is not followed: something in between may be asking for a sign-in
azure-web-page = answered { $status } with a web page instead of a reason: a proxy or firewall may be in between
azure-silent = answered { $status } without giving a reason
azure-not-json = answered { $status } with { $kind } that is not JSON
azure-not-documented = answered { $status } with { $kind } that is not as documented: { $error }
azure-unnamed-content = unnamed content
azure-left-out = left out part of its answer
azure-bad-keys = gave signing keys that cannot be read: { $error }
azure-unknown-key = signed with a key that it has not published yet
azure-bad-tokens = answered with tokens that cannot be read, at { $at }
azure-no-token = answered with something that is no token
azure-no-reason = the operation failed without giving a reason

## What of Azure is not to be seen

hidden-late = Azure did not answer in time.
hidden-sign-in = Azure wants you to sign in again.
hidden-refused = Azure does not let you see that ({ $code }).
offer-with-state = { $name } ({ $state })
others = { $count ->
    [one] 1 request rests on it
   *[other] { $count } requests rest on it
}
others-besides = { $count ->
    [one] 1 other request rests on it
   *[other] { $count } other requests rest on it
}

## A page that goes wrong

error-in-a-row = Azure wants you to sign in again: open it and decide there.
error-in-a-moment = Try again in a moment.
error-in-a-minute = Try again in a minute.
error-nothing-changed = Nothing was changed.
error-lasts = If it lasts, tell the people who run Twindesk, with the id below.
error-again = If it happens again, tell the people who run Twindesk, with the id below.
error-sign-in-title = Sign in first
error-sign-in = Your session has ended, so nothing was changed.
error-sign-in-next = Sign in, then do it again.
error-still-wanted-title = Azure wants you to sign in again
error-still-wanted = You have just done so for this page, and Azure still asks for it.
error-still-wanted-next = Sign in again, and choose another way to prove who you are if you are offered one.
error-still-wanted-policy = If that changes nothing, tell the people who run your Microsoft Entra tenant: a Conditional Access policy asks for more than this sign-in gives.
error-missing-title = There is nothing here
error-missing = This page does not exist, or it is not for you to see.
error-missing-next = Check the address.
error-missing-request = A request can be seen by the person who asked, by people who may decide it, and by auditors.
error-method-title = This address cannot be used that way
error-method-next = Go back and use the button on the page.
error-elsewhere-title = This did not come from Twindesk
error-elsewhere = Your browser says that this request was sent by another site, so nothing was changed.
error-elsewhere-next = Open the page here and do it again.
error-elsewhere-between = If you did use our page, something between you and Twindesk changes what the browser sends.
error-refused-title = That is not possible
error-stale-title = Somebody was faster
error-stale = This request was changed by somebody else while you were looking at it, so nothing was changed by you.
error-stale-next = Read it again and decide anew if there is still something to decide.
error-form-title = That could not be read
error-form-next = Go back, correct it and send it again.
error-form-torn = What was sent did not arrive whole.
error-form-long = What was sent is too long.
error-form-unread = What was sent could not be understood.
error-slow-title = That took too long
error-slow = Azure, or the database, did not answer in time.
error-slow-form = If you sent a form, look under My requests first: it may have arrived.
error-database-title = The database cannot be used just now
error-database-full = Twindesk's database has no room left, so nothing was changed.
error-database-read-only = Twindesk's database can be read and not written to, so nothing was changed.
error-database-locked = Something else has held Twindesk's database for too long, so nothing was changed.
error-database-unreachable = Twindesk's database does not answer, so nothing was changed.
error-database-damaged = Twindesk's database cannot be read, so nothing was changed.
error-database-next = Try again in a minute: Twindesk goes on by itself when its database is back.
error-unknown-title = It is not known whether this was written
error-unknown = Twindesk lost its database in the moment of writing, and could not find out since.
error-unknown-next = Look at the request, or under My requests, before you do it again. What has been done is not done twice.
error-internal-title = Something went wrong here
error-internal = This is our fault and not yours. It has been written down.
error-azure-busy-title = Azure asks for patience
error-azure-late-title = Azure did not answer in time
error-azure-away-title = Azure cannot be reached
error-azure-status = https://azure.status.microsoft tells about known troubles.
error-azure-refused-title = Azure refused
error-azure-words = Azure's own words stand above; its support asks for the ids in them.
error-kept = What you sent is kept on this page.
error-kept-until-signed-in = What you sent is kept on this page. Sign in, which opens beside it, then come back and send it again.
error-send-again = Send again
error-back = Back to the request
error-id-html = This page's id is <code>{ $id }</code>. The log has it too.
