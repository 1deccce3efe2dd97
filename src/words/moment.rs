//! Moments as people read them: so long ago, and exactly, in the reader's zone. Knows no clock.

use jiff::{Timestamp, Zoned};

use super::{Reader, Text};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// What is further away is told by its date.
const NEAR: i64 = 7 * DAY;

/// `3 hours ago`, `in 5 minutes`; the date where it is further away than a week, or where nobody knows
/// what time it is.
pub fn relative(at: Timestamp, reader: &Reader) -> String {
    let Some(now) = reader.now else { return exact(at, reader) };
    let seconds = at.duration_since(now).as_secs();
    let away = seconds.abs();
    if away >= NEAR {
        let day = at.to_zoned(reader.zone.clone());
        return dated("moment-day", &day).said_to(reader);
    }
    // Nobody's clock is better than that.
    if away < 45 {
        return Text::of("moment-now").said_to(reader);
    }
    let rounded = |unit: i64| (away + unit / 2) / unit;
    let (unit, count) = match (rounded(MINUTE), rounded(HOUR)) {
        (minutes @ ..60, _) => ("minutes", minutes),
        (_, hours @ ..24) => ("hours", hours),
        _ => ("days", rounded(DAY)),
    };
    let id = if seconds < 0 { "moment-ago" } else { "moment-ahead" };
    Text::of(id).with("unit", unit).with("count", count).said_to(reader)
}

/// `22 Nov 2026, 09:15 CET`.
pub fn exact(at: Timestamp, reader: &Reader) -> String {
    let moment = at.to_zoned(reader.zone.clone());
    dated("moment-exact", &moment)
        .with("time", moment.strftime("%H:%M").to_string())
        .with("zone", moment.strftime("%Z").to_string())
        .said_to(reader)
}

fn dated(id: &'static str, moment: &Zoned) -> Text {
    Text::of(id)
        .with("day", i64::from(moment.day()))
        .with("month", i64::from(moment.month()))
        // As words: a number of four digits would be grouped in some languages.
        .with("year", moment.year().to_string())
}

/// A `<time>` that says how long ago, and exactly when on hover and focus.
pub fn html(at: Timestamp, reader: &Reader) -> String {
    let iso = at.strftime("%Y-%m-%dT%H:%M:%SZ");
    let (about, exact) = (relative(at, reader), exact(at, reader));
    if about == exact {
        return format!("<time datetime=\"{iso}\">{exact}</time>");
    }
    format!(
        "<time class=\"when\" datetime=\"{iso}\" tabindex=\"0\"><span class=\"about\">{about}</span>\
         <span class=\"exact\"> {exact}</span></time>"
    )
}
