### The queue, and several requests decided at once.

## Approvals

approvals-lead = What you can decide now: Azure says that you may assign roles there.
approvals-pending = Pending
approvals-decided = Decided by me
approvals-who = Who asks
approvals-caption-newest = Requests that wait for a decision, the newest first
approvals-caption-oldest = Requests that wait for a decision, the oldest first
approvals-caption-decided = Requests that I have decided, the newest first
approvals-decided-nothing = You have decided nothing yet
approvals-decided-nothing-yet = What you approve or reject stands here afterwards, and what you send back until it is asked again or withdrawn.
approvals-unknown-title = Not everything could be checked
approvals-unknown = { $count ->
    [one] Azure did not say what you may decide at 1 scope, so requests there are not shown. Load this page again in a moment.
   *[other] Azure did not say what you may decide at { $count } scopes, so requests there are not shown. Load this page again in a moment.
}
approvals-any-kind = Anything
approvals-any-subscription = Any
approvals-who-part = Part of a name or e-mail
approvals-order = Order
approvals-oldest = Oldest first
approvals-newest = Newest first
approvals-unread = Only what I have not opened
approvals-filter = Filter
approvals-clear = Clear the filter
approvals-none-so-far = Nothing found so far
approvals-none-so-far-why = A filter looks only so far at a time, and there is more to look through.
approvals-further = Look further
approvals-none-fits = Nothing fits the filter
approvals-none-fits-why = Other requests may wait for your decision: the filter leaves them out.
approvals-no-more = Nothing more waits
approvals-no-more-why = What stood here has been decided.
approvals-nothing = Nothing waits for your decision
approvals-nothing-why = Requests appear here when somebody asks for something in a place where you may assign roles.
approvals-my-roles = My role in each subscription
approvals-select = Select
approvals-select-one = Select { $title }, { $name }
approvals-open-first = Open to decide
approvals-looked-at-html = <strong>{ $name }</strong> is looking at it (said { $at })
approvals-approve-selected = Approve selected…
approvals-reject-selected = Reject selected…
approvals-before = You see each with its plan before anything is decided.
approvals-none-selected = Select at least one request.

## In the queue, one after another

queue-label = Queue
queue-new = New
queue-changed = Changed
queue-previous = Previous
queue-next = Next
queue-all = All that wait
queue-next-title = Next in the queue
queue-at-end = Nothing more comes behind it in the queue
queue-back = Back to Approvals

## Several at once

several-approve = { $count ->
    [0] Nothing to approve
    [one] Approve 1 request
   *[other] Approve { $count } requests
}
several-reject = { $count ->
    [0] Nothing to reject
    [one] Reject 1 request
   *[other] Reject { $count } requests
}
several-none = Nothing of what you selected can be decided here.
several-approve-lead = Each is decided by itself, with the plan and in the names shown here. Azure is asked again what you may do when you click.
several-reject-lead = Each is decided by itself. None of its steps that wait will run.
several-left-out = Left out
several-you-look = You have said that you are looking at it.
several-looked-at-html = <strong>{ $name }</strong> is looking at it (said { $at }): ask before you decide.
several-reason-help = Needed to reject. Everybody who asked reads it.
several-decided = { $not ->
    [0] { $done } decided
   *[other] { $done } decided, { $not } not
}
several-not-decided = Not decided
several-request = Request { $id }
several-gone = It is not there, or not for you to see.
several-not-begun = Azure took too long with the others, so it was not begun.
several-which = Say whether to approve or to reject.
several-no-request = One of the requests cannot be one.
several-too-many = At most { $count } requests are decided at once.
several-no-plans = Of each request, the plan that was shown is needed. Select them again.
