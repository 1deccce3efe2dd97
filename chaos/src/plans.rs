//! What people ask for: each kind of plan, asked by form and approved by those who may, until the
//! worker has all it needs. Knows pages, and nothing of what happens to the plan.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::world::demo;

use crate::people::{Browser, Page};
use crate::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A new group, an instance with a private endpoint and its DNS, and a role: by Olivia alone.
    CreatePrivate,
    /// The same in the group that the last one has asked for, with another instance and endpoint.
    CreateBeside,
    /// An instance by Carl, and the role by Uma.
    Create,
    Delete,
    /// Nina asks for a role on factory-floor, Uma decides.
    Access,
    Remove,
    /// Carl asks for a role of his own, Olivia decides.
    Raise,
    IdentityOff,
    IdentityOn,
    Associate,
    Disassociate,
    Tags,
    PublicOff,
    PublicOn,
    Endpoint,
    ApproveConnection,
    RejectConnection,
    RemoveConnection,
    /// Paul asks where the resource provider is not registered.
    Register,
}

/// Kinds that bring each other about and undo each other, so that they can go round.
pub const CYCLES: [&[Kind]; 9] = [
    &[Kind::CreatePrivate],
    &[Kind::Create, Kind::Delete],
    &[Kind::Access, Kind::Remove],
    &[Kind::Raise],
    &[Kind::IdentityOff, Kind::IdentityOn],
    &[Kind::Associate, Kind::Disassociate],
    &[Kind::Tags, Kind::PublicOff, Kind::PublicOn],
    &[Kind::Endpoint, Kind::ApproveConnection, Kind::RejectConnection, Kind::RemoveConnection],
    &[Kind::Register],
];

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::CreatePrivate => "create-private",
            Kind::CreateBeside => "create-beside",
            Kind::Create => "create",
            Kind::Delete => "delete",
            Kind::Access => "access",
            Kind::Remove => "remove",
            Kind::Raise => "raise",
            Kind::IdentityOff => "identity-off",
            Kind::IdentityOn => "identity-on",
            Kind::Associate => "associate",
            Kind::Disassociate => "disassociate",
            Kind::Tags => "tags",
            Kind::PublicOff => "public-off",
            Kind::PublicOn => "public-on",
            Kind::Endpoint => "endpoint",
            Kind::ApproveConnection => "approve-connection",
            Kind::RejectConnection => "reject-connection",
            Kind::RemoveConnection => "remove-connection",
            Kind::Register => "register",
        }
    }
}

const FACTORY_FLOOR: &str = "/subscriptions/a1b2c3d4-0000-4000-8000-000000000001/resourceGroups/rg-factory/providers/Microsoft.DigitalTwins/digitalTwinsInstances/factory-floor";
const PAGE: &str = "/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-factory/factory-floor";
const WHY: (&str, &str) = ("justification", "The plant needs it.");
const WHO: [&str; 6] = ["carl", "nina", "olivia", "paul", "rita", "uma"];

fn in_factory(rest: &str) -> String {
    format!("/subscriptions/{}/resourceGroups/rg-factory/providers/{rest}", demo::PRODUCTION)
}

/// Asks for it and has it approved; the request's id. `number` makes names that nobody has used.
pub async fn ask(world: &mut World, kind: Kind, number: usize) -> anyhow::Result<String> {
    let subnet =
        in_factory("Microsoft.Network/virtualNetworks/vnet-factory/subnets/private-endpoints");
    let camera = in_factory("Microsoft.ManagedIdentity/userAssignedIdentities/line-camera");
    let name = format!("dt-{number}");
    match kind {
        Kind::CreatePrivate | Kind::CreateBeside => {
            let before = usize::from(kind == Kind::CreateBeside);
            let (group, endpoint) = (format!("rg-{}", number - before), format!("pe-{number}"));
            let fields = [
                ("subscription", demo::PRODUCTION),
                ("new_resource_group", &group),
                ("resource_name", &name),
                ("region", "westeurope"),
                ("for_me", "yes"),
                ("connectivity", "private"),
                ("pe_name", &endpoint),
                ("pe_subnet", &subnet),
                ("public_network_access", "enabled"),
                ("system_identity", "on"),
                WHY,
            ];
            asked(world.person("olivia").await, "/instances/new", &fields).await
        }
        Kind::Create => {
            let fields = [
                ("subscription", demo::PRODUCTION),
                ("resource_group", "rg-twins"),
                ("resource_name", &name),
                ("region", "westeurope"),
                ("for_me", "yes"),
                WHY,
            ];
            let request = asked(world.person("carl").await, "/instances/new", &fields).await?;
            approved(world.person("uma").await, &request).await
        }
        Kind::Delete => {
            let (name, id) = some_instance(world).await?;
            let fields = [("instance", &*id), ("confirm", &*name), WHY];
            asked(world.person("olivia").await, "/deletion/new", &fields).await
        }
        Kind::Access => {
            let fields =
                [("resource_id", FACTORY_FLOOR), ("role", "data_owner"), ("for_me", "yes"), WHY];
            let request = asked(world.person("nina").await, "/access/new", &fields).await?;
            approved(world.person("uma").await, &request).await
        }
        Kind::Remove => {
            let uma = world.person("uma").await;
            let page = uma.open(&format!("{PAGE}/access")).await;
            let to = page.html_attribute("a[href^='/access/remove?']", "href");
            let form = uma.open(&to).await;
            let review = uma.press(&form, "Review + remove", &[WHY]).await;
            confirmed(uma, &review).await
        }
        Kind::Raise => {
            // What the last time gave him is taken away by other hands.
            let scope = format!("/subscriptions/{}/resourceGroups/rg-factory", demo::PRODUCTION);
            let held = json!({
                "principal": demo::CARL, "scope": scope,
                "role": "Role Based Access Control Administrator",
            });
            world.tell(Method::DELETE, "/role-assignments", held).await?;
            let fields = [
                ("subscription", demo::PRODUCTION),
                ("resource_group", "rg-factory"),
                ("role", "role_based_access_control_administrator"),
                WHY,
            ];
            let carl = world.person("carl").await;
            let request = asked(carl, "/roles/new", &fields).await?;
            approved(world.person("olivia").await, &request).await
        }
        Kind::IdentityOff => identity(world, "off", &[]).await,
        Kind::IdentityOn => identity(world, "on", &[]).await,
        Kind::Associate => identity(world, "associate", &[("identity", &camera)]).await,
        Kind::Disassociate => identity(world, "remove", &[("identity", &camera)]).await,
        Kind::Tags => {
            let line = number.to_string();
            let fields =
                [("instance", FACTORY_FLOOR), ("tag_name", "line"), ("tag_value", &line), WHY];
            asked(world.person("olivia").await, "/tags/new", &fields).await
        }
        Kind::PublicOff => network(world, "disable", &[("confirm_name", "factory-floor")]).await,
        Kind::PublicOn => network(world, "enable", &[]).await,
        Kind::Endpoint => {
            let name = format!("pe-{number}");
            let typed = [
                ("pe_name", &*name),
                ("pe_subnet", &subnet),
                ("pe_approval", "manual"),
                ("pe_message", "please"),
                ("pe_dns", "no"),
            ];
            network(world, "add", &typed).await
        }
        Kind::ApproveConnection => network(world, "approve", &[]).await,
        Kind::RejectConnection => network(world, "reject", &[]).await,
        Kind::RemoveConnection => network(world, "remove", &[]).await,
        Kind::Register => {
            if number > 0 {
                let provider = format!(
                    "/subscriptions/{}/providers/Microsoft.DigitalTwins/unregister\
                     ?api-version=2021-04-01",
                    demo::DEVELOPMENT
                );
                world.person("paul").await;
                world.by_other_means(demo::PAUL, "POST", &provider).await?;
                world.advance(Duration::from_secs(10)).await?;
            }
            let fields = [
                ("subscription", demo::DEVELOPMENT),
                ("resource_group", "rg-sandbox"),
                ("resource_name", &name),
                ("region", "northeurope"),
                ("for_me", "yes"),
                WHY,
            ];
            asked(world.person("paul").await, "/instances/new", &fields).await
        }
    }
}

/// Everybody signs in, so that what happens later is the same whoever was needed first.
pub async fn everybody(world: &mut World) {
    for name in WHO {
        world.person(name).await;
    }
}

/// An instance that a plan has made, not the one that was there.
async fn some_instance(world: &World) -> anyhow::Result<(String, String)> {
    let azure = world.azure().await?;
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    azure["instances"]
        .as_array()
        .into_iter()
        .flatten()
        .rfind(|row| row["group"] == "rg-twins")
        .map(|row| (text(row, "name"), text(row, "id")))
        .context("there is no instance to delete")
}

async fn asked(who: &Browser, form: &str, fields: &[(&str, &str)]) -> anyhow::Result<String> {
    let mut fields = fields.to_vec();
    fields.push(("go", "review"));
    let review = who.send(form, &fields).await;
    confirmed(who, &review).await
}

async fn identity(
    world: &mut World,
    change: &str,
    more: &[(&str, &str)],
) -> anyhow::Result<String> {
    let mut fields = vec![("instance", FACTORY_FLOOR), ("change", change), WHY];
    fields.extend(more);
    if matches!(change, "off" | "remove") {
        fields.push(("confirm", "factory-floor"));
    }
    asked(world.person("olivia").await, "/identity/new", &fields).await
}

async fn network(world: &mut World, link: &str, typed: &[(&str, &str)]) -> anyhow::Result<String> {
    let olivia = world.person("olivia").await;
    let page = olivia.open(&format!("{PAGE}/networking")).await;
    let address = page.html_attribute(&format!("a[href*='change={link}']"), "href");
    let form = olivia.open(&address).await;
    let mut typed = typed.to_vec();
    typed.push(WHY);
    let review = olivia.press(&form, "Review + save", &typed).await;
    confirmed(olivia, &review).await
}

/// Presses the button of a review page.
async fn confirmed(who: &Browser, review: &Page) -> anyhow::Result<String> {
    ensure!(review.status == StatusCode::OK, "{} says {}", review.url, review.words());
    let button = review.one("main form .end button.primary, main form > .end button.primary");
    let page = who.press(review, &button, &[]).await;
    let id = page.url.path().strip_prefix("/requests/");
    Ok(id.with_context(|| format!("at {}: {}", page.url, page.words()))?.to_owned())
}

async fn approved(who: &Browser, request: &str) -> anyhow::Result<String> {
    let page = who.open(&format!("/requests/{request}")).await;
    let page = who.press(&page, "Approve", &[]).await;
    ensure!(page.status == StatusCode::OK, "{} says {}", page.url, page.words());
    Ok(request.to_owned())
}
