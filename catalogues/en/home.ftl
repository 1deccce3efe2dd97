### Home, search and help.

## Home

home-hello = Hello { $name }
home-create = A new Azure Digital Twins instance
home-access = Data Owner or Data Reader on an instance
home-approvals = { $count ->
    [0] What others ask, where you may assign roles
    [one] One request waits for your decision
   *[other] { $shown } requests wait for your decision
}
home-needs-you = Needs you
home-latest = My latest requests
home-all = All my requests
home-nothing = You have asked for nothing yet
home-nothing-yet = Create an instance or request access to one. What you may do in Azure already runs at once.
home-how = How it works
home-how-form = You say what you need in a form.
home-how-at-once = What you may do in Azure already runs at once, in your name.
home-how-rest = The rest waits for somebody who may assign roles there.
home-how-steps = You see each step, and when your access works.

## Keyboard shortcuts

keys-title = Keyboard shortcuts
keys-head = Keyboard
keys-lead = Everything can be reached with Tab and pressed with Enter. These keys are shorter ways.
keys-search = Search
keys-help = This help
keys-then = then
keys-escape = Esc
keys-close = Close what has opened
keys-when = They do nothing while you type, and need scripts.
keys-use = Use these shortcuts
keys-kept = Kept in this browser.

## Search

search-title = Search
search-lead = Requests, instances and people, as far as you may see them.
search-act = Search
search-for = Search for
search-help = A name, a word of the justification, a request ID or a resource ID.
search-short = Type at least two characters.
search-long = Type less: at most 400 characters.
search-hidden = Instances could not be searched.
search-nothing = Nothing found
search-nothing-called = Nothing that you may see is called “{ $text }”.
search-nothing-of-others = What others have asked is found where your name is on it, or where you may assign roles.
search-requests = Requests
search-more-requests = The newest { $count } stand here. Type more to find others.
search-more-instances = All instances with “{ $text }”
search-people = People
search-part = { $decided ->
    [0] In these requests: asked { $asked }
   *[other] { $asked ->
        [0] In these requests: decided { $decided }
       *[other] In these requests: asked { $asked }, decided { $decided }
    }
}
search-more-people = There are more. Type more of the name.
