//! Trying what has been granted: the data plane with the person's own token.

use super::{Trial, Tried, failed, theirs};
use crate::{
    azure::{self, Resource},
    domain::{
        run::{self, Outcome, Wrote},
        scope::Scope,
    },
    text,
};

impl Trial<'_> {
    pub(super) async fn verify(&self, instance: &Scope) -> Tried {
        let host = match run::host_name(&self.claimed.request.steps) {
            Some(host) => Some(host.to_owned()),
            None => {
                let token = self.token(Resource::Arm).await?;
                self.app
                    .azure
                    .instance(&token, &instance.to_string())
                    .await?
                    .and_then(|found| found.host_name)
            }
        };
        let Some(host) = host else {
            return Ok(failed("NoHostName", text!("problem-no-host")));
        };
        let token = self.token(Resource::Twins).await?;
        match self.app.azure.probe(&token, &host).await {
            Ok(()) => Ok(Outcome::Done {
                wrote: Wrote::No,
                proof: text!("proof-answered", host = host),
                host_name: None,
            }),
            // Azure answers the same whether a role is missing or not yet in effect; this one was
            // read back, so it is on its way.
            Err(azure::Error::Refused(problem)) if problem.status == Some(403) => {
                Ok(Outcome::Retry {
                    problem: theirs(&problem).in_words(text!("problem-not-let-in")),
                    wait: Some(self.app.site.poll_floor),
                })
            }
            Err(error) => Err(error.into()),
        }
    }
}
