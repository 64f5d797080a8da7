//! A page of record sets, and what it shows of an application.

#[cfg(feature = "provision")]
use std::collections::BTreeSet;

use aws_sdk_route53::operation::list_resource_record_sets::ListResourceRecordSetsOutput;
use aws_sdk_route53::types::{ResourceRecordSet, RrType};

use super::order::{Place, Subtree};
use super::translate;
use crate::dns::RecordSet;
use crate::names::DnsName;

/// Where a page begins.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) name: String,
    pub(super) kind: Option<RrType>,
    pub(super) set: Option<String>,
}

impl Start {
    /// At the first record set of a name.
    pub(super) fn of(name: &DnsName) -> Self {
        Self { name: name.to_string(), kind: None, set: None }
    }
}

/// A page, and the stretch of the zone that it shows.
#[derive(Debug)]
pub(super) struct Page {
    from: Start,
    sets: Vec<ResourceRecordSet>,
    /// Where the zone goes on; none where it ends.
    next: Option<Start>,
}

impl Page {
    pub(super) fn of(from: Start, reply: ListResourceRecordSetsOutput) -> Self {
        let next = reply.is_truncated().then_some(reply.next_record_name).flatten();
        let next =
            next.map(|name| Start { name, kind: reply.next_record_type, set: reply.next_record_identifier });
        Self { from, sets: reply.resource_record_sets, next }
    }

    /// How many record sets it shows.
    #[cfg(feature = "provision")]
    pub(super) fn count(&self) -> usize {
        self.sets.len()
    }

    /// What it shows of any of these served names, and of what stands below `_understudy` of them.
    #[cfg(feature = "provision")]
    pub(super) fn sets_of_any(&self, served: &BTreeSet<&str>) -> impl Iterator<Item = RecordSet> {
        let is_of_any = |set: &RecordSet| {
            let name = set.name.as_str();
            let below = name.split_once("_understudy.").map_or(name, |(_, of)| of);
            served.contains(name) || served.contains(below)
        };
        self.sets.iter().filter_map(translate::record_set).filter(is_of_any)
    }

    /// Where the zone goes on, whatever stands there.
    #[cfg(feature = "provision")]
    pub(super) fn following(&self) -> Option<Start> {
        self.next.clone()
    }

    /// What it shows of an application.
    pub(super) fn sets_of(&self, subtree: &Subtree) -> impl Iterator<Item = RecordSet> {
        let ours = self.sets.iter().filter(|set| subtree.place(set.name()).is_ours());
        ours.filter_map(translate::record_set)
    }

    /// Whether nothing of an application can stand elsewhere.
    pub(super) fn shows_all_of(&self, subtree: &Subtree) -> bool {
        let begins = if self.from.kind.is_none() {
            subtree.begins_at_or_after(&self.from.name)
        } else {
            subtree.begins_after(&self.from.name)
        };
        begins && self.next.as_ref().is_none_or(|next| subtree.place(&next.name) == Place::Past)
    }

    /// Where the next page begins, if it can hold anything of an application. What lies between the
    /// served name and its `_understudy` subtree is skipped: below a zone's apex that is half of it.
    pub(super) fn next(&self, subtree: &Subtree) -> Option<Start> {
        let Start { name, kind, set } = self.next.as_ref()?;
        match subtree.place(name) {
            Place::Past => None,
            Place::Before => Some(Start::of(subtree.root())),
            Place::Served | Place::Understudy => {
                Some(Start { name: name.clone(), kind: kind.clone(), set: set.clone() })
            }
        }
    }
}
