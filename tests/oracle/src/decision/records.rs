//! Whether the records and the fence can be relied on.

use understudy::decide::{Answered, EpochReading, ListingReading, Situation};
use understudy::plan::{PlanView, Policy};

use super::serving::by_records;
use super::{Move, newest_record};

/// Under `failover` the name servers say where traffic is. Where all serve, one answer proves nothing.
pub(super) fn nobody_knows_the_holder(situation: &Situation<'_>) -> bool {
    situation.application.policy == Policy::Failover
        && match &situation.facts.answered {
            Answered::Regions(regions) => regions.is_empty(),
            Answered::Unknown { .. } => true,
        }
}

pub(super) fn are_unusable(situation: &Situation<'_>) -> bool {
    match &situation.facts.listing {
        ListingReading::Read(listing) => by_records(situation, listing).is_none(),
        ListingReading::NotAsked | ListingReading::Unavailable { .. } => false,
    }
}

pub(super) fn epoch_is_unknown(situation: &Situation<'_>) -> bool {
    matches!(situation.facts.epoch, EpochReading::Unknown { .. })
}

pub(super) fn epoch_is_unreadable(situation: &Situation<'_>) -> bool {
    matches!(situation.facts.epoch, EpochReading::Unreadable(_))
}

pub(super) fn newest_is_from_the_future(situation: &Situation<'_>) -> bool {
    match newest_record(situation.facts) {
        Some(newest) => situation.now < newest.at,
        None => false,
    }
}

/// Whether a peer goes by another plan, in which this move would write something else.
pub(super) fn plans_disagree(situation: &Situation<'_>, wish: &Move) -> bool {
    let ours = PlanView::of(situation.plan);
    let name = &situation.application.name;
    let Some(ours_of_it) = ours.applications.get(name) else { return false };
    for theirs in situation.standing.peer_plans.values() {
        if theirs.digest == ours.digest {
            continue;
        }
        // A peer that does not know the application moves nothing of it.
        let Some(theirs_of_it) = theirs.applications.get(name) else { continue };
        for region in [&wish.from, &wish.to] {
            if ours_of_it.get(region) != theirs_of_it.get(region) {
                return true;
            }
        }
    }
    false
}
