//! A person asks it, or a schedule every week: what the plan means, in seconds and in dollars.

mod handler;

use lambda_runtime::{Error, run, service_fn};
use understudy::aws::{Controller, log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::init();
    let controller = Controller::start()?;
    run(service_fn(|event| handler::handle(&controller, event))).await
}
