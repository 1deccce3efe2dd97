use super::*;

#[test]
fn says_nothing_yet() {
    assert_eq!(Language::accepted("de-AT, en;q=0.8"), Some(Language::German));
    assert_eq!(Language::accepted("fr, en;q=0.4, de;q=0.5"), Some(Language::German));
    assert_eq!(Language::accepted("fr"), None);
    assert_eq!(Language::accepted("de;q=0"), None);
    let at: jiff::Timestamp = "2026-11-22T08:15:00Z".parse().unwrap();
    let now: jiff::Timestamp = "2026-11-22T11:20:00Z".parse().unwrap();
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let reader = Reader { language: Language::German, zone, now: Some(now) };
    assert_eq!(moment::html(at, &reader), "");
}
