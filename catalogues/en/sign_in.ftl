### Signing in and out.

sign-in-failed-title = Not signed in
sign-in-failed = You are not signed in
sign-in-start-again = Start again. If it keeps failing, give the words above to the people who run Twindesk.
sign-in-again = Sign in again
sign-in-spent = This sign-in was used already, took too long, or began in another browser.
sign-in-refused = Microsoft Entra ID did not sign you in.
sign-in-not-accepted = Microsoft Entra ID's answer could not be accepted.
signed-out-title = Signed out
signed-out = You are signed out
signed-out-goes-on = Your session here has ended. What was approved in your name goes on.
