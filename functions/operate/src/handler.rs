//! Converts, calls the shared crate, answers. Never an error: what is wrong is told in the answer.

use lambda_runtime::{Error, LambdaEvent};
use serde_json::value::RawValue;
use understudy::aws::{Answer, Controller};

/// Does what a person says.
pub async fn handle(controller: &Controller, event: LambdaEvent<Box<RawValue>>) -> Result<Answer, Error> {
    Ok(controller.operate(event.payload.get(), event.context.deadline).await)
}
