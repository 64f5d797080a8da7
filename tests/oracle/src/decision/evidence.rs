//! Whether what was seen is enough to leave a region.

use std::collections::BTreeSet;
use std::time::Duration;

use understudy::decide::Situation;
use understudy::dns::MoveKind;
use understudy::health::{RegionHealth, Settled, Vantage, Verdict};

use super::{Move, health};
use crate::between;

/// Two kinds of vantage that are not the checkers alone, or as many as the plan asks for.
pub(super) fn lacks_quorum(situation: &Situation<'_>, wish: &Move) -> bool {
    if wish.kind != MoveKind::Evacuate {
        return false;
    }
    let Some(health) = health(situation, &wish.from) else { return true };
    let mut kinds = BTreeSet::new();
    for vantage in &health.bad_vantages {
        kinds.insert(*vantage);
    }
    let wanted = usize::try_from(situation.application.timing.quorum).unwrap_or(usize::MAX);
    let checkers_alone = !kinds.contains(&Vantage::Here) && !kinds.contains(&Vantage::Peers);
    kinds.len() < wanted || checkers_alone
}

/// Bad for long enough.
pub(super) fn lacks_dwell(situation: &Situation<'_>, wish: &Move) -> bool {
    if wish.kind != MoveKind::Evacuate {
        return false;
    }
    let bad_for = match health(situation, &wish.from).and_then(|health| health.bad_since) {
        Some(since) => between(since, situation.now),
        None => Duration::ZERO,
    };
    bad_for < situation.application.timing.dwell
}

/// Whether no region shows life from here: then the observer is suspect, and nobody is left.
pub(super) fn sees_no_life(situation: &Situation<'_>, wish: &Move) -> bool {
    if wish.kind != MoveKind::Evacuate {
        return false;
    }
    for region in &situation.application.regions {
        if health(situation, &region.name).is_some_and(shows_life) {
            return false;
        }
    }
    true
}

/// Healthy, or degraded while a signal from here is good and the checkers do not say "down".
pub(super) fn shows_life(health: &RegionHealth) -> bool {
    if health.verdict == Verdict::Healthy {
        return true;
    }
    if health.verdict != Verdict::Degraded {
        return false;
    }
    let mut good_from_here = false;
    for testimony in &health.evidence {
        if testimony.vantage == Vantage::Here && testimony.says == Some(Settled::Good) {
            good_from_here = true;
        }
        if testimony.vantage == Vantage::Checkers && testimony.says == Some(Settled::Bad) {
            return false;
        }
    }
    good_from_here
}

/// Whether too many regions began to look unhealthy within a short time of each other, and still do.
/// What began long ago does not count beside the newest of them, or the one that is left.
pub(super) fn too_many_at_once(situation: &Situation<'_>, wish: &Move) -> bool {
    if wish.kind != MoveKind::Evacuate {
        return false;
    }
    let fleet = &situation.plan.fleet;
    let mut current = Vec::new();
    for (region, stretch) in &situation.standing.suspects {
        if between(stretch.last, situation.now) <= fleet.stop_within {
            current.push((region, stretch.since));
        }
    }
    let mut newest = None;
    for (_, since) in &current {
        if newest.is_none_or(|known| known < *since) {
            newest = Some(*since);
        }
    }
    for (_, first) in &current {
        let mut together = 0;
        let mut in_question = false;
        for (region, since) in &current {
            if since < first || between(*first, *since) > fleet.stop_within {
                continue;
            }
            together += 1;
            if *region == &wish.from || Some(*since) == newest {
                in_question = true;
            }
        }
        if in_question && together >= fleet.stop_regions {
            return true;
        }
    }
    false
}
