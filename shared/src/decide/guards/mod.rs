//! The guards: each a rule that can keep the controller from acting. One file each.
//!
//! All are evaluated, none hides another: a person who reads the holds sees everything that
//! stands in the way, not the first thing.

mod capacity;
mod consent;
mod cooldown;
mod data;
mod denied;
mod drift;
mod dwell;
mod epoch;
mod failed;
mod flap;
mod fleet;
mod holder;
mod in_flight;
mod maintenance;
mod mode;
mod observer;
mod overridden;
mod paused;
mod quorum;
mod rank;
mod readiness;
mod records;
mod skew;
mod soak;
mod target;
mod unheard;

pub(super) use target::lacks_a_unit;

use super::Seen;
use super::choice::{MoveKind, Wish};
use super::hold::{Hold, HoldWords};
use crate::names::EffectDigest;
use crate::plan::Policy;
use crate::state::Wanted;

/// A guard looks at the situation, the wish and its effect, and objects or not.
type Guard = fn(&Seen<'_>, &Wish) -> Option<Hold>;

/// In the order in which people read them: what a person did, what we see, what is allowed.
const GUARDS: [Guard; 26] = [
    paused::guard,
    unheard::guard,
    maintenance::guard,
    mode::guard,
    in_flight::guard,
    failed::guard,
    observer::guard,
    quorum::guard,
    dwell::guard,
    target::guard,
    target::complete,
    overridden::guard,
    readiness::guard,
    capacity::guard,
    holder::guard,
    records::guard,
    drift::guard,
    epoch::guard,
    cooldown::guard,
    flap::guard,
    soak::guard,
    skew::guard,
    fleet::guard,
    data::guard,
    consent::guard,
    consent::two_person,
];

/// What may keep a move that an override has made from being written into the records: it moves nobody.
const GUARDS_OF_RECORDS: [Guard; 7] = [
    paused::guard,
    unheard::guard,
    target::guard,
    target::complete,
    records::guard,
    epoch::guard,
    skew::guard,
];

/// What stands against a wish.
pub(super) struct Objections {
    /// What holds it.
    pub holds: Vec<Hold>,
    /// What would, had a person not overridden it by name.
    pub overridden: Vec<HoldWords>,
}

/// Every objection that does not hang on what exactly would be done.
pub(super) fn raised(situation: &Seen<'_>, wish: &Wish) -> Vec<Hold> {
    GUARDS.iter().filter_map(|guard| guard(situation, wish)).collect()
}

/// Every objection to writing down in the records what an override has done.
pub(super) fn raised_against_records(situation: &Seen<'_>, wish: &Wish) -> Vec<Hold> {
    GUARDS_OF_RECORDS.iter().filter_map(|guard| guard(situation, wish)).collect()
}

/// What is left of the objections when approvals and orders are counted.
pub(super) fn objections(
    situation: &Seen<'_>,
    wish: &Wish,
    raised: Vec<Hold>,
    effect: &EffectDigest,
) -> Objections {
    let (consents, others): (Vec<Hold>, Vec<Hold>) =
        raised.into_iter().partition(|hold| hold.reason.is_consent());
    let consents = consent::still_missing(situation, effect, consents);
    let denied = denied::guard(situation, effect);
    let (overridden, mut holds): (Vec<Hold>, Vec<Hold>) =
        denied.into_iter().chain(others).chain(consents).partition(|hold| is_overridden(situation, hold));
    // A rank is waited for only once nothing else stands in the way.
    if holds.is_empty() {
        holds.extend(rank::guard(situation, wish));
    }
    Objections { holds, overridden: overridden.iter().map(Hold::in_words).collect() }
}

/// Whether the person who ordered the move names this guard, and may.
fn is_overridden(situation: &Seen<'_>, hold: &Hold) -> bool {
    let forced = |guard: &str| match situation.order().map(|(_, order)| &order.what) {
        Some(Wanted::FailOver { force, .. } | Wanted::FailBack { force, .. }) => force.contains(guard),
        _ => false,
    };
    hold.reason.is_overridable() && forced(hold.reason.guard())
}

/// Whether a wish goes on with a ramp that we have begun: cool-down, flap limit and consent were
/// seen to at its first stage. A share that people gave by hand is no stage of ours.
pub(super) fn is_later_stage(situation: &Seen<'_>, wish: &Wish) -> bool {
    let on_its_way = |share: u8| (1..100).contains(&share);
    let live = situation.serving.as_ref().map_or(0, |serving| serving.share(&wish.to));
    let told = situation.facts.newest().map_or(100, |newest| newest.share_of(&wish.to));
    situation.application.policy == Policy::Weighted
        && wish.kind == MoveKind::Restore
        && on_its_way(live)
        && on_its_way(told)
}
