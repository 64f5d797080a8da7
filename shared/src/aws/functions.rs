//! Our own functions, woken by Lambda's API.

use std::collections::BTreeMap;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;

use super::clients::Clients;
use super::sdk_error::port_error;
use crate::names::{Arn, Region};
use crate::ports::PortError;

const OPERATION: &str = "Lambda Invoke";

/// What `event::read` knows as a tick.
const TICK: &str = r#"{"understudy":"tick"}"#;

/// Hands the `tick` function of a region a tick; Lambda queues it and answers at once.
pub(super) async fn wake_tick(
    clients: &Clients,
    ticks: &BTreeMap<Region, Arn>,
    region: &Region,
) -> Result<(), PortError> {
    let function = ticks.get(region).ok_or_else(|| {
        let message = format!(
            "the tick function in {region} is not known in this region: add its ARN to UNDERSTUDY_TICKS; \
             without it, that region looks at its next minute"
        );
        PortError::new(OPERATION, message)
    })?;
    let request = clients
        .lambda(region)
        .invoke()
        .function_name(function.as_str())
        .invocation_type(InvocationType::Event)
        .payload(Blob::new(TICK));
    request.send().await.map(|_| ()).map_err(|error| port_error(OPERATION, &error))
}

#[cfg(test)]
mod tests;
