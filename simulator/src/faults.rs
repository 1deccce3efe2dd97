//! Faults by rule: which calls fail next and how. Knows the outside of a call (method, path, caller), not its meaning.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::message::Answer;
use crate::{Service, random};

/// One rule, as posted to `/admin/faults`. All given conditions must hold; of several rules the first that matches is used.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[serde(default, skip_deserializing)]
    pub id: u64,
    pub service: Option<Service>,
    pub method: Option<String>,
    /// Case-insensitive. With `*` a pattern for the whole path, without it a part of the path.
    pub path: Option<String>,
    /// The caller's user principal name or object id; a client id or an object id of an application in its own name.
    pub caller: Option<String>,
    /// So many matching calls pass unharmed first.
    #[serde(default)]
    pub skip: u32,
    /// Then so many fail.
    #[serde(default = "one")]
    pub times: u32,

    pub status: Option<u16>,
    pub code: Option<String>,
    pub message: Option<String>,
    /// Seconds, also on the true answer.
    pub retry_after: Option<u32>,
    /// Real milliseconds before the call is handled.
    pub delay_ms: Option<u64>,
    pub drop: Option<Drop>,
    /// ARM and Graph: 401 with these claims in `WWW-Authenticate`. Entra: the `claims` member of the error.
    pub claims: Option<Value>,
    /// Entra: the AADSTS number and `suberror`; with a number alone a refusal at authorize goes back by redirect.
    pub aadsts: Option<u32>,
    pub suberror: Option<String>,
    pub body: Option<Value>,
    pub content_type: Option<String>,
    /// The connection ends after so many bytes of the body.
    pub truncate: Option<usize>,
    /// The write is not visible to so many of the next reads of it and of what is above and below it in the path.
    pub stale_reads: Option<u32>,
    /// A service, none of whose so many next reads see the write, whatever their path.
    pub stale_in: Option<Service>,
    /// The body comes in ten parts with so many real milliseconds before each.
    pub slow_ms: Option<u64>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Drop {
    /// The connection is closed, and nothing was done.
    Before,
    /// The call is carried out, and the connection closed without an answer.
    After,
    /// The call is carried out, and its answer never comes; the connection stays.
    Silence,
}

fn one() -> u32 {
    1
}

/// What a rule is asked about.
pub struct Seen<'a> {
    pub service: Service,
    pub method: &'a str,
    pub path: &'a str,
    pub callers: &'a [&'a str],
}

impl Fault {
    fn matches(&self, seen: &Seen<'_>) -> bool {
        self.service.is_none_or(|service| service == seen.service)
            && self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(seen.method))
            && self.path.as_deref().is_none_or(|path| path_matches(path, seen.path))
            && self.caller.as_deref().is_none_or(|caller| {
                seen.callers.iter().any(|name| name.eq_ignore_ascii_case(caller))
            })
    }

    /// Whether an answer is made here; otherwise the call is carried out (perhaps late, perhaps unanswered).
    pub fn answers(&self) -> bool {
        self.status.is_some()
            || self.body.is_some()
            || self.claims.is_some()
            || self.code.is_some()
            || self.aadsts.is_some()
    }

    /// Number, `error` and text of a refusal at authorize, which goes back by redirect and not as a body.
    pub fn redirected(&self, path: &str) -> Option<(u32, &str, &str)> {
        let at_authorize = path.to_ascii_lowercase().ends_with("/authorize");
        let number = self.aadsts.filter(|_| {
            at_authorize && self.status.is_none() && self.body.is_none() && self.claims.is_none()
        })?;
        let error = self.code.as_deref().unwrap_or("invalid_request");
        let text = self.message.as_deref().unwrap_or("The simulator was asked to refuse this.");
        Some((number, error, text))
    }

    /// An answer, of the service's own making or of ours, with the content type and the wait that the rule names.
    pub fn labelled(&self, mut answer: Answer) -> Answer {
        let wait = self.retry_after.map(|seconds| seconds.to_string());
        for (name, value) in [("content-type", self.content_type.clone()), ("retry-after", wait)] {
            if let Some(value) = value {
                answer.headers.retain(|(own, _)| *own != name);
                answer = answer.with(name, value);
            }
        }
        answer
    }

    pub fn answer(
        &self,
        service: Service,
        at: jiff::Timestamp,
        authority: &str,
        recent: bool,
    ) -> Answer {
        let status = self.status.unwrap_or(match (&self.claims, service) {
            (Some(_), Service::Arm | Service::Graph | Service::Twins) => 401,
            (_, Service::Entra) => 400,
            _ if self.body.is_some() => 200,
            _ => 500,
        });
        let step_up =
            self.claims.as_ref().is_some_and(|claims| claims["access_token"].get("acrs").is_some());
        let code = self.code.clone().unwrap_or_else(|| match service {
            Service::Arm if step_up => "RequestDisallowedByPolicy".to_owned(),
            _ => usual_code(service, status).to_owned(),
        });
        let message = self
            .message
            .clone()
            .unwrap_or_else(|| format!("The simulator was asked to answer {status}."));
        let mut answer = match &self.body {
            Some(Value::String(text)) => Answer::empty(status).filled(text.clone()),
            Some(body) => Answer::json(status, body),
            None => match service {
                Service::Entra => {
                    let mut more = Map::new();
                    if let Some(suberror) = &self.suberror {
                        more.insert("suberror".into(), json!(suberror));
                    }
                    if let Some(claims) = &self.claims {
                        more.insert("claims".into(), json!(claims.to_string()));
                    }
                    crate::entra::error_body(
                        at,
                        status,
                        &code,
                        self.aadsts.unwrap_or(90033),
                        &message,
                        more,
                    )
                }
                Service::Twins if matches!(status, 401 | 403) => Answer::empty(status),
                Service::Graph => crate::graph::error(at, status, &code, &message),
                _ => Answer::json(status, &json!({"error": {"code": code, "message": message}})),
            },
        };
        if let Some(claims) = self.claims.as_ref().filter(|_| service != Service::Entra) {
            answer = answer.with(
                "www-authenticate",
                crate::arm::envelope::challenge(authority, claims, recent),
            );
        }
        self.labelled(answer).with("x-ms-request-id", random::guid())
    }
}

fn usual_code(service: Service, status: u16) -> &'static str {
    match (service, status) {
        (Service::Entra, 500..) => "temporarily_unavailable",
        (Service::Entra, _) => "invalid_request",
        (_, 400) => "BadRequest",
        (_, 401) => "InvalidAuthenticationToken",
        (Service::Graph, 403) => "Authorization_RequestDenied",
        (_, 403) => "AuthorizationFailed",
        (_, 404) => "ResourceNotFound",
        (_, 409) => "Conflict",
        (_, 429) => "TooManyRequests",
        (_, 502) => "BadGateway",
        (_, 503) => "ServiceUnavailable",
        (_, 504) => "GatewayTimeout",
        _ => "InternalServerError",
    }
}

fn path_matches(pattern: &str, path: &str) -> bool {
    if pattern.contains('*') {
        return crate::arm::rbac::matches(pattern, path);
    }
    path.to_ascii_lowercase().contains(&pattern.to_ascii_lowercase())
}

#[derive(Debug, Default)]
pub struct Faults {
    rules: Vec<Fault>,
    last: u64,
}

impl Faults {
    pub fn add(&mut self, mut fault: Fault) -> u64 {
        self.last += 1;
        fault.id = self.last;
        self.rules.push(fault);
        self.last
    }

    /// The rule for this call, if any. Counts: a rule that still skips is used up by one, and the call passes.
    pub fn pick(&mut self, seen: &Seen<'_>) -> Option<Fault> {
        let rule = self
            .rules
            .iter_mut()
            .find(|rule| (rule.skip > 0 || rule.times > 0) && rule.matches(seen))?;
        if rule.skip > 0 {
            rule.skip -= 1;
            return None;
        }
        rule.times -= 1;
        Some(rule.clone())
    }

    /// All rules with what is left of `skip` and `times`.
    pub fn list(&self) -> &[Fault] {
        &self.rules
    }

    pub fn clear(&mut self) {
        self.rules.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(value: Value) -> Fault {
        serde_json::from_value(value).expect("a rule")
    }

    #[test]
    fn a_rule_skips_then_strikes_then_rests() {
        let mut faults = Faults::default();
        faults.add(rule(json!({"method": "put", "path": "roleassignments", "skip": 1, "times": 2, "status": 503})));
        let seen = Seen {
            service: Service::Arm,
            method: "PUT",
            path: "/subscriptions/x/providers/Microsoft.Authorization/roleAssignments/1",
            callers: &[],
        };
        let struck: Vec<bool> = (0..4).map(|_| faults.pick(&seen).is_some()).collect();
        assert_eq!(struck, [false, true, true, false]);
        assert_eq!((faults.list()[0].skip, faults.list()[0].times), (0, 0));
    }

    #[test]
    fn a_rule_for_one_person_spares_the_others() {
        let mut faults = Faults::default();
        faults.add(rule(json!({"caller": "uma@contoso.com", "path": "/a/*/c", "status": 500})));
        let seen =
            |caller| Seen { service: Service::Arm, method: "GET", path: "/a/b/c", callers: caller };
        assert!(faults.pick(&seen(&["olivia@contoso.com"])).is_none());
        assert!(faults.pick(&seen(&["uma@contoso.com", "oid"])).is_some());
    }

    #[test]
    fn an_unknown_member_of_a_rule_is_an_error() {
        assert!(serde_json::from_value::<Fault>(json!({"stauts": 500})).is_err());
    }
}
