//! Who a role is to be given to: searched in the directory, chosen, and named by it. Knows Graph's
//! answers and the picker of the forms, not what is asked for whom.

use tokio::time::Instant;

use super::{
    draft::{Act, Shared},
    review::Check,
};
use crate::{
    App,
    azure::{Found, Kind, Resource, Search},
    delegation,
    domain::{
        asked::{Grantee, Problems},
        person::Person,
        principal::{Principal, PrincipalKind, is_guid},
        role::Role,
    },
    text,
    web::{
        Error,
        sight::{Hidden, Look, by},
    },
    words::Text,
};

/// Fewer letters find everybody.
pub const SHORTEST: usize = 2;
/// More than that nobody looks through; a narrower search finds them.
pub const MOST_FOUND: usize = 20;

/// What the picker shows.
#[derive(Default)]
pub struct Picker {
    pub chosen: Vec<Chosen>,
    pub found: Vec<Found>,
    /// What was searched for.
    pub searched: Option<String>,
    /// What the directory does not tell, and what that means.
    pub notes: Vec<Text>,
    /// Where the directory is at fault.
    pub hidden: Option<Hidden>,
    /// Whether each member has a role of their own.
    pub with_roles: bool,
}

/// Somebody who is to get a role.
pub struct Chosen {
    pub principal: Principal,
    pub role: Role,
}

impl Chosen {
    /// How a form carries them: what a person reads is looked up each time.
    pub fn value(&self) -> String {
        format!("{}:{}", self.principal.kind.word(), self.principal.id)
    }
}

impl Picker {
    /// Does what the button is for, and names everybody. The draft then holds who is chosen now.
    pub async fn of(
        app: &App,
        person: &Person,
        draft: &mut Shared,
        deadline: Instant,
        problems: &mut Problems,
    ) -> Result<Picker, Error> {
        let act = draft.act();
        change(draft, &act, problems);
        let mut picker = Picker::default();
        let text = draft.find.trim().to_owned();
        let search = async {
            match act {
                Act::Find if text.chars().count() >= SHORTEST => {
                    search(app, person, &text, deadline).await.map(Some)
                }
                _ => Ok(None),
            }
        };
        let (named, search) = tokio::try_join!(named(app, person, draft, deadline), search)?;
        picker.take_chosen(named, problems);
        if draft.holds_up_review() {
            problems.add("find", text!("people-not-added"));
        }
        match search {
            Some(search) => picker.take_found(text, search),
            None if act == Act::Find => problems.add("find", text!("people-too-short")),
            None => {}
        }
        draft.set_members(picker.chosen.iter().map(|chosen| (chosen.value(), &chosen.role)));
        Ok(picker)
    }

    /// Who is chosen, without asking the directory.
    pub fn blind(draft: &Shared) -> Picker {
        let chosen = draft.members().filter_map(|(member, role)| {
            let (kind, id) = member.split_once(':')?;
            let kind = PrincipalKind::from_word(kind)?;
            let principal = Principal { id: id.to_owned(), kind, name: None, mail: None };
            Some(Chosen { principal, role })
        });
        Picker { chosen: chosen.collect(), ..Picker::default() }
    }

    pub fn grantees(&self) -> impl Iterator<Item = Grantee> {
        self.chosen
            .iter()
            .map(|chosen| Grantee { principal: chosen.principal.clone(), role: chosen.role })
    }

    /// Whether the directory named everybody. Nothing, where there is nobody to name.
    pub fn check(&self) -> Option<Check> {
        let unnamed = self.chosen.iter().filter(|chosen| chosen.principal.name.is_none()).count();
        match (self.chosen.len(), unnamed) {
            (0, _) => None,
            (_, 0) => Some(Check::ok(text!("people-all-named"))),
            (_, some) => Some(Check::unknown(text!("people-not-named", count = some))),
        }
    }

    fn take_chosen(&mut self, named: Named, problems: &mut Problems) {
        for member in named.members {
            match member {
                Ok(chosen) => self.chosen.push(chosen),
                Err(id) => problems.add("find", text!("people-unknown-id", id = id)),
            }
        }
        if let Some(hidden) = named.hidden {
            self.notes.push(hidden.after(text!("people-not-looked-up")));
            self.hidden = Some(hidden);
        }
    }

    fn take_found(&mut self, text: String, search: Look<Search>) {
        self.searched = Some(text);
        match search {
            Ok(search) => {
                self.found = search.found;
                self.found.retain(|found| !self.chosen.iter().any(|chosen| is(chosen, &found.id)));
                if self.found.len() > MOST_FOUND {
                    self.found.truncate(MOST_FOUND);
                    self.notes.push(text!("people-too-many-found", most = MOST_FOUND));
                }
                self.notes.extend(unsearched(&search.refused));
            }
            Err(hidden) => {
                self.notes.push(hidden.after(text!("people-not-searched")));
                self.hidden.get_or_insert(hidden);
            }
        }
    }
}

fn is(chosen: &Chosen, id: &str) -> bool {
    chosen.principal.id.eq_ignore_ascii_case(id)
}

/// More than a form takes, so that too many can be told of. A forged form may hold thousands.
const MOST_NAMED: usize = 50;

/// Adds and removes, as the button says.
fn change(draft: &mut Shared, act: &Act, problems: &mut Problems) {
    match act {
        Act::Add(member) => {
            draft.member.push(member.clone());
            draft.find.clear();
        }
        Act::Remove(member) => {
            let kept: Vec<(String, Role)> = draft
                .members()
                .filter(|(sent, _)| sent != member)
                .map(|(sent, role)| (sent.to_owned(), role))
                .collect();
            draft.set_members(kept.iter().map(|(sent, role)| (sent.clone(), role)));
        }
        // An object id that stands there was meant to be added.
        Act::AddById | Act::Review if !draft.object_id.trim().is_empty() => {
            add_by_id(draft, problems)
        }
        Act::AddById => problems.add("object_id", text!("people-object-id-empty")),
        Act::Show | Act::Find | Act::Review => {}
    }
}

pub fn wrong_with_object_id(id: &str) -> Option<Text> {
    let example = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
    (!is_guid(id)).then(|| text!("people-object-id-wrong", example = example))
}

fn add_by_id(draft: &mut Shared, problems: &mut Problems) {
    let id = draft.object_id.trim().to_lowercase();
    if let Some(problem) = wrong_with_object_id(&id) {
        return problems.add("object_id", problem);
    }
    match PrincipalKind::from_word(&draft.object_kind) {
        None => problems.add("object_id", text!("people-kind-empty")),
        Some(kind) => {
            draft.member.push(format!("{}:{id}", kind.word()));
            draft.object_id.clear();
        }
    }
}

/// Who is chosen, each once; an id alone where it could not be told what it is.
struct Named {
    members: Vec<Result<Chosen, String>>,
    hidden: Option<Hidden>,
}

/// Names everybody by the directory. Who it does not name keeps id and kind.
async fn named(
    app: &App,
    person: &Person,
    draft: &Shared,
    deadline: Instant,
) -> Result<Named, Error> {
    let mut picks: Vec<(Option<Kind>, String, Role)> = Vec::new();
    for (member, role) in draft.members() {
        let (kind, id) = member.split_once(':').unwrap_or(("", member));
        let known =
            picks.iter().any(|(_, other, given)| other.eq_ignore_ascii_case(id) && *given == role);
        if is_guid(id) && !known && picks.len() < MOST_NAMED {
            picks.push((Kind::of(kind), id.to_lowercase(), role));
        }
    }
    let others: Vec<(&str, Option<Kind>)> = picks
        .iter()
        .filter(|(_, id, _)| *id != person.id.to_lowercase())
        .map(|(kind, id, _)| (id.as_str(), *kind))
        .collect();
    let (found, hidden) = match by_ids(app, person, &others, deadline).await? {
        Ok(found) => (found, None),
        Err(hidden) => (Vec::new(), Some(hidden)),
    };
    let members = picks
        .into_iter()
        .map(|(kind, id, role)| {
            let principal = if id == person.id.to_lowercase() {
                Some(myself(person))
            } else if let Some(found) =
                found.iter().find(|found| found.id.eq_ignore_ascii_case(&id))
            {
                Some(principal(found))
            } else {
                kind.map(|kind| Principal {
                    id: id.clone(),
                    kind: of(kind),
                    name: None,
                    mail: None,
                })
            };
            principal.map(|principal| Chosen { principal, role }).ok_or(id)
        })
        .collect();
    Ok(Named { members, hidden })
}

/// The names behind object ids, in this person's name.
pub async fn by_ids(
    app: &App,
    person: &Person,
    ids: &[(&str, Option<Kind>)],
    deadline: Instant,
) -> Result<Look<Vec<Found>>, Error> {
    match ids {
        [] => Ok(Ok(Vec::new())),
        ids => ask(app, person, deadline, async |token| app.azure.by_ids(&token, ids).await).await,
    }
}

/// Looks for people, groups and service principals, in this person's name.
pub async fn search(
    app: &App,
    person: &Person,
    text: &str,
    deadline: Instant,
) -> Result<Look<Search>, Error> {
    ask(app, person, deadline, async |token| app.azure.search(&token, text, &Kind::ALL).await).await
}

/// What could not be searched, and why, in a sentence each.
pub fn unsearched(refused: &[(Kind, crate::azure::Problem)]) -> Vec<Text> {
    refused
        .iter()
        .map(|(kind, problem)| {
            let kind = match kind {
                Kind::User => "user",
                Kind::Group => "group",
                Kind::ServicePrincipal => "service-principal",
            };
            text!("people-unsearched", kind = kind, code = &problem.code)
        })
        .collect()
}

/// Asks Graph in this person's name. Where nobody has consented to Graph, a sign-in would not mend
/// it, so that is told and the rest of the form goes on.
async fn ask<T>(
    app: &App,
    person: &Person,
    deadline: Instant,
    question: impl AsyncFnOnce(crate::azure::AccessToken) -> crate::azure::Result<T>,
) -> Result<Look<T>, Error> {
    let token = async {
        match app.delegation.act_as(&person.id, Resource::Graph, app.clock.now()).await {
            Err(delegation::Error::NeedsSignIn { claims: None, why, .. }) => {
                Ok(Err(Hidden::because(why)))
            }
            answer => answer.map(Ok),
        }
    };
    match by::<_, delegation::Error>(deadline, token).await? {
        Ok(Ok(token)) => by(deadline, question(token)).await,
        Ok(Err(hidden)) | Err(hidden) => Ok(Err(hidden)),
    }
}

/// The person who is looking: the session knows them.
pub fn myself(person: &Person) -> Principal {
    Principal {
        id: person.id.clone(),
        kind: PrincipalKind::User,
        name: Some(person.name.clone()),
        mail: Some(person.upn.clone()),
    }
}

fn principal(found: &Found) -> Principal {
    Principal {
        id: found.id.clone(),
        kind: kind_of(found),
        name: Some(found.name.clone()),
        mail: found.mail.clone().or_else(|| found.user_principal_name.clone()),
    }
}

/// How the button that adds somebody found names them.
pub fn carried(found: &Found) -> String {
    format!("{}:{}", found.kind.principal_type(), found.id)
}

/// A role's name where there is little room.
pub fn short(role: &Role) -> &'static str {
    let name = role.name();
    name.strip_prefix("Azure Digital Twins ").unwrap_or(name)
}

pub fn of(kind: Kind) -> PrincipalKind {
    match kind {
        Kind::User => PrincipalKind::User,
        Kind::Group => PrincipalKind::Group,
        Kind::ServicePrincipal => PrincipalKind::ServicePrincipal,
    }
}

/// What the directory says somebody is: managed identities are some of the service principals.
pub fn kind_of(found: &Found) -> PrincipalKind {
    match found.managed {
        true => PrincipalKind::ManagedIdentity,
        false => of(found.kind),
    }
}

/// What tells somebody found from their namesakes.
pub fn detail(found: &Found) -> Text {
    let guest = found.guest.then(|| text!("people-guest"));
    let address = found.mail.as_ref().or(found.user_principal_name.as_ref());
    let [address, department] =
        [address, found.department.as_ref()].map(|words| words.cloned().map(Text::verbatim));
    let application = found.app_id.as_ref().map(|id| text!("people-application", id = id));
    let more = [guest, address, department, application].into_iter().flatten();
    Text::joined(std::iter::once(kind_of(found).label()).chain(more), " · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";

    fn draft(members: &[(&str, Role)]) -> Shared {
        let mut draft = Shared::default();
        draft.set_members(members.iter().map(|(member, role)| ((*member).to_owned(), role)));
        draft
    }

    #[test]
    fn removing_takes_one_and_leaves_the_others_their_roles() {
        let mut draft = draft(&[("User:1", Role::DataReader), ("User:2", Role::DataReader)]);
        change(&mut draft, &Act::Remove("User:1".into()), &mut Problems::default());
        assert_eq!(draft.members().collect::<Vec<_>>(), [("User:2", Role::DataReader)]);
    }

    #[test]
    fn an_object_id_is_added_with_what_it_is() {
        let mut problems = Problems::default();
        let typed = |id: &str, kind: &str| Shared {
            object_id: id.into(),
            object_kind: kind.into(),
            ..Shared::default()
        };
        let mut draft = typed(&format!(" {} ", ID.to_uppercase()), "Group");
        change(&mut draft, &Act::AddById, &mut problems);
        assert!(problems.is_empty() && draft.object_id.is_empty());
        assert_eq!(draft.member, [format!("Group:{ID}")]);
        for (id, kind) in [("ada", "User"), (ID, "Machine"), (ID, "")] {
            let mut problems = Problems::default();
            let mut draft = typed(id, kind);
            change(&mut draft, &Act::AddById, &mut problems);
            assert!(problems.of("object_id").is_some(), "{id} {kind}");
            assert_eq!((draft.object_id.as_str(), draft.member.len()), (id, 0));
        }
    }

    #[test]
    fn who_is_added_has_been_found() {
        let mut draft = Shared { find: "ada".into(), ..Shared::default() };
        change(&mut draft, &Act::Add("User:1".into()), &mut Problems::default());
        assert_eq!(
            (draft.member.as_slice(), draft.find.as_str()),
            (&["User:1".to_owned()][..], "")
        );
    }

    #[test]
    fn somebody_whom_the_directory_does_not_name_says_so() {
        let principal =
            Principal { id: ID.into(), kind: PrincipalKind::Group, name: None, mail: None };
        let chosen = Chosen { principal, role: Role::DataOwner };
        assert_eq!(chosen.value(), format!("Group:{ID}"));
        assert_eq!(chosen.principal.detail(), "Group, not named by the directory");
    }
}
