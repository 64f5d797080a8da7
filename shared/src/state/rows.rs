//! The rows.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::away::LeftBehind;
use crate::decide::{Effect, HoldWords, Wish};
use crate::dns::{EpochRecord, Shares};
use crate::health::RegionSeries;
use crate::names::{ApplicationName, EffectDigest, Epoch, IncidentId, Region, RunId, WakeId};
use crate::plan::PlanView;
use crate::report::Notice;
use crate::time::after;

/// The series of every signal, by application and region: one row for all of them, which peers read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Observations {
    /// By application, then region.
    pub applications: BTreeMap<ApplicationName, BTreeMap<Region, RegionSeries>>,
    /// Of the control targets: where none is good, what this controller's probes say is void.
    pub control: RegionSeries,
    /// The stretch in which each region looks unhealthy by a quorum, for whichever application.
    pub suspects: BTreeMap<Region, Stretch>,
    /// The plan that this controller goes by.
    pub plan: Option<PlanView>,
}

/// A stretch of time in which something was so whenever somebody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// When it was first seen.
    pub since: Timestamp,
    /// When it was last seen.
    pub last: Timestamp,
}

/// What the record sets said when they were last listed, good until a newer epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedShares {
    /// The newest epoch then.
    pub epoch: Epoch,
    /// Who served less than planned.
    pub out: Shares,
}

/// What the controller remembers of one application.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApplicationRow {
    /// Who samples it, while a wake stays awake for it.
    pub sampling: Option<Lease>,
    /// Who walks its run.
    pub walker: Option<Lease>,
    /// The run in flight.
    pub run: Option<RunId>,
    /// The stretch of trouble that it is in.
    pub incident: Option<Incident>,
    /// What holds it, as people were told.
    pub holds: Option<StandingHolds>,
    /// The last run that failed for good.
    pub failed: Option<FailedRun>,
    /// Runs that ended before anybody saw them applied: should the change of one appear after all, it
    /// is still ours.
    pub lapsed: Vec<RunId>,
    /// Overrides of runs that have ended, to be taken back.
    pub left_behind: Vec<LeftBehind>,
    /// Moves of the last day that were made and given back by overrides alone: no epoch record tells of them.
    pub unrecorded: Vec<EpochRecord>,
    /// Since when nothing but its rank keeps this controller from a move.
    pub cleared: Option<Cleared>,
    /// What the record sets said, where several regions serve.
    pub listed: Option<ListedShares>,
    /// What people were asked.
    pub question: Option<Question>,
    /// When epoch records were last looked through for old ones.
    pub swept: Option<Timestamp>,
    /// When people were last reminded of a pause.
    pub pause_told: Option<Timestamp>,
    /// When a drill was last due and done.
    pub drilled: Option<Timestamp>,
    /// Whom the served name answered when we last looked: a change that no run made is a native move.
    pub answered: Option<Region>,
    /// The newest epoch when we last looked.
    pub noted_epoch: Epoch,
    /// When people last heard of a hold.
    pub hold_told: Option<Timestamp>,
    /// How Route 53 differs from the plan, as provisioning last saw it.
    pub drift: Option<Drift>,
    /// Alarm transitions that were seen already, newest last.
    pub events: Vec<String>,
    /// Messages that some topic has not got yet.
    pub outbox: Vec<Notice>,
}

/// The clocks of one region's functions agree to within this.
const CLOCKS_AGREE: Duration = Duration::from_secs(10);

/// A claim on a piece of work that ends by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The wake that holds it.
    pub owner: WakeId,
    /// When that wake began, by its clock; a lease of the first version does not say.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// When its Lambda's time ends.
    pub until: Timestamp,
}

impl Lease {
    /// Whether somebody else holds it now. One from the future was written before the clock went back:
    /// it would keep everybody away for as long as that, and protects nothing that the versions of rows
    /// and the epoch do not.
    pub fn is_held_by_another(&self, me: &WakeId, now: Timestamp) -> bool {
        let from_the_future = self.since.is_some_and(|since| since > after(now, CLOCKS_AGREE));
        &self.owner != me && now < self.until && !from_the_future
    }
}

/// One stretch of trouble; several runs may belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// What was wanted when it began.
    pub wish: Wish,
    /// The first bad sample.
    pub impact: Timestamp,
    /// When the verdict was complete.
    pub detected: Option<Timestamp>,
    /// What people were told of its runs.
    pub told: BTreeSet<String>,
}

/// What holds an application, as people were told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingHolds {
    /// What is wanted.
    pub wish: Wish,
    /// The objections, with the numbers of when they began.
    pub holds: Vec<HoldWords>,
    /// Since when anything holds it.
    pub since: Timestamp,
    /// When people were first told; none while it is not worth a word.
    pub told: Option<Timestamp>,
    /// The guards that people heard of last.
    #[serde(default)]
    pub told_guards: Vec<String>,
    /// Whether any of it was told as critical: then its end is, too.
    pub critical: bool,
    /// How many reminders were sent.
    pub reminders: u32,
}

/// Since when nothing but its rank keeps a controller from a move. Another wish or a newer epoch
/// begins anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    /// What is wanted.
    pub wish: Wish,
    /// The newest epoch then.
    pub epoch: Epoch,
    /// Since when.
    pub at: Timestamp,
}

/// A decision that people were asked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// What would be done.
    pub effect: Effect,
    /// Its digest: an approval names it.
    pub digest: EffectDigest,
    /// When it was first asked.
    pub at: Timestamp,
    /// When it lapses. While the move is still wanted it is then asked anew.
    pub until: Timestamp,
}

/// How Route 53 differs from the plan, as somebody looked at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// What a move would stumble over, or users are not answered rightly by.
    pub critical: Findings,
    /// What else is not as planned.
    pub minor: Findings,
    /// When it was seen.
    pub seen: Timestamp,
    /// When it says nothing any more: nobody has looked again since.
    pub until: Timestamp,
}

/// Things that were found, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// How many.
    pub count: usize,
    /// The first few.
    pub first: Vec<String>,
    /// Names them all: equal where the same was found again.
    pub digest: String,
}

/// A run that ended in failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedRun {
    /// Which.
    pub run: RunId,
    /// Why.
    pub error: String,
    /// When.
    pub at: Timestamp,
    /// What it was to do: only the same again is not tried for a while.
    #[serde(default)]
    pub wish: Option<Wish>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000_000 + second).unwrap()
    }

    #[test]
    fn a_lease_holds_from_its_wakes_beginning_to_its_end() {
        let lease = Lease { owner: "w-1".into(), since: Some(at(0)), until: at(120) };
        let held = |second| lease.is_held_by_another(&"w-2".into(), at(second));
        assert_eq!([-5, 0, 119, 120].map(held), [true, true, true, false]);
        assert!(!lease.is_held_by_another(&"w-1".into(), at(60)));
    }

    #[test]
    fn a_lease_from_the_future_keeps_nobody_away() {
        let lease = Lease { owner: "w-1".into(), since: Some(at(300)), until: at(420) };
        assert!(!lease.is_held_by_another(&"w-2".into(), at(0)));
        let of_the_first_version: Lease =
            serde_json::from_str(r#"{"owner":"w-1","until":"2001-09-09T01:48:40Z"}"#).unwrap();
        assert!(of_the_first_version.is_held_by_another(&"w-2".into(), at(0)));
    }
}
