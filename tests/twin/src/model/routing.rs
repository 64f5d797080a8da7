//! Which of the record sets of one name and type answer a query (Route 53 developer guide, "How Route 53
//! chooses records when health checking is configured").

use super::answer::AnswerContext;
use super::health::Health;
use super::noise::Noise;
use super::records::{FailoverRole, Policy, RecordSet};
use super::regions::distance;

/// Answers of a multivalue group at once (Route 53 API reference, `MultiValueAnswer`).
const MULTIVALUE: usize = 8;

/// A set and its health.
pub(super) type Candidate<'a> = (&'a RecordSet, Health);

/// The sets that answer: one, or up to eight of a multivalue group. All sets have one policy, which the rules
/// of a batch ensure.
pub(super) fn choose<'a>(
    group: &[Candidate<'a>],
    context: &AnswerContext,
    noise: Noise,
) -> Vec<&'a RecordSet> {
    let Some((first, _)) = group.first() else { return Vec::new() };
    match first.policy {
        Policy::Simple => vec![first],
        Policy::Failover { .. } => failover(group).into_iter().collect(),
        Policy::Weighted { .. } => weighted(group, noise).into_iter().collect(),
        Policy::Latency { .. } => nearest(&alive(group), context).into_iter().collect(),
        Policy::Multivalue { .. } => {
            let mut alive = alive(group);
            rotate(&mut alive, noise);
            alive.truncate(MULTIVALUE);
            alive
        }
    }
}

/// Starts a list at a place that the noise picks.
pub(super) fn rotate<T>(list: &mut [T], noise: Noise) {
    list.rotate_left(noise.below(list.len() as u64) as usize);
}

/// The healthy ones; all where none is, because "when all records are unhealthy, all are considered healthy".
fn alive<'a>(group: &[Candidate<'a>]) -> Vec<&'a RecordSet> {
    let healthy: Vec<_> =
        group.iter().filter(|(_, health)| health.is_healthy()).map(|(set, _)| *set).collect();
    if healthy.is_empty() { group.iter().map(|(set, _)| *set).collect() } else { healthy }
}

/// Both healthy: primary. One healthy: that one. None: primary (Route 53 API reference, `Failover`). Where
/// there is only one of the two, it answers.
fn failover<'a>(group: &[Candidate<'a>]) -> Option<&'a RecordSet> {
    let is_primary =
        |set: &RecordSet| matches!(set.policy, Policy::Failover { role: FailoverRole::Primary, .. });
    let alive = alive(group);
    alive.iter().find(|set| is_primary(set)).or(alive.first()).copied()
}

fn weight(set: &RecordSet) -> u64 {
    match set.policy {
        Policy::Weighted { weight, .. } => u64::from(weight),
        _ => 0,
    }
}

/// Zero weights are considered only where every other set is unhealthy; all zero is an even chance.
fn weighted<'a>(group: &[Candidate<'a>], noise: Noise) -> Option<&'a RecordSet> {
    let (weighty, zero): (Vec<_>, Vec<_>) = group.iter().partition(|(set, _)| weight(set) > 0);
    let any_healthy = |sets: &[Candidate<'a>]| sets.iter().any(|(_, health)| health.is_healthy());
    if weighty.is_empty() || (!any_healthy(&weighty) && any_healthy(&zero)) {
        let alive = alive(&zero);
        return alive.get(noise.below(alive.len() as u64) as usize).copied();
    }
    let alive = alive(&weighty);
    let mut point = noise.below(alive.iter().map(|set| weight(set)).sum());
    alive.into_iter().find(|set| match point.checked_sub(weight(set)) {
        Some(rest) => {
            point = rest;
            false
        }
        None => true,
    })
}

/// The region nearest to the client's; a client without a region counts as one in us-east-1.
fn nearest<'a>(sets: &[&'a RecordSet], context: &AnswerContext) -> Option<&'a RecordSet> {
    let client = context.region.as_deref().unwrap_or("us-east-1");
    let far = |set: &&RecordSet| match &set.policy {
        Policy::Latency { region, .. } => distance(client, region),
        _ => u32::MAX,
    };
    sets.iter().copied().min_by_key(far)
}
