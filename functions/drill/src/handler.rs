//! Converts, calls the shared crate, answers. Never an error: Lambda would send the event again.

use lambda_runtime::{Error, LambdaEvent};
use serde_json::value::RawValue;
use understudy::aws::{Answer, Controller};

/// Runs the drill that is asked for, or those that are due.
pub async fn handle(controller: &Controller, event: LambdaEvent<Box<RawValue>>) -> Result<Answer, Error> {
    Ok(controller.drill(event.payload.get()).await)
}
