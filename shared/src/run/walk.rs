//! Walking a run: step after step, each outcome written down before the next begins.

use jiff::Timestamp;

use super::pace::Pace;
use super::{Outcome, Run, State, Step, apply, switch, verify};
use crate::plan::{Application, Plan};
use crate::ports::{ChangeRecords, Clock, NameServers, Overriding, Probes, Random, ReadRecords, Store};
use crate::state::{Held, StateError, run_key, save};

/// How a step ended.
pub(super) enum Progress {
    /// The next step, or the run's end.
    Next(State),
    /// The time is nearly up: the next wake goes on.
    Later,
}

impl Progress {
    pub(super) fn ended(outcome: Outcome) -> Self {
        Self::Next(State::Ended(outcome))
    }
}

/// Walks a run until it ends or users are served by its override, `until` comes, or another walker is found to have it.
/// Gives whether we still hold it.
///
/// # Errors
/// When the state table does not answer.
pub async fn walk<W>(
    world: &W,
    application: &Application,
    run: &mut Held<Run>,
    (plan, pace, until): (&Plan, &Pace, Timestamp),
) -> Result<bool, StateError>
where
    W: Clock + Random + ReadRecords + ChangeRecords + Overriding + NameServers + Probes + Store,
{
    let key = run_key(&application.name, run.row.id());
    while let State::At(step) = run.row.state {
        let progress = match step {
            Step::SayAway => switch::say_away(world, plan, &mut run.row, until).await,
            Step::Unsay => switch::unsay(world, plan, &mut run.row, until).await,
            Step::MoveRecords => apply::move_records(world, application, &mut run.row, (pace, until)).await,
            Step::NameServersHaveIt => {
                verify::name_servers_have_it(world, application, &mut run.row, (pace, until)).await
            }
            Step::AnswerChanged => {
                verify::answer_changed(world, application, &mut run.row, (plan, until)).await
            }
            Step::ApplicationReached => {
                verify::application_reached(world, application, &mut run.row, until).await
            }
        };
        let Progress::Next(state) = progress else {
            return save(world, key, run).await;
        };
        run.row.state = state;
        // The end is written by the caller, together with what follows from it.
        if run.row.outcome().is_none() && !save(world, key.clone(), run).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives a run up that Route 53 has not accepted, if a person wants it; its end is the caller's to
/// write down.
pub async fn cancel<W>(world: &W, application: &Application, run: &mut Run, by: &str)
where
    W: Clock + ReadRecords + NameServers,
{
    let effects = [Step::SayAway, Step::MoveRecords].map(State::At);
    if !effects.contains(&run.state) || run.is_served() {
        return;
    }
    if let Progress::Next(state) = apply::cancel(world, application, run, by).await {
        run.state = state;
    }
}
