//! Words as they are read: languages, moments, markup, and what is kept of them.

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use super::*;
use crate::text;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn reader(language: Language, zone: &str, now: Option<&str>) -> Reader {
    Reader { language, zone: TimeZone::get(zone).expect("a zone"), now: now.map(at) }
}

fn german() -> Reader {
    Reader { language: Language::German, ..Reader::default() }
}

#[test]
fn the_first_language_that_is_spoken_here_is_taken() {
    use Language::*;
    for (header, language) in [
        ("de", Some(German)),
        ("DE-at", Some(German)),
        ("de-AT, en;q=0.8", Some(German)),
        ("en-GB,de", Some(English)),
        ("fr, en;q=0.4, de;q=0.5", Some(German)),
        ("fr;q=1, *;q=0.5", None),
        ("fr", None),
        ("", None),
        (",;q=,", None),
        ("de;q=0", None),
        ("de;q=0, en;q=0.1", Some(English)),
        ("de;q=NaN, de;q=much, en;q=0.1", Some(English)),
        ("deutsch", None),
        ("en-XA", Some(Bracketed)),
    ] {
        assert_eq!(Language::accepted(header), language, "{header}");
    }
}

#[test]
fn a_language_is_chosen_by_its_code() {
    for language in Language::ALL {
        assert_eq!(Language::parse(language.code()), Some(language));
    }
    assert_eq!(Language::parse(Language::Bracketed.code()), None, "that is for looking alone");
}

#[test]
fn moments_are_told_by_how_long_ago_they_were() {
    let now = at("2026-11-22T12:00:00Z");
    for (seconds, english, in_german) in [
        (0, "just now", "gerade eben"),
        (44, "just now", "gerade eben"),
        (45, "1 minute ago", "vor 1 Minute"),
        (89, "1 minute ago", "vor 1 Minute"),
        (90, "2 minutes ago", "vor 2 Minuten"),
        (59 * 60 + 29, "59 minutes ago", "vor 59 Minuten"),
        (59 * 60 + 30, "1 hour ago", "vor 1 Stunde"),
        (90 * 60 - 1, "1 hour ago", "vor 1 Stunde"),
        (90 * 60, "2 hours ago", "vor 2 Stunden"),
        (23 * 3600 + 1799, "23 hours ago", "vor 23 Stunden"),
        (23 * 3600 + 1800, "1 day ago", "vor 1 Tag"),
        (36 * 3600, "2 days ago", "vor 2 Tagen"),
        (7 * 86400 - 1, "7 days ago", "vor 7 Tagen"),
        (7 * 86400, "15 Nov 2026", "15. Nov. 2026"),
        (365 * 86400, "22 Nov 2025", "22. Nov. 2025"),
        (-44, "just now", "gerade eben"),
        (-60, "in 1 minute", "in 1 Minute"),
        (-5 * 60, "in 5 minutes", "in 5 Minuten"),
        (-3600, "in 1 hour", "in 1 Stunde"),
        (-2 * 3600, "in 2 hours", "in 2 Stunden"),
        (-24 * 3600, "in 1 day", "in 1 Tag"),
        (-3 * 86400, "in 3 days", "in 3 Tagen"),
        (-8 * 86400, "30 Nov 2026", "30. Nov. 2026"),
    ] {
        let moment = now - jiff::SignedDuration::from_secs(seconds);
        for (language, words) in [(Language::English, english), (Language::German, in_german)] {
            let reader = Reader { language, zone: TimeZone::UTC, now: Some(now) };
            assert_eq!(moment::relative(moment, &reader), words, "{seconds} {language:?}");
        }
    }
    let nobody_knows_what_time_it_is = Reader::default();
    assert_eq!(moment::relative(now, &nobody_knows_what_time_it_is), "22 Nov 2026, 12:00 UTC");
}

#[test]
fn moments_are_exact_in_the_readers_zone_and_its_daylight_saving_time() {
    for (moment, zone, english, in_german) in [
        ("2026-11-22T08:15:59Z", "UTC", "22 Nov 2026, 08:15 UTC", "22. Nov. 2026, 08:15 UTC"),
        (
            "2026-11-22T08:15:00Z",
            "Europe/Berlin",
            "22 Nov 2026, 09:15 CET",
            "22. Nov. 2026, 09:15 CET",
        ),
        (
            "2026-03-29T00:59:00Z",
            "Europe/Berlin",
            "29 Mar 2026, 01:59 CET",
            "29. März 2026, 01:59 CET",
        ),
        (
            "2026-03-29T01:00:00Z",
            "Europe/Berlin",
            "29 Mar 2026, 03:00 CEST",
            "29. März 2026, 03:00 CEST",
        ),
        // The same hour twice: the zone tells them apart.
        (
            "2026-10-25T00:30:00Z",
            "Europe/Berlin",
            "25 Oct 2026, 02:30 CEST",
            "25. Okt. 2026, 02:30 CEST",
        ),
        (
            "2026-10-25T01:30:00Z",
            "Europe/Berlin",
            "25 Oct 2026, 02:30 CET",
            "25. Okt. 2026, 02:30 CET",
        ),
        // Another day there.
        ("2026-12-31T23:30:00Z", "Asia/Tokyo", "1 Jan 2027, 08:30 JST", "1. Jan. 2027, 08:30 JST"),
    ] {
        assert_eq!(moment::exact(at(moment), &reader(Language::English, zone, None)), english);
        assert_eq!(moment::exact(at(moment), &reader(Language::German, zone, None)), in_german);
    }
    let tokyo = reader(Language::English, "Asia/Tokyo", Some("2027-06-01T00:00:00Z"));
    assert_eq!(moment::relative(at("2026-12-31T23:30:00Z"), &tokyo), "1 Jan 2027");
}

#[test]
fn a_moment_on_a_page_tells_both() {
    let reader = reader(Language::German, "Europe/Berlin", Some("2026-11-22T11:20:00Z"));
    assert_eq!(
        moment::html(at("2026-11-22T08:15:07Z"), &reader),
        "<time class=\"when\" datetime=\"2026-11-22T08:15:07Z\" tabindex=\"0\">\
         <span class=\"about\">vor 3 Stunden</span>\
         <span class=\"exact\"> 22. Nov. 2026, 09:15 CET</span></time>"
    );
    assert_eq!(
        moment::html(at("2026-11-22T08:15:07Z"), &Reader::default()),
        "<time datetime=\"2026-11-22T08:15:07Z\">22 Nov 2026, 08:15 UTC</time>",
        "once where both are the same"
    );
}

#[test]
fn a_moment_in_a_sentence_is_exact_where_there_is_no_markup() {
    let at = at("2026-11-22T08:15:00Z");
    let reader = reader(Language::English, "Europe/Berlin", Some("2026-11-22T11:20:00Z"));
    let said = text!("home-hello", name = at);
    assert_eq!(said.said_to(&reader), "Hello 22 Nov 2026, 09:15 CET");
    assert!(said.marked_up_for(&reader).starts_with("Hello <time class=\"when\""));
}

#[test]
fn what_stands_in_a_message_with_markup_is_escaped() {
    let said = text!(
        "history-asked-linked-html",
        address = "/requests/1\"onclick='x'",
        title = text!("do-create-instance", name = "<script>alert(\"1\" & '2')</script>")
    );
    assert_eq!(
        said.marked_up_for(&Reader::default()),
        "asked: <a href=\"/requests/1&#34;onclick=&#39;x&#39;\">Create the instance \
         &#60;script&#62;alert(&#34;1&#34; &#38; &#39;2&#39;)&#60;/script&#62;</a>."
    );
    let plain = Text::verbatim("<b> & \"");
    assert_eq!(plain.marked_up_for(&german()), "&#60;b&#62; &#38; &#34;");
    let both = Text::joined([plain.clone(), plain], "; ");
    assert_eq!(both.marked_up_for(&german()), "&#60;b&#62; &#38; &#34;; &#60;b&#62; &#38; &#34;");
}

#[derive(Template)]
#[template(
    source = r#"<p lang="{{ name|language }}">{{ "home-hello"|t|with("name", name) }} {{ said }} {{ "plan-in-name-of-html"|t|with("name", name)|html }} {{ at|when }}</p>"#,
    ext = "html"
)]
struct Page {
    name: &'static str,
    said: Text,
    at: Timestamp,
}

#[test]
fn a_template_speaks_its_readers_language_and_escapes_what_it_is_given() {
    let page = Page {
        name: "<i>",
        said: text!("do-delete-instance", name = "<b>"),
        at: at("2026-11-22T08:15:00Z"),
    };
    let now = Some("2026-11-22T08:15:30Z");
    let said = page
        .render_with_values(&reader(Language::German, "Europe/Berlin", now))
        .expect("it renders");
    assert_eq!(
        said,
        "<p lang=\"de\">Hallo &#60;i&#62; Instanz &#60;b&#62; löschen Im Namen von \
         <strong>&#60;i&#62;</strong> <time class=\"when\" datetime=\"2026-11-22T08:15:00Z\" \
         tabindex=\"0\"><span class=\"about\">gerade eben</span><span class=\"exact\"> 22. Nov. \
         2026, 09:15 CET</span></time></p>"
    );
    let nobody = page.render().expect("it renders");
    assert!(nobody.starts_with("<p lang=\"en\">Hello &#60;i&#62; Delete the instance"), "{nobody}");
}

#[test]
fn between_brackets_everything_is_told_that_comes_from_a_catalogue() {
    let reader = Reader { language: Language::Bracketed, ..Reader::default() };
    let said = Text::sentences([text!("do-verify", name = "dt-1"), Text::verbatim("Azure's own")]);
    assert_eq!(said.said_to(&reader), "⟦Verify access to dt-1⟧ Azure's own");
}

#[test]
fn what_is_kept_is_a_string_or_a_message_with_its_english() {
    let moment = at("2026-11-22T08:15:00Z");
    for (said, kept) in [
        (Text::verbatim("no"), r#""no""#),
        (Text::none(), r#""""#),
        (
            text!("proof-tags"),
            r#"{"id":"proof-tags","en":"Azure shows the tags as they were asked for."}"#,
        ),
        (
            text!("do-verify", name = "dt-1"),
            r#"{"id":"do-verify","args":[["name","dt-1"]],"en":"Verify access to dt-1"}"#,
        ),
        (
            text!("home-hello", name = 3),
            r#"{"id":"home-hello","args":[["name",3]],"en":"Hello 3"}"#,
        ),
        (
            text!("home-hello", name = moment),
            r#"{"id":"home-hello","args":[["name",{"at":"2026-11-22T08:15:00Z"}]],"en":"Hello 22 Nov 2026, 08:15 UTC"}"#,
        ),
        (
            text!("history-retried", step = text!("do-verify", name = "dt-1")),
            r#"{"id":"history-retried","args":[["step",{"id":"do-verify","args":[["name","dt-1"]],"en":"Verify access to dt-1"}]],"en":"had “Verify access to dt-1” tried again."}"#,
        ),
        (
            Text::sentences([text!("proof-system-off"), Text::verbatim("So.")]),
            r#"{"texts":[{"id":"proof-system-off","en":"Azure shows the system-assigned identity as off."},"So."],"with":" "}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&said).expect("JSON"), kept);
        let read: Text = serde_json::from_str(kept).expect(kept);
        assert_eq!(read, said, "{kept}");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), kept, "and once more");
        assert_eq!(Text::of_column(said.to_column()), said, "{kept}");
        assert_eq!(read.said_to(&german()), said.said_to(&german()), "{kept}");
    }
}

#[test]
fn a_column_of_before_is_read_as_it_was_written() {
    assert_eq!(Text::verbatim("read back").to_column(), "read back");
    for old in ["read back", "", "{ no JSON", r#"{"code":"X"}"#, "\"half"] {
        assert_eq!(Text::of_column(old.to_owned()), Text::verbatim(old), "{old}");
    }
    let words = r#"{"id":"proof-tags","en":"x"}"#;
    assert_eq!(Text::of_column(Text::verbatim(words).to_column()), Text::verbatim(words));
}

#[test]
fn a_message_that_is_gone_is_shown_in_the_english_of_then() {
    let kept = r#"{"id":"gone-by-now","args":[["name","<Ada>"]],"en":"It was <Ada>."}"#;
    let gone: Text = serde_json::from_str(kept).expect("a text");
    assert_eq!(gone.to_string(), "It was <Ada>.");
    assert_eq!(gone.said_to(&german()), "It was <Ada>.");
    assert_eq!(gone.marked_up_for(&german()), "It was &#60;Ada&#62;.");
    assert_eq!(serde_json::to_string(&gone).expect("JSON"), kept, "nothing of it is lost");
    let within = text!("history-retried", step = gone);
    assert_eq!(within.said_to(&german()), "hat „It was <Ada>.“ erneut versuchen lassen.");
}

#[test]
fn the_english_of_then_is_kept_and_the_words_of_now_are_shown() {
    let kept = r#"{"id":"do-verify","args":[["name","dt-1"]],"en":"Try dt-1"}"#;
    let text: Text = serde_json::from_str(kept).expect("a text");
    assert_eq!(text.to_string(), "Verify access to dt-1");
    assert_eq!(text.said_to(&german()), "Zugriff auf dt-1 prüfen");
    assert_eq!(serde_json::to_string(&text).expect("JSON"), kept);
}

#[test]
fn empty_texts_leave_no_trace() {
    assert!(Text::sentences([Text::none(), Text::none()]).is_empty());
    let only = text!("proof-tags");
    assert_eq!(Text::sentences([Text::none(), only.clone()]), only);
    assert!(Text::of("").is_empty());
    assert!(!only.is_empty());
}

/// Any text, with others in it.
fn any_text() -> impl Strategy<Value = Text> {
    let words = prop_oneof!["\\PC{0,12}", "[<>&\"'{}$a\\\\]{0,12}"];
    let leaf = prop_oneof![
        words.clone().prop_map(Text::verbatim),
        words.prop_map(|name| text!("do-create-instance", name = name)),
        (0u32..9).prop_map(|tries| text!("home-hello", name = tries)),
        (0i64..4_000_000_000).prop_map(|seconds| {
            let at = Timestamp::from_second(seconds).expect("within its range");
            text!("home-hello", name = at)
        }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|step| text!("history-retried", step = step)),
            (inner.clone(), inner.clone()).prop_map(|(before, next)| text!(
                "need-and",
                before = before,
                next = next
            )),
            proptest::collection::vec(inner, 0..3).prop_map(Text::sentences),
        ]
    })
}

/// What a browser makes of it: each tag as it stands, and the text without them.
fn parsed(html: &str) -> (Vec<String>, String) {
    let (mut tags, mut text) = (Vec::new(), String::new());
    let mut rest = html;
    while let Some(from) = rest.find('<') {
        let to = from + rest[from..].find('>').expect("a tag has an end");
        text.push_str(&rest[..from]);
        tags.push(rest[from..=to].to_owned());
        rest = &rest[to + 1..];
    }
    text.push_str(rest);
    assert!(!text.contains(['>', '"', '\'']), "{text}");
    (tags, text)
}

fn unescaped(text: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}

proptest! {
    /// Whatever stands in a message with markup: the tags are the message's own, an attribute holds
    /// all of it, and it is read as it was given.
    #[test]
    fn what_stands_in_a_message_has_no_markup_of_its_own(
        address in "[\\PC<>\"'&]{0,16}", title in "[\\PC<>\"'&]{0,16}", in_german: bool,
    ) {
        let reader = if in_german { german() } else { Reader::default() };
        for title in [
            Text::verbatim(title.clone()),
            text!("do-create-instance", name = title.clone()),
            text!("history-retried", step = text!("do-create-instance", name = title.clone())),
            Text::sentences([Text::verbatim(title.clone()), text!("home-hello", name = title.clone())]),
        ] {
            let said = text!("history-asked-linked-html", address = address.clone(), title = title.clone());
            let (tags, text) = parsed(&said.marked_up_for(&reader));
            prop_assert_eq!(tags.len(), 2, "{:?}", tags);
            prop_assert_eq!(&tags[1], "</a>");
            let link = tags[0].strip_prefix("<a href=\"").and_then(|rest| rest.strip_suffix("\">"));
            let link = link.expect("the link of the message");
            prop_assert!(!link.contains('"'), "{}", link);
            prop_assert_eq!(unescaped(link), address.clone());
            prop_assert!(unescaped(&text).contains(&title.said_to(&reader)), "{}", text);
        }
    }

    #[test]
    fn what_is_kept_says_the_same_later(said in any_text()) {
        let json = serde_json::to_string(&said).expect("JSON");
        let read: Text = serde_json::from_str(&json).expect("a text");
        let column = Text::of_column(said.to_column());
        for reader in [Reader::default(), german()] {
            prop_assert_eq!(read.said_to(&reader), said.said_to(&reader));
            prop_assert_eq!(column.said_to(&reader), said.said_to(&reader));
            prop_assert_eq!(read.marked_up_for(&reader), said.marked_up_for(&reader));
        }
        prop_assert_eq!(serde_json::to_string(&read).expect("JSON"), json);
    }
}
