//! What the record sets of one name, or of one name and type, must have in common. Judged on the zone as the
//! batch leaves it, so that deleting all sets of one policy and creating sets of another is one batch.

use std::collections::BTreeSet;

use super::record::{FailoverRole, Policy, RecordData, RecordSet, RecordType, SetKey, Sets};
use crate::model::DnsName;

/// Sets of one policy at one name and type (Route 53 developer guide, "Quotas").
const MAX_SIBLINGS: usize = 100;

/// Whether the set may be at this place at all.
pub(super) fn check_place(set: &RecordSet, apex: &DnsName, faults: &mut Vec<String>) {
    let (name, rtype) = (&set.name, set.rtype);
    if !name.is_within(apex) {
        faults.push(format!("RRSet with DNS name {name} is not permitted in zone {apex}"));
        return;
    }
    match rtype {
        RecordType::Cname if name == apex => {
            faults.push(format!(
                "RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {apex}"
            ));
        }
        RecordType::Soa if name != apex => {
            faults.push(format!(
                "RRSet of type SOA with DNS name {name} is only permitted at apex in zone {apex}"
            ));
        }
        RecordType::Soa | RecordType::Ns if set.alias().is_some() || set.policy != Policy::Simple => {
            faults.push(format!(
                "RRSet of type {rtype} with DNS name {name} cannot be an alias or have a routing policy"
            ));
        }
        _ => {}
    }
    if let RecordData::Values { values, .. } = &set.data {
        check_values(set, values.len(), faults);
    }
}

fn check_values(set: &RecordSet, count: usize, faults: &mut Vec<String>) {
    let alone = matches!(set.rtype, RecordType::Cname | RecordType::Soa)
        || matches!(set.policy, Policy::Weighted { .. } | Policy::Latency { .. });
    if alone && count > 1 {
        faults.push(format!("{} can have only one value", title(set)));
    }
    let mut seen = BTreeSet::new();
    let repeated = set.values().iter().find(|value| !seen.insert(value.text.as_str()));
    faults.extend(repeated.map(|value| format!("Duplicate Resource Record: '{}'", value.text)));
    if matches!(set.policy, Policy::Failover { role: FailoverRole::Primary, .. })
        && set.health_check.is_none()
    {
        // Quoted in external-dns#2362 and #1420.
        faults.push(
            "A non-alias primary ResourceRecordSet must have an associated health check. No changes made."
                .to_owned(),
        );
    }
}

/// Judges every written set against the zone after the batch.
pub(super) fn check(written: &[&RecordSet], after: &Sets, apex: &DnsName, faults: &mut Vec<String>) {
    for set in written {
        let group: Vec<&RecordSet> = group(after, &set.name, set.rtype).collect();
        let others = || group.iter().copied().filter(|other| other.key() != set.key());
        check_policy(set, others(), faults);
        if group.len() > MAX_SIBLINGS {
            faults.push(format!(
                "{} exceeds the limit of {MAX_SIBLINGS} sets with the same name and type",
                title(set)
            ));
        }
        check_cname(set, after, apex, faults);
    }
}

fn group<'a>(sets: &'a Sets, name: &DnsName, rtype: RecordType) -> impl Iterator<Item = &'a RecordSet> {
    let from = SetKey { name: name.clone(), rtype, set_identifier: None };
    let name = name.clone();
    sets.range(from..).map(|(_, set)| set).take_while(move |set| set.name == name && set.rtype == rtype)
}

fn title(set: &RecordSet) -> String {
    let identifier =
        set.policy.set_identifier().map(|id| format!(", SetIdentifier {id}")).unwrap_or_default();
    format!("RRSet with DNS name {}, type {}{identifier}", set.name, set.rtype)
}

fn check_policy<'a>(
    set: &RecordSet,
    mut others: impl Iterator<Item = &'a RecordSet>,
    faults: &mut Vec<String>,
) {
    let fault = match &set.policy {
        // Issue chef-boneyard/route53#100.
        Policy::Simple => others.next().map(|_| {
            format!("{} cannot be created as other RRSets exist with the same name and type.", title(set))
        }),
        Policy::Weighted { .. } => others.find_map(|other| weighted(set, other)),
        Policy::Failover { role, .. } => others.find_map(|other| failover(set, *role, other)),
        Policy::Latency { region, .. } => others.find_map(|other| latency(set, region, other)),
        Policy::Multivalue { .. } => {
            others.find_map(|other| mixed(set, other, "because a non multivalue answer rrset exists"))
        }
    };
    faults.extend(fault);
}

fn mixed(set: &RecordSet, other: &RecordSet, reason: &str) -> Option<String> {
    (set.policy.word() != other.policy.word())
        .then(|| format!("{} cannot be created {reason} with the same name and type.", title(set)))
}

fn weighted(set: &RecordSet, other: &RecordSet) -> Option<String> {
    // Issue external-dns#3141.
    if let Some(fault) = mixed(set, other, "as a non-weighted set exists") {
        return Some(fault);
    }
    // Issue aws-sdk-go-v2#518. An alias has no TTL, so it disagrees with none.
    match (&set.data, &other.data) {
        (RecordData::Values { ttl: one, .. }, RecordData::Values { ttl: other, .. }) if one != other => {
            Some(format!("{} cannot be created as weighted sets must contain the same TTL.", title(set)))
        }
        _ => None,
    }
}

fn failover(set: &RecordSet, role: FailoverRole, other: &RecordSet) -> Option<String> {
    match &other.policy {
        // The service refuses this (Route 53 API reference, `Failover`); the words are ours.
        Policy::Failover { role: taken, .. } if *taken == role => Some(format!(
            "{} cannot be created because a {} RRSet with the same name and type already exists.",
            title(set),
            role.as_str()
        )),
        _ => mixed(set, other, "as a non-failover set exists"),
    }
}

fn latency(set: &RecordSet, region: &str, other: &RecordSet) -> Option<String> {
    match &other.policy {
        // Issue terraform-provider-aws#1668.
        Policy::Latency { region: taken, .. } if taken == region => Some(format!(
            "{}, and Region Name={region} cannot be created because a latency RRSet with the same name, type and region already exists.",
            title(set)
        )),
        _ => mixed(set, other, "as a non-latency set exists"),
    }
}

/// A CNAME is alone at its name (quoted in aws-sdk-java#1996 and external-dns#323).
fn check_cname(set: &RecordSet, after: &Sets, apex: &DnsName, faults: &mut Vec<String>) {
    let (name, rtype) = (&set.name, set.rtype);
    let from = SetKey { name: name.clone(), rtype: RecordType::A, set_identifier: None };
    let mut there = after.range(from..).map(|(key, _)| key).take_while(|key| key.name == *name);
    if rtype == RecordType::Cname {
        if there.any(|key| key.rtype != RecordType::Cname) {
            faults.push(format!("RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records with the same DNS name in zone {apex}"));
        }
    } else if there.any(|key| key.rtype == RecordType::Cname) {
        faults.push(format!("RRSet of type {rtype} with DNS name {name} is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone {apex}"));
    }
}

/// Whether an `UPSERT` may change a set's policy or its failover role is not known of the service (boto3#1347
/// failed, for another reason). The twin refuses, so that nothing comes to depend on it.
pub(super) fn check_replacement(replaced: &RecordSet, set: &RecordSet, faults: &mut Vec<String>) {
    let role = |set: &RecordSet| match &set.policy {
        Policy::Failover { role, .. } => Some(*role),
        _ => None,
    };
    if replaced.policy.word() != set.policy.word() || role(replaced) != role(set) {
        faults.push(format!("{} cannot change its routing policy or failover role by UPSERT (the twin is strict: unknown of the service)", title(set)));
    }
}
