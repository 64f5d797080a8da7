//! What a person's command does: the work of the function `operate`.
//!
//! A command never changes a record and never walks a run. It looks ([`crate::wake::survey`]), it
//! writes what was said into every controller's table ([`crate::state::People`]), and it wakes the
//! controllers, who decide by it as they decide by everything else. So one command is heard
//! wherever one region can be reached, and whatever was reached brings it to the others.
//!
//! [`operate`] is total: whatever it is given, it answers. What it does not take is refused with
//! all that is wrong and what is allowed, and then nothing is written.

mod answer;
mod choose;
mod commands;
mod consent;
mod desk;
mod explain;
mod history;
mod ledger;
mod members;
mod moves;
mod pause;
mod request;
mod runs;
mod shown;
mod status;
mod tables;
#[cfg(test)]
mod tests;
mod times;
mod write;

use jiff::Timestamp;
use tracing::info;

pub use answer::{Answer, Asked, Fault, Objection, Recorded, Refusal};
pub use commands::{Help, help};
pub use explain::Explanation;
pub use history::History;
pub use shown::{ApplicationStatus, Status};

use answer::Refusable;
use desk::Desk;
use request::{Request, Told};

use crate::names::Region;
use crate::plan::Plan;
use crate::ports::{Functions, Watching};

/// Does what a person says, and answers.
pub async fn operate<W: Watching + Functions>(
    world: &W,
    plan: &Plan,
    here: &Region,
    payload: &str,
    deadline: Timestamp,
) -> Answer {
    let answer = match request::read(plan, payload, world.now()) {
        Ok(Told { request, said, ticket }) => {
            let desk = Desk::new(world, plan, here, deadline, (said, ticket));
            carry_out(&desk, request).await
        }
        Err(refusal) => Err(refusal),
    };
    let answer = answer.unwrap_or_else(Answer::Refused);
    match &answer {
        Answer::Recorded(recorded) => info!(regions = ?recorded.regions, "recorded: {}", recorded.text),
        Answer::Refused(refusal) => info!(faults = ?refusal.faults, "refused: {}", refusal.text),
        Answer::Status(_) | Answer::History(_) | Answer::Explanation(_) => info!("told how it stands"),
    }
    answer
}

async fn carry_out<W: Watching + Functions>(desk: &Desk<'_, W>, request: Request<'_>) -> Refusable<Answer> {
    match request {
        Request::Status { application } => status::status(desk, application).await,
        Request::History { application, limit } => history::history(desk, application, limit).await,
        Request::Explain { application, from, until } => {
            explain::explain(desk, application, from, until).await
        }
        Request::Consent { application, digest, denied_for, who } => {
            consent::consent(desk, application, &digest, denied_for, &who).await
        }
        Request::Move(wanted) => moves::order(desk, &wanted).await,
        Request::Pause { applications, until, who } => pause::pause(desk, &applications, until, &who).await,
        Request::Resume { applications, who } => pause::resume(desk, &applications, &who).await,
        Request::Acknowledge { application, who } => pause::acknowledge(desk, application, &who).await,
        Request::Cancel { application, run, who } => runs::cancel(desk, application, run, &who).await,
        Request::Retry { application, run, who } => runs::retry(desk, application, run, &who).await,
    }
}
