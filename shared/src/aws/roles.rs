//! Roles in other accounts: whose credentials Route 53 is called with where a zone names one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::config::Credentials;
use futures_util::lock::Mutex as AsyncMutex;
use jiff::Timestamp;

use super::clients::Clients;
use super::clock::SystemClock;
use super::sdk_error::words;
use crate::names::RoleArn;
use crate::plan::Zone;
use crate::ports::{Clock, PortError};
use crate::time::after;

const OPERATION: &str = "STS AssumeRole";

/// What CloudTrail of the other account shows us as.
const SESSION: &str = "understudy";

/// New credentials are asked for this long before the old ones end.
const RESERVE: Duration = Duration::from_secs(300);

/// One client of Route 53 for each role.
#[derive(Debug, Default)]
pub(super) struct Roles(Mutex<BTreeMap<RoleArn, Arc<AsyncMutex<Option<Assumed>>>>>);

/// A role that was assumed.
#[derive(Debug)]
struct Assumed {
    route53: aws_sdk_route53::Client,
    expires: Timestamp,
}

impl Roles {
    fn of(&self, role: &RoleArn) -> Arc<AsyncMutex<Option<Assumed>>> {
        let mut roles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(roles.entry(role.clone()).or_default())
    }
}

/// Route 53, as the zone wants it: by our own role, or by that of the zone's account.
///
/// # Errors
/// When the zone's role cannot be assumed.
pub(super) async fn route53(clients: &Clients, zone: &Zone) -> Result<aws_sdk_route53::Client, PortError> {
    let Some(role) = &zone.role else { return Ok(clients.route53().clone()) };
    let place = clients.roles().of(role);
    // Held over the call: of many who want the same role at once, one asks.
    let mut held = place.lock().await;
    let now = SystemClock.now();
    let until = |reserve| move |assumed: &&Assumed| after(now, reserve) < assumed.expires;
    if let Some(assumed) = held.as_ref().filter(until(RESERVE)) {
        return Ok(assumed.route53.clone());
    }
    match assume(clients, role).await {
        Ok((credentials, expires)) => {
            let route53 = clients.route53_with(Some(credentials));
            *held = Some(Assumed { route53: route53.clone(), expires });
            Ok(route53)
        }
        Err(error) => match held.as_ref().filter(until(Duration::ZERO)) {
            Some(assumed) => {
                tracing::warn!(%role, %error, "the credentials assumed last are used to their end");
                Ok(assumed.route53.clone())
            }
            None => Err(error),
        },
    }
}

async fn assume(clients: &Clients, role: &RoleArn) -> Result<(Credentials, Timestamp), PortError> {
    let refused = |why: String| {
        let remedy = "it must exist, trust the role of this function, and this function's role must be allowed \
                      sts:AssumeRole on it; or mend `zone.role` in the plan";
        PortError::new(OPERATION, format!("the role {role} cannot be assumed: {why}: {remedy}"))
    };
    let request = clients.sts().assume_role().role_arn(role.as_str()).role_session_name(SESSION);
    let reply = request.send().await.map_err(|error| refused(words(&error)))?;
    let Some(given) = reply.credentials() else { return Err(refused("the answer holds none".to_owned())) };
    let expires =
        Timestamp::from_second(given.expiration().secs()).map_err(|error| refused(error.to_string()))?;
    let token = Some(given.session_token().to_owned());
    // Without an end of their own: they are replaced here, in time.
    let credentials =
        Credentials::new(given.access_key_id(), given.secret_access_key(), token, None, "assumed role");
    Ok((credentials, expires))
}

#[cfg(test)]
mod tests;
