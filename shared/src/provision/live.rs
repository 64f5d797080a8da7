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
        let below = served.child("_understudy");
        let is_its = |name: &DnsName| name == served || name.is_within(&below);
        let sets = self.sets.iter().filter(|set| is_its(&set.name)).cloned().collect();
        Listing { private_zone: self.private, sets }
    }
}

/// An application whose records people have, and that provisioning is to take over as they are.
pub type Adopted = std::collections::BTreeSet<ApplicationName>;
