//! The judge: it sees everything that happens and what was true meanwhile, and knows the invariants
//! of the design by their numbers. It shares no code with what it judges beyond the plain data.

mod drills;
mod epochs;
mod evidence;
mod holds;
mod ledger;
mod liveness;
mod moves;
mod overrides;
mod records;
mod truth;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use suite::world::{Accepted, Written};
use understudy::dns::Batch;
use understudy::health::Health;
use understudy::names::{Region, RunId};
use understudy::plan::Plan;
use understudy::ports::{Row, Write};

use crate::process::{Life, Task};
use crate::setting::Setting;
use crate::sim::Sim;
use evidence::Evidence;
pub use evidence::{Applied, Begun};

/// Between two looks at an answer, while nobody changes a record: what else changes answers is that a
/// change arrives at a name server, and health, both of which take seconds.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Who watches a world.
pub struct Judge {
    violated: RefCell<Vec<String>>,
    evidence: RefCell<Evidence>,
    steps: Cell<u64>,
    looked: Cell<Duration>,
    checks: Cell<u64>,
}

impl Judge {
    /// A judge of this world.
    pub fn new(setting: &Setting, plan: &Plan) -> Self {
        let evidence = RefCell::new(Evidence::new(setting, plan));
        Self {
            violated: RefCell::default(),
            evidence,
            steps: Cell::new(0),
            looked: Cell::default(),
            checks: Cell::new(0),
        }
    }

    /// An invariant of the design, by its number.
    fn check(&self, sim: &Sim, invariant: u8, holds: bool, otherwise: impl FnOnce() -> String) {
        self.checks.set(self.checks.get() + 1);
        if !holds {
            let line = format!("invariant {invariant}: {}", otherwise());
            sim.say("VIOLATED", || line.clone());
            self.violated.borrow_mut().push(line);
        }
    }

    /// What was violated so far.
    pub fn violated(&self) -> Vec<String> {
        self.violated.borrow().clone()
    }

    /// Whether anything was.
    pub fn is_violated(&self) -> bool {
        !self.violated.borrow().is_empty()
    }

    /// How many steps were looked at, and how many checks made.
    pub fn work(&self) -> (u64, u64) {
        (self.steps.get(), self.checks.get())
    }

    /// Nothing more goes on at this moment: what Route 53 accepted is judged, and the answers are.
    pub fn step(&self, sim: &Sim) {
        self.steps.set(self.steps.get() + 1);
        let accepted: Vec<Accepted> = std::mem::take(&mut sim.cloud.state.borrow_mut().accepted);
        let written: Vec<Written> = std::mem::take(&mut sim.cloud.state.borrow_mut().written);
        for accepted in &accepted {
            self.accepted(sim, accepted);
        }
        for written in &written {
            self.wrote(sim, written);
        }
        let looked = self.looked.get();
        if !accepted.is_empty() || sim.elapsed() >= looked + BETWEEN_LOOKS {
            self.looked.set(sim.elapsed());
            self.answers(sim, self.steps.get());
        }
    }

    /// Something is wrong with the world from now on, or no longer.
    pub fn world_is(&self, now: Duration, dead: &std::collections::BTreeSet<Region>, observers_err: bool) {
        self.evidence.borrow_mut().truth.is(now, dead, observers_err);
    }

    /// An observer was wrong for once.
    pub fn observer_errs(&self, now: Duration) {
        self.evidence.borrow_mut().truth.observer_erred = Some(now);
    }

    /// For how long an endpoint has been dead.
    pub fn dead_for(&self, region: &str, now: Duration) -> Option<Duration> {
        self.evidence.borrow().truth.dead_for(region, now)
    }

    /// A controller was told something of a region by a signal of its own.
    pub fn probed(&self, by: &Region, host: &str, health: Health, now: Duration) {
        if health == Health::Healthy {
            let evidence = &mut *self.evidence.borrow_mut();
            let region = evidence.truth.regions().find(|region| host.contains(region.as_str())).cloned();
            if let Some(region) = region {
                evidence.seen_well.entry((by.clone(), region)).or_default().push(now);
            }
        }
    }

    /// A person gives a command.
    pub fn spoken(&self, command: &Value) {
        let name = command["command"].as_str().unwrap_or_default().to_owned();
        *self.evidence.borrow_mut().commands.entry(name).or_default() += 1;
    }

    /// A run as it was last decided.
    fn decided(&self, sim: &Sim, run: &RunId) -> Option<Begun> {
        self.evidence.borrow().decided(run, |by, at| sim.clocks.truth(by, at, &sim.cloud.time))
    }

    /// Route 53 has refused a run's batch for good.
    pub fn refuses(&self, run: &RunId) {
        self.evidence.borrow_mut().refused.insert(run.clone());
    }

    /// A process was told some rows.
    pub fn reads(&self, sim: &Sim, life: &Life, rows: &[Row]) {
        self.hears(sim, life, rows);
    }

    /// A process wants to write rows.
    pub fn proposes(&self, sim: &Sim, life: &Life, writes: &[Write]) {
        if life.task == Task::Drill {
            self.drill_wrote(sim, writes);
        }
        for write in writes.iter().filter(|write| write.key.partition.starts_with("run#")) {
            self.begins_without_objection(sim, life, write);
        }
    }

    /// A table took rows.
    fn wrote(&self, sim: &Sim, written: &Written) {
        for write in &written.writes {
            if let Some(application) = write.key.partition.strip_prefix("run#") {
                self.wrote_run(sim, &written.by, application, write);
            }
            if write.key.sort.starts_with("shared#people#") {
                self.wrote_people(sim, &written.table, write);
            }
            if let Some(application) = write.key.sort.strip_prefix("application#") {
                self.wrote_application(sim, &written.table, application, write);
            }
        }
    }

    /// A batch is sent.
    pub fn sends(&self, sim: &Sim, life: &Life, batch: &Batch) {
        self.check(sim, 6, life.task == Task::Wake, || format!("a {:?} sends a batch", life.task));
        self.sent_in_time(sim, life, batch);
        self.sent_without_objection(sim, life, batch);
        self.sent_after_writing(sim, life, batch);
    }

    /// Faults have stopped, and the bound is over.
    pub fn at_the_end(&self, sim: &Sim) {
        self.everybody_is_served_or_told(sim);
        self.everything_is_written_down(sim);
        self.everybody_was_told(sim);
        self.events_are_noted_once(sim);
        self.no_override_is_left(sim);
        self.nothing_is_said_for_nothing(sim);
        self.the_records_have_followed(sim);
    }

    /// Every application's applied changes.
    pub fn applied(&self) -> BTreeMap<String, Vec<Applied>> {
        self.evidence.borrow().applied.clone()
    }
}
