//! From what a move means to the record sets that it wants, whatever the policy.

use super::batch::Batch;
use super::epoch::{EpochRecord, MoveKind};
use super::failover;
use super::listing::Listing;
use super::record::RecordSet;
use super::serving::{Serving, Units};
use super::{latency, weighted};
use crate::names::Region;
use crate::plan::{Application, Policy};
use crate::planted::{self, Planted};

/// A move, as far as the records are concerned.
#[derive(Clone, Copy, Debug)]
pub struct Arrangement<'a> {
    /// The application.
    pub application: &'a Application,
    /// The record sets as they are, where they could be listed.
    pub live: Option<&'a Listing>,
    /// Every region's unit.
    pub units: &'a Units,
    /// Who serves now.
    pub serving: &'a Serving,
    /// Leave or come back.
    pub kind: MoveKind,
    /// Who is left, or hands back.
    pub from: &'a Region,
    /// Who takes over, or is handed back to.
    pub to: &'a Region,
    /// Under `failover`, who sits in the SECONDARY set.
    pub secondary: &'a Region,
    /// Under `weighted`, the share that `to` gets back, in percent.
    pub share: u8,
}

impl Arrangement<'_> {
    /// The record sets that the move wants, whether or not they are so already. None where a
    /// region's unit is not known.
    pub fn wanted(&self) -> Option<Vec<RecordSet>> {
        match self.application.policy {
            Policy::Failover => self.seats(),
            Policy::Weighted => self.weights(),
            Policy::Latency => self.answers(),
        }
    }

    fn seats(&self) -> Option<Vec<RecordSet>> {
        let seats =
            failover::Seats { primary: self.units.get(self.to)?, secondary: self.units.get(self.secondary)? };
        Some(failover::sets(self.application, self.live, &seats))
    }

    fn weights(&self) -> Option<Vec<RecordSet>> {
        let share_of = |region: &Region, share| {
            let unit = self.units.get(region)?;
            let planned = self.application.region(region)?;
            Some(weighted::sets(self.application, self.live, planned, unit, share))
        };
        match self.kind {
            MoveKind::Evacuate => {
                Some([share_of(self.from, 0)?, self.rescuer(|to| share_of(to, 100))?].concat())
            }
            MoveKind::Restore => share_of(self.to, self.share),
        }
    }

    fn answers(&self) -> Option<Vec<RecordSet>> {
        let Serving::All { out } = self.serving else { return None };
        let (application, live, unit) = (self.application, self.live, self.units.get(self.to)?);
        let own = |to: &Region| Some(latency::sets(application, live, application.region(to)?, unit));
        match self.kind {
            MoveKind::Evacuate => {
                let left = latency::answered_by(application, live, self.units, out, self.from);
                let left = left.into_iter().filter(|region| &region.name != self.to);
                let taken = left.flat_map(|region| latency::sets(application, live, region, unit)).collect();
                Some([taken, self.rescuer(own)?].concat())
            }
            MoveKind::Restore => own(self.to),
        }
    }

    /// What makes the taker serve, where it was out itself: in the same batch, so that there is never
    /// a moment in which nobody does. A weight that nobody can see is written, too: it may be 0.
    fn rescuer(&self, sets: impl Fn(&Region) -> Option<Vec<RecordSet>>) -> Option<Vec<RecordSet>> {
        if planted::is(Planted::WeightsSumToZero) {
            return Some(Vec::new());
        }
        let unseen = self.application.policy == Policy::Weighted && self.live.is_none();
        if self.serving.share(self.to) == 100 && !unseen { Some(Vec::new()) } else { sets(self.to) }
    }

    /// The batch that does it and claims an epoch. What is already so is not sent.
    pub fn batch(&self, claim: EpochRecord) -> Option<Batch> {
        let live = |set: &RecordSet| self.live.is_some_and(|live| live.sets.contains(set));
        let upserts = self.wanted()?.into_iter().filter(|set| !live(set)).collect();
        Some(Batch::new(self.application.served.clone(), claim, upserts))
    }
}
