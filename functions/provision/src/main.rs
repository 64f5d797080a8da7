//! CloudFormation wakes it, a schedule, or a person: Route 53 is brought to the plan, and compared with it.

// One invocation is one future, made of many within each other.
#![recursion_limit = "256"]

mod handler;

use lambda_runtime::{Error, run, service_fn};
use understudy::aws::{Controller, log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::init();
    let controller = Controller::start()?;
    run(service_fn(|event| handler::handle(&controller, event))).await
}
