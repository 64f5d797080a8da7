//! A region can say that it is not ready to take over.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;

/// Objects while a readiness alarm of the region that would serve is in ALARM. One that cannot be
/// read vetoes nothing: it lives where things fail.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    let vetoes = situation.facts.vetoes.get(&wish.to).filter(|vetoes| !vetoes.is_empty())?;
    let (region, alarms) = (wish.to.clone(), vetoes.clone());
    let ends = format!("{region} ready again, by its own alarms");
    Hold::new(Reason::TargetNotReady { region, alarms }, ends)
}
