//! Overrides: said by a run that was written down, while its decision is valid, in the taker's own region;
//! kept until the run has ended, and gone after that.

use understudy::away::Away;
use understudy::names::Region;
use understudy::run::Run;

use super::Judge;
use crate::process::{Life, Task};
use crate::sim::Sim;

impl Judge {
    /// A process says an override.
    pub fn says(&self, sim: &Sim, life: &Life, away: &Away) {
        let run = &away.run;
        self.check(sim, 6, life.task == Task::Wake, || format!("a {:?} says an override", life.task));
        let begun = self.evidence.borrow().begun.get(run).cloned();
        self.check(sim, 8, begun.is_some(), || {
            format!("run {run} says an override, and nobody has written the run down")
        });
        let Some(begun) = begun else { return };
        let wish = begun.run.claim.wish();
        let own = away.to == life.region && wish.to == away.to && wish.from == away.from;
        self.check(sim, 3, own, || {
            format!("run {run} of {} says what is not its to say: {away:?}", life.region)
        });
        let (now, until) = (sim.clock(&life.region), begun.run.claim.valid_until());
        self.check(sim, 1, now < until, || {
            format!("run {run} says its override at {now}, its decision was valid until {until}")
        });
    }

    /// A process takes an override back: what keeps users served stands until its run is over.
    pub fn takes_back(&self, sim: &Sim, life: &Life, away: &Away) {
        let over =
            run_of(sim, &life.region, away).is_none_or(|run| run.outcome().is_some() || !run.is_served());
        self.check(sim, 2, over, || {
            format!("the override of run {} is taken back while users are served by it alone", away.run)
        });
    }

    /// Faults have stopped: what still stands is of a run that goes on.
    pub fn no_override_is_left(&self, sim: &Sim) {
        let objects = sim.cloud.state.borrow().objects.clone();
        for ((there, key), text) in objects.iter().filter(|((there, _), _)| sim.is_there(there)) {
            let Ok(away) = Away::parse(text) else { continue };
            let goes_on = run_of(sim, there, &away).is_some_and(|run| run.outcome().is_none());
            self.check(sim, 2, goes_on, || {
                format!("{key} stands in {there}, and its run {} is over", away.run)
            });
        }
    }
}

/// The run of an override as its region's table has it.
fn run_of(sim: &Sim, region: &Region, away: &Away) -> Option<Run> {
    let key = understudy::state::run_key(&away.application, &away.run);
    let state = sim.cloud.state.borrow();
    let row = state.tables.get(region)?.get(&key)?;
    serde_json::from_str(&row.body).ok()
}
