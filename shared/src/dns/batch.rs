//! The one shape of change that we ever send.

use serde::{Deserialize, Serialize};

use super::epoch::EpochRecord;
use super::record::RecordSet;
use crate::names::DnsName;
use crate::planted::{self, Planted};

/// One atomic Route 53 batch: it claims an epoch and puts record sets in place.
///
/// There is no way to say DELETE, and no way to leave the claim out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    served: DnsName,
    claim: EpochRecord,
    upserts: Vec<RecordSet>,
}

impl Batch {
    /// A batch that claims `claim.epoch` and writes `upserts`.
    pub(crate) fn new(served: DnsName, claim: EpochRecord, upserts: Vec<RecordSet>) -> Self {
        Self { served, claim, upserts }
    }

    /// The epoch's record, as it will be public.
    pub fn claim(&self) -> &EpochRecord {
        &self.claim
    }

    /// The served name.
    pub fn served(&self) -> &DnsName {
        &self.served
    }

    /// The record set to CREATE: its existence refuses the batch.
    pub fn create(&self) -> RecordSet {
        self.claim.claim_set(&self.served)
    }

    /// The record sets of the served name that change.
    pub fn moves(&self) -> &[RecordSet] {
        &self.upserts
    }

    /// The record sets to UPSERT: the changed ones, then the newest epoch.
    pub fn upserts(&self) -> impl Iterator<Item = RecordSet> {
        let unfenced =
            planted::is(Planted::EpochCheckedBefore).then(|| self.claim.unclaimed_set(&self.served));
        self.upserts.iter().cloned().chain([self.claim.now_set(&self.served)]).chain(unfenced)
    }

    /// The same batch with another epoch: a fault.
    #[cfg(feature = "planted")]
    pub(crate) fn renumber(&mut self, epoch: crate::names::Epoch) {
        self.claim.epoch = epoch;
    }

    /// What Route 53 keeps beside the change: names the run, for people who look there.
    pub fn comment(&self) -> String {
        let EpochRecord { epoch, run, from, to, .. } = &self.claim;
        format!("understudy epoch {epoch} run {run}: {from} to {to}")
    }
}
