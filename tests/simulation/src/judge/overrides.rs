//! Overrides: said by a run that was written down, while its decision is valid, in the taker's own region;
//! kept until the run has ended, and gone after that.

use std::time::Duration;

use suite::world::By;
use understudy::away::Away;
use understudy::names::Region;
use understudy::run::Run;
use understudy::wake::Summary;

use super::Judge;
use crate::people::row_of;
use crate::process::{Life, Task};
use crate::sim::Sim;

/// Once nothing is wrong any more, the next tick or the one after it writes them.
const FOLLOW_WITHIN: Duration = Duration::from_secs(280);

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

    /// A process says again what stands: it is of a run that serves users by it.
    pub fn says_again(&self, sim: &Sim, life: &Life, away: &Away) {
        self.evidence.borrow_mut().said_again.insert(life.region.clone(), sim.elapsed());
        let serves = run_of(sim, &life.region, away).is_some_and(|run| run.is_served());
        self.check(sim, 2, serves, || format!("run {} says its override again, and serves nobody", away.run));
    }

    /// A tick has ended: what would fade was said again, if users are served by it.
    pub fn ticked(&self, sim: &Sim, here: &Region, began: Duration, summary: &Summary) {
        let serves = summary.applications.values().any(|word| word.starts_with("served by its override"));
        if !serves || sim.setting.overrides != Some(By::Metric) {
            return;
        }
        let said = self.evidence.borrow().said_again.get(here).is_some_and(|at| *at >= began);
        self.check(sim, 2, said, || {
            format!("{here} serves users by a metric, and a tick has not said it again")
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

impl Judge {
    /// Faults have stopped: neither a metric nor a routing control says "away" of whom no run leaves. Who was
    /// lost after it said so cannot take it back.
    pub fn nothing_is_said_for_nothing(&self, sim: &Sim) {
        let flying =
            |region: &Region| row_of(sim, region.as_str(), "shop").is_some_and(|row| row.run.is_some());
        let (metrics, off) = {
            let state = sim.cloud.state.borrow();
            let now = sim.elapsed();
            let said = state.metrics.iter().filter(|(_, series)| series.says_away(now));
            let said: Vec<(Region, String)> = said.map(|(place, _)| place.clone()).collect();
            (said, state.controls_off.clone())
        };
        for (there, key) in metrics.iter().filter(|(there, _)| sim.is_there(there)) {
            self.check(sim, 2, flying(there), || {
                format!("{key} is said in {there}, and no run goes on there")
            });
        }
        let controllers: Vec<Region> = sim.setting.controllers().into_iter().map(Region::from).collect();
        let known = controllers.iter().all(|region| sim.is_there(region));
        for left in off.iter().filter(|_| known) {
            let by_somebody = controllers.iter().any(flying);
            self.check(sim, 2, by_somebody, || format!("the control of {left} is Off, and no run goes on"));
        }
    }

    /// Faults have stopped, and nobody has paused: the records say by now what overrides did.
    pub fn the_records_have_followed(&self, sim: &Sim) {
        for there in sim.setting.controllers().into_iter().map(Region::from) {
            let Some(run) = flying_run(sim, &there).filter(|_| sim.is_there(&there)) else { continue };
            let served = run.marks.verified.filter(|_| run.is_served() && run.marks.recorded.is_none());
            let Some(since) = served else { continue };
            let late = understudy::time::since(since, sim.clock(&there)) > FOLLOW_WITHIN;
            let said = sim.said.borrow().get(&(there.clone(), "shop".into())).cloned();
            // By a pause that it has heard of, its own or a peer's.
            let paused = said.as_ref().is_some_and(|(_, word)| word.contains("follow: paused"));
            self.check(sim, 7, !late || paused, || {
                format!(
                    "run {} is served by its override since {since}, and no records follow: {said:?}",
                    run.id()
                )
            });
        }
    }
}

/// The run in flight of a region.
fn flying_run(sim: &Sim, region: &Region) -> Option<Run> {
    let id = row_of(sim, region.as_str(), "shop")?.run?;
    let key = understudy::state::run_key(&"shop".into(), &id);
    let state = sim.cloud.state.borrow();
    serde_json::from_str(&state.tables.get(region)?.get(&key)?.body).ok()
}

/// The run of an override as its region's table has it.
fn run_of(sim: &Sim, region: &Region, away: &Away) -> Option<Run> {
    let key = understudy::state::run_key(&away.application, &away.run);
    let state = sim.cloud.state.borrow();
    let row = state.tables.get(region)?.get(&key)?;
    serde_json::from_str(&row.body).ok()
}
