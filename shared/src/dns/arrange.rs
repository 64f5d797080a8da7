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
        let Self { application, live, units, from, to, .. } = *self;
        match (application.policy, self.kind) {
            (Policy::Failover, _) => {
                let (primary, secondary) = (units.get(to)?, units.get(self.secondary)?);
                Some(failover::sets(application, live, &failover::Seats { primary, secondary }))
            }
            (Policy::Weighted, kind) => {
                let (region, share) = match kind {
                    MoveKind::Evacuate => (from, 0),
                    MoveKind::Restore => (to, self.share),
                };
                let planned = application.region(region)?;
                Some(weighted::sets(application, live, planned, units.get(region)?, share))
            }
            (Policy::Latency, MoveKind::Evacuate) => {
                let Serving::All { out } = self.serving else { return None };
                let regions = latency::answered_by(application, live, units, out, from);
                let unit = units.get(to)?;
                Some(
                    regions
                        .into_iter()
                        .flat_map(|region| latency::sets(application, live, region, unit))
                        .collect(),
                )
            }
            (Policy::Latency, MoveKind::Restore) => {
                Some(latency::sets(application, live, application.region(to)?, units.get(to)?))
            }
        }
    }

    /// The batch that does it and claims an epoch. What is already so is not sent.
    pub fn batch(&self, claim: EpochRecord) -> Option<Batch> {
        let live = |set: &RecordSet| self.live.is_some_and(|live| live.sets.contains(set));
        let upserts = self.wanted()?.into_iter().filter(|set| !live(set)).collect();
        Some(Batch::new(self.application.served.clone(), claim, upserts))
    }
}
