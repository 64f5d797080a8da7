//! How it stands, as people are shown it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::answer::Asked;
use crate::decide::{HoldWords, Wish};
use crate::dns::EpochRecord;
use crate::health::Verdict;
use crate::names::{ApplicationName, Arn, DnsName, Epoch, OrderId, PlanDigest, Region, RunId};
use crate::plan::{Mode, Policy};
use crate::run::{Entry, Marks};
use crate::state::{FailedRun, Order, Pause, StandingHolds};

/// How it stands, as seen from one region.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    /// When.
    pub at: Timestamp,
    /// From where.
    pub told_by: Region,
    /// The plan that this controller goes by.
    pub plan: PlanDigest,
    /// All controllers.
    pub controllers: BTreeMap<Region, Controller>,
    /// The applications, in the plan's order.
    pub applications: Vec<ApplicationStatus>,
    /// Applications of which this table's rows cannot be read, and why: nothing is done for them here.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unreadable: BTreeMap<ApplicationName, String>,
}

/// One controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Controller {
    /// Why nothing of it is known, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent: Option<String>,
    /// The plan that it goes by, once it has looked.
    pub plan: Option<PlanDigest>,
}

/// How one application stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ApplicationStatus {
    /// In one line.
    pub summary: String,
    /// Its name.
    pub application: ApplicationName,
    /// The name that users resolve.
    pub served: DnsName,
    /// How Route 53 chooses among its record sets.
    pub policy: Policy,
    /// How far the controller may go by itself.
    pub mode: Mode,
    /// Who serves.
    pub serving: ServingStatus,
    /// The newest epoch; none before the first move.
    pub epoch: Option<EpochRecord>,
    /// Why the newest epoch is not known, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch_unknown: Option<String>,
    /// The newest epoch that a person has acknowledged.
    pub acknowledged: Epoch,
    /// Each region, in the order of the plan.
    pub regions: Vec<RegionStatus>,
    /// What this controller would decide now.
    pub now: DecisionStatus,
    /// What holds, as each controller has written it down.
    pub holds: BTreeMap<Region, StandingHolds>,
    /// What people are asked.
    pub questions: Vec<Asked>,
    /// The pause that stands.
    pub pause: Option<Pause>,
    /// The runs in flight, each with the region whose controller walks it.
    pub runs: BTreeMap<Region, RunStatus>,
    /// The last run of each controller that failed.
    pub failed: BTreeMap<Region, FailedRun>,
    /// What people ordered, newest first, and what became of it.
    pub orders: Vec<OrderStatus>,
    /// The last moves, newest first.
    pub moves: Vec<EpochRecord>,
    /// Why the last moves are not known, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moves_unknown: Option<String>,
}

/// Who serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServingStatus {
    /// By what: the record sets, the newest epoch, or the plan.
    pub by: &'static str,
    /// The part of its planned share that each region has, in percent.
    pub shares: BTreeMap<Region, u8>,
    /// What is wrong with the record sets, or why they were not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Whom the name servers answer; under `weighted` and `latency`, one answer of many.
    pub answered: Vec<Region>,
    /// Why that cannot be told, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_unknown: Option<String>,
}

/// One region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegionStatus {
    /// Its name.
    pub region: Region,
    /// The verdict, as it is seen from here.
    pub verdict: Verdict,
    /// Signal by signal.
    pub evidence: Vec<String>,
    /// The first bad sample of an unbroken series.
    pub bad_since: Option<Timestamp>,
    /// Since when every signal has been good.
    pub good_since: Option<Timestamp>,
    /// Alarms by which it says that it cannot take over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_ready: Vec<Arn>,
}

/// A decision in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecisionStatus {
    /// `steady`, `hold`, `ask`, `evacuate` or `restore`.
    pub decision: &'static str,
    /// What is wanted.
    pub wish: Option<Wish>,
    /// What keeps it from being done.
    pub holds: Vec<HoldWords>,
}

/// A run in flight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunStatus {
    /// Its id.
    pub id: RunId,
    /// The step that is next, in words; none where its row could not be read.
    pub step: Option<String>,
    /// When each part of it happened.
    pub marks: Option<Marks>,
    /// What happened, in order.
    pub journal: Vec<Entry>,
}

/// What a person ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderStatus {
    /// Its id.
    pub id: OrderId,
    /// `open`, `done` or `void`.
    pub state: &'static str,
    /// The order.
    #[serde(flatten)]
    pub order: Order,
}
