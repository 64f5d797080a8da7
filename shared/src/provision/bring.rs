//! From a look to what stands: the whole of provisioning.

use jiff::Timestamp;
use serde::Serialize;

use super::apply::{Applied, Order, apply};
use super::difference::Difference;
use super::live::{Adopted, Live};
use super::look::look;
use super::rights::{self, Refusal, Terms};
use crate::names::RunId;
use crate::plan::Plan;
use crate::ports::{ChangeEstate, ChangeRecords, CheckMetrics, Clock, PortError, ReadEstate, ReadRecords};

/// Answers get lost, and others change things, too: so often what came of it is looked at and mended.
const ROUNDS: usize = 3;

/// What somebody wants done.
#[derive(Clone, Debug)]
pub struct Task {
    /// What was agreed to.
    pub terms: Terms,
    /// Whose records are taken over from people.
    pub adopted: Adopted,
    /// Names this work in the epochs that it claims.
    pub run: RunId,
    /// When to stop.
    pub until: Timestamp,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Brought {
    /// What was done.
    pub applied: Applied,
    /// What is still to do.
    pub rest: Difference,
}

/// Why nothing was done, or not all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Route 53 cannot be read.
    #[error("what stands cannot be read: {0}")]
    Unreadable(#[from] PortError),
    /// It may not be done.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Brings Route 53 to what the plan says, as far as that was agreed to and there is time. What was done is
/// looked at, so that the end tells what stands and not what was sent.
///
/// # Errors
/// What stands cannot be read, or the difference is not what was agreed to: then nothing was done.
pub async fn bring<W>(world: &W, plan: &Plan, task: &Task) -> Result<Brought, Trouble>
where
    W: Clock + ReadEstate + ReadRecords + CheckMetrics + ChangeEstate + ChangeRecords,
{
    let live = look(world, plan).await?;
    bring_from(world, plan, live, task).await.map(|(brought, _)| brought)
}

/// The same after a look of one's own; with what the last look saw, if it saw anything.
///
/// # Errors
/// The difference is not what was agreed to: then nothing was done.
pub(super) async fn bring_from<W>(
    world: &W,
    plan: &Plan,
    mut live: Live,
    task: &Task,
) -> Result<(Brought, Option<Live>), Trouble>
where
    W: Clock + ReadEstate + ReadRecords + CheckMetrics + ChangeEstate + ChangeRecords,
{
    let agreed = Difference::between(plan, &live, &task.adopted);
    rights::may(&agreed, &live, &task.terms)?;
    let mut brought = Brought { applied: Applied::default(), rest: agreed.clone() };
    for _ in 0..ROUNDS {
        if brought.rest.is_empty() || world.now() >= task.until {
            break;
        }
        let order = Order { difference: &brought.rest, run: &task.run, until: task.until };
        let applied = apply(world, plan, &live, &order).await;
        live = match look(world, plan).await {
            Ok(live) => live,
            Err(error) => {
                // What was done was done: the next call sees what came of it.
                brought.applied = brought.applied.and(applied);
                brought.applied.failed.push(format!("what came of it cannot be read: {error}"));
                return Ok((brought, None));
            }
        };
        let rest = Difference::between(plan, &live, &task.adopted);
        let is_agreed = rest.changes.iter().all(|change| agreed.changes.contains(change));
        let is_less = rest.changes.len() < brought.rest.changes.len();
        brought = Brought { applied: brought.applied.and(applied), rest };
        // Somebody else changed something meanwhile, or nothing comes of it: people look at it again.
        if !is_agreed || !is_less {
            break;
        }
    }
    Ok((brought, Some(live)))
}
