//! Takers act one after another, so that they do not race for one epoch.

use super::{Hold, Situation, Wish};
use crate::decide::{MoveKind, Reason};
use crate::health::Verdict;
use crate::time::since;

/// Objects while those before this taker may still act: taker r acts (r-1) times `rank_wait` after
/// nothing else stood in the way, unless a newer epoch appeared.
pub(super) fn guard(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
    let pulls = wish.kind == MoveKind::Evacuate && situation.order().is_none();
    let before = if pulls { before(situation, wish) } else { 0 };
    let needed = situation.application.timing.rank_wait.saturating_mul(before);
    let newest = situation.facts.newest_epoch().unwrap_or_default();
    let cleared = situation.standing.cleared.as_ref();
    let cleared = cleared.filter(|cleared| cleared.wish == *wish && cleared.epoch == newest);
    let waited = cleared.map(|cleared| since(cleared.at, situation.now)).unwrap_or_default();
    let rank = before + 1;
    (waited < needed)
        .then(|| Hold::new(Reason::RankWait { rank, waited, needed }, "those before it in the plan, or time"))
        .flatten()
}

/// How many takers stand before this one, in the order of the plan. One whose region is certainly
/// unhealthy does not: nobody would act there.
fn before(situation: &Situation<'_>, wish: &Wish) -> u32 {
    let takers = situation.application.regions.iter().map(|region| &region.name);
    let before = takers.take_while(|region| *region != &wish.to);
    let able =
        before.filter(|region| **region != wish.from && situation.verdict(region) != Verdict::Unhealthy);
    u32::try_from(able.count()).unwrap_or(u32::MAX)
}
