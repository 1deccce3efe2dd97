### Every form.

## What can be asked for, in lists

kind-create-instance = Create instance
kind-delete-instance = Delete instance
kind-grant-access = Access to an instance
kind-revoke-access = Removal of roles
kind-raise-role = Raised role
kind-change-networking = Networking
kind-change-tags = Tags
kind-change-identity = Identity
kind-assign-identity-role = Role of an identity

## Titles of the forms, and their last buttons

form-create = Create instance
form-networking = Change networking
form-tags = Change tags
form-deletion = Delete instance
form-access = Request access
form-revocation = Remove role assignment
form-role = Raise my role
form-identity = Change identity
form-identity-role = Add role assignment
form-review-create = Review + create
form-review-save = Review + save
form-review-delete = Review + delete
form-review-request = Review + request
form-review-remove = Review + remove
form-review-assign = Review + assign
form-act-create = Create
form-act-save = Save
form-act-delete = Delete
form-act-assign = Assign role
form-act-remove = Remove

## Around a form

form-title = { $wrong ->
    [0] { $title }
   *[other] Error: { $title }
}
form-parts = Parts of this form
form-to-fix = { $count } to fix
form-previous = Previous
form-next = Next : { $part }
form-cancel = Cancel
form-sign-in-needed = A sign-in is needed
form-sign-in-beside = What you typed is still here: sign in, which opens beside this page, then come back and send the form again.
form-sign-in = Sign in again
form-azure-silent = Azure could not be asked
form-still-here = What you typed is still here. Try again in a moment.
form-change-it = Change it and send it again
form-sent-back-by = { $name } has sent this request back:
form-wrong = { $count ->
    [one] One thing to put right
   *[other] Some things to put right
}
form-wrong-endpoint = Private endpoint { $number }: { $problem }
form-unreadable = This form could not be read: { $why }.
form-not-yours = This form has been used by somebody else. Fill in a new one.

## Fields that several forms have

form-subscription = Subscription
form-group = Resource group
form-instance = Instance
form-instance-help = Its resource ID.
form-instance-wrong = Give the resource ID of an instance: /subscriptions/…/resourceGroups/…/providers/Microsoft.DigitalTwins/digitalTwinsInstances/…
form-instance-unseen = Azure does not show you this instance: there is none of this name there, or you hold no role that lets you see it.
form-instance-exists = The instance { $name } exists; its status is { $status }.
form-instance-name = Name of the instance
form-confirm-help = Type { $name }, the name of the instance, to confirm.
form-confirm-wrong = Type the name of the instance to confirm: { $name }
form-group-new-empty = Give the new resource group a name.
form-group-empty = Choose a resource group, or choose Create new.
form-group-wrong = A resource group's name has 1 to 90 letters, digits, hyphens, underscores, full stops or parentheses, and does not end in a full stop.
form-why = Why
form-justification = Justification
form-justification-help = What it is for. Whoever decides reads this. At most 2,000 characters.
form-justification-empty = Say what it is for, so that whoever decides can decide.
form-justification-nul = Remove the NUL character, it cannot be kept.
form-too-long = Use at most { $most } characters.
form-not-all-seen = Not everything could be seen

## The review page

asking-what-runs = What will run
asking-what = What you ask for
asking-send = Send request
asking-send-again = Send again
asking-back = Back to the form
asking-plan-html = Plan <code>{ $digest }</code>
asking-not-held-html = Not held by you: <code>{ $action }</code> at <code>{ $scope }</code>
asking-not-held-because-html = Not held by you, { $why }: <code>{ $action }</code> at <code>{ $scope }</code>

## From the last request

form-recalled = Filled in as in your last request of this kind. Change what is different.
