//! How to call the instance: commands and code with its host name, and a try with the viewer's own
//! token.

use std::time::Duration;

use askama::Template;
use axum::extract::State;

use super::{Place, Shell, address};
use crate::{
    App,
    azure::{self, Filter, PermissionEntry, Resource, RoleAssignment},
    domain::{Time, permission::Permissions, role::Role},
    text,
    web::{
        Error,
        page::{Frame, View},
        session::Viewer,
        sight::{Hidden, Look, Sight, by},
    },
    words::{Text, filters},
};

/// A role that is older than this has long reached the instance.
const SETTLED: Duration = Duration::from_secs(30 * 60);

/// What the data plane asks for when a model is read; Data Reader holds it.
const READ_MODELS: &str = "Microsoft.DigitalTwins/models/read";

#[derive(Template)]
#[template(path = "instance/connect.html")]
pub struct Connect {
    frame: Frame,
    shell: Shell,
    snippets: Vec<Snippet>,
    verdict: Option<Verdict>,
}

impl Connect {
    fn test(&self) -> String {
        address(&self.shell.scope, "connect")
    }
}

struct Snippet {
    id: &'static str,
    label: &'static str,
    /// What must be installed first.
    first: Text,
    text: String,
}

/// What a try of the data plane came to, as far as Azure lets it be told.
struct Verdict {
    kind: &'static str,
    title: Text,
    words: Text,
    /// Whether asking for a role is the next step.
    ask: bool,
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<View<Connect>, Error> {
    let (frame, shell, _) = Shell::open(&app, &viewer, scope, "connect").await?;
    Ok(View(Connect { frame, snippets: snippets(&shell), shell, verdict: None }))
}

/// Changes nothing; it is behind a button so that nobody's token is used by following a link.
pub async fn test(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<View<Connect>, Error> {
    let (frame, shell, sight) = Shell::open(&app, &viewer, scope, "connect").await?;
    let verdict = match shell.instance.as_ref().and_then(|instance| instance.host_name.as_deref()) {
        Some(host) => {
            let tried = try_it(&app, &viewer, &shell, &sight, host).await;
            Some(tried.map_err(|error| error.back_to(&address(&shell.scope, "connect")))?)
        }
        None => None,
    };
    Ok(View(Connect { frame, snippets: snippets(&shell), shell, verdict }))
}

async fn try_it(
    app: &App,
    viewer: &Viewer,
    shell: &Shell,
    sight: &Sight,
    host: &str,
) -> Result<Verdict, Error> {
    let now = app.clock.now();
    let probe = async {
        let token = app.delegation.act_as(&viewer.person.id, Resource::Twins, now).await?;
        Ok::<_, Error>(app.azure.probe(&token, host).await)
    };
    let refusal = match by(sight.deadline, probe).await? {
        Ok(Ok(())) => {
            let words = text!("connect-works-how", host = host);
            return Ok(Verdict { kind: "ok", title: text!("connect-works"), words, ask: false });
        }
        Ok(Err(azure::Error::Refused(problem))) if problem.status == Some(403) => problem,
        Ok(Err(error)) => {
            let hidden = Hidden::behind(error)?;
            return Ok(unknown(hidden.words));
        }
        Err(hidden) => return Ok(unknown(hidden.words)),
    };
    let id = shell.scope.to_string();
    let filter = Filter::AtScopeAssignedTo(&viewer.person.id);
    let (held, assignments) = tokio::try_join!(
        sight.ask(|azure, token| azure.permissions(token, &id)),
        sight.ask(|azure, token| azure.role_assignments(token, &id, filter))
    )?;
    let public = shell.instance.as_ref().is_some_and(|instance| instance.public_network_access);
    tracing::info!(host, code = %refusal.code, "the data plane refused a try");
    Ok(verdict(held, assignments, public, now))
}

fn unknown(why: Text) -> Verdict {
    Verdict { kind: "warn", title: text!("connect-unasked"), words: why, ask: false }
}

/// The data plane says no in one way, whatever the reason: what is known besides tells them apart.
fn verdict(
    held: Look<Vec<PermissionEntry>>,
    assignments: Look<Vec<RoleAssignment>>,
    public: bool,
    now: Time,
) -> Verdict {
    let allowed = held.as_ref().ok().map(|held| allows_data(held));
    let no = |title, words, ask| Verdict { kind: "warn", title, words, ask };
    match allowed {
        Some(false) => no(text!("connect-no-role"), text!("connect-no-role-why"), true),
        None => no(text!("connect-closed-to-you"), text!("connect-closed-to-you-why"), true),
        Some(true) if !public => no(text!("connect-private"), text!("connect-private-why"), false),
        Some(true) => {
            let newest = assignments.ok().and_then(|all| newest(&all));
            let words = match newest.map(|(at, role)| (now.since(at), role)) {
                Some((age, role)) if age > SETTLED => {
                    let why = text!("connect-refused-why", role = role.name(), age = span(age));
                    return no(text!("connect-refused"), why, false);
                }
                Some((age, _)) => text!("connect-soon-assigned", age = span(age)),
                None => text!("connect-soon-unknown"),
            };
            Verdict { kind: "info", title: text!("connect-soon"), words, ask: false }
        }
    }
}

fn allows_data(held: &[PermissionEntry]) -> bool {
    let grant = |entry: &PermissionEntry| crate::domain::permission::Grant {
        actions: entry.data_actions.clone(),
        not_actions: entry.not_data_actions.clone(),
    };
    Permissions(held.iter().map(grant).collect()).allow(READ_MODELS)
}

/// The latest of the data roles, and when it was assigned.
fn newest(assignments: &[RoleAssignment]) -> Option<(Time, Role)> {
    let dated = assignments.iter().filter_map(|assignment| {
        let definition = assignment.role_definition_id.to_lowercase();
        let role = Role::DATA.into_iter().find(|role| definition.ends_with(role.guid()))?;
        Some((Time::parse(assignment.created_on.as_deref()?)?, role))
    });
    dated.max_by_key(|(time, _)| time.0)
}

/// `2 min 10 s`
fn span(age: Duration) -> Text {
    let seconds = age.as_secs();
    match seconds {
        0..60 => text!("connect-seconds", seconds = seconds),
        60..3_600 => text!("connect-minutes", minutes = seconds / 60, seconds = seconds % 60),
        _ => text!("connect-hours", hours = seconds / 3_600, minutes = seconds / 60 % 60),
    }
}

/// None while the instance has no host name.
fn snippets(shell: &Shell) -> Vec<Snippet> {
    let host = shell.instance.as_ref().and_then(|instance| instance.host_name.as_deref());
    let Some(host) = host else { return Vec::new() };
    let (name, group) = (shell.name(), shell.group());
    let url = format!("https://{host}");
    vec![
        Snippet {
            id: "az",
            label: "Azure CLI",
            first: Text::verbatim("az extension add --name azure-iot"),
            text: format!(
                "az login\naz dt twin query --dt-name {name} --resource-group '{group}' --query-command \"SELECT * FROM digitaltwins\""
            ),
        },
        Snippet {
            id: "python",
            label: "Python",
            first: Text::verbatim("pip install azure-digitaltwins-core azure-identity"),
            text: format!(
                "from azure.digitaltwins.core import DigitalTwinsClient\nfrom azure.identity import DefaultAzureCredential\n\nclient = DigitalTwinsClient(\"{url}\", DefaultAzureCredential())\nfor model in client.list_models():\n    print(model.id)"
            ),
        },
        Snippet {
            id: "csharp",
            label: "C#",
            first: Text::verbatim(
                "dotnet add package Azure.DigitalTwins.Core\ndotnet add package Azure.Identity",
            ),
            text: format!(
                "using Azure.DigitalTwins.Core;\nusing Azure.Identity;\n\nvar client = new DigitalTwinsClient(new Uri(\"{url}\"), new DefaultAzureCredential());\nawait foreach (var model in client.GetModelsAsync())\n    Console.WriteLine(model.Id);"
            ),
        },
        Snippet {
            id: "java",
            label: "Java",
            first: text!("connect-maven"),
            text: format!(
                "import com.azure.digitaltwins.core.*;\nimport com.azure.identity.DefaultAzureCredentialBuilder;\n\nDigitalTwinsClient client = new DigitalTwinsClientBuilder()\n    .endpoint(\"{url}\")\n    .credential(new DefaultAzureCredentialBuilder().build())\n    .buildClient();\nclient.listModels().forEach(model -> System.out.println(model.getModelId()));"
            ),
        },
        Snippet {
            id: "javascript",
            label: "JavaScript",
            first: Text::verbatim("npm install @azure/digital-twins-core @azure/identity"),
            text: format!(
                "import {{ DigitalTwinsClient }} from \"@azure/digital-twins-core\";\nimport {{ DefaultAzureCredential }} from \"@azure/identity\";\n\nconst client = new DigitalTwinsClient(\"{url}\", new DefaultAzureCredential());\nfor await (const model of client.listModels()) console.log(model.id);"
            ),
        },
        Snippet {
            id: "curl",
            label: "curl",
            first: Text::none(),
            text: format!(
                "token=$(az account get-access-token --resource https://digitaltwins.azure.net --query accessToken --output tsv)\ncurl --header \"Authorization: Bearer $token\" '{url}/models?api-version=2023-10-31'"
            ),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(data: &[&str]) -> PermissionEntry {
        PermissionEntry {
            actions: vec!["*".into()],
            data_actions: data.iter().map(|action| (*action).into()).collect(),
            ..PermissionEntry::default()
        }
    }

    fn title(held: &[PermissionEntry], public: bool) -> Text {
        verdict(Ok(held.to_vec()), Ok(Vec::new()), public, Time(0)).title
    }

    #[test]
    fn one_refusal_is_told_apart_by_what_is_known_besides() {
        let data = [entry(&["Microsoft.DigitalTwins/*"])];
        assert_eq!(title(&[entry(&[])], true), "No role yet");
        assert_eq!(title(&[], false), "No role yet");
        assert_eq!(title(&data, false), "Public access is off");
        assert_eq!(title(&data, true), "Not yet in effect");
        let hidden = || Hidden::because(Text::verbatim("no"));
        let blind = verdict(Err(hidden()), Err(hidden()), true, Time(0));
        assert_eq!(blind.title, "The instance does not let you in");
    }

    #[test]
    fn a_role_of_a_while_ago_is_not_said_to_be_on_its_way() {
        let role = RoleAssignment {
            id: String::new(),
            name: String::new(),
            scope: String::new(),
            role_definition_id: format!("/roleDefinitions/{}", Role::DataReader.guid()),
            principal_id: String::new(),
            principal_type: None,
            description: None,
            condition: None,
            created_on: Some("1970-01-01T00:00:00Z".into()),
            created_by: None,
        };
        let data = vec![entry(&["Microsoft.DigitalTwins/*"])];
        let after = |minutes: u64| {
            let now = Time(0).plus(Duration::from_secs(60 * minutes));
            verdict(Ok(data.clone()), Ok(vec![role.clone()]), true, now)
        };
        assert_eq!(after(30).title, "Not yet in effect");
        let late = after(31);
        assert_eq!(late.title, "The instance refuses you");
        assert!(
            late.words.to_string().contains("although you hold Azure Digital Twins Data Reader")
        );
    }

    #[test]
    fn an_age_is_told_as_people_do() {
        for (seconds, text) in [(9, "9 s"), (130, "2 min 10 s"), (3_700, "1 h 1 min")] {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
    }
}
