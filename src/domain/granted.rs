//! Which requests a role assignment comes from. Several may share one, for its name stands for scope,
//! principal and role alone. Knows neither database nor Azure.

use crate::words::Text;
use uuid::Uuid;

use super::{
    Time,
    person::Named,
    plan::{Action, Step},
    run::StepState,
    scope::Scope,
};

/// A step of a request that grants a role or takes it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub request: String,
    pub title: Text,
    pub justification: String,
    pub requester: Named,
    /// Where it is, or was, decided.
    pub decided_at: Scope,
    /// One of its steps runs, or ran, in the name of whoever looks.
    pub names_viewer: bool,
    pub asked_at: Time,
    pub step: Step,
    pub state: StepState,
    pub ended_at: Option<Time>,
    /// Nothing more happens to the request by itself.
    pub ended: bool,
}

impl Granted {
    /// The name of the assignment that it is about.
    pub fn assignment(&self) -> Option<Uuid> {
        match &self.step.action {
            Action::AssignRole { assignment, .. } => Some(*assignment),
            Action::RemoveRole { assignment } => Some(assignment.name),
            _ => None,
        }
    }

    fn removes(&self) -> bool {
        matches!(self.step.action, Action::RemoveRole { .. })
    }

    fn is_so(&self) -> bool {
        matches!(self.state, StepState::Done | StepState::AlreadySo)
    }
}

/// Those whose role still rests on this assignment: granted and not removed since by a request, or
/// still to be granted.
pub fn resting_on(assignment: Uuid, all: &[Granted]) -> Vec<&Granted> {
    let about = || all.iter().filter(|granted| granted.assignment() == Some(assignment));
    let removed = about().filter(|granted| granted.removes() && granted.is_so());
    let removed = removed.filter_map(|granted| granted.ended_at).max();
    about()
        .filter(|granted| !granted.removes())
        .filter(|granted| match granted.is_so() {
            true => granted.ended_at > removed,
            false => !granted.ended,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        asked::{Assignment, Grantee},
        plan::{Round, Steps},
        principal::{Holder, Principal, PrincipalKind},
        role::Role,
    };

    fn step(removes: bool) -> Step {
        let scope = Scope::instance("S", "rg", "dt");
        let principal =
            Principal { id: "p".into(), kind: PrincipalKind::User, name: None, mail: None };
        let name = crate::domain::plan::assignment_name(&scope, "p", Role::DataOwner.guid());
        let mut steps = Steps::new(Round::first(Uuid::nil()));
        match removes {
            false => {
                steps.assign_role(&scope, &Grantee { principal, role: Role::DataOwner }, &scope)
            }
            true => steps.remove_role(&Assignment {
                scope: scope.clone(),
                name,
                role: Role::DataOwner.guid().into(),
                role_name: "x".into(),
                holder: Holder { id: "p".into(), kind: None, name: None, mail: None },
                condition: None,
                created_on: None,
            }),
        }
        steps.into_steps().remove(0)
    }

    fn granted(request: &str, removes: bool, state: StepState, ended_at: Option<i64>) -> Granted {
        Granted {
            request: request.into(),
            title: Text::none(),
            justification: String::new(),
            requester: Named { id: String::new(), name: String::new() },
            decided_at: Scope::subscription("S"),
            names_viewer: false,
            asked_at: Time(0),
            step: step(removes),
            state,
            ended_at: ended_at.map(Time),
            ended: ended_at.is_some(),
        }
    }

    #[test]
    fn two_requests_rest_on_one_assignment_until_it_is_removed() {
        use StepState::{AlreadySo, Done, Failed, Waiting};
        let name = step(false);
        let Action::AssignRole { assignment, .. } = name.action else { panic!("an assignment") };
        let mut all = vec![
            granted("first", false, Done, Some(1)),
            granted("second", false, AlreadySo, Some(2)),
            granted("waits", false, Waiting, None),
            granted("withdrawn", false, Waiting, Some(3)),
            granted("failed", false, Failed, Some(3)),
        ];
        let names = |all: &[Granted]| {
            resting_on(assignment, all)
                .iter()
                .map(|granted| granted.request.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&all), ["first", "second", "waits"]);
        all.push(granted("removal that waits", true, Waiting, None));
        assert_eq!(names(&all), ["first", "second", "waits"]);
        all.push(granted("removal", true, Done, Some(4)));
        assert_eq!(names(&all), ["waits"]);
        all.push(granted("anew", false, Done, Some(5)));
        assert_eq!(names(&all), ["waits", "anew"]);
    }
}
