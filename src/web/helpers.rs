//! Who can help: the people who may assign roles at a place, and so decide about requests there, as
//! Azure shows them to the person who looks. Knows no page.

use super::{
    Error,
    roles::{self, Held, Lets, Roles, guid},
    session::Viewer,
    sight::{Hidden, Look, Sight},
};
use crate::{
    App,
    azure::{Filter, RoleAssignment},
    domain::{role::Role, scope::Scope},
    text,
    words::Text,
};

/// More than anybody writes to.
pub const MOST_HELPERS: usize = 30;

pub struct Helpers {
    pub held: Look<Vec<Held>>,
    /// How many more can help.
    pub more: usize,
    /// Why they are not named, where they are not.
    pub unnamed: Option<Hidden>,
}

impl Helpers {
    /// Asks for the assignments at the place and above it, for the roles that there are, and for the
    /// names: three questions, however many there are. The person who looks is left out.
    pub async fn at(
        app: &App,
        viewer: &Viewer,
        sight: &Sight,
        scope: &Scope,
    ) -> Result<Helpers, Error> {
        let (all, definitions) = roles::at(sight, scope, Filter::AtScope).await?;
        let definitions = definitions.unwrap_or_default();
        let me = &viewer.person.id;
        let all = match all {
            Ok(all) => all,
            Err(hidden) => return Ok(Helpers::hidden(hidden)),
        };
        let others = all.into_iter().filter(|row| !row.principal_id.eq_ignore_ascii_case(me));
        let (first, more) = among(others.collect(), &definitions);
        let (held, unnamed) = roles::named(app, viewer, sight, scope, first, &definitions).await?;
        Ok(Helpers { held: Ok(held), more, unnamed })
    }

    pub fn hidden(hidden: Hidden) -> Helpers {
        Helpers { held: Err(hidden), more: 0, unnamed: None }
    }

    /// Why names are missing; empty where they are not.
    pub fn nameless(&self) -> Text {
        let hidden = self.unnamed.as_ref();
        hidden.map(|hidden| hidden.after(text!("helpers-nameless"))).unwrap_or_default()
    }

    /// As many as are shown, where they are seen.
    pub fn seen(&self) -> &[Held] {
        self.held.as_deref().unwrap_or_default()
    }
}

/// Those of the assignments that let somebody assign roles: by the three roles that Azure's own
/// documentation names, and by every other that allows it. The widest first; and how many there are
/// beyond what is shown.
pub fn among(mut all: Vec<RoleAssignment>, definitions: &Roles) -> (Vec<RoleAssignment>, usize) {
    let order = |row: &RoleAssignment| {
        let id = guid(&row.role_definition_id);
        let known = Role::RAISED.iter().rev().position(|role| role.guid() == id);
        let helps = Role::RAISED.iter().any(|role| *role != Role::Contributor && role.guid() == id);
        let allows = definitions
            .get(&row.role_definition_id)
            .is_some_and(|role| Lets::of(&role.permissions).assign);
        (helps || allows).then_some(known.unwrap_or(usize::MAX))
    };
    all.retain(|row| order(row).is_some());
    all.sort_by_key(|row| (order(row), row.principal_type.clone(), row.principal_id.clone()));
    let more = all.len().saturating_sub(MOST_HELPERS);
    all.truncate(MOST_HELPERS);
    (all, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(role: Role, principal: &str) -> RoleAssignment {
        RoleAssignment {
            id: String::new(),
            name: String::new(),
            scope: "/subscriptions/s".into(),
            role_definition_id: role.definition_id("s"),
            principal_id: principal.into(),
            principal_type: Some("User".into()),
            description: None,
            condition: None,
            created_on: None,
            created_by: None,
        }
    }

    #[test]
    fn who_can_help_is_who_may_assign_roles_the_widest_first() {
        let all = vec![
            held(Role::Contributor, "c"),
            held(Role::RoleBasedAccessControlAdministrator, "r"),
            held(Role::UserAccessAdministrator, "u"),
            held(Role::Owner, "o"),
            held(Role::DataOwner, "d"),
        ];
        let (found, more) = among(all, &Roles::default());
        let found: Vec<String> = found.into_iter().map(|row| row.principal_id).collect();
        assert_eq!((found, more), (vec!["o".into(), "u".into(), "r".into()], 0));
        let many = (0..40).map(|n| held(Role::Owner, &n.to_string())).collect();
        let (shown, more) = among(many, &Roles::default());
        assert_eq!((shown.len(), more), (MOST_HELPERS, 10));
    }
}
