//! All that a decision depends on.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Facts;
use super::facts::Moves;
use crate::away::Away;
use crate::dns::{MoveKind, Serving};
use crate::health::Verdict;
use crate::names::{OrderId, Region, RunId};
use crate::observe::RECENT;
use crate::plan::{Application, Plan, PlanView};
use crate::state::{Cleared, Drift, FailedRun, Order, People, Stretch, Wanted};

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
    /// The override by which a run in flight has moved users, as long as the records do not say the same.
    pub away: Option<Away>,
    /// Overrides of runs that have ended, which still stand as far as anyone knows.
    pub left_behind: Vec<Away>,
    /// The last run that Route 53 refused for good, or that could not be verified.
    pub failed: Option<FailedRun>,
    /// Since when nothing but its rank keeps this controller from a move.
    pub cleared: Option<Cleared>,
    /// The stretch in which each region looks unhealthy by a quorum, for whichever application.
    pub suspects: BTreeMap<Region, Stretch>,
    /// How Route 53 differs from the plan, as provisioning last saw it.
    pub drift: Option<Drift>,
    /// The plans that peers go by.
    pub peer_plans: BTreeMap<Region, PlanView>,
    /// Peers whose row of what people said cannot be read: it may hold a pause.
    pub unheard: BTreeMap<Region, String>,
}

impl Standing {
    /// The same without people's orders to move: what the controller would do by itself.
    pub(super) fn without_moves_ordered(&self) -> Self {
        let mut standing = self.clone();
        let moves = |order: &Order| matches!(order.what, Wanted::FailOver { .. } | Wanted::FailBack { .. });
        standing.people.orders.retain(|_, order| !moves(order));
        standing
    }
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

    /// Who hands back what a region lost, in their order: the one that took it, then those of the
    /// plan that serve wholly. Who looks ill is left out.
    pub(super) fn restorers(&self, serving: &Serving, region: &Region) -> Vec<&'a Region> {
        let able = |name: &&Region| {
            *name != region && serving.share(name) == 100 && self.verdict(name) == Verdict::Healthy
        };
        let taker = self.taker_of(region);
        let mut able: Vec<&Region> =
            self.application.regions.iter().map(|region| &region.name).filter(able).collect();
        able.sort_by_key(|name| Some(*name) != taker);
        able
    }

    /// Who took a region's users when it was last left, by the newest records: so many as every
    /// controller reads, whether it asks the API or the name servers.
    fn taker_of(&self, region: &Region) -> Option<&'a Region> {
        let Moves::Known(records) = &self.facts.moves else { return None };
        let newest = self.facts.newest_epoch().unwrap_or_default();
        let seen = records.iter().filter(|record| record.epoch.0.saturating_add(RECENT) > newest.0);
        let mut left = seen.filter(|record| record.kind == MoveKind::Evacuate && &record.from == region);
        left.next().map(|record| &record.to)
    }
}
