//! The client against a server that answers whatever a test wants.

use super::*;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use std::sync::Mutex;

const TENANT: &str = "9f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01";
const CORRELATION: &str = "0c6ec1ee-0000-4000-8000-000000000001";

/// A handler's future goes from thread to thread, so all of ours must be able to.
#[test]
fn every_future_can_be_sent_to_another_thread() {
    fn check(_: impl Send) {}
    let _ = |azure: &Azure, token: &AccessToken, secret: &SecretString, call: Call<'static>| {
        check(azure.authorize(Ask::default(), |_| String::new()));
        check(azure.redeem("", secret, "", jiff::Timestamp::UNIX_EPOCH));
        check(azure.trade(secret, Resource::Arm, None));
        check(azure.send(token, call, ""));
        check(azure.regions(token, ""));
        check(azure.search(token, "", &Kind::ALL));
        check(azure.by_ids(token, &[]));
        check(azure.probe(token, ""));
    };
}

#[tokio::test]
async fn a_write_is_sent_byte_for_byte() {
    let server = Server::start(|_| {
        answer(201)
            .header("Azure-AsyncOperation", "https://a.example/1")
            .header("Location", "https://a.example/2")
            .header("Retry-After", "10")
            .header("x-ms-correlation-request-id", "theirs")
            .body(r#"{"name":"n"}"#.into())
    })
    .await;
    let body = "{ \"location\" :\"westeurope\",\"tags\":{\"ü\":\"\\u00e9\"} }\n";
    let call = Call {
        method: "PUT",
        path_and_query: "/subscriptions/S/resourcegroups/G?api-version=2021-04-01",
        body: Some(body),
    };
    let answer = server.azure().send(&token(), call, CORRELATION).await.unwrap();
    assert_eq!((answer.status, &answer.body), (201, &json!({"name": "n"})));
    assert_eq!(answer.operation.as_deref(), Some("https://a.example/1"));
    assert_eq!(answer.retry_after, Some(Duration::from_secs(10)));
    assert_eq!(answer.correlation.as_deref(), Some("theirs"));

    let seen = &server.seen()[0];
    assert_eq!(seen.line, "PUT /arm/subscriptions/S/resourcegroups/G?api-version=2021-04-01");
    assert_eq!(seen.body, body);
    assert_eq!(seen.header("authorization"), "Bearer t0ken");
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.header("x-ms-correlation-request-id"), CORRELATION);
    assert_eq!(seen.header("accept-language"), "en-US");
    assert!(seen.header("user-agent").starts_with("twindesk/"));
    assert!(uuid::Uuid::try_parse(&seen.header("x-ms-client-request-id")).is_ok());
}

#[tokio::test]
async fn a_call_without_a_body_has_no_content_type() {
    let server = Server::start(|_| answer(204).body(Body::empty())).await;
    let call = Call { method: "DELETE", path_and_query: "/x?api-version=1", body: None };
    let answer = server.azure().send(&token(), call, CORRELATION).await.unwrap();
    assert_eq!((answer.status, answer.body), (204, Value::Null));
    assert_eq!(server.seen()[0].header("content-type"), "");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server =
        Server::start(|_| answer(302).header("location", "/elsewhere").body(Body::empty())).await;
    let error = server.azure().subscriptions(&token()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { what: Service::Arm, .. }), "{error:?}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_whether_announced_or_not() {
    for announced in [true, false] {
        let server = Server::start(move |_| {
            let chunk = vec![b' '; 70_000];
            let body = match announced {
                true => Body::from(chunk),
                false => Body::new(Full::new(Bytes::from(chunk)).map_frame(|frame| frame)),
            };
            answer(200).body(body)
        })
        .await;
        let error = server.azure().subscriptions(&token()).await.unwrap_err();
        assert_eq!(error.problem().code, "TooLong", "{error}");
    }
}

#[tokio::test]
async fn nobody_there_and_nobody_answering_are_told() {
    let server = Server::start(|_| answer(200).body(Body::empty())).await;
    let mut settings = server.settings();
    settings.arm = Url::parse("http://127.0.0.1:1").unwrap();
    let error = Azure::new(settings).unwrap().subscriptions(&token()).await.unwrap_err();
    assert_eq!(error.problem().code, "NoConnection", "{error}");
    assert!(
        error.to_string().starts_with("Azure Resource Manager: cannot be reached: "),
        "{error}"
    );

    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = server.settings();
    settings.hop_timeout = Duration::from_millis(200);
    settings.arm = Url::parse(&format!("http://{}", silent.local_addr().unwrap())).unwrap();
    let error = Azure::new(settings).unwrap().subscriptions(&token()).await.unwrap_err();
    assert_eq!(error.to_string(), "Azure Resource Manager: did not answer within 0.2 s (Timeout)");
}

#[tokio::test]
async fn a_list_is_followed_on_our_own_origin_only() {
    let server = Server::start(|seen| {
        let page = match seen.line.contains("skiptoken") {
            false => json!({"value": [{"subscriptionId": "1", "displayName": "One", "state": "Enabled"}], "nextLink": format!("{}/arm/subscriptions?api-version=2022-12-01&$skiptoken=a%2Bb", seen.base)}),
            true => json!({"value": [], "nextLink": "https://evil.example/?more"}),
        };
        answer(200).body(page.to_string().into())
    })
    .await;
    let error = server.azure().subscriptions(&token()).await.unwrap_err();
    assert_eq!(error.problem().code, "ForeignAddress");
    assert_eq!(
        server.seen()[1].line,
        "GET /arm/subscriptions?api-version=2022-12-01&$skiptoken=a%2Bb"
    );
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let server = Server::start(|seen| {
        let page =
            json!({"value": [], "nextLink": format!("{}/arm/subscriptions?again", seen.base)});
        answer(200).body(page.to_string().into())
    })
    .await;
    let error = server.azure().subscriptions(&token()).await.unwrap_err();
    assert_eq!(error.problem().code, "TooManyPages");
}

#[tokio::test]
async fn an_operation_stands_as_it_says() {
    let server = Server::start(|seen| {
        let (status, body) = match seen.line.rsplit('/').next().unwrap_or_default() {
            "running" => (200, json!({"status": "Running"})),
            "new" => (200, json!({"status": "SomethingNew"})),
            "done" => (200, json!({"status": "Succeeded"})),
            "canceled" => (200, json!({"status": "Canceled"})),
            "failed" => {
                (200, json!({"status": "Failed", "error": {"code": "Quota", "message": "Full."}}))
            }
            "location" => (202, Value::Null),
            "located" => (200, json!({"name": "n"})),
            "gone" => (404, json!({"error": {"code": "NotFound", "message": "Gone."}})),
            _ => (204, Value::Null),
        };
        let body = if body.is_null() { Body::empty() } else { body.to_string().into() };
        answer(status).header("retry-after", "3").body(body)
    })
    .await;
    let ask = async |name: &str| {
        server.azure().operation(&token(), &format!("{}/arm/{name}", server.base)).await
    };
    for running in ["running", "new", "location"] {
        let standing = ask(running).await.unwrap();
        assert!(
            matches!(standing, Operation::Running { after: Some(after) } if after.as_secs() == 3),
            "{running}"
        );
    }
    for done in ["done", "located", "nothing"] {
        assert!(matches!(ask(done).await.unwrap(), Operation::Succeeded), "{done}");
    }
    assert!(matches!(ask("canceled").await.unwrap(), Operation::Canceled));
    let Operation::Failed(problem) = ask("failed").await.unwrap() else { panic!() };
    assert_eq!((problem.code.as_str(), problem.message.as_str()), ("Quota", "Full."));
    assert!(matches!(ask("gone").await, Err(Error::Missing(_))));
}

#[tokio::test]
async fn permissions_are_asked_in_the_version_of_their_scope() {
    let server = Server::start(|_| {
        answer(200)
            .body(json!({"value": [{"actions": ["*"], "notActions": []}]}).to_string().into())
    })
    .await;
    for (scope, line) in [
        (
            "/subscriptions/s",
            "/arm/subscriptions/s/providers/Microsoft.Authorization/permissions?api-version=2015-07-01",
        ),
        (
            "/subscriptions/s/resourceGroups/a b",
            "/arm/subscriptions/s/resourceGroups/a%20b/providers/Microsoft.Authorization/permissions?api-version=2022-04-01",
        ),
    ] {
        let entries = server.azure().permissions(&token(), scope).await.unwrap();
        assert_eq!(entries[0].actions, ["*"]);
        assert_eq!(server.seen().last().unwrap().line, format!("GET {line}"));
    }
}

#[tokio::test]
async fn absence_is_no_error_where_it_is_asked_about() {
    let server = Server::start(|_| answer(404).body(Body::empty())).await;
    assert!(server.azure().resource_group(&token(), "s", "g").await.unwrap().is_none());
    assert!(server.azure().instance(&token(), "/subscriptions/s").await.unwrap().is_none());
    assert!(matches!(server.azure().provider(&token(), "s").await, Err(Error::Missing(_))));
}

#[tokio::test]
async fn a_kind_that_may_not_be_searched_does_not_spoil_the_others() {
    let server = Server::start(|seen| {
        let asked: Value = serde_json::from_str(&seen.body).unwrap();
        let responses: Vec<Value> = asked["requests"].as_array().unwrap().iter().rev().map(|request| {
            let url = request["url"].as_str().unwrap();
            let forbidden = url.starts_with("/groups") || url.contains("department");
            match forbidden {
                true => json!({"id": request["id"], "status": 403, "body": {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges to complete the operation."}}}),
                false => json!({"id": request["id"], "status": 200, "headers": {}, "body": {"value": [{"id": url.get(..6), "displayName": "Ada"}]}}),
            }
        }).collect();
        answer(200).body(json!({"responses": responses}).to_string().into())
    })
    .await;
    let search = server.azure().search(&token(), "ada", &Kind::ALL).await.unwrap();
    assert_eq!(
        search.found.iter().map(|found| found.kind).collect::<Vec<_>>(),
        [Kind::User, Kind::ServicePrincipal]
    );
    assert_eq!(search.refused.len(), 1);
    assert_eq!((search.refused[0].0, search.refused[0].1.status), (Kind::Group, Some(403)));
}

#[tokio::test]
async fn a_kind_that_is_busy_spoils_the_search_only_if_nothing_else_answered() {
    let server = Server::start(|_| {
        let busy = |id: &str| json!({"id": id, "status": 429, "headers": {"Retry-After": "4"}});
        let found = json!({"id": "0", "status": 200, "body": {"value": [{"id": "1"}]}});
        answer(200).body(json!({"responses": [found, busy("1")]}).to_string().into())
    })
    .await;
    let kinds = [Kind::User, Kind::ServicePrincipal];
    let search = server.azure().search(&token(), "ada", &kinds).await.unwrap();
    assert_eq!((search.found.len(), search.refused.len()), (1, 1));
    let server = Server::start(|_| {
        let busy = json!({"id": "0", "status": 429, "headers": {"Retry-After": "4"}});
        answer(200).body(json!({"responses": [busy]}).to_string().into())
    })
    .await;
    let error = server.azure().search(&token(), "ada", &[Kind::User]).await.unwrap_err();
    assert!(matches!(error, Error::Busy { after: Some(after), .. } if after.as_secs() == 4));
}

#[tokio::test]
async fn a_challenge_inside_a_batch_is_one_for_all() {
    let server = Server::start(|_| {
        let part = json!({"id": "0", "status": 401, "headers": {"WWW-Authenticate": "Bearer error=\"insufficient_claims\", claims=\"e30=\""}});
        answer(200).body(json!({"responses": [part]}).to_string().into())
    })
    .await;
    let error = server.azure().search(&token(), "ada", &[Kind::User]).await.unwrap_err();
    assert!(matches!(error, Error::SignIn { claims: Some(claims), .. } if claims == "{}"));
}

#[tokio::test]
async fn ids_are_looked_up_kind_by_kind() {
    let ids = [
        "00000000-0000-4000-8000-000000000001",
        "00000000-0000-4000-8000-000000000002",
        "00000000-0000-4000-8000-000000000003",
    ];
    let server = Server::start(move |seen| {
        let asked: Value = serde_json::from_str(&seen.body).unwrap();
        let responses: Vec<Value> = asked["requests"].as_array().unwrap().iter().map(|request| {
            let url = request["url"].as_str().unwrap();
            let is_there = url.starts_with(&format!("/users/{}", ids[0])) || url.starts_with(&format!("/groups/{}", ids[1]));
            match is_there {
                true => json!({"id": request["id"], "status": 200, "body": {"id": url.split(['/', '?']).nth(2), "displayName": "Somebody"}}),
                false => json!({"id": request["id"], "status": 404, "body": {"error": {"code": "Request_ResourceNotFound", "message": "No."}}}),
            }
        }).collect();
        answer(200).body(json!({"responses": responses}).to_string().into())
    })
    .await;
    let asked =
        [(ids[0], Some(Kind::User)), (ids[1], None), (ids[2], Some(Kind::User)), ("none", None)];
    let found = server.azure().by_ids(&token(), &asked).await.unwrap();
    assert_eq!(
        found.iter().map(|found| (found.id.as_str(), found.kind)).collect::<Vec<_>>(),
        [(ids[0], Kind::User), (ids[1], Kind::Group)]
    );
    assert_eq!(server.seen().len(), 2, "nobody of unknown kind was left for the third");
}

#[tokio::test]
async fn signing_in_follows_the_discovery_document() {
    let server = Server::start(|seen| answer(200).body(entra(seen).to_string().into())).await;
    let azure = server.azure();
    let ask = Ask {
        claims: Some(r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#),
        login_hint: Some("ada@contoso.com"),
        prompt: None,
        consent: Some(Resource::Graph),
    };
    let mut nonce = String::new();
    let state = |begun: Begun| {
        nonce = begun.nonce;
        "a state".to_owned()
    };
    let authorize = azure.authorize(ask, state).await.unwrap();
    assert_eq!(authorize.path(), "/somewhere/authorize");
    let query: std::collections::HashMap<_, _> = authorize.query_pairs().into_owned().collect();
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["response_mode"], "query");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["redirect_uri"], "http://localhost:8080/auth/callback");
    assert_eq!(
        query["scope"],
        "openid profile offline_access https://management.azure.com/user_impersonation https://graph.microsoft.com/User.ReadBasic.All"
    );
    assert_eq!((&*query["state"], &query["nonce"]), ("a state", &nonce));
    assert_eq!(query["login_hint"], "ada@contoso.com");
    assert!(query["claims"].contains("cp1") && query["claims"].contains("p1"));
    azure.authorize(Ask::default(), |_| String::new()).await.unwrap();
    assert_eq!(server.seen().len(), 2, "the document and the keys are fetched once");

    let logout = azure
        .logout_url(&Url::parse("http://localhost:8080/").unwrap(), Some("hint"))
        .await
        .unwrap();
    assert!(logout.as_str().ends_with("/somewhere/logout?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8080%2F&logout_hint=hint"), "{logout}");
}

#[tokio::test]
async fn another_issuer_or_an_open_endpoint_is_refused() {
    for (member, value, code) in [
        ("issuer", "https://login.evil.example/t/v2.0", "WrongIssuer"),
        ("issuer", "https://login.microsoftonline.com/{tenantid}/v2.0", "WrongIssuer"),
        ("token_endpoint", "http://login.evil.example/token", "InsecureEndpoint"),
    ] {
        let server = Server::start(move |seen| {
            let mut document = entra(seen);
            document[member] = value.into();
            answer(200).body(document.to_string().into())
        })
        .await;
        let error = server.azure().reachable(Service::Entra).await.unwrap_err();
        assert_eq!(error.problem().code, code);
    }
}

#[tokio::test]
async fn a_trade_proves_who_we_are_and_asks_for_one_resource() {
    let file = std::env::temp_dir().join(format!("twindesk-assertion-{}", uuid::Uuid::new_v4()));
    let server = Server::start(|seen| {
        let body = match seen.line.starts_with("POST") {
            true => json!({"token_type": "Bearer", "scope": "a b", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "access", "refresh_token": "newer", "client_info": "x"}),
            false => entra(seen),
        };
        answer(200).header("content-type", "application/json").body(body.to_string().into())
    })
    .await;
    let mut settings = server.settings();
    settings.credential = Credential::TokenFile(file.clone());
    let federated = Azure::new(settings).unwrap();
    for assertion in ["first", "second"] {
        std::fs::write(&file, format!("{assertion}\n")).unwrap();
        let traded = federated.trade(&"r/1+2".into(), Resource::Twins, None).await.unwrap();
        assert_eq!(traded.expires_in.as_secs(), 3599);
        assert_eq!(traded.refresh.unwrap().expose_secret(), "newer");
        assert_eq!(traded.access.text(), "access");
        let form = server.seen().last().unwrap().form();
        assert_eq!(form["client_assertion"], assertion, "read anew each time");
        assert_eq!(
            form["client_assertion_type"],
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        );
        assert_eq!(form["client_id"], "client");
        assert!(!form.contains_key("client_secret"));
    }
    std::fs::remove_file(&file).unwrap();
    let error = federated.trade(&"r".into(), Resource::Arm, None).await.err().unwrap();
    assert_eq!(error.problem().code, "NoTokenFile");

    server.azure().trade(&"r/1+2".into(), Resource::Graph, Some("{}")).await.unwrap();
    let form = server.seen().last().unwrap().form();
    assert_eq!(form["client_secret"], "s3cret&+");
    assert_eq!(
        (form["grant_type"].as_str(), form["refresh_token"].as_str()),
        ("refresh_token", "r/1+2")
    );
    assert_eq!(form["scope"], "https://graph.microsoft.com/User.ReadBasic.All offline_access");
    assert_eq!(form["claims"], r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#);
}

#[tokio::test]
async fn a_refused_trade_is_sorted() {
    let server = Server::start(|seen| match seen.line.starts_with("POST") {
        true => answer(400).body(r#"{"error":"interaction_required","error_description":"AADSTS50076: MFA.","error_codes":[50076],"claims":"{\"access_token\":{}}"}"#.into()),
        false => answer(200).body(entra(seen).to_string().into()),
    })
    .await;
    let error = server.azure().trade(&"r".into(), Resource::Arm, None).await.err().unwrap();
    assert!(
        matches!(error, Error::SignIn { claims: Some(claims), .. } if claims == r#"{"access_token":{}}"#)
    );
}

#[tokio::test]
async fn an_unsigned_id_token_is_refused() {
    use base64::Engine as _;
    let encode = |value: Value| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let server = Server::start(move |seen| {
        let body = match seen.line.starts_with("POST") {
            true => {
                let claims = json!({"iss": format!("{}/entra/{TENANT}/v2.0", seen.base), "aud": "client", "sub": "s", "exp": 4_000_000_000u64, "iat": 1, "nonce": "n", "oid": "o", "tid": TENANT});
                let token = format!("{}.{}.", encode(json!({"alg": "none", "typ": "JWT"})), encode(claims));
                json!({"token_type": "Bearer", "access_token": "a", "refresh_token": "r", "id_token": token})
            }
            false => entra(seen),
        };
        answer(200).body(body.to_string().into())
    })
    .await;
    let now = jiff::Timestamp::UNIX_EPOCH;
    let error = server.azure().redeem("code", &"v".into(), "n", now).await.err().unwrap();
    assert_eq!(error.problem().code, "BadIdToken", "{error}");
}

#[tokio::test]
async fn any_answer_shows_that_a_service_is_there_but_a_broken_one() {
    let there = Server::start(|_| answer(401).body(Body::empty())).await;
    assert!(there.azure().reachable(Service::Arm).await.is_ok());
    assert!(there.azure().reachable(Service::Graph).await.is_ok());
    assert!(there.azure().reachable(Service::Entra).await.is_err());
    let broken = Server::start(|_| answer(503).body(Body::empty())).await;
    assert!(matches!(broken.azure().reachable(Service::Arm).await, Err(Error::Busy { .. })));
}

fn arm() -> Url {
    Url::parse("https://management.azure.com").unwrap()
}

fn code(error: Error) -> String {
    error.problem().code.clone()
}

#[test]
fn a_path_is_sent_as_it_was_written_or_not_at_all() {
    let simulated = Url::parse("http://localhost:8081/arm").unwrap();
    let url = beneath(Service::Arm, &simulated, "/subscriptions/a?api-version=2022-12-01").unwrap();
    assert_eq!(url.as_str(), "http://localhost:8081/arm/subscriptions/a?api-version=2022-12-01");
    for path in [
        "subscriptions",
        "//evil.example/x",
        "/a/../../entra",
        "/a b",
        "/a#b",
        "/\\evil",
        "/%2e%2e/x",
        "@evil.example/",
    ] {
        assert!(beneath(Service::Arm, &simulated, path).is_err(), "{path}");
    }
}

#[test]
fn an_address_elsewhere_is_not_followed() {
    assert!(on_origin(Service::Arm, &arm(), "https://management.azure.com:443/x?t=1&c=2").is_ok());
    for elsewhere in [
        "http://management.azure.com/x",
        "https://management.azure.com:444/x",
        "https://management.azure.com.evil.example/x",
        "https://management.azure.com@evil.example/x",
        "https://someone@management.azure.com/x",
        "/relative",
        "",
    ] {
        assert_eq!(
            code(on_origin(Service::Arm, &arm(), elsewhere).unwrap_err()),
            "ForeignAddress",
            "{elsewhere}"
        );
    }
    let named = on_origin(Service::Arm, &arm(), "https://evil.example/?secret=1").unwrap_err();
    assert!(named.to_string().contains("https://evil.example,"), "{named}");
    assert!(!named.to_string().contains("secret"), "{named}");
}

#[test]
fn the_scopes_of_the_public_cloud() {
    let scopes = Scopes::of(Cloud::Public.places());
    assert_eq!(scopes.arm, "https://management.azure.com/user_impersonation");
    assert_eq!(scopes.twins, "https://digitaltwins.azure.net/Read.Write");
}

#[test]
fn a_token_prints_as_nothing() {
    assert_eq!(format!("{:?}", AccessToken::new("eyJhbGciOi".into())), "AccessToken");
}

/// The discovery document, which is also served where the keys should be.
fn entra(seen: &Seen) -> Value {
    let at = |name: &str| format!("{}/somewhere/{name}", seen.base);
    json!({
        "issuer": format!("{}/entra/{TENANT}/v2.0", seen.base),
        "authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "jwks_uri": at("keys"),
        "end_session_endpoint": at("logout"), "tenant_region_scope": null, "mtls_endpoint_aliases": {},
        "keys": [],
    })
}

struct Server {
    base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Clone)]
struct Seen {
    base: String,
    line: String,
    headers: HeaderMap,
    body: String,
}

impl Server {
    async fn start(
        handler: impl Fn(&Seen) -> axum::http::Result<Response<Body>> + Clone + Send + Sync + 'static,
    ) -> Server {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let (log, here) = (seen.clone(), base.clone());
        let router = Router::new().fallback(async move |request: Request| {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let seen = Seen {
                base: here.clone(),
                line: format!("{} {}", parts.method, parts.uri),
                headers: parts.headers,
                body: String::from_utf8(body.to_vec()).unwrap(),
            };
            log.lock().unwrap().push(seen.clone());
            handler(&seen).unwrap()
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Server { base, seen }
    }

    fn settings(&self) -> Settings {
        let url = |path: &str| Url::parse(&format!("{}{path}", self.base)).unwrap();
        let redirect_uri = Url::parse("http://localhost:8080/auth/callback").unwrap();
        let secret = Credential::Secret("s3cret&+".to_owned().into());
        Settings {
            authority: url("/entra"),
            arm: url("/arm"),
            graph: url("/graph"),
            twins: format!("{}/twins/{{host}}", self.base),
            arm_body: 65_536,
            ..Settings::of(Cloud::Public, TENANT, "client", secret, redirect_uri)
        }
    }

    fn azure(&self) -> Azure {
        Azure::new(self.settings()).unwrap()
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Seen {
    fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    fn form(&self) -> std::collections::HashMap<String, String> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

fn answer(status: u16) -> axum::http::response::Builder {
    Response::builder().status(StatusCode::from_u16(status).unwrap())
}

fn token() -> AccessToken {
    AccessToken::new("t0ken".into())
}
