//! Who may see a request: one rule, for its own page and for every other page that speaks of it.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use super::{Error, session::Viewer, sight::by};
use crate::{
    App,
    domain::{
        granted::Granted,
        permission::{ASSIGN_ROLES, Permissions},
        person::Person,
        scope::Scope,
    },
    text,
    words::Text,
};

/// Whoever asked, whose name is on one of its steps, auditors, and whoever decides at its scope.
pub fn may_see(me: &Person, requester: &str, named: bool, decides: bool) -> bool {
    requester == me.id || named || me.auditor || decides
}

/// The ids of those requests that this person may see. Asks once for each scope at which one that is
/// not theirs was decided; where Azure does not answer, they stay unseen.
pub async fn visible(
    app: &App,
    viewer: &Viewer,
    grants: &[Granted],
    deadline: Instant,
) -> Result<BTreeSet<String>, Error> {
    let me = &viewer.person;
    let seen = |granted: &Granted, decides: bool| {
        may_see(me, &granted.requester.id, granted.names_viewer, decides)
    };
    let mut open: Vec<Scope> = Vec::new();
    for granted in grants.iter().filter(|granted| !seen(granted, false)) {
        if !open.contains(&granted.decided_at) {
            open.push(granted.decided_at.clone());
        }
    }
    let mut held: BTreeMap<String, Permissions> = BTreeMap::new();
    if !open.is_empty() {
        let named = me.named();
        let asking =
            async { Ok::<_, Error>(app.standings.at(&named, &open, app.clock.now()).await) };
        if let Ok(Ok(answers)) = by(deadline, asking).await? {
            held = answers;
        }
    }
    let decides = |scope: &Scope| {
        held.get(&scope.key()).is_some_and(|permissions| permissions.allow(ASSIGN_ROLES))
    };
    let visible = grants.iter().filter(|granted| seen(granted, decides(&granted.decided_at)));
    Ok(visible.map(|granted| granted.request.clone()).collect())
}

/// What is said of requests whose details are not for this person.
pub fn others(count: usize, besides: bool) -> Text {
    text!("held-others", count = count, besides = if besides { "yes" } else { "no" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_sees_no_request() {
        let me =
            |auditor| Person { id: "me".into(), name: String::new(), upn: String::new(), auditor };
        assert!(!may_see(&me(false), "other", false, false));
        assert!(may_see(&me(false), "me", false, false));
        assert!(may_see(&me(false), "other", true, false));
        assert!(may_see(&me(false), "other", false, true));
        assert!(may_see(&me(true), "other", false, false));
    }
}
