//! By what a wish can be carried out, in the order in which the plan has it tried.

use super::Seen;
use super::choice::{MoveKind, Wish};
use super::guards::lacks_a_unit;
use crate::dns::Side;
use crate::names::Region;
use crate::plan::{Actuator, Policy};

/// The actuators that can carry out a wish; none where nothing can.
pub(super) fn ways(situation: &Seen<'_>, wish: &Wish) -> Vec<Actuator> {
    let can = |actuator: &Actuator| match actuator {
        Actuator::Override | Actuator::Arc => can_say(situation, wish, *actuator),
        Actuator::Records => situation.standing.away.is_none() && lacks_a_unit(situation, wish).is_none(),
    };
    situation.application.actuators.iter().copied().filter(can).collect()
}

/// Whether some override brings users where the wish wants them.
pub(super) fn by_override(situation: &Seen<'_>, wish: &Wish) -> bool {
    let mut actuators = situation.application.actuators.iter();
    actuators.any(|actuator| actuator.is_override() && can_say(situation, wish, *actuator))
}

/// Whether this override brings users where the wish wants them. It says "away" and cannot say where to: so
/// only where Route 53 then answers the taker, whose own region says it. What was said is taken back by
/// giving back what it took.
fn can_say(situation: &Seen<'_>, wish: &Wish, actuator: Actuator) -> bool {
    if situation.plan.overrides_by(actuator).is_none() {
        return false;
    }
    match (wish.kind, &situation.standing.away) {
        (MoveKind::Restore, Some(away)) => {
            away.by == actuator && away.from == wish.to && away.to == wish.from
        }
        (MoveKind::Restore, None) | (MoveKind::Evacuate, Some(_)) => false,
        (MoveKind::Evacuate, None) => &wish.to == situation.here && leads_there(situation, wish),
    }
}

fn leads_there(situation: &Seen<'_>, wish: &Wish) -> bool {
    let others = situation.application.regions.iter().map(|region| &region.name);
    let others: Vec<&Region> = others.filter(|name| ![&wish.from, &wish.to].contains(name)).collect();
    match (situation.application.policy, &situation.serving) {
        (Policy::Failover, _) => others.is_empty() || is_secondary(situation, &wish.to),
        (_, Err(_)) => false,
        (Policy::Weighted, Ok(serving)) => serving.share(&wish.to) == 100,
        // Whoever is nearest then gets the users: it must be fit.
        (Policy::Latency, Ok(serving)) => {
            serving.share(&wish.to) == 100
                && !others.into_iter().any(|name| serving.serves(name) && situation.is_suspect(name))
        }
    }
}

/// Only the record sets tell who sits in the SECONDARY set.
fn is_secondary(situation: &Seen<'_>, region: &Region) -> bool {
    let Some(listing) = situation.facts.listing.read() else { return false };
    listing
        .seated(situation.application, Side::Secondary, &situation.units)
        .is_ok_and(|seated| &seated == region)
}
