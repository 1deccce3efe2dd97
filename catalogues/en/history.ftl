### The history.

## The list

history-lead-all = Everything that was asked, decided and done.
history-lead-own = What was asked, decided and done by you and for you; with a scope, everything there where you may assign roles.
history-lead-unchanged = Entries are never changed.
history-person = Person
history-person-how = E-mail or object ID
history-what = What happened
history-anything = Anything
history-scope = Scope
history-scope-how = Subscription or resource ID
history-request = Request ID
history-from = From
history-to = To
history-only-own = Only what concerns you is shown. Everything at this scope can be read by people who may assign roles there, and by auditors.
history-nothing-so-far = Nothing found so far
history-more-behind = A search looks only so far back at a time, and there is more to look through.
history-further = Look further back
history-nothing-older = Nothing older found
history-none-older-fits = No older entry fits the filter.
history-none-older = No older entry is there.
history-nothing = Nothing found
history-none-fits = No entry fits the filter. Take something out of it.
history-none = Nothing has happened yet that you may see.
history-nobody = Nobody called "{ $person }" has signed in here. Use an e-mail address or an object ID.
history-no-date = "{ $text }" is no date. Use the form 2026-01-31.
history-no-scope = A scope is a subscription ID or a resource ID: /subscriptions/…

## What happened, as it is picked in the filter

event-asked = Asked
event-approved = Approved
event-rejected = Rejected
event-sent-back = Sent back
event-asked-again = Asked again
event-commented = Commented
event-withdrawn = Withdrawn
event-accepted = Accepted by Azure
event-step-done = Step done
event-step-failed = Step failed
event-sign-in-needed = Sign-in needed
event-retried = Retried
event-closed = Closed
event-taken-over = Taken over
event-stop-asked = Stop asked for
event-halted = Ended early
event-done = Done
event-verified = Verified
event-not-verified = Not verified

## What happened. Who did it stands before each of these.

history-asked = asked: { $title }.
history-asked-linked-html = asked: <a href="{ $address }">{ $title }</a>.
history-asked-again = changed the request and asked again: { $title }.
history-asked-again-linked-html = changed the request and asked again: <a href="{ $address }">{ $title }</a>.
history-plan-html = Plan <code title="{ $plan }">{ $short }</code>
history-version-html = Version { $revision }, plan <code title="{ $plan }">{ $short }</code>
history-correlation-html = correlation ID <code>{ $id }</code>
history-approved-html = approved the plan <code title="{ $plan }">{ $short }</code>.
history-rejected = rejected the request:
history-sent-back = sent the request back to be changed:
history-commented = wrote:
history-withdrawn = withdrew the request.
history-accepted-html = “{ $step }”: Azure took the call in the name of <strong>{ $name }</strong> and works on it.
history-step-done-html = “{ $step }”: done in the name of <strong>{ $name }</strong>.
history-perhaps-done-html = “{ $step }”: done, perhaps by the call in the name of <strong>{ $name }</strong>: it was about to be sent, and no answer came, so somebody else may have been faster.
history-already-so-html = “{ $step }”: it was so already, nothing was written; seen in the name of <strong>{ $name }</strong>.
history-step-failed-html = { $tries ->
    [0] “{ $step }” failed in the name of <strong>{ $name }</strong>.
    [1] “{ $step }” failed in the name of <strong>{ $name }</strong>.
   *[other] “{ $step }” failed in the name of <strong>{ $name }</strong> after { $tries } tries.
}
history-sign-in-needed-html = “{ $step }” waits: <strong>{ $name }</strong> has to sign in again.
history-retried = had “{ $step }” tried again.
history-closed = closed the request:
history-taken-over-html = took “{ $step }” over from <strong>{ $name }</strong>: it goes on in their own name.
history-stop-asked = stopped the request: nothing more is sent to Azure. What Azure is working on ends first.
history-halted = sent nothing after “{ $step }”, as was asked.
history-halted-unanswered = Its call was on its way, and Azure did not say whether it arrived: look there.
history-halted-stays = What has been made in Azure stays.
history-done = carried out the whole plan. Every step was read back from Azure.
history-verified-html = verified access: the instance answered the token of <strong>{ $name }</strong>.
history-not-verified-html = could not verify the access of <strong>{ $name }</strong>.
