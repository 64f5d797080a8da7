//! Never to a region that is not verified healthy.

use super::{Hold, Situation, Wish};
use crate::decide::Reason;
use crate::health::Verdict;

/// Objects unless the region that would serve is healthy by fresh evidence.
pub(super) fn guard(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
    let health = situation.facts.health.get(&wish.to);
    let verdict = health.map_or(Verdict::Unknown, |health| health.verdict);
    let evidence = health.map(crate::health::RegionHealth::in_words).unwrap_or_default();
    let region = wish.to.clone();
    let ends = format!("{region} verified healthy");
    (verdict != Verdict::Healthy)
        .then(|| Hold::new(Reason::NoFitTarget { region, verdict, evidence }, ends))
        .flatten()
}

/// Objects when Route 53 would refuse the region's unit as PRIMARY.
pub(super) fn complete(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
    let units = situation.facts.units(situation.application);
    let complete = units.get(&wish.to).is_some_and(crate::dns::ServingUnit::is_complete);
    let ends = format!("a `health_check` for {} in the plan or on its live record set", wish.to);
    (!complete).then(|| Hold::new(Reason::TargetIncomplete { region: wish.to.clone() }, ends)).flatten()
}
