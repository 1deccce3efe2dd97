//! What every change of an existing instance is asked with: which instance, and why. What kind of
//! change it is, it does not know.

use super::{
    Fact, Problems, Subscription, Warning,
    names::{parse_instance, parse_justification},
};
use crate::{domain::scope::Scope, text, words::Text};

/// What was typed, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AboutText<'a> {
    /// The instance's, where its name is to be seen.
    pub subscription: Option<Subscription>,
    pub instance: &'a str,
    pub justification: &'a str,
}

/// The same, read.
pub(super) struct About {
    pub subscription: Subscription,
    pub instance: Scope,
    pub justification: String,
}

impl AboutText<'_> {
    /// `rest` reads what this kind of change has besides, between the instance and the reason: what is
    /// wrong is told in the order of the form.
    pub(super) fn parse<T>(
        self,
        rest: impl FnOnce(Option<&Scope>, &mut Problems) -> Option<T>,
    ) -> Result<(About, T), Problems> {
        let mut problems = Problems::default();
        let instance = parse_instance(self.instance, &mut problems);
        let rest = rest(instance.as_ref(), &mut problems);
        let justification = parse_justification(self.justification, &mut problems);
        match (instance, rest) {
            (Some(instance), Some(rest)) if problems.is_empty() => {
                let unnamed = || Subscription::unnamed(instance.subscription_id());
                let subscription = self.subscription.unwrap_or_else(unnamed);
                Ok((About { subscription, instance, justification }, rest))
            }
            _ => Err(problems),
        }
    }
}

/// The instance's name, typed again where something is taken away for good. Azure does not tell upper
/// and lower case apart.
pub(super) fn confirm(
    field: &'static str,
    typed: &str,
    instance: Option<&Scope>,
    problems: &mut Problems,
) {
    if let Some(instance) = instance
        && !typed.trim().eq_ignore_ascii_case(instance.short())
    {
        problems.add(field, text!("form-confirm-wrong", name = instance.short()));
    }
}

/// The first lines of what is asked.
pub(super) fn facts(instance: &Scope) -> Vec<Fact> {
    vec![
        Fact::of(text!("form-instance"), Text::verbatim(instance.short().to_owned())),
        group(instance.group_name().unwrap_or_default()),
    ]
}

pub(super) fn group(name: &str) -> Fact {
    Fact::of(text!("form-group"), Text::verbatim(name.to_owned()))
}

/// A moment that Azure has written: as other times are shown; as it is where that is no time.
pub fn moment(written: &str) -> Text {
    let at = written.parse::<jiff::Timestamp>();
    at.map_or_else(|_| Text::verbatim(written.to_owned()), |at| text!("moment", at = at))
}

/// That there may be more, where not everything could be seen.
pub(super) fn unseen(may_be: Text, unseen: &[Text]) -> Option<Warning> {
    (!unseen.is_empty()).then(|| Warning {
        title: text!("form-not-all-seen"),
        text: may_be,
        items: unseen.to_vec(),
    })
}
