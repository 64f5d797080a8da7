//! Whether the region that would take over can.

use understudy::decide::{ListingReading, Situation};
use understudy::dns::MoveKind;
use understudy::health::Verdict;
use understudy::plan::{Policy, RecordValue};

use super::evidence::shows_life;
use super::serving::{answers_value, serving};
use super::{Move, health, verdict};

/// Not verified healthy, and not even degraded where that would be better than what is left.
pub(super) fn is_unfit(situation: &Situation<'_>, wish: &Move) -> bool {
    if verdict(situation, &wish.to) == Verdict::Healthy {
        return false;
    }
    !is_better_than_what_is_left(situation, wish)
}

/// Degraded, which is better than what is left, but wants consent or the plan's standing one.
pub(super) fn is_only_degraded(situation: &Situation<'_>, wish: &Move) -> bool {
    verdict(situation, &wish.to) != Verdict::Healthy
        && is_better_than_what_is_left(situation, wish)
        && !situation.application.accept_degraded
}

fn is_better_than_what_is_left(situation: &Situation<'_>, wish: &Move) -> bool {
    wish.kind == MoveKind::Evacuate
        && verdict(situation, &wish.from) == Verdict::Unhealthy
        && verdict(situation, &wish.to) == Verdict::Degraded
        && health(situation, &wish.to).is_some_and(shows_life)
}

pub(super) fn says_not_ready(situation: &Situation<'_>, wish: &Move) -> bool {
    match situation.facts.vetoes.get(&wish.to) {
        Some(alarms) => !alarms.is_empty(),
        None => false,
    }
}

/// Route 53 takes no plain PRIMARY without a check.
pub(super) fn is_incomplete(situation: &Situation<'_>, wish: &Move) -> bool {
    if situation.application.policy != Policy::Failover {
        return false;
    }
    for region in &situation.application.regions {
        if region.name != wish.to {
            continue;
        }
        if matches!(region.record, RecordValue::Alias { .. }) || region.health_check.is_some() {
            return false;
        }
        let ListingReading::Read(listing) = &situation.facts.listing else { return true };
        for set in &listing.sets {
            if set.health_check.is_some() && answers_value(&set.content, &region.record, set.kind) {
                return false;
            }
        }
        return true;
    }
    true
}

/// Where all serve, those that stay carry too little of the load.
pub(super) fn leaves_too_little(situation: &Situation<'_>, wish: &Move) -> bool {
    let application = situation.application;
    if application.policy == Policy::Failover || wish.kind != MoveKind::Evacuate {
        return false;
    }
    let serving = serving(situation);
    let mut hundredths = 0;
    for region in &application.regions {
        if region.name == wish.from {
            continue;
        }
        let mut share = serving.share(&region.name);
        if region.name == wish.to && share == 0 {
            share = 100;
        }
        hundredths += region.capacity * u32::from(share);
    }
    hundredths < application.minimum_capacity * 100
}
