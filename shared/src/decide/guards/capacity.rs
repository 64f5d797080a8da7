//! Those that stay must carry the load.

use super::{Hold, Seen, Wish};
use crate::decide::{MoveKind, Reason};
use crate::health::Verdict;
use crate::plan::Policy;

/// Objects to an evacuation under `weighted` and `latency` after which the taker, and the regions that
/// serve and are well, would carry less than the plan's minimum. Whether the taker is fit is not asked
/// here: one that is only degraded counts where the plan or a person accepts it.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    let application = situation.application;
    if application.policy == Policy::Failover || wish.kind != MoveKind::Evacuate {
        return None;
    }
    let serving = situation.served_by();
    let stays = application.regions.iter().filter(|region| {
        let well = serving.share(&region.name) == 100 && situation.verdict(&region.name) == Verdict::Healthy;
        region.name == wish.to || (region.name != wish.from && well)
    });
    let left: u32 = stays.map(|region| region.capacity).sum();
    let needed = application.minimum_capacity;
    let ends = "another region that serves and is well";
    (left < needed).then(|| Hold::new(Reason::BelowCapacity { left, needed }, ends)).flatten()
}
