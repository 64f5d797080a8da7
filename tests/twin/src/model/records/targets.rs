//! Alias targets: they must lie in the zone that the alias names, and exist. Wording: issue harmony-ops#491.

use super::batch::World;
use super::record::{AliasTarget, Policy, RecordSet, RecordType, SetKey, Sets};
use crate::model::balancers::{CLOUDFRONT_ZONE, Place};

pub(super) fn check(set: &RecordSet, after: &Sets, world: &World<'_>, faults: &mut Vec<String>) {
    let Some(target) = set.alias() else { return };
    check_evaluation(set, target, faults);
    check_name(set, target, world, faults);
    let found = if target.zone == *world.zone {
        in_zone(set, target, after, world)
    } else {
        outside(set, target, world)
    };
    let title = format!(
        "Tried to create an alias that targets {}, type {} in zone {}",
        target.dns_name, set.rtype, target.zone
    );
    match found {
        Place::Found => {}
        Place::Missing => faults.push(format!("{title}, but that target was not found")),
        Place::Elsewhere => {
            faults.push(format!("{title}, but the alias target name does not lie within the target zone"));
            faults.push(format!("{title}, but that target was not found"));
        }
    }
}

/// CloudFront has no health to evaluate, and a failover alias must evaluate it (Route 53 API reference,
/// `AliasTarget.EvaluateTargetHealth` and `Failover`): so a failover pair of CloudFront aliases cannot be had.
/// The words are ours.
fn check_evaluation(set: &RecordSet, target: &AliasTarget, faults: &mut Vec<String>) {
    let cloudfront = target.zone.as_str() == CLOUDFRONT_ZONE;
    if cloudfront && target.evaluate_target_health {
        faults.push(format!(
            "EvaluateTargetHealth must be false for the CloudFront alias {}, type {}",
            set.name, set.rtype
        ));
    }
    if matches!(set.policy, Policy::Failover { .. }) && !target.evaluate_target_health {
        faults.push(format!(
            "EvaluateTargetHealth must be true for the failover alias {}, type {}",
            set.name, set.rtype
        ));
    }
}

/// What answers for one name only serves nobody under another (Route 53 API reference, `AliasTarget.DNSName`:
/// the record's name must be the target's). The words are ours.
fn check_name(set: &RecordSet, target: &AliasTarget, world: &World<'_>, faults: &mut Vec<String>) {
    let only_for = world.balancers.get(&target.dns_name).and_then(|balancer| balancer.only_for.as_ref());
    if let Some(name) = only_for.filter(|name| **name != set.name) {
        faults.push(format!("{} answers for {name}, not for {}", target.dns_name, set.name));
    }
}

fn in_zone(set: &RecordSet, target: &AliasTarget, after: &Sets, world: &World<'_>) -> Place {
    if !target.dns_name.is_within(world.apex) {
        return Place::Elsewhere;
    }
    let from = SetKey { name: target.dns_name.clone(), rtype: set.rtype, set_identifier: None };
    let exists = after
        .range(from..)
        .map(|(key, _)| key)
        .take_while(|key| key.name == target.dns_name && key.rtype == set.rtype)
        // A set that aliases its own name would answer with itself.
        .any(|key| key.name != set.name);
    if exists { Place::Found } else { Place::Missing }
}

fn outside(set: &RecordSet, target: &AliasTarget, world: &World<'_>) -> Place {
    let place = world.balancers.place(&target.zone, &target.dns_name);
    match place {
        // Load balancers, CloudFront and accelerators have addresses and nothing else.
        Place::Found if !matches!(set.rtype, RecordType::A | RecordType::Aaaa) => Place::Missing,
        place => place,
    }
}
