### A request, its progress, and what can be decided about it.

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
