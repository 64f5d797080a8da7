//! All that a decision depends on.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Facts;
use super::facts::Moves;
use crate::dns::{MoveKind, Serving};
use crate::health::Verdict;
use crate::names::{OrderId, Region, RunId};
use crate::plan::{Application, Plan, PlanView};
use crate::state::{Cleared, FailedRun, Order, People};

/// All that a decision depends on.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// The application, as planned.
    pub application: &'a Application,
    /// The whole plan.
    pub plan: &'a Plan,
    /// The region in which this controller runs.
    pub here: &'a Region,
    /// What was observed.
    pub facts: &'a Facts,
    /// What the tables say.
    pub standing: &'a Standing,
    /// The id that a run would get.
    pub run: &'a RunId,
    /// Now.
    pub now: Timestamp,
}

/// What the tables say of an application, as far as a decision needs it.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// What people said, wherever it was heard.
    pub people: People,
    /// The run in flight.
    pub run: Option<RunId>,
    /// The last run that Route 53 refused for good, or that could not be verified.
    pub failed: Option<FailedRun>,
    /// Since when nothing but its rank keeps this controller from a move.
    pub cleared: Option<Cleared>,
    /// When each region last looked unhealthy by a quorum, for whichever application.
    pub suspects: BTreeMap<Region, Timestamp>,
    /// The plans that peers go by.
    pub peer_plans: BTreeMap<Region, PlanView>,
}

impl<'a> Situation<'a> {
    /// Everybody serves as planned.
    pub(super) fn planned(&self) -> Serving {
        Serving::by_epoch(self.application, None)
    }

    /// The verdict on a region.
    pub(super) fn verdict(&self, region: &Region) -> Verdict {
        self.facts.health.get(region).map_or(Verdict::Unknown, |health| health.verdict)
    }

    /// Whether there is a reason to look closer at a region.
    pub(super) fn is_suspect(&self, region: &Region) -> bool {
        self.facts.health.get(region).is_none_or(|health| health.suspect)
    }

    /// The newest order of a person that this controller is to carry out.
    pub(super) fn order(&self) -> Option<(&'a OrderId, &'a Order)> {
        self.standing.people.order_for(self.here, self.now)
    }

    /// Who hands back what a region lost: the one that took it, or, where that no longer serves or
    /// looks ill, the first of the plan that serves and is well.
    pub(super) fn restorer(&self, serving: &Serving, region: &Region) -> Option<Region> {
        let able = |name: &Region| {
            name != region && serving.share(name) == 100 && self.verdict(name) == Verdict::Healthy
        };
        let taker = match &self.facts.moves {
            Moves::Known(records) => records
                .iter()
                .find(|record| record.kind == MoveKind::Evacuate && &record.from == region)
                .map(|record| record.to.clone()),
            Moves::Unknown { .. } => None,
        };
        taker.filter(|taker| able(taker)).or_else(|| {
            self.application.regions.iter().map(|region| &region.name).find(|name| able(name)).cloned()
        })
    }
}
