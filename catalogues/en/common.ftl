### What stands on many pages.

## Moments

moment = { $at }
moment-now = just now
moment-ago = { $unit ->
    [minutes] { $count ->
        [one] 1 minute ago
       *[other] { $count } minutes ago
    }
    [hours] { $count ->
        [one] 1 hour ago
       *[other] { $count } hours ago
    }
   *[days] { $count ->
        [one] 1 day ago
       *[other] { $count } days ago
    }
}
moment-ahead = { $unit ->
    [minutes] { $count ->
        [one] in 1 minute
       *[other] in { $count } minutes
    }
    [hours] { $count ->
        [one] in 1 hour
       *[other] in { $count } hours
    }
   *[days] { $count ->
        [one] in 1 day
       *[other] in { $count } days
    }
}
moment-day = { $day } { moment-month } { $year }
moment-exact = { $day } { moment-month } { $year }, { $time } { $zone }
moment-month = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}


## Around every page

base-skip = Skip to the content
base-demo-html = <strong>Demo</strong>: a simulated Azure
base-menu = Menu
base-waiting-for-you = waiting for your decision
base-waiting = waiting
base-search = Search Twindesk
base-search-what = Requests, instances, people
base-signed-in-as = Signed in as
base-sign-out = Sign out
base-sign-in = Sign in
base-main = Main
place-home = Home
place-create = Create instance
place-access = Request access
place-requests = My requests
place-approvals = Approvals
place-instances = Instances
place-subscriptions = Subscriptions
place-history = History
crumb-request = Request
crumb-subscription = Subscription

## What the script says

script-copied = Copied
script-selected = Selected: now copy it
script-close = Close
script-lost = The connection to Twindesk is lost. This page goes on by itself when it is back.
script-back = The connection is back.
script-ended = Your session has ended.
script-changed = This request has changed meanwhile.
script-again = Load the page again
script-people = People
# The script puts the name of the part in place of the sign.
script-next = Next : #

## Parts of pages

part-optional = (optional)
part-reason = Reason
part-copy = Copy
part-breadcrumb = Breadcrumb
part-pages = Pages
part-first-page = First page
part-next-page = Next page
part-apply = Apply
part-clear = Clear
diff-added = Added
diff-removed = Removed
diff-changed = Changed
diff-same = As before
diff-before = Before:
diff-now = Now:

## Steps of a plan

step-running = running
step-done = done
step-already-so = it was so already
step-failed = failed
step-given-up = given up
step-not-begun = not begun
plan-body = Body
plan-body-of = Body of step { $number }
plan-exact = Sent as exactly this text:
plan-exact-of = Exact text of step { $number }
plan-nobody-yet = Waits for somebody in whose name it may run
plan-in-name-of-html = In the name of <strong>{ $name }</strong>
plan-held-html = Held by { $who }: <code>{ $action }</code> at <code>{ $scope }</code>
plan-not-needed-html = Not needed, it is so already: <code>{ $action }</code> at <code>{ $scope }</code>
plan-missing-html = <strong>Missing</strong>: { $who }: <code>{ $action }</code> at <code>{ $scope }</code>
plan-not-checked-html = Not checked: { $who }: <code>{ $action }</code> at <code>{ $scope }</code>

## Notices after an act, and in a few words for the title

notice-asked = Your request has been taken. This page follows it.
notice-asked-short = Your request has been taken
notice-approved = Approved. The plan is being carried out.
notice-approved-short = Approved
notice-rejected = Rejected. The person who asked sees your reason.
notice-rejected-short = Rejected
notice-sent-back = Sent back. The person who asked sees what should change.
notice-sent-back-short = Sent back
notice-commented = Your comment stands in the history.
notice-commented-short = Your comment stands in the history
notice-looking = Others see for half an hour that you are looking at this.
notice-looking-short = Others see for half an hour that you are looking at this
notice-looked = You are not looking at this any more.
notice-looked-short = You are not looking at this any more
notice-withdrawn = Your request has been withdrawn.
notice-withdrawn-short = Your request has been withdrawn
notice-retried = The step is being tried again.
notice-retried-short = The step is being tried again
notice-tested = Access is being tried again.
notice-tested-short = Access is being tried again
notice-closed = The request has been closed. What has been made in Azure stays.
notice-closed-short = The request has been closed
notice-taken-over = It goes on in your name.
notice-taken-over-short = It goes on in your name
notice-stopped = Stopped. What Azure is working on ends; nothing more is sent.
notice-stopped-short = Stopped
notice-signed-in = You have signed in again.
notice-signed-in-short = You have signed in again
notice-settings = Your settings have been saved.
notice-settings-short = Your settings have been saved

## Settings

settings-title = Settings
settings-lead = How you read Twindesk, in every browser in which you sign in.
settings-language = Language
settings-as-browser = As the browser
settings-zone = Time zone
settings-zone-help = For all times on pages. Without a setting and without scripts they are in UTC.
settings-theme = Colours
settings-density = Density
settings-density-help = Compact shows more lines of long lists.
settings-save = Save
settings-unknown = One of the choices is not one that this page offers. Nothing was saved: choose again.
theme-browser = As the browser
theme-light = Light
theme-dark = Dark
theme-contrast = High contrast
density-comfortable = Comfortable
density-compact = Compact
