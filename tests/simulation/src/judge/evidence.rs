//! What the judge remembers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use understudy::decide::Claim;
use understudy::dns::{EpochRecord, RecordSet};
use understudy::names::{Arn, OrderId, Region, RunId};
use understudy::plan::{Application, Plan};
use understudy::run::Run;
use understudy::state::People;

use super::truth::Truth;
use crate::setting::Setting;

/// A change of records that Route 53 applied.
#[derive(Clone, Debug)]
pub struct Applied {
    /// When.
    pub at: Duration,
    /// Its epoch's record.
    pub record: EpochRecord,
    /// The controller that sent it.
    pub by: Region,
}

/// A run as it began.
#[derive(Clone, Debug)]
pub struct Begun {
    /// When.
    pub at: Duration,
    /// By whose controller.
    pub by: Region,
    /// Its row then.
    pub run: Run,
}

/// What the judge remembers.
pub struct Evidence {
    pub truth: Truth,
    pub applications: BTreeMap<String, Application>,
    /// By application, in the order in which they were applied.
    pub applied: BTreeMap<String, Vec<Applied>>,
    /// The record sets of each served name after the newest batch.
    pub sets: BTreeMap<String, Vec<RecordSet>>,
    /// Runs by their id.
    pub begun: BTreeMap<RunId, Begun>,
    /// What each run was last decided to do: the records of an override are decided when they can be written.
    pub claims: BTreeMap<RunId, Claim>,
    /// Runs whose batch Route 53 has refused for good.
    pub refused: BTreeSet<RunId>,
    /// When each region's controller last said its override again.
    pub said_again: BTreeMap<Region, Duration>,
    /// When each run was last sent.
    pub sent: BTreeMap<RunId, Duration>,
    /// What each process heard of people, by application; and when it first heard each pause in its own table.
    pub heard: BTreeMap<(u64, String), Heard>,
    /// When a controller's own signals saw a region well, the newest last.
    pub seen_well: BTreeMap<(Region, Region), Vec<Duration>>,
    /// Notices that were put into an outbox, by id.
    pub notices: BTreeMap<String, Queued>,
    /// When each pause first stood in each table.
    pub paused: BTreeMap<(Region, OrderId), Duration>,
    /// How often people gave each command.
    pub commands: BTreeMap<String, u64>,
}

/// A notice in an outbox.
#[derive(Clone, Debug)]
pub struct Queued {
    pub at: Duration,
    pub topics: BTreeSet<Arn>,
    pub table: Region,
}

/// What a process heard of people.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    pub people: People,
    /// When each pause was first told to it.
    pub pauses: BTreeMap<String, Duration>,
}

impl Evidence {
    /// A run as it was last decided: when in truth, and by whom.
    pub fn decided(&self, run: &RunId, truth: impl Fn(&Region, Timestamp) -> Duration) -> Option<Begun> {
        let mut begun = self.begun.get(run)?.clone();
        if let Some(claim) =
            self.claims.get(run).filter(|claim| claim.decided_at() > begun.run.claim.decided_at())
        {
            begun.at = truth(&begun.by, claim.decided_at());
            begun.run.claim = claim.clone();
        }
        Some(begun)
    }

    pub fn new(setting: &Setting, plan: &Plan) -> Self {
        let of = |application: &Application| (application.name.to_string(), application.clone());
        Self {
            truth: Truth::new(&setting.regions),
            applications: plan.applications.iter().map(of).collect(),
            applied: BTreeMap::new(),
            sets: BTreeMap::new(),
            begun: BTreeMap::new(),
            claims: BTreeMap::new(),
            refused: BTreeSet::new(),
            said_again: BTreeMap::new(),
            sent: BTreeMap::new(),
            heard: BTreeMap::new(),
            seen_well: BTreeMap::new(),
            notices: BTreeMap::new(),
            paused: BTreeMap::new(),
            commands: BTreeMap::new(),
        }
    }
}
