//! What Route 53's API said: the record sets of one application.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::epoch::EpochRecord;
use super::record::{Content, RecordSet, RecordType, Routing, Side};
use crate::names::{DnsName, Epoch, HealthCheckId};

/// The record sets of a served name and of the names below `_understudy.<served>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Whether the zone is private; we move public ones only.
    pub private_zone: bool,
    /// The record sets.
    pub sets: Vec<RecordSet>,
}

/// An epoch record that exists but cannot be read. It is never overwritten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("the record of epoch {epoch} cannot be read: {text:?}")]
pub struct UnreadableEpoch {
    /// The epoch in its name.
    pub epoch: Epoch,
    /// What it holds.
    pub text: String,
}

impl Listing {
    /// The set of one side of a failover pair.
    pub fn side(&self, served: &DnsName, kind: RecordType, side: Side) -> Option<&RecordSet> {
        self.sets.iter().find(|set| {
            &set.name == served
                && set.kind == kind
                && matches!(&set.routing, Routing::Failover { side: of, .. } if *of == side)
        })
    }

    /// The set of a name and type with that identifier.
    pub fn with_identifier(
        &self,
        served: &DnsName,
        kind: RecordType,
        identifier: &str,
    ) -> Option<&RecordSet> {
        let mut sets = self.sets.iter().filter(|set| &set.name == served && set.kind == kind);
        sets.find(|set| set.routing.set() == Some(identifier))
    }

    /// The types of the served name that exist as address or name records.
    pub fn kinds(&self, served: &DnsName) -> Vec<RecordType> {
        let mut kinds: Vec<RecordType> = self
            .sets
            .iter()
            .filter(|set| &set.name == served && set.kind != RecordType::Txt)
            .map(|set| set.kind)
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    /// The check on the live set that answers what a unit answers.
    pub fn health_check_of(&self, contents: &BTreeMap<RecordType, Content>) -> Option<HealthCheckId> {
        self.sets
            .iter()
            .filter(|set| contents.get(&set.kind).is_some_and(|content| content.answers_like(&set.content)))
            .find_map(|set| set.health_check.clone())
    }

    /// The check on a name's record sets.
    pub fn health_check_at(&self, name: &DnsName) -> Option<HealthCheckId> {
        self.sets.iter().filter(|set| &set.name == name).find_map(|set| set.health_check.clone())
    }

    /// The epoch records of a served name that can be read, newest first.
    ///
    /// # Errors
    /// When the newest of all cannot be read: a hold, since nobody knows what it says. An older one
    /// that cannot be read is history.
    pub fn epochs(&self, served: &DnsName) -> Result<Vec<EpochRecord>, UnreadableEpoch> {
        let mut sets: Vec<(Epoch, &RecordSet)> = self
            .sets
            .iter()
            .filter(|set| set.kind == RecordType::Txt)
            .filter_map(|set| Some((EpochRecord::epoch_in(&set.name, served)?, set)))
            .collect();
        sets.sort_by_key(|(epoch, _)| std::cmp::Reverse(*epoch));
        let records: Vec<_> = sets.into_iter().map(|(epoch, set)| read_epoch(epoch, set)).collect();
        if let Some(Err(unreadable)) = records.first() {
            return Err(unreadable.clone());
        }
        Ok(records.into_iter().flatten().collect())
    }

    /// The record that claims one epoch, if it exists.
    ///
    /// # Errors
    /// When it exists and cannot be read.
    pub fn claim_of(&self, served: &DnsName, epoch: Epoch) -> Result<Option<EpochRecord>, UnreadableEpoch> {
        let name = EpochRecord::name_of(epoch, served);
        self.sets.iter().find(|set| set.name == name).map(|set| read_epoch(epoch, set)).transpose()
    }
}

fn read_epoch(epoch: Epoch, set: &RecordSet) -> Result<EpochRecord, UnreadableEpoch> {
    let text = match &set.content {
        Content::Values { values, .. } => values.first().map_or("", |value| value.trim_matches('"')),
        Content::Alias { .. } => "(an alias)",
    };
    match EpochRecord::parse(text) {
        Ok(record) if record.epoch == epoch => Ok(record),
        _ => Err(UnreadableEpoch { epoch, text: text.to_owned() }),
    }
}
