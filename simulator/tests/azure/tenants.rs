//! Several tenants: who signs in where, and whose subscription takes whose token.

use std::path::PathBuf;

use reqwest::Response;
use serde_json::{Value, json};
use simulator::Options;
use simulator::entra::applications::AZURE_CLI;

use crate::{ARM, Azure, CALLBACK, GRAPH, Got, Person, claims, member, redirected};

const ALPHA: &str = "a0000000-0000-4000-8000-00000000000a";
const BETA: &str = "b0000000-0000-4000-8000-00000000000b";
const ALPHA_SUB: &str = "a1000000-0000-4000-8000-000000000001";
const BETA_SUB: &str = "b1000000-0000-4000-8000-000000000001";
const WEB: &str = "c0000000-0000-4000-8000-000000000001";

const WORLD: &str = r#"
tenants = [
    { id = "a0000000-0000-4000-8000-00000000000a", name = "Alpha", domain = "alpha.example" },
    { id = "b0000000-0000-4000-8000-00000000000b", name = "Beta", domain = "beta.example" },
]

[[people]]
id = "a2000000-0000-4000-8000-000000000001"
upn = "ann@alpha.example"

[[people]]
id = "b2000000-0000-4000-8000-000000000001"
tenant = "beta.example"
upn = "bob@beta.example"
password = "bobs own"

[[people]]
id = "a2000000-0000-4000-8000-000000000002"
upn = "bob_beta.example#EXT#@alpha.onmicrosoft.com"
mail = "robert@example.org"
user_type = "Guest"
home_tenant = "beta.example"

[[people]]
id = "b2000000-0000-4000-8000-000000000002"
tenant = "beta.example"
upn = "bea@beta.example"

[[groups]]
tenant = "beta.example"
name = "Betas"
security_enabled = true
members = ["bob@beta.example"]

[[applications]]
client_id = "c0000000-0000-4000-8000-000000000001"
tenant = "beta.example"
name = "beta-web"
client_secret = "b"
redirect_uris = ["http://localhost:8400/auth/callback"]

[[subscriptions]]
id = "a1000000-0000-4000-8000-000000000001"
name = "Of Alpha"

[[subscriptions]]
id = "b1000000-0000-4000-8000-000000000001"
tenant = "beta.example"
name = "Of Beta"

[[role_assignments]]
scope = "/subscriptions/a1000000-0000-4000-8000-000000000001"
role = "Reader"
principal = "a2000000-0000-4000-8000-000000000002"

[[role_assignments]]
scope = "/subscriptions/b1000000-0000-4000-8000-000000000001"
role = "Owner"
principal = "Betas"
"#;

struct Two {
    azure: Azure,
    file: PathBuf,
}

impl Drop for Two {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

impl Two {
    async fn start(name: &str) -> Self {
        let file = std::env::temp_dir()
            .join(format!("simulator-{}-tenants-{name}.toml", std::process::id()));
        std::fs::write(&file, WORLD).unwrap();
        let options = Options { world: Some(file.clone()), ..Options::default() };
        Self { azure: Azure::with(options).await, file }
    }

    async fn authorize(
        &self,
        tenant: &str,
        query: &[(&str, &str)],
        cookie: &str,
        form: &[(&str, &str)],
    ) -> Response {
        let at = self.azure.at(&format!("/entra/{tenant}/oauth2/v2.0/authorize"));
        let scope = format!("openid profile offline_access {ARM}");
        let own = [
            ("client_id", AZURE_CLI),
            ("response_type", "code"),
            ("redirect_uri", "http://localhost"),
            ("scope", &scope),
        ];
        let kept = own.iter().filter(|(name, _)| !query.iter().any(|(other, _)| other == name));
        let url = url::Url::parse_with_params(&at, kept.chain(query)).unwrap();
        let request = self.azure.client.post(url).header("cookie", cookie);
        request.form(form).send().await.unwrap()
    }

    async fn token(&self, tenant: &str, fields: &[(&str, &str)]) -> Got {
        let at = self.azure.at(&format!("/entra/{tenant}/oauth2/v2.0/token"));
        let own = [("client_id", AZURE_CLI)];
        let kept = own.iter().filter(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        let form: Vec<(&str, &str)> = kept.chain(fields).copied().collect();
        Got::from(self.azure.client.post(at).form(&form).send().await.unwrap()).await
    }

    /// What Microsoft's command line gets for a person.
    async fn tokens(&self, tenant: &str, who: &str, password: &str) -> Value {
        let form = [("loginfmt", who), ("passwd", password)];
        let response = self.authorize(tenant, &[("client_info", "1")], "", &form).await;
        assert_eq!(response.status(), 302, "{}", response.text().await.unwrap());
        let code = member(&redirected(&response), "code");
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", "http://localhost"),
            ("client_info", "1"),
        ];
        let got = self.token(tenant, &fields).await;
        assert_eq!(got.status, 200, "{}", got.text);
        got.body
    }

    async fn refreshed(&self, tenant: &str, tokens: &Value, scope: &str) -> Got {
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let fields =
            [("grant_type", "refresh_token"), ("refresh_token", refresh), ("scope", scope)];
        self.token(tenant, &fields).await
    }

    fn person(&self, tokens: &Value) -> Person<'_> {
        let token = tokens["access_token"].as_str().unwrap().to_owned();
        Person { azure: &self.azure, token }
    }
}

fn ids(got: &Got, name: &str) -> Vec<String> {
    let rows = got.body["value"].as_array().unwrap();
    rows.iter().map(|row| row[name].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_tenant_is_found_by_its_id_and_its_domains() {
    let two = Two::start("discovery").await;
    for (named, id) in [
        (BETA, BETA),
        ("beta.example", BETA),
        ("BETA.onmicrosoft.com", BETA),
        (ALPHA, ALPHA),
        ("alpha.example", ALPHA),
    ] {
        let url = two.azure.at(&format!("/entra/{named}/v2.0/.well-known/openid-configuration"));
        let document = Got::from(two.azure.client.get(url).send().await.unwrap()).await.body;
        assert_eq!(document["issuer"], two.azure.at(&format!("/entra/{id}/v2.0")), "{named}");
        let keys = document["jwks_uri"].as_str().unwrap().to_owned();
        let keys = Got::from(two.azure.client.get(keys).send().await.unwrap()).await.body;
        assert_eq!(keys["keys"][0]["issuer"], document["issuer"]);
    }
}

#[tokio::test]
async fn a_guest_is_one_person_in_two_directories() {
    let two = Two::start("guest").await;
    let at_home = two.tokens("organizations", "bob@beta.example", "bobs own").await;
    let access = claims(&at_home["access_token"]);
    assert_eq!(
        (access["tid"].as_str(), access["oid"].as_str(), access["iss"].as_str()),
        (
            Some(BETA),
            Some("b2000000-0000-4000-8000-000000000001"),
            Some(format!("https://sts.windows.net/{BETA}/").as_str())
        )
    );
    let away = two.tokens("alpha.example", "bob@beta.example", "bobs own").await;
    let id = claims(&away["id_token"]);
    assert_eq!(
        (id["tid"].as_str(), id["oid"].as_str(), id["preferred_username"].as_str()),
        (Some(ALPHA), Some("a2000000-0000-4000-8000-000000000002"), Some("bob@beta.example"))
    );
    assert_eq!(id["idp"], format!("https://sts.windows.net/{BETA}/"));
    assert_eq!(away["client_info"], at_home["client_info"], "one account, wherever it signs in");
    let moved = two.refreshed(ALPHA, &at_home, ARM).await;
    assert_eq!(moved.status, 200, "a refresh token is good in both: {}", moved.text);
    assert_eq!(claims(&moved.body["access_token"])["tid"], ALPHA);

    let tenants = two.person(&at_home).get("/arm/tenants").await;
    assert_eq!(ids(&tenants, "tenantId"), [ALPHA, BETA]);
    assert_eq!(tenants.body["value"][1]["defaultDomain"], "beta.example");
    let hinted = two
        .authorize(ALPHA, &[("login_hint", "bob@beta.example")], "", &[])
        .await
        .text()
        .await
        .unwrap();
    assert!(
        hinted.contains(
            "person hinted\" name=\"person\" value=\"a2000000-0000-4000-8000-000000000002"
        ),
        "{hinted}"
    );
}

#[tokio::test]
async fn a_stranger_does_not_get_into_another_tenant() {
    let two = Two::start("stranger").await;
    let page = two
        .authorize(ALPHA, &[], "", &[("loginfmt", "bea@beta.example"), ("passwd", "Twindesk1!")])
        .await;
    assert_eq!(page.status(), 403);
    let page = page.text().await.unwrap();
    assert!(
        page.contains(
            "AADSTS50020: User account &#39;bea@beta.example&#39; from identity provider"
        ) && page.contains("does not exist in tenant &#39;Alpha&#39;"),
        "{page}"
    );
    let wrong = two
        .authorize(ALPHA, &[], "", &[("loginfmt", "bea@beta.example"), ("passwd", "guess")])
        .await;
    assert!(wrong.text().await.unwrap().contains("AADSTS50126"), "the password comes first");

    let tokens = two.tokens(BETA, "bea@beta.example", "Twindesk1!").await;
    let refused = two.refreshed(ALPHA, &tokens, ARM).await;
    assert_eq!(
        (refused.body["error"].as_str(), &refused.body["error_codes"]),
        (Some("invalid_grant"), &json!([50020]))
    );

    let form = [("loginfmt", "bea@beta.example"), ("passwd", "Twindesk1!")];
    let signed_in = two.authorize(BETA, &[], "", &form).await;
    let cookie =
        signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let silent = two.authorize(ALPHA, &[("prompt", "none")], &cookie, &[]).await;
    let silent = redirected(&silent);
    assert_eq!(member(&silent, "error"), "interaction_required");
    assert!(
        member(&silent, "error_description")
            .starts_with("AADSTS16000: User account 'bea@beta.example'"),
        "{silent:?}"
    );
}

#[tokio::test]
async fn an_application_is_known_where_it_is_registered() {
    let two = Two::start("application").await;
    let more = [("client_id", WEB), ("redirect_uri", CALLBACK)];
    let unknown = two.authorize(ALPHA, &more, "", &[]).await;
    assert_eq!(unknown.status(), 400);
    let unknown = unknown.text().await.unwrap();
    assert!(
        unknown.contains("AADSTS700016") && unknown.contains("in the directory &#39;Alpha&#39;"),
        "{unknown}"
    );
    let page = two.authorize(BETA, &more, "", &[]).await.text().await.unwrap();
    assert_eq!(page.matches("name=\"person\"").count(), 2, "the people of that tenant");
    let own = [
        ("client_id", WEB),
        ("client_secret", "b"),
        ("grant_type", "client_credentials"),
        ("scope", "https://management.azure.com//.default"),
    ];
    let got = two.token(BETA, &own).await;
    assert_eq!(claims(&got.body["access_token"])["tid"], BETA, "{}", got.text);
    let elsewhere = two.token(ALPHA, &own).await;
    assert_eq!(elsewhere.body["error_codes"], json!([700016]));
    let everywhere = two.token("organizations", &own).await;
    assert_eq!(everywhere.body["error_codes"], json!([50194]));
}

#[tokio::test]
async fn a_subscription_takes_the_tokens_of_its_own_tenant() {
    let two = Two::start("subscription").await;
    let bob = two.tokens(BETA, "bob@beta.example", "bobs own").await;
    let at_home = two.person(&bob);
    let list = at_home.get("/arm/subscriptions").await;
    assert_eq!(ids(&list, "subscriptionId"), [BETA_SUB]);
    assert_eq!(list.body["value"][0]["tenantId"], BETA);
    let groups = |subscription: &str| format!("/arm/subscriptions/{subscription}/resourcegroups");
    assert_eq!(at_home.get(&groups(BETA_SUB)).await.status, 200);

    let refused = at_home.get(&groups(ALPHA_SUB)).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (401, "InvalidAuthenticationTokenTenant")
    );
    let text = format!(
        "The access token is from the wrong issuer 'https://sts.windows.net/{BETA}/'. It must match the tenant \
         'https://sts.windows.net/{ALPHA}/' associated with this subscription. Please use the authority (URL) \
         'https://login.windows.net/{ALPHA}' to get the token. Note, if the subscription is transferred to another tenant \
         there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). \
         If you just transferred your subscription and see this error message, please try back later."
    );
    assert_eq!(refused.message(), text);
    let challenge = refused.header("www-authenticate");
    assert!(
        challenge.starts_with(&format!(
            "Bearer authorization_uri=\"{}\", error=\"invalid_token\"",
            two.azure.at(&format!("/entra/{ALPHA}"))
        )),
        "{challenge}"
    );

    let away = two.refreshed(ALPHA, &bob, ARM).await;
    let away = two.person(&away.body);
    assert_eq!(away.get(&groups(ALPHA_SUB)).await.status, 200);
    assert_eq!(ids(&away.get("/arm/subscriptions").await, "subscriptionId"), [ALPHA_SUB]);
    let nobody = two.azure.client.get(two.azure.at(&groups(BETA_SUB))).send().await.unwrap();
    assert!(
        nobody.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .contains(&two.azure.at(&format!("/entra/{BETA}\""))),
        "without a token the answer names the subscription's tenant"
    );

    let assignment = format!(
        "/arm/subscriptions/{BETA_SUB}/providers/Microsoft.Authorization/roleAssignments/d0000000-0000-4000-8000-000000000001"
    );
    let body = |principal: &str| {
        json!({"properties": {
            "roleDefinitionId": format!("/subscriptions/{BETA_SUB}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"),
            "principalId": principal,
        }})
    };
    let foreign = at_home.put(&assignment, body("a2000000-0000-4000-8000-000000000001")).await;
    assert_eq!((foreign.status.as_u16(), foreign.code()), (400, "PrincipalNotFound"));
    assert!(foreign.message().contains(BETA), "{}", foreign.message());
    let own = at_home.put(&assignment, body("b2000000-0000-4000-8000-000000000002")).await;
    assert_eq!(own.status, 201, "{}", own.text);
}

#[tokio::test]
async fn a_directory_shows_its_own_people() {
    let two = Two::start("directory").await;
    let bob = two.tokens(BETA, "bob@beta.example", "bobs own").await;
    let at_home = two.person(&two.refreshed(BETA, &bob, GRAPH).await.body);
    let people = at_home.get("/graph/v1.0/users").await;
    assert_eq!(ids(&people, "userPrincipalName"), ["bob@beta.example", "bea@beta.example"]);
    let foreign = at_home.get("/graph/v1.0/users/ann@alpha.example").await;
    assert_eq!(foreign.code(), "Request_ResourceNotFound");
    assert_eq!(ids(&at_home.get("/graph/v1.0/groups").await, "displayName"), ["Betas"]);
    let away = two.person(&two.refreshed(ALPHA, &bob, GRAPH).await.body);
    assert_eq!(ids(&away.get("/graph/v1.0/groups").await, "displayName"), [""; 0]);
    let me = away.get("/graph/v1.0/me").await;
    assert_eq!(me.body["userPrincipalName"], "bob_beta.example#EXT#@alpha.onmicrosoft.com");
    let services = ids(&at_home.get("/graph/v1.0/servicePrincipals").await, "displayName");
    let resources =
        ["Windows Azure Service Management API", "Microsoft Graph", "Azure Digital Twins"];
    assert_eq!(services[0], "beta-web");
    assert_eq!(services[1..], resources);
}

#[tokio::test]
async fn a_tenant_that_nobody_knows_is_named() {
    let file =
        std::env::temp_dir().join(format!("simulator-{}-no-tenant.toml", std::process::id()));
    std::fs::write(&file, "[[people]]\nupn = \"x@y.example\"\ntenant = \"nowhere.example\"")
        .unwrap();
    let refused = simulator::start(Options { world: Some(file.clone()), ..Options::default() });
    let refused = refused.await.err().map(|error| format!("{error:#}")).unwrap_or_default();
    std::fs::remove_file(&file).unwrap();
    assert!(refused.contains("there is no tenant nowhere.example"), "{refused}");
}
