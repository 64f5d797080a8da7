//! Serving units: what a region puts into a record set. A unit moves as a whole.

use std::collections::BTreeMap;

use super::listing::Listing;
use super::record::{Content, RecordType};
use super::target::TargetKind;
use crate::in_order::InOrder;
use crate::names::{DnsName, HealthCheckId, Region};
use crate::plan::{Application, Native, Policy, RecordValue, RegionPlan};

/// What one region puts into the record sets of the served name: content by type, and its check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServingUnit {
    /// The region.
    pub region: Region,
    /// What it answers, by type.
    pub contents: BTreeMap<RecordType, Content>,
    /// Its health check.
    pub health_check: Option<HealthCheckId>,
}

impl ServingUnit {
    /// The unit of a region as the plan says, its check taken from the live record set that
    /// holds its value where the plan names none.
    pub fn of(application: &Application, region: &RegionPlan, live: Option<&Listing>) -> Self {
        let contents = contents(application, &region.record);
        let kept = |live: &Listing| live.health_check_at(&unit_name(&application.served, &region.name));
        let found = || live.and_then(|live| live.health_check_of(&contents).or_else(|| kept(live)));
        let health_check = region.health_check.clone().or_else(found);
        Self { region: region.name.clone(), contents, health_check }
    }

    /// Whether Route 53 takes it as PRIMARY: a plain record needs a check
    /// ("A non-alias primary ResourceRecordSet must have an associated health check").
    pub fn is_complete(&self) -> bool {
        self.health_check.is_some()
            || self.contents.values().all(|content| matches!(content, Content::Alias { .. }))
    }
}

/// What a value puts into record sets, by type.
pub(crate) fn contents(application: &Application, record: &RecordValue) -> BTreeMap<RecordType, Content> {
    let ttl = u32::try_from(application.ttl.as_secs()).unwrap_or(u32::MAX);
    let values = |values: Vec<String>| Content::Values { ttl, values };
    match record {
        RecordValue::Addresses { v4, v6 } => [
            (RecordType::A, v4.iter().map(ToString::to_string).collect::<Vec<_>>()),
            (RecordType::Aaaa, v6.iter().map(ToString::to_string).collect()),
        ]
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(kind, list)| (kind, values(list)))
        .in_order(),
        RecordValue::Cname(name) => [(RecordType::Cname, values(vec![name.to_string()]))].into(),
        RecordValue::Alias { target, zone, ipv6 } => {
            let alias = Content::Alias {
                zone: zone.clone(),
                target: target.clone(),
                evaluate_target_health: evaluates(application, target),
            };
            let kinds = [RecordType::A, RecordType::Aaaa];
            kinds.into_iter().take(if *ipv6 { 2 } else { 1 }).map(|kind| (kind, alias.clone())).in_order()
        }
    }
}

/// Whether an alias takes its target's health for its own. A failover alias must (API reference,
/// `ResourceRecordSet.Failover`); another one does where there is a health, and Route 53 may move traffic by it.
fn evaluates(application: &Application, target: &DnsName) -> bool {
    application.policy == Policy::Failover
        || (application.native == Native::Backstop && TargetKind::of(target).has_health())
}

/// The name at which a region's unit keeps its check while it sits in none of the served sets.
pub fn unit_name(served: &DnsName, region: &Region) -> DnsName {
    served.child("_understudy").child(&format!("unit-{region}"))
}

/// The name at which Route 53's own checkers say whether a region is up: a failover TXT pair,
/// "up" with the region's endpoint check, "down" without one.
pub fn up_name(served: &DnsName, region: &Region) -> DnsName {
    served.child("_understudy").child(&format!("up-{region}"))
}
