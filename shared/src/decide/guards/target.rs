//! Never to a region that is not verified healthy.

use super::{Hold, Seen, Wish};
use crate::decide::{MoveKind, Reason, ways};
use crate::dns::ServingUnit;
use crate::health::{RegionHealth, Verdict};
use crate::names::Region;
use crate::plan::Policy;

/// Objects unless the region that would serve is healthy by fresh evidence. One that is
/// degraded but shows life is better than an unhealthy holder, with a person's consent or the plan's.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    let verdict = situation.verdict(&wish.to);
    let health = situation.facts.health.get(&wish.to);
    let better = wish.kind == MoveKind::Evacuate
        && health.is_some_and(RegionHealth::shows_life)
        && situation.verdict(&wish.from) == Verdict::Unhealthy;
    if verdict == Verdict::Healthy || (better && situation.application.accept_degraded) {
        return None;
    }
    let evidence = health.map(RegionHealth::in_words).unwrap_or_default();
    let region = wish.to.clone();
    let ends = format!("{region} verified healthy");
    if better {
        let ends = format!("{ends}, a person's consent, or accept_degraded in the plan");
        return Hold::new(Reason::TargetDegraded { region, evidence }, ends);
    }
    Hold::new(Reason::NoFitTarget { region, verdict, evidence }, ends)
}

/// Objects when Route 53 would refuse the region's unit as PRIMARY, or when a record set would lose
/// its health check because nobody knows which one belongs to the unit that it gets.
/// An override writes no record set.
pub(super) fn complete(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    if ways::by_override(situation, wish) {
        return None;
    }
    let region = lacks_a_unit(situation, wish)?.clone();
    let ends = format!("a `health_check` for {region} in the plan or on its live record set");
    Hold::new(Reason::TargetIncomplete { region }, ends)
}

/// A region whose unit would be put into a record set, and is not known whole.
pub(in crate::decide) fn lacks_a_unit<'a>(situation: &Seen<'_>, wish: &'a Wish) -> Option<&'a Region> {
    let units = &situation.units;
    let is_lacking = |region: &&Region| !units.get(*region).is_some_and(|unit| is_complete(situation, unit));
    written(situation, wish).into_iter().find(is_lacking)
}

/// The regions whose units are put into record sets. Whether a weighted taker's is depends on a weight
/// that may not be seen.
fn written<'a>(situation: &Seen<'_>, wish: &'a Wish) -> Vec<&'a Region> {
    match (situation.application.policy, wish.kind) {
        (Policy::Weighted, MoveKind::Evacuate) => vec![&wish.from, &wish.to],
        _ => vec![&wish.to],
    }
}

fn is_complete(situation: &Seen<'_>, unit: &ServingUnit) -> bool {
    match situation.application.policy {
        Policy::Failover => unit.is_complete(),
        // A set that was listed keeps the check that it has.
        Policy::Weighted => unit.health_check.is_some() || situation.facts.listing.read().is_some(),
        Policy::Latency => unit.health_check.is_some() || nothing_to_lose(situation),
    }
}

/// Whether no live record set of the served name has a check.
fn nothing_to_lose(situation: &Seen<'_>) -> bool {
    let served = &situation.application.served;
    situation.facts.listing.read().is_some_and(|listing| {
        listing.sets.iter().filter(|set| &set.name == served).all(|set| set.health_check.is_none())
    })
}
