//! Many scenarios, several at once: a line for each, and all that is known of one that failed.

use std::cmp::Reverse;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::cli::{near, order};
use crate::scenario::{Order, Ran, Stored, sweep};
use crate::show::{Tone, painted, say};
use crate::world::Places;
use crate::{LabError, clock};

/// Runs each under all values of `native` that its file names, or under one; whether all came about as expected.
///
/// # Errors
/// None so far: a scenario that cannot be run is told, and the others go on.
pub async fn run(
    mut stored: Vec<Stored>,
    native: Option<String>,
    jobs: usize,
    places: &Places,
) -> Result<bool, LabError> {
    let began = clock::now();
    let (seats, mut running) = (Arc::new(Semaphore::new(jobs)), JoinSet::new());
    // The longest first, so that none is left alone at the end.
    stored.sort_by_key(|stored| Reverse((stored.scenario.kills, stored.scenario.ending.at_most)));
    for stored in stored {
        for native in natives(&stored, native.as_ref()) {
            let (stored, seats, order) = (stored.clone(), seats.clone(), order(&stored, native, places));
            running.spawn(async move {
                let _seat = seats.acquire_owned().await;
                perform(&stored, order).await
            });
        }
    }
    let (all, mut well) = (running.len(), 0);
    while let Some(ran) = running.join_next().await {
        match ran {
            Ok(Ok(ran)) => {
                well += usize::from(ran.failures.is_empty());
                say(summary(&ran));
                if !ran.failures.is_empty() {
                    say(story(&ran.folder));
                }
            }
            Ok(Err(why)) => say(painted(Tone::Bad, &format!("BROKEN  {why}"))),
            Err(error) => say(painted(Tone::Bad, &format!("BROKEN  {error}"))),
        }
    }
    let tone = if well == all { Tone::Good } else { Tone::Bad };
    let took = clock::seconds(began, clock::now());
    say(painted(tone, &format!("{well} of {all} came about as expected, in {took:.0} s")));
    Ok(well == all)
}

/// The values of `native` under which a scenario is run; none is the file's own.
fn natives(stored: &Stored, only: Option<&String>) -> Vec<Option<String>> {
    match only {
        Some(native) => vec![Some(native.clone())],
        None => {
            let others = stored.scenario.also_native.iter().cloned().map(Some);
            [None].into_iter().chain(others).collect()
        }
    }
}

async fn perform(stored: &Stored, order: Order) -> Result<Ran, String> {
    let name = order.name.clone();
    let ran = if stored.scenario.kills {
        sweep(stored, order, |_| {}).await
    } else {
        crate::scenario::run(&stored.scenario, order).await
    };
    ran.map_err(|error| format!("{name}: {}", error.chain()))
}

/// What happened, as the file of a scenario that failed tells it.
fn story(folder: &Path) -> String {
    let timeline = std::fs::read_to_string(folder.join("timeline.txt")).unwrap_or_default();
    timeline.lines().map(|line| format!("      | {line}\n")).collect()
}

/// A line for a run that was as expected; one more for each thing that was not.
pub fn summary(ran: &Ran) -> String {
    let report = &ran.gathered.report;
    let numbers = format!(
        "{:<34} {:>5.1} s  {}, users without service for {:.1} s ({} of {} requests), {} invariant checks",
        ran.name,
        ran.took,
        report.outcome.unwrap_or("nothing was wanted"),
        report.user.outage_s,
        report.user.failed,
        report.user.requests,
        report.invariants.checked,
    );
    if ran.failures.is_empty() {
        return painted(Tone::Good, &format!("ok    {numbers}"));
    }
    let failures: String = ran.failures.iter().map(|failure| format!("\n      {failure}")).collect();
    painted(Tone::Bad, &format!("FAIL  {numbers}{failures}\n      see {}", near(&ran.folder)))
}
