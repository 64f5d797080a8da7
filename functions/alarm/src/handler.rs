//! Converts, calls the shared crate, answers. Never an error: Lambda would send the event again.

use lambda_runtime::{Error, LambdaEvent};
use serde_json::value::RawValue;
use understudy::aws::{Answer, Controller};

/// Handles one event, whatever it is: one that is not ours is answered as such.
pub async fn handle(controller: &Controller, event: LambdaEvent<Box<RawValue>>) -> Result<Answer, Error> {
    Ok(controller.handle(event.payload.get(), event.context.deadline).await)
}
