//! Converts, calls the shared crate, answers.

use lambda_runtime::{Error, LambdaEvent};
use serde_json::value::RawValue;
use understudy::aws::Controller;
use understudy::provision::Answer;

/// Handles one event. It fails only where CloudFormation waits and could not be told: then Lambda sends the
/// event again.
pub async fn handle(controller: &Controller, event: LambdaEvent<Box<RawValue>>) -> Result<Answer, Error> {
    match controller.provision(event.payload.get(), event.context.deadline).await {
        Answer::Untold { why, .. } => Err(why.into()),
        answer => Ok(answer),
    }
}
