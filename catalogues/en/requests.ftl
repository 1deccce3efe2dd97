### A request, its progress, and what can be decided about it.

## My requests

requests-caption = My requests, newest first
requests-all = All
requests-open = Open
requests-ended = Ended
requests-request = Request
requests-status = Status
requests-where = Where
requests-asked = Asked
requests-nothing = Nothing here
requests-nothing-yet = Requests that you make stand here, with how far they are.

## How far it is

live-failed = A step has failed
live-mends-html = <strong>Who can mend it:</strong> { $who }. { $retry }
live-correlation-html = Correlation ID <code>{ $id }</code>
live-tried = { $count ->
    [0] tried once
    [one] tried once
   *[other] tried { $count } times in a row
}
live-retry-help = Retry runs the step again. What has been done stays done and is not done twice.
live-retry-help-name = Retry runs the step again in the name of { $name }. What has been done stays done and is not done twice.
live-not-yet = Not yet
live-again = It is tried again by itself.
live-again-at-html = It is tried again by itself. Next try: <strong>{ $at }</strong>.
live-stopping = Stopping
live-stopping-help = What Azure is working on ends first. Nothing more is sent, and what has been made in Azure stays.
live-sign-in = A sign-in is needed
live-sign-in-you = Azure wants you to sign in again before it goes on in your name.
live-sign-in-again = Sign in again
live-sign-in-name = Azure wants { $name } to sign in again. The plan goes on by itself then.
live-sign-in-somebody = Azure wants the person of this step to sign in again. The plan goes on by itself then.
live-sent-back = Sent back
live-sent-back-by-html = <strong>{ $name }</strong> sent it back ({ $at }). This should change:
live-change = Change the form and send it again: it stays the same request, and waits for a decision anew.
live-change-act = Change and send again
live-waits-for-change = It waits for { $name } to change it.
live-progress = Progress
live-said-step = { $status }, step { $number } of { $count }: { $step }
live-looked = { $name } says that they are looking at this.
live-rejected-html = Rejected by <strong>{ $name }</strong>, { $at }:
live-approved-html = Approved by <strong>{ $name }</strong>, { $at }.
live-not-run = Will not run.
live-with-token = With the token of { $name }.
live-in-name = In the name of { $name }.
live-waits-html = Waits for somebody who may decide: <a href="{ $address }">who could that be?</a>
live-waits-changed = Waits until it is changed and sent again.
live-retry = Retry
live-test = Test access again
live-request-access = Request access to it
live-ask-again = Ask again with this form
live-stop = Stop after this step
live-withdraw = Withdraw request
live-take-over = Take over in my name
live-take-over-help = You may do what is left here. In your name would run, as the plan shows: { $steps }. Azure is asked again what you may do when you click.
live-take-over-help-name = You may do what is left here. In your name instead of { $name }'s would run, as the plan shows: { $steps }. Azure is asked again what you may do when you click.
live-close = Close this request
live-close-help = What has been made in Azure stays; what is left will not run.
live-close-act = Close
live-instance = The instance
live-access-verified = Access verified
live-name = Name
live-group = Resource group
live-host = Host name
live-go = Go to resource
live-sheet = Hand-over sheet
live-answered = The instance has answered { $name }'s own token.
live-trying = Done in Azure. A new role takes up to ten minutes to reach the instance; access is being tried.
live-next-roles = Next: give the identity its roles
live-next-roles-help = The identity is there and may do nothing yet. It needs a role on each resource that the instance delivers to.
live-add-role = Add role assignment
live-older-html = The newest { $count } entries stand here. <a href="{ $address }">See all of them under History</a>

## What is asked, and its plan

request-asked = What is asked
request-requester = Requester
request-version = Version
request-version-of = { $version }: it was sent back and asked again
request-subscription = Subscription
request-justification = Justification
request-id = Request ID
request-plan = The plan
request-will-run = What will run
request-steps = { $count ->
    [one] 1 step, exactly as sent
   *[other] { $count } steps, exactly as sent
}
request-digest-html = Plan <code>{ $plan }</code>
request-need-later = Azure is asked when somebody decides
request-need-lacks = { $name } does not hold it
request-need-neither = neither { $one } nor { $other } holds it
request-need-unknown = Azure could not be asked
request-on-approval = { $name } (on approval)
request-nothing-changed = Nothing was changed
request-rejected-before = You have rejected this already, with the words that stand in its history. To add to them, write a comment.
request-sent-back-before = You have sent this back already, with the words that stand in its history. To add to them, write a comment.
request-looked-at = Somebody is looking at this
request-looked-at-html = <strong>{ $name }</strong> has said so ({ $at }).
request-looked-at-decide = You can decide all the same; ask them first.
request-impossible = This cannot be approved by you
request-impossible-help = Ask somebody who holds that there to decide, or to give you a role that includes it; then load this page again.
revised-title = What has changed since version { $version }
revised-nothing = Nothing: it is asked again as it was.
revised-asked = In what is asked
revised-plan = In the plan

## Comments

comment-title = Write a comment
comment-unscripted-html = This page loads anew by itself. <a href="{ $address }">Keep it still to write a comment</a>.
comment-label = Comment
comment-help = { $name } and everybody who may decide this read it, and it stays in the history.
comment-add = Add comment

## Deciding

decide-title = Decide
decide-look = I am looking at this
decide-look-away = I am not looking any more
decide-looking-html = Others see that you are looking at this. That ends by itself <strong>{ $until }</strong>.
decide-impossible = Not possible now: see above.
decide-approve-help = The steps that wait run as shown, in the names shown.
decide-approve = Approve
decide-reason-help = Needed to send back or to reject. { $name } reads it.
decide-reason-help-reject = Needed to reject. { $name } reads it.
decide-send-back = Send back to be changed
decide-begun = Part of it has run already, so it cannot be sent back to be changed.
decide-reject = Reject

## Who could decide

approvers-title = Who could approve
approvers-nobody = Azure shows you nobody else who may assign roles at { $place }. Ask whoever administers the subscription; the request waits for them under Approvals.
approvers-lead = They may assign roles at { $place }. Each finds the request under Approvals; write to one if it is urgent.
approvers-hidden = Who may assign roles there is not to be seen.
approvers-hidden-help = You need not know them: the request stands under Approvals of everybody who may assign roles at { $place }. If nobody comes, ask whoever administers the subscription.
approvers-not-asked = Azure could not be asked in your name.
helpers-nameless = Names could not be looked up in the directory, so object IDs stand in their place.
helpers-limited = { $role }, limited by a condition
helpers-more = And { $count } more.

## Before it is asked for

next-title = What happens next
next-calls = You see every call to Azure before it is sent.
next-raise-html = To do more yourself, <a href="/roles/new">have your own role raised</a>.
check-title = Checked
check-not-checked = Not checked: { $what }. { $why }
review-impossible = It cannot be asked for like this
review-blocked = Nothing was asked for: see what was checked.
review-unread = Read the plan before you ask for it.
review-changed = Nothing was asked for yet: what Azure shows has changed, and so has the plan. Read it again.
review-many-open = { $count } requests of yours wait or run already. Withdraw or close one, or wait until one has ended.
review-need-you = you
review-need-condition = a condition limits your role
review-need-unknown = Azure did not tell whether you hold it
outlook-at-once = Everything runs at once, in your name
outlook-at-once-why = You hold every permission that the plan needs, as Azure says now.
outlook-waits = It waits for approval
outlook-waits-why = Nothing runs before that. Somebody who may assign roles at { $place } decides.
outlook-waits-always = Here nothing runs before a decision. Somebody who may assign roles at { $place } decides.
outlook-partly = { $now ->
    [one] { $later ->
        [one] 1 step runs at once, 1 waits for approval
       *[other] 1 step runs at once, { $later } wait for approval
    }
   *[other] { $later ->
        [one] { $now } steps run at once, 1 waits for approval
       *[other] { $now } steps run at once, { $later } wait for approval
    }
}
outlook-partly-why = What you may do in Azure yourself runs now, in your name. Somebody who may assign roles at { $place } decides about the rest.
outlook-who = Who could that be?

## Where a request stands

status-waiting = Waiting for approval
status-sent-back = Sent back
status-approved = Approved
status-running = Running
status-needs-sign-in = Needs sign-in
status-stopped = Stopped
status-done = Done
status-verified = Verified
status-rejected = Rejected
status-withdrawn = Withdrawn
status-closed = Closed

## What is different since it was asked before

diff-subscription = Subscription
diff-justification = Justification
diff-needs = Needs

## Why somebody may not do what they asked to

cannot-decided = { $name } has already decided this request.
cannot-withdrawn = This request was withdrawn by the person who asked.
cannot-sent-back = { $name } has sent this request back already. It waits for the person who asked to change it.
cannot-begun = Part of this has been carried out already, so it can no longer be changed as a whole. Reject the rest and say what to ask for instead.
cannot-nothing-to-change = Say what should change: the person who asked will read it.
cannot-not-sent-back = Only the person who asked can change a request, and only while it is sent back.
cannot-other-kind = This request is of another kind. Change it in its own form.
cannot-no-decision = This request needs no decision: it runs in the name of the person who asked.
cannot-not-approver = Only somebody who may assign roles at { $place } can decide this request, and Azure says that you may not.
cannot-unknown = Azure could not be asked what you may do there. Try again in a moment.
cannot-own-request = You asked for this yourself, and the portal's policy wants somebody else to decide.
cannot-plan-changed = The plan has changed since you saw it. Read it again before you decide.
cannot-names-changed = The names in which the steps would run have changed since you saw them. Read them again before you approve.
cannot-lacking = This cannot be carried out: { $what }
cannot-step-lacking = "{ $step }" needs { $needs }, which neither you nor { $name } hold.
cannot-no-reason = Give a reason: the person who asked will read it.
cannot-long-reason = Use at most 2,000 characters for the reason.
cannot-no-comment = Write something first.
cannot-long-comment = Use at most 2,000 characters for a comment.
cannot-many-comments = There are as many comments on this request as it takes. Talk to each other directly.
cannot-unread = Open it first: its page shows what is to be read before it is decided.
cannot-not-requester = Only the person who asked can withdraw a request.
cannot-in-flight = Azure is being asked right now. Stop the request instead: the step in flight ends first.
cannot-ended = There is nothing left to withdraw: the request has ended.
cannot-not-stopped = Only a request that has stopped can be retried.
cannot-not-closable = Only a request that has stopped, or that waits for a sign-in, can be closed.
cannot-not-involved = Only the person who asked, or somebody who may decide it, can do that.
cannot-not-verifiable = There is no verification to try again.
cannot-not-stuck = Only a request that has stopped, or that waits for a sign-in, can be taken over.
cannot-yours-already = It runs in your own name already.
cannot-taker-lacks = You cannot take this over: { $what }
cannot-step-needs = "{ $step }" needs { $needs }.
cannot-not-running = Only a request that is running can be stopped.
cannot-stopped-already = It has been stopped already: the step in flight ends, and nothing more is sent.
