//! Converts, calls the shared crate, answers.

use lambda_runtime::{Error, LambdaEvent};
use serde_json::value::RawValue;
use understudy::advise::Served;
use understudy::aws::Controller;

/// Handles one event. It fails only where nobody was told who should have been: then Lambda sends it again.
pub async fn handle(controller: &Controller, event: LambdaEvent<Box<RawValue>>) -> Result<Served, Error> {
    match controller.advise(event.payload.get()).await {
        Served::Untold { why } => Err(why.into()),
        served => Ok(served),
    }
}
