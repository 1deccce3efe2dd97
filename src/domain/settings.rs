//! How somebody wants to read. What they leave open is their browser's to say. Knows no page.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::words::Language;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    pub language: Option<Language>,
    /// One of IANA's names: `Europe/Berlin`.
    pub zone: Option<String>,
    pub theme: Theme,
    pub density: Density,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    Browser,
    Light,
    Dark,
    Contrast,
}

impl Theme {
    pub const ALL: [Theme; 4] = [Theme::Browser, Theme::Light, Theme::Dark, Theme::Contrast];

    /// As `data-theme` has it; empty where the browser decides.
    pub fn word(self) -> &'static str {
        match self {
            Theme::Browser => "",
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Contrast => "contrast",
        }
    }

    pub fn parse(word: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.word() == word)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    #[default]
    Comfortable,
    Compact,
}

impl Density {
    pub const ALL: [Density; 2] = [Density::Comfortable, Density::Compact];

    /// As `data-density` has it; empty for the usual one.
    pub fn word(self) -> &'static str {
        match self {
            Density::Comfortable => "",
            Density::Compact => "compact",
        }
    }

    pub fn parse(word: &str) -> Option<Density> {
        Density::ALL.into_iter().find(|density| density.word() == word)
    }
}

/// Those that come with the program: what can be chosen does not depend on the machine.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let known = ZONES.available().map(|name| name.as_str().to_owned());
    // Of places; the rest is for machines, or an older name of a place.
    let is_places = |name: &String| {
        name.contains('/')
            && !["Etc/", "SystemV/", "US/"].iter().any(|start| name.starts_with(start))
    };
    let mut names: Vec<String> = known.filter(is_places).collect();
    names.push("UTC".to_owned());
    names.sort();
    names.dedup();
    names
});

/// The zone with this name, as IANA has it, if somebody may choose it.
pub fn zone(name: &str) -> Option<TimeZone> {
    NAMES.binary_search_by(|known| (**known).cmp(name)).ok()?;
    ZONES.get(name).ok()
}

/// The names of all zones that somebody may choose, in their order.
pub fn zones() -> &'static [String] {
    &NAMES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_that_is_offered_is_taken() {
        let names = zones();
        assert!(names.len() > 300, "{}", names.len());
        for name in names {
            assert!(zone(name).is_some(), "{name}");
        }
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        for name in [
            "",
            "Europe/Nowhere",
            "../etc/passwd",
            "posixrules",
            "<b>",
            "US/Eastern",
            "europe/berlin",
        ] {
            assert!(zone(name).is_none(), "{name}");
        }
    }

    #[test]
    fn what_is_kept_is_understood() {
        for theme in Theme::ALL {
            assert_eq!(Theme::parse(theme.word()), Some(theme));
        }
        for density in Density::ALL {
            assert_eq!(Density::parse(density.word()), Some(density));
        }
        assert_eq!((Theme::parse("pink"), Density::parse("tight")), (None, None));
    }
}
