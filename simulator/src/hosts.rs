//! The names of Azure's own hosts: which service each stands for, and the addresses that answers hold when a call came by
//! one of them. Knows names only; nothing here is ever resolved or called.

use url::Url;

use crate::Service;
use crate::state::Places;
use crate::world::REGIONS;

const ENTRA: [&str; 4] =
    ["login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "sts.windows.net"];
const ARM: [&str; 2] = ["management.azure.com", "management.core.windows.net"];
const GRAPH: &str = "graph.microsoft.com";
const TWINS: &str = ".digitaltwins.azure.net";

/// The service that a `Host` names, with or without a port.
pub fn service(host: &str) -> Option<Service> {
    let name = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    match name.as_str() {
        name if ENTRA.contains(&name) => Some(Service::Entra),
        name if ARM.contains(&name) => Some(Service::Arm),
        GRAPH => Some(Service::Graph),
        name if name.ends_with(TWINS) => Some(Service::Twins),
        _ => None,
    }
}

/// The addresses in answers to calls by Azure's own names.
pub fn places(base: &Url) -> Places {
    Places {
        base: base.clone(),
        entra: format!("https://{}", ENTRA[0]),
        arm: format!("https://{}", ARM[0]),
        graph: format!("https://{GRAPH}"),
        twins: format!("{}/twins", base.as_str().trim_end_matches('/')),
    }
}

/// What a server certificate must be for. A wildcard stands for one label, so every region's part is there.
pub fn names() -> Vec<String> {
    let fixed = ["localhost"].iter().chain(&ENTRA).chain(&ARM).chain([&GRAPH]);
    fixed
        .map(|name| (*name).to_owned())
        .chain([format!("*{TWINS}")])
        .chain(REGIONS.iter().map(|region| format!("*.api.{}{TWINS}", region.code)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_azure_stands_for_one_service_whatever_its_case_and_port() {
        assert_eq!(service("Login.MicrosoftOnline.com"), Some(Service::Entra));
        assert_eq!(service("management.azure.com:443"), Some(Service::Arm));
        assert_eq!(service("x.api.weu.digitaltwins.azure.net"), Some(Service::Twins));
        assert_eq!(service("digitaltwins.azure.net.example"), None);
        assert_eq!(service("127.0.0.1:8081"), None);
        assert!(names().iter().any(|name| name == "*.api.weu.digitaltwins.azure.net"));
    }
}
