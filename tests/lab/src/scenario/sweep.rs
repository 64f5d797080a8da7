//! Killing a process at each of its calls in turn: every sub-run must end as if nothing had happened.

use tokio::task::JoinSet;

use super::run::{Order, Ran, run};
use super::{Scenario, Stored};
use crate::LabError;
use crate::clock;
use crate::cloud::{Moment, Strike};

/// Sub-runs at once: they mostly wait.
const AT_ONCE: u32 = 3;

/// No run makes so many calls.
const MOST: u32 = 60;

/// Runs a scenario once for each call and moment, until a run ends without reaching the call. The result is the
/// last sub-run's, with the failures of all.
///
/// # Errors
/// The lab cannot go on.
pub async fn sweep(stored: &Stored, order: Order, told: impl Fn(&Ran)) -> Result<Ran, LabError> {
    let (mut call, mut failures) = (1, Vec::new());
    let began = clock::now();
    // What an earlier sweep left there is not of this one; there may be nothing.
    let _emptied = std::fs::remove_dir_all(&order.places.folder);
    while call <= MOST {
        let batch = batch(&stored.scenario, &order, call).await?;
        let mut unreached = None;
        for ran in batch {
            told(&ran);
            failures.extend(ran.failures.iter().map(|failure| format!("{}: {failure}", ran.name)));
            if !ran.struck {
                unreached.get_or_insert(ran);
            }
        }
        if let Some(last) = unreached {
            return finish(last, order, failures, clock::seconds(began, clock::now()));
        }
        call += AT_ONCE;
    }
    Err(LabError::Refused { what: "a run of so many calls", why: format!("more than {MOST} were counted") })
}

/// The sub-runs of some calls, each killed before and after, in their order.
async fn batch(scenario: &Scenario, order: &Order, first: u32) -> Result<Vec<Ran>, LabError> {
    let mut running = JoinSet::new();
    for call in first..first + AT_ONCE {
        for moment in [Moment::Before, Moment::After] {
            let name = format!("{}-{call:02}", moment.as_str());
            let mut sub = order.clone();
            sub.places.folder = order.places.folder.join(&name);
            sub.name = format!("{} {} call {call}", order.name, moment.as_str());
            sub.strike = Some(Strike::at(call, moment));
            sub.live = None;
            let scenario = scenario.clone();
            running.spawn(async move { run(&scenario, sub).await });
        }
    }
    let mut done = Vec::new();
    while let Some(ran) = running.join_next().await {
        match ran {
            Ok(ran) => done.push(ran?),
            Err(error) => return Err(LabError::Refused { what: "a sub-run", why: error.to_string() }),
        }
    }
    done.sort_by(|one, other| one.folder.cmp(&other.folder));
    Ok(done)
}

/// The scenario's own report is that of the sub-run in which nobody was killed.
fn finish(last: Ran, order: Order, failures: Vec<String>, took: f64) -> Result<Ran, LabError> {
    let folder = order.places.folder;
    let (from, to) = (last.folder.join("report.json"), folder.join("report.json"));
    std::fs::copy(&from, &to).map_err(LabError::system(format!("cannot write {}", to.display())))?;
    Ok(Ran { name: order.name, folder, failures, took, ..last })
}
