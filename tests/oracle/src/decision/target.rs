//! Whether the region that would take over can.

use understudy::decide::{ListingReading, Situation};
use understudy::dns::MoveKind;
use understudy::health::Verdict;
use understudy::plan::{Policy, RecordValue};

use super::batch::health_check;
use super::evidence::shows_life;
use super::serving::serving;
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

/// Route 53 takes no plain PRIMARY without a check, and no set may lose the one that it has because
/// nobody knows which belongs to what it answers from now on.
pub(super) fn is_incomplete(situation: &Situation<'_>, wish: &Move) -> bool {
    let application = situation.application;
    if application.policy == Policy::Weighted {
        // A set that was listed keeps its check; one that nobody sees may lose it. Who is left is written
        // to, and who takes over may have to be.
        let mut written = vec![&wish.to];
        if wish.kind == MoveKind::Evacuate {
            written.push(&wish.from);
        }
        for region in written {
            let Some(region) = application.regions.iter().find(|it| it.name == *region) else { return true };
            let seen = matches!(situation.facts.listing, ListingReading::Read(_));
            if health_check(situation, region).is_none() && !seen {
                return true;
            }
        }
        return false;
    }
    let Some(region) = application.regions.iter().find(|region| region.name == wish.to) else { return true };
    if health_check(situation, region).is_some() {
        return false;
    }
    if application.policy == Policy::Failover {
        return !matches!(region.record, RecordValue::Alias { .. });
    }
    let ListingReading::Read(listing) = &situation.facts.listing else { return true };
    for set in &listing.sets {
        if set.name == application.served && set.health_check.is_some() {
            return true;
        }
    }
    false
}

/// Where all serve, those that stay carry too little of the load: the taker, and who serves wholly and
/// is well. Whether the taker is fit is not asked here.
pub(super) fn leaves_too_little(situation: &Situation<'_>, wish: &Move) -> bool {
    let application = situation.application;
    if application.policy == Policy::Failover || wish.kind != MoveKind::Evacuate {
        return false;
    }
    let serving = serving(situation);
    let mut left = 0;
    for region in &application.regions {
        if region.name == wish.from {
            continue;
        }
        let well = serving.share(&region.name) == 100 && verdict(situation, &region.name) == Verdict::Healthy;
        if region.name == wish.to || well {
            left += region.capacity;
        }
    }
    left < application.minimum_capacity
}
