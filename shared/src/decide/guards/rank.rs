//! Those who may act do so one after another, so that they do not race for one epoch.

use std::time::Duration;

use super::{Hold, Seen, Wish};
use crate::decide::{MoveKind, Reason};
use crate::dns::Serving;
use crate::health::Verdict;
use crate::names::Region;
use crate::plan::Policy;
use crate::time::since;

/// A restore is no hurry: whoever is first has two ticks before the next one may act.
const RESTORE_WAIT: Duration = Duration::from_secs(120);

/// Objects while those before this controller may still act: taker r acts (r-1) times `rank_wait`
/// after nothing else stood in the way, unless a newer epoch appeared. Of several holders that may
/// hand back, the one that took the region's users is the first.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    if situation.order().is_some() {
        return None;
    }
    let serving = situation.serving.as_ref().ok()?;
    let rank_wait = situation.application.timing.rank_wait;
    let (before, each) = match wish.kind {
        MoveKind::Evacuate => (takers_before(situation, serving, wish), rank_wait),
        MoveKind::Restore => (holders_before(situation, serving, wish), rank_wait + RESTORE_WAIT),
    };
    let before = u32::try_from(before).unwrap_or(u32::MAX);
    let needed = each.saturating_mul(before);
    let newest = situation.facts.newest_epoch().unwrap_or_default();
    let cleared = situation.standing.cleared.as_ref();
    let cleared = cleared.filter(|cleared| cleared.wish == *wish && cleared.epoch == newest);
    let waited = cleared.map(|cleared| since(cleared.at, situation.now)).unwrap_or_default();
    let rank = before + 1;
    (waited < needed)
        .then(|| Hold::new(Reason::RankWait { rank, waited, needed }, "those before it in the plan, or time"))
        .flatten()
}

/// How many takers stand before this one: the verified healthy ones first, then in the order of the plan.
/// One whose region is certainly unhealthy does not, nor one that does not serve wholly where this one
/// does: nobody would act there.
fn takers_before(situation: &Seen<'_>, serving: &Serving, wish: &Wish) -> usize {
    let takers: Vec<&Region> = situation.application.regions.iter().map(|region| &region.name).collect();
    let serve = situation.application.policy != Policy::Failover && serving.share(&wish.to) == 100;
    let own = takers.iter().position(|region| *region == &wish.to).unwrap_or(takers.len());
    let is_healthy = |region: &Region| situation.verdict(region) == Verdict::Healthy;
    let goes_before = |index: usize, region: &Region| match situation.verdict(region) {
        // What nobody here can see may be well, and sees itself.
        Verdict::Unknown => index < own,
        Verdict::Healthy => index < own || !is_healthy(&wish.to),
        Verdict::Degraded => index < own && !is_healthy(&wish.to),
        Verdict::Unhealthy => false,
    };
    let able = takers.iter().enumerate().filter(|(index, region)| {
        ![&wish.from, &wish.to].contains(region)
            && (!serve || serving.share(region) == 100)
            && goes_before(*index, region)
    });
    able.count()
}

fn holders_before(situation: &Seen<'_>, serving: &Serving, wish: &Wish) -> usize {
    match serving {
        Serving::Seat(_) => 0,
        Serving::All { .. } => {
            situation.restorers(serving, &wish.to).iter().take_while(|region| **region != &wish.from).count()
        }
    }
}
