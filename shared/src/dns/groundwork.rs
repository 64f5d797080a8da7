//! The shape of change by which provisioning lays the ground for moves.

use super::epoch::EpochRecord;
use super::record::RecordSet;
use crate::names::DnsName;

/// One atomic batch that makes record sets which do not exist, and puts in place what stands beside the
/// served name.
///
/// There is no way to say DELETE, none to change a set of the served name (a move does that, by a
/// [`super::Batch`]), and none to write an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groundwork {
    served: DnsName,
    creates: Vec<RecordSet>,
    upserts: Vec<RecordSet>,
}

impl Groundwork {
    /// Nothing yet, for one served name.
    pub fn of(served: &DnsName) -> Self {
        Self { served: served.clone(), creates: Vec::new(), upserts: Vec::new() }
    }

    /// With a set to CREATE: its existence refuses the batch. None where it is no name of this application.
    pub fn create(mut self, set: RecordSet) -> Option<Self> {
        (set.name == self.served || self.is_beside(&set.name)).then(|| {
            self.creates.push(set);
            self
        })
    }

    /// With a set to UPSERT. None where it is the served name, or no name beside it.
    pub fn upsert(mut self, set: RecordSet) -> Option<Self> {
        self.is_beside(&set.name).then(|| {
            self.upserts.push(set);
            self
        })
    }

    /// The sets to CREATE.
    pub fn creates(&self) -> &[RecordSet] {
        &self.creates
    }

    /// The sets to UPSERT.
    pub fn upserts(&self) -> &[RecordSet] {
        &self.upserts
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.creates.is_empty() && self.upserts.is_empty()
    }

    /// What Route 53 keeps beside the change.
    pub fn comment(&self) -> String {
        format!("understudy provisions {}", self.served)
    }

    /// Whether a name stands beside the served one: below `_understudy`, and neither an epoch's nor `now`.
    fn is_beside(&self, name: &DnsName) -> bool {
        let below = self.served.child("_understudy");
        name != &below
            && name.is_within(&below)
            && *name != EpochRecord::now_name(&self.served)
            && EpochRecord::epoch_in(name, &self.served).is_none()
    }
}
