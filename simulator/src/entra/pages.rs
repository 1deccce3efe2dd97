//! The pages a browser shows while signing in: whole, without scripts. Knows HTML, decides nothing.

use crate::state::Places;
use crate::world::Person;

const STYLE: &str = "
:root{color-scheme:light dark;--page:#f3f5f8;--card:#fff;--text:#1b1f24;--soft:#57606a;--line:#d0d7de;--tint:#eef4ff;--key:#0b5cad}
@media(prefers-color-scheme:dark){:root{--page:#14171c;--card:#1d2229;--text:#e8ecf1;--soft:#a3adb8;--line:#39414c;--tint:#233044;--key:#7db7f5}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.45 'Segoe UI',system-ui,sans-serif}
main{max-width:30rem;margin:6vh auto;padding:1.75rem;background:var(--card);border:1px solid var(--line);border-radius:.6rem}
h1{font-size:1.5rem;font-weight:600;margin:.2rem 0 1rem}
h2{font-size:1rem;margin:1.75rem 0 .5rem}
p{margin:.5rem 0;overflow-wrap:anywhere}
.note{margin:0 0 1rem;padding:.45rem .7rem;border-left:.25rem solid #b7791f;background:var(--tint);font-size:.875rem}
.soft{color:var(--soft);font-size:.875rem}
.bad{padding:.6rem .8rem;border:1px solid #c93c37;border-radius:.35rem}
.person{display:block;width:100%;margin:0 0 .4rem;padding:.6rem .75rem;text-align:left;font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:.4rem;cursor:pointer}
.person:hover,.person.hinted{background:var(--tint);border-color:var(--key)}
.person b{display:block}
label{display:block;margin:.6rem 0 .2rem}
input{width:100%;padding:.5rem .6rem;font:inherit;color:inherit;background:var(--page);border:1px solid var(--soft);border-radius:.35rem}
.go{margin-top:1rem;padding:.55rem 1.3rem;font:inherit;color:#fff;background:#0b5cad;border:1px solid #0b5cad;border-radius:.35rem;cursor:pointer}
:focus-visible{outline:3px solid var(--key);outline-offset:2px}
@media(max-width:34rem){main{margin:0;border:0;border-radius:0;min-height:100vh;padding:1.25rem}}
";

const NOTE: &str = "<p class=\"note\">Simulated sign-in: this is not Microsoft. Nobody's real account is asked for here.</p>";

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>{NOTE}{body}</main></body></html>"
    )
}

pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// "Pick an account": one button a person, then the form for any account.
pub fn pick(
    people: &[&Person],
    action: &str,
    application: &str,
    hint: Option<&Person>,
    problem: Option<&str>,
) -> String {
    let action = escape(action);
    let mut body =
        format!("<h1>Pick an account</h1><p>to continue to <b>{}</b></p>", escape(application));
    if let Some(problem) = problem {
        body.push_str(&format!("<p class=\"bad\" role=\"alert\">{}</p>", escape(problem)));
    }
    body.push_str(&format!("<form method=\"post\" action=\"{action}\">"));
    let first = people.iter().filter(|person| hint.is_some_and(|hint| hint.id == person.id));
    let rest = people.iter().filter(|person| hint.is_none_or(|hint| hint.id != person.id));
    for person in first.chain(rest) {
        let class =
            if hint.is_some_and(|hint| hint.id == person.id) { "person hinted" } else { "person" };
        body.push_str(&format!(
            "<button class=\"{class}\" name=\"person\" value=\"{}\"><b>{}</b>{}<br><span class=\"soft\">{}</span></button>",
            escape(&person.id),
            escape(&person.name),
            escape(&person.mail),
            escape(&person.about)
        ));
    }
    let known = hint.map(|person| escape(&person.username())).unwrap_or_default();
    body.push_str(&format!(
        "</form><h2>Use another account</h2><form method=\"post\" action=\"{action}\">\
         <label for=\"loginfmt\">Email or user name</label>\
         <input id=\"loginfmt\" name=\"loginfmt\" type=\"text\" value=\"{known}\" autocomplete=\"username\" autocapitalize=\"none\" required>\
         <label for=\"passwd\">Password</label>\
         <input id=\"passwd\" name=\"passwd\" type=\"password\" autocomplete=\"current-password\" required>\
         <button class=\"go\">Sign in</button></form>"
    ));
    page("Sign in to your account", &body)
}

/// The second factor: one button, which sets it up where there is none yet.
pub fn approve(person: &Person, action: &str) -> String {
    let (title, text, button) = if person.mfa_registered {
        ("Approve sign-in", "this sign-in needs multi-factor authentication.", "Approve sign-in")
    } else {
        (
            "More information required",
            "your organization wants you to set up multi-factor authentication.",
            "Set it up and sign in",
        )
    };
    page(
        "Approve sign in request",
        &format!(
            "<h1>{title}</h1><p>{}</p><p>More information is required: {text}</p><form method=\"post\" action=\"{}\">\
             <button class=\"go\" name=\"mfa\" value=\"approve\">{button}</button></form>",
            escape(&person.upn),
            escape(action)
        ),
    )
}

/// "Permissions requested".
pub fn consent(person: &Person, application: &str, permissions: &[String], action: &str) -> String {
    let rows: String =
        permissions.iter().map(|name| format!("<li><code>{}</code></li>", escape(name))).collect();
    page(
        "Permissions requested",
        &format!(
            "<h1>Permissions requested</h1><p>{}</p><p><b>{}</b> would like to:</p><ul>{rows}</ul>\
             <form method=\"post\" action=\"{}\">\
             <button class=\"go\" name=\"consent\" value=\"accept\">Accept</button> \
             <button class=\"go\" name=\"consent\" value=\"cancel\">Cancel</button></form>",
            escape(&person.upn),
            escape(application),
            escape(action)
        ),
    )
}

/// The same for an administrator, who consents for everybody.
pub fn admin_consent(application: &str, permissions: &[String], action: &str) -> String {
    let rows: String =
        permissions.iter().map(|name| format!("<li><code>{}</code></li>", escape(name))).collect();
    page(
        "Permissions requested",
        &format!(
            "<h1>Permissions requested</h1><p>Review for your organization</p><p><b>{}</b> would like to:</p>\
             <ul>{rows}</ul><form method=\"post\" action=\"{}\">\
             <button class=\"go\" name=\"consent\" value=\"accept\">Accept</button> \
             <button class=\"go\" name=\"consent\" value=\"cancel\">Cancel</button></form>",
            escape(application),
            escape(action)
        ),
    )
}

/// Where a person types the code that another device shows.
pub fn device(people: &[&Person], code: &str, problem: Option<&str>) -> String {
    let problem = problem
        .map(|text| format!("<p class=\"bad\" role=\"alert\">{}</p>", escape(text)))
        .unwrap_or_default();
    let buttons: String = people
        .iter()
        .map(|person| {
            format!(
                "<button class=\"person\" name=\"person\" value=\"{}\"><b>{}</b>{}</button>",
                escape(&person.id),
                escape(&person.name),
                escape(&person.mail)
            )
        })
        .collect();
    page(
        "Enter code",
        &format!(
            "<h1>Enter code</h1>{problem}<form method=\"post\">\
             <label for=\"otc\">Code displayed on your app or device</label>\
             <input id=\"otc\" name=\"otc\" value=\"{}\" autocomplete=\"off\" required>\
             <h2>Pick an account</h2>{buttons}\
             <button class=\"go\" name=\"decline\" value=\"1\">Cancel</button></form>",
            escape(code)
        ),
    )
}

pub fn device_done(signed_in: bool) -> String {
    let text =
        if signed_in { "You have signed in on your device" } else { "You have not signed in" };
    page(text, &format!("<h1>{text}</h1><p>You may now close this window.</p>"))
}

/// A sign-in that cannot go on and must not be redirected.
pub fn failed(number: u32, text: &str, at: jiff::Timestamp) -> String {
    page(
        "Sign in to your account",
        &format!(
            "<h1>Sorry, but we\u{2019}re having trouble signing you in.</h1><p class=\"bad\" role=\"alert\">AADSTS{number}: {}</p>\
             <p class=\"soft\">Request Id: {}<br>Correlation Id: {}<br>Timestamp: {}</p>",
            escape(text),
            crate::random::guid(),
            crate::random::guid(),
            at.strftime("%Y-%m-%dT%H:%M:%SZ")
        ),
    )
}

/// `response_mode=form_post` without a script: the person presses the button.
pub fn form_post(to: &str, fields: &[(&str, String)]) -> String {
    let inputs: String = fields
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
        })
        .collect();
    page(
        "Working...",
        &format!(
            "<h1>You are signed in</h1><form method=\"post\" action=\"{}\">{inputs}<button class=\"go\">Continue</button></form>",
            escape(to)
        ),
    )
}

/// After sign-out, loading applications' front-channel logout addresses in hidden frames, then going on.
pub fn signed_out(front_channel: &[String], on: Option<&str>) -> String {
    let mut frame: String = front_channel
        .iter()
        .map(|address| format!("<iframe hidden title=\"\" src=\"{}\"></iframe>", escape(address)))
        .collect();
    if let Some(on) = on {
        frame.push_str(&format!(
            "<meta http-equiv=\"refresh\" content=\"2;url={0}\"><p><a href=\"{0}\">Continue</a></p>",
            escape(on)
        ));
    }
    page(
        "Sign out",
        &format!(
            "<h1>You signed out of your account</h1><p>It\u{2019}s a good idea to close all browser windows.</p>{frame}"
        ),
    )
}

/// What stands at addresses that no service has.
pub fn front(places: &Places) -> String {
    let rows: String = [
        ("Microsoft Entra ID", &places.entra),
        ("Azure Resource Manager", &places.arm),
        ("Microsoft Graph", &places.graph),
        ("Azure Digital Twins data plane", &places.twins),
    ]
    .iter()
    .map(|(name, place)| format!("<p><b>{name}</b><br><code>{}</code></p>", escape(place)))
    .collect();
    page(
        "Simulated Azure",
        &format!("<h1>Simulated Azure</h1><p>There is nothing at this address.</p>{rows}"),
    )
}
