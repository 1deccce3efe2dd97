//! The simulated Azure of one test: what it was asked, and how to bend it.

use std::time::Duration;

use serde_json::{Value, json};

/// A public origin that the simulated Entra ID knows beside the true one: for a portal behind a proxy.
pub const PUBLIC: &str = "https://twindesk.example";

pub struct Azure {
    pub base: String,
    http: reqwest::Client,
    _running: simulator::Running,
}

/// A call that Azure received.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: String,
    pub path: String,
    pub caller: Option<String>,
    pub body: Value,
    pub correlation: Option<String>,
    /// 0 while Azure has not made up its mind.
    pub status: u16,
}

impl Azure {
    pub async fn start(origin: &str) -> Azure {
        Azure::with(origin, simulator::Options::default()).await
    }

    /// Another one, which says of itself what it likes.
    pub async fn with(origin: &str, options: simulator::Options) -> Azure {
        let options = simulator::Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            redirect_uris: [origin, PUBLIC]
                .iter()
                .flat_map(|origin| {
                    ["/auth/callback", "/signed-out"].map(|path| format!("{origin}{path}"))
                })
                .collect(),
            ..options
        };
        let running = simulator::start(options).await.unwrap();
        let base = running.base.as_str().trim_end_matches('/').to_owned();
        let azure = Azure { base, http: super::people::client(), _running: running };
        // Long enough to be waited for; the clock is set, so nobody waits.
        azure
            .settings(json!({
                "check_shapes": true, "lro_seconds": 5, "registration_seconds": 5, "role_propagation_seconds": 0,
                // A test asks faster than people do, and Azure's clock stands still meanwhile.
                "bucket_reads": 100_000, "bucket_writes": 100_000,
            }))
            .await;
        azure
    }

    async fn admin(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self.http.request(method, format!("{}/admin{path}", self.base));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    pub async fn settings(&self, settings: Value) {
        self.admin(reqwest::Method::PATCH, "/settings", Some(settings)).await;
    }

    /// The next calls that match fail as said.
    pub async fn fail(&self, fault: Value) {
        self.admin(reqwest::Method::POST, "/faults", Some(fault)).await;
    }

    pub async fn mend(&self) {
        self.admin(reqwest::Method::DELETE, "/faults", None).await;
    }

    pub async fn advance(&self, by: Duration) {
        let seconds = by.as_secs_f64().ceil();
        self.admin(
            reqwest::Method::POST,
            "/clock",
            Some(json!({ "advance_seconds": seconds as i64 })),
        )
        .await;
    }

    pub async fn world(&self) -> Value {
        self.admin(reqwest::Method::GET, "/world", None).await
    }

    pub async fn tell(&self, path: &str, body: Value) -> Value {
        self.admin(reqwest::Method::POST, path, Some(body)).await
    }

    /// Takes a role away from somebody at Contoso Production.
    pub async fn take_role(&self, principal: &str, role: &str) {
        let scope = format!("/subscriptions/{}", simulator::world::demo::PRODUCTION);
        self.forget_role(principal, role, &scope).await;
    }

    /// Takes a role away from somebody at a scope, past everybody.
    pub async fn forget_role(&self, principal: &str, role: &str, scope: &str) {
        let body = json!({ "principal": principal, "role": role, "scope": scope });
        let gone = self.admin(reqwest::Method::DELETE, "/role-assignments", Some(body)).await;
        assert_eq!(gone["removed"], 1, "{gone}");
    }

    /// The portal may live with an answer that was withheld, and the story go well.
    pub async fn has_kept_its_shapes(&self) {
        let calls = self.admin(reqwest::Method::GET, "/calls", None).await;
        let broken = calls.as_array().unwrap().iter().find(|call| !call["misshapen"].is_null());
        assert!(broken.is_none(), "{broken:?}");
    }

    pub async fn forget_calls(&self) {
        self.admin(reqwest::Method::DELETE, "/calls", None).await;
    }

    /// Every call to Azure Resource Manager, in order.
    pub async fn calls(&self) -> Vec<Call> {
        self.calls_to("arm").await
    }

    pub async fn calls_to(&self, service: &str) -> Vec<Call> {
        let calls = self.admin(reqwest::Method::GET, "/calls", None).await;
        calls
            .as_array()
            .unwrap()
            .iter()
            .filter(|call| call["service"] == service)
            .map(|call| Call {
                method: text(&call["method"]),
                path: text(&call["path"]),
                caller: call["caller"].as_str().map(str::to_owned),
                body: call["body"].clone(),
                correlation: call["correlation_id"].as_str().map(str::to_owned),
                status: call["status"]
                    .as_u64()
                    .and_then(|status| u16::try_from(status).ok())
                    .unwrap_or(0),
            })
            .collect()
    }

    /// What changed something: `PUT dt-1 by carl`, in order.
    pub async fn writes(&self) -> Vec<String> {
        self.calls()
            .await
            .into_iter()
            .filter(|call| call.method != "GET" && !call.path.contains("checkNameAvailability"))
            .map(|call| {
                let last = call.path.rsplit('/').next().unwrap().to_owned();
                let what = match () {
                    () if call.path.contains("/roleAssignments/") => "roleAssignment".to_owned(),
                    () => last,
                };
                let by = call.caller.unwrap_or_default();
                format!("{} {what} by {}", call.method, by.split('@').next().unwrap())
            })
            .collect()
    }

    pub async fn instances(&self) -> Vec<Value> {
        self.world().await["instances"].as_array().unwrap().clone()
    }

    pub async fn instance(&self, name: &str) -> Option<Value> {
        self.instances().await.into_iter().find(|instance| instance["name"] == name)
    }

    /// Role assignments at an instance of this name.
    pub async fn assignments_at(&self, name: &str) -> Vec<Value> {
        let end = format!("/digitalTwinsInstances/{name}");
        self.world().await["role_assignments"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|assignment| {
                let scope = assignment["properties"]["scope"]
                    .as_str()
                    .or(assignment["scope"].as_str())
                    .unwrap();
                scope.to_lowercase().ends_with(&end.to_lowercase())
            })
            .cloned()
            .collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
