//! The guards: each a rule that can keep the controller from acting. One file each.
//!
//! All are evaluated, none hides another: a person who reads the holds sees everything that
//! stands in the way, not the first thing.

mod consent;
mod cooldown;
mod data;
mod dwell;
mod epoch;
mod failed;
mod flap;
mod holder;
mod in_flight;
mod mode;
mod observer;
mod paused;
mod quorum;
mod records;
mod soak;
mod target;

use super::Situation;
use super::choice::Wish;
use super::hold::Hold;

/// A guard looks at the situation and the wish, and objects or not.
type Guard = fn(&Situation<'_>, &Wish) -> Option<Hold>;

/// In the order in which people read them: what a person did, what we see, what is allowed.
const GUARDS: [Guard; 17] = [
    paused::guard,
    mode::guard,
    in_flight::guard,
    failed::guard,
    observer::guard,
    quorum::guard,
    dwell::guard,
    target::guard,
    target::complete,
    holder::guard,
    records::guard,
    epoch::guard,
    cooldown::guard,
    flap::guard,
    soak::guard,
    data::guard,
    consent::guard,
];

/// Every objection to a wish.
pub(super) fn objections(situation: &Situation<'_>, wish: &Wish) -> Vec<Hold> {
    GUARDS.iter().filter_map(|guard| guard(situation, wish)).collect()
}
