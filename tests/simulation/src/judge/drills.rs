//! 6: a drill touches nothing outside its scope, and yields at once to a real incident.

use std::time::Duration;

use understudy::drill::{Answer, Outcome};
use understudy::names::Region;
use understudy::ports::Write;

use super::Judge;
use crate::sim::Sim;

/// What every observer must have noticed by then.
const FOR_ALL_TO_SEE: Duration = Duration::from_secs(100);

impl Judge {
    /// A drill is over: where a region has been dead for long, it was not rehearsed.
    pub fn drilled(&self, sim: &Sim, by: &Region, began: Duration, answer: &Answer) {
        sim.say(by.as_str(), || format!("drilled: {answer:?}").chars().take(160).collect());
        let evidence = self.evidence.borrow();
        let dead = |region: &&Region| {
            evidence.truth.dead_for(region.as_str(), began).is_some_and(|time| time > FOR_ALL_TO_SEE)
        };
        // A controller does not see its own region's endpoint well or ill for others to go by.
        let dead = evidence.truth.regions().filter(|region| *region != by).find(dead).cloned();
        drop(evidence);
        let rehearsed =
            answer.applications.values().any(|outcome| !matches!(outcome, Outcome::Skipped { .. }));
        self.check(sim, 6, dead.is_none() || !rehearsed, || {
            format!("a drill goes on in {by}, though {dead:?} has long been dead")
        });
    }

    /// A drill has written: its result into the ledger, and a notice into the outbox; no more.
    pub(super) fn drill_wrote(&self, sim: &Sim, writes: &[Write]) {
        for write in writes {
            let within =
                write.key.sort.starts_with("application#") || write.key.partition.starts_with("ledger#");
            self.check(sim, 6, within, || format!("a drill writes {:?}", write.key));
        }
    }
}
