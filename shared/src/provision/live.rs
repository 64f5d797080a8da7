//! What Route 53 holds, as provisioning reads it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::alarms::{AlarmPlace, AlarmSettings};
use crate::dns::{HealthCheck, Listing, RecordSet};
use crate::names::{ApplicationName, DnsName, HealthCheckId, Region, ZoneId};

/// All that is looked at before anything is changed.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// Every health check of the account.
    pub checks: Vec<LiveCheck>,
    /// Every zone of the plan.
    pub zones: BTreeMap<ZoneId, LiveZone>,
    /// The alarms that health checks read, those that exist.
    pub alarms: BTreeMap<AlarmPlace, AlarmSettings>,
    /// Regions whose alarms could not be read: one that fails must keep nobody from provisioning the others.
    pub unread: BTreeSet<Region>,
}

/// A health check as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveCheck {
    /// Its id.
    pub id: HealthCheckId,
    /// What its maker called it.
    pub reference: String,
    /// Grows with each update; an update names the version that it knew.
    pub version: i64,
    /// What it is; none where it has what we know nothing of.
    pub check: Option<HealthCheck<HealthCheckId>>,
    /// What Route 53 has copied of its alarm, where it is a check of an alarm's data and that is told.
    pub copied: Option<AlarmSettings>,
    /// Its tags, where they were asked for: those of other people's checks never are.
    pub tags: BTreeMap<String, String>,
}

/// What one of Route 53's checkers last said of a check, whatever the check makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckerReport {
    /// Where the checker stands.
    pub from: String,
    /// Whether it was content.
    pub success: bool,
    /// What it said.
    pub said: String,
    /// When.
    pub at: Option<Timestamp>,
}

/// A hosted zone as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveZone {
    /// Whether it is private: then no name server of the public internet answers it.
    pub private: bool,
    /// Whether its records can be changed within the hour after us-east-1 is lost (Developer Guide, accelerated
    /// recovery).
    pub accelerated: bool,
    /// All its record sets, counted.
    pub count: usize,
    /// Those of the names that the plan speaks of.
    pub sets: Vec<RecordSet>,
}

impl LiveZone {
    /// The record sets of one application, as a move would list them.
    pub fn listing(&self, served: &DnsName) -> Listing {
        let is_its = |set: &&RecordSet| served_by(&set.name) == served.as_str();
        Listing { private_zone: self.private, sets: self.sets.iter().filter(is_its).cloned().collect() }
    }

    /// The same of every application, read once: a zone has thousands of record sets, and of applications hundreds.
    pub(super) fn listings(&self) -> Listings<'_> {
        let mut sets: BTreeMap<&str, Vec<&RecordSet>> = BTreeMap::new();
        for set in &self.sets {
            sets.entry(served_by(&set.name)).or_default().push(set);
        }
        Listings { private_zone: self.private, sets }
    }
}

/// The record sets of a zone by the served name that they belong to.
#[derive(Debug)]
pub(super) struct Listings<'a> {
    private_zone: bool,
    sets: BTreeMap<&'a str, Vec<&'a RecordSet>>,
}

impl Listings<'_> {
    /// Those of one application, as a move would list them.
    pub fn of(&self, served: &DnsName) -> Listing {
        let sets = self.sets.get(served.as_str()).into_iter().flatten();
        Listing { private_zone: self.private_zone, sets: sets.map(|set| (*set).clone()).collect() }
    }
}

/// The served name that a record set belongs to: its own name, or what `_understudy` stands below.
fn served_by(name: &DnsName) -> &str {
    let below = name.as_str().rsplit_once("_understudy.");
    let below = below.filter(|(head, _)| head.is_empty() || head.ends_with('.'));
    below.map_or(name.as_str(), |(_, served)| served)
}

/// An application whose records people have, and that provisioning is to take over as they are.
pub type Adopted = std::collections::BTreeSet<ApplicationName>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::{Content, RecordType, Routing};

    fn set(name: &str) -> RecordSet {
        RecordSet {
            name: name.into(),
            kind: RecordType::Txt,
            routing: Routing::Simple,
            content: Content::Values { ttl: 5, values: Vec::new() },
            health_check: None,
        }
    }

    #[test]
    fn a_record_set_belongs_to_the_name_that_it_serves_or_to_the_one_below_which_it_stands() {
        let ours =
            ["shop.example.com", "e00000001._understudy.shop.example.com", "_understudy.shop.example.com"];
        let others = [
            "www.shop.example.com",
            "my_understudy.shop.example.com",
            "now._understudy.www.shop.example.com",
        ];
        let sets = ours.iter().chain(&others).map(|name| set(name)).collect();
        let zone = LiveZone { sets, ..LiveZone::default() };
        let names =
            |listing: Listing| listing.sets.iter().map(|set| set.name.to_string()).collect::<Vec<_>>();
        let served = "shop.example.com".into();
        assert_eq!(names(zone.listing(&served)), ours);
        assert_eq!(names(zone.listings().of(&served)), ours);
        assert_eq!(names(zone.listings().of(&"example.com".into())), Vec::<String>::new());
    }
}
