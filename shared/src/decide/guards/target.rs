//! Never to a region that is not verified healthy.

use super::{Hold, Situation, Wish};
use crate::decide::{MoveKind, Reason};
use crate::health::{RegionHealth, Verdict};
use crate::plan::Policy;

/// Objects unless the region that would serve is healthy by fresh evidence. One that is
/// degraded but shows life is better than an unhealthy holder, with a person's consent or the plan's.
pub(super) fn guard(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
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

/// Objects when Route 53 would refuse the region's unit as PRIMARY.
pub(super) fn complete(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
    if situation.application.policy != Policy::Failover {
        return None;
    }
    let units = situation.facts.units(situation.application);
    let complete = units.get(&wish.to).is_some_and(crate::dns::ServingUnit::is_complete);
    let ends = format!("a `health_check` for {} in the plan or on its live record set", wish.to);
    (!complete).then(|| Hold::new(Reason::TargetIncomplete { region: wish.to.clone() }, ends)).flatten()
}
