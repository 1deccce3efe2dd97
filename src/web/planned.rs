//! One step of a plan as a page shows it: the call, in whose name, and who holds what it needs. The
//! review page and the page of a request differ in whom they ask about, and that is not known here.

use crate::{
    domain::{permission::Need, plan::Step},
    words::Text,
};

pub struct Planned<'a> {
    pub number: usize,
    /// As the page's parts call the state of a step.
    pub state: &'static str,
    pub step: &'a Step,
    /// Laid out to be read.
    pub body: String,
    /// Empty where that is not known yet.
    pub in_name_of: Text,
    /// How each need is met, and by whom.
    pub needs: Vec<(&'static str, &'a Need, Text)>,
}

impl<'a> Planned<'a> {
    pub fn of(
        position: usize,
        state: &'static str,
        step: &'a Step,
        in_name_of: Text,
        held: impl Fn(&Need) -> (&'static str, Text),
    ) -> Planned<'a> {
        let need = |need: &'a Need| {
            let (held, who) = held(need);
            (held, need, who)
        };
        Planned {
            number: position + 1,
            state,
            step,
            body: step.call.readable_body(),
            in_name_of,
            needs: step.needs.iter().map(need).collect(),
        }
    }

    /// The body as it is sent, to the letter.
    pub fn exact(&self) -> &str {
        self.step.call.body.as_deref().unwrap_or_default()
    }
}
