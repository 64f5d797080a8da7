//! Whether the records and the fence can be relied on.

use understudy::decide::{Answered, EpochReading, ListingReading, Situation};
use understudy::plan::{PlanView, Policy};

use super::serving::by_records;
use super::{Move, newest_record};

/// Under `failover` the name servers say where traffic is. Where all serve, one answer proves nothing.
/// A third region that is answered has no part in the move.
pub(super) fn nobody_knows_the_holder(situation: &Situation<'_>, wish: &Move) -> bool {
    if situation.application.policy != Policy::Failover {
        return false;
    }
    let Answered::Regions(regions) = &situation.facts.answered else { return true };
    for region in regions {
        if region != &wish.from && region != &wish.to {
            return true;
        }
    }
    false
}

/// Whether the record sets are not what the plan says.
pub(super) fn make_no_sense(situation: &Situation<'_>) -> bool {
    match &situation.facts.listing {
        ListingReading::Read(listing) => by_records(situation, listing).is_none(),
        ListingReading::NotAsked | ListingReading::Unavailable { .. } => false,
    }
}

/// Whether they cannot be moved: we move public ones only.
pub(super) fn are_unusable(situation: &Situation<'_>) -> bool {
    let private = match &situation.facts.listing {
        ListingReading::Read(listing) => listing.private_zone,
        ListingReading::NotAsked | ListingReading::Unavailable { .. } => false,
    };
    private || make_no_sense(situation)
}

/// Whether an override that nobody has taken back yet keeps the region out to which traffic would move.
pub(super) fn are_overridden(situation: &Situation<'_>, wish: &Move) -> bool {
    let mut standing = situation.standing.left_behind.iter();
    standing.any(|away| away.from == wish.to)
}

/// Whether somebody has lately seen that records or checks which a move needs are not as planned.
pub(super) fn were_found_amiss(situation: &Situation<'_>) -> bool {
    match &situation.standing.drift {
        Some(found) => found.critical.count > 0 && found.until > situation.now,
        None => false,
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
    for theirs in situation.standing.peer_plans.values() {
        if theirs.digest == ours.digest {
            continue;
        }
        // A peer may know the application by another name: one that it does not know is no agreement.
        let (Some(ours), Some(theirs)) = (ours.applications.get(name), theirs.applications.get(name)) else {
            return true;
        };
        for region in [&wish.from, &wish.to] {
            if ours.get(region) != theirs.get(region) {
                return true;
            }
        }
    }
    false
}
