//! The catalogues themselves: Project Fluent files, one folder for each language, compiled in. Knows how a
//! message is found and put together, not who reads it.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

/// Each part of the product has a file of its own in every language.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, [
            include_str!(concat!("../../catalogues/en/", $name, ".ftl")),
            include_str!(concat!("../../catalogues/de/", $name, ".ftl")),
        ])),+]
    };
}

/// Name, English, German.
pub(super) const FILES: [(&str, [&str; 2]); 16] = files![
    "common",
    "home",
    "sign_in",
    "requests",
    "approvals",
    "history",
    "plan",
    "refusals",
    "forms",
    "create",
    "access",
    "identity",
    "networking",
    "instance",
    "subscriptions",
    "design",
];

/// A language in which the product can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    German,
    /// English between brackets: what stands outside of them does not come from a catalogue. Only the
    /// demo speaks it.
    Bracketed,
}

impl Language {
    /// Those that a person can choose.
    pub const ALL: [Language; 2] = [Language::English, Language::German];

    /// As BCP 47 and `lang` have it.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
            Language::Bracketed => "en-XA",
        }
    }

    /// What it calls itself.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
            Language::Bracketed => "[English]",
        }
    }

    pub fn parse(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The first that we speak of what a browser sends as `Accept-Language`.
    pub fn accepted(header: &str) -> Option<Language> {
        let mut wanted: Vec<(f32, &str)> = header
            .split(',')
            .filter_map(|one| {
                let mut parts = one.split(';').map(str::trim);
                let tag = parts.next()?;
                let quality = parts.find_map(|part| part.strip_prefix("q="));
                let quality: f32 = quality.map_or(Some(1.0), |text| text.parse().ok())?;
                (quality > 0.0).then_some((quality, tag))
            })
            .collect();
        // Stable: what comes first wins among equals.
        wanted.sort_by(|one, other| other.0.total_cmp(&one.0));
        wanted.into_iter().find_map(|(_, tag)| {
            if tag.eq_ignore_ascii_case(Language::Bracketed.code()) {
                return Some(Language::Bracketed);
            }
            let primary = tag.split('-').next()?.to_ascii_lowercase();
            Language::parse(&primary)
        })
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        match self {
            Language::English | Language::Bracketed => &ENGLISH,
            Language::German => &GERMAN,
        }
    }

    /// The message as words; nothing when there is none with this id. What is missing in the language is
    /// said in English.
    pub(super) fn say(self, id: &str, args: &FluentArgs) -> Said {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            return match self {
                Language::German => Language::English.say(id, args),
                Language::English | Language::Bracketed => Said::Nothing,
            };
        };
        let mut errors = Vec::new();
        let said = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(id, language = self.code(), ?errors, "a message is not whole");
            return Said::InPart(said);
        }
        Said::Whole(if self == Language::Bracketed { format!("⟦{said}⟧") } else { said })
    }
}

/// What came of saying a message.
pub(super) enum Said {
    Whole(String),
    /// Something that should stand in it is not known.
    InPart(String),
    Nothing,
}

static ENGLISH: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle(Language::English));
static GERMAN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::German));

#[expect(clippy::panic, reason = "the catalogues are compiled in, and a test reads them all")]
fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let tag = language.code().parse().unwrap_or_else(|error| panic!("{language:?}: {error}"));
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The marks that keep text of two directions apart are for languages that we do not speak; in what
    // people copy they are in the way.
    bundle.set_use_isolating(false);
    for (name, [english, german]) in FILES {
        let text = if language == Language::German { german } else { english };
        let resource = FluentResource::try_new(text.to_owned())
            .unwrap_or_else(|(_, errors)| panic!("{language:?} {name}.ftl: {errors:?}"));
        bundle
            .add_resource(resource)
            .unwrap_or_else(|errors| panic!("{language:?} {name}.ftl: {errors:?}"));
    }
    bundle
}
