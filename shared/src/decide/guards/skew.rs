//! Two controllers with two plans would move to two places.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;
use crate::names::Region;
use crate::plan::PlanView;

/// Objects while a peer holds another plan in which this very move means something else: another
/// served name, zone, record set or value. What else differs is no reason to hold.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    let other = |view: &PlanView| view.digest != situation.plan.digest;
    if !situation.standing.peer_plans.values().any(other) {
        return None;
    }
    let name = &situation.application.name;
    let ours = PlanView::of(situation.plan);
    let means = |view: &PlanView| {
        let regions = view.applications.get(name)?;
        Some((regions.get(&wish.from)?.clone(), regions.get(&wish.to)?.clone()))
    };
    let peers: Vec<Region> = situation
        .standing
        .peer_plans
        .iter()
        .filter(|(_, theirs)| other(theirs) && means(theirs) != means(&ours))
        .map(|(peer, _)| peer.clone())
        .collect();
    let ends = "one plan, deployed to every controller";
    (!peers.is_empty()).then(|| Hold::new(Reason::PlanSkew { peers }, ends)).flatten()
}
