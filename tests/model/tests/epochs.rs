//! The protocol as it is, in every state within the bounds; and broken in one place, to see the harm.
//!
//! `cargo test -p model -- --nocapture` prints the numbers of states, and the way to each harm.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use model::{Bounds, Epochs, Left};
use stateright::{Checker, Model};

/// No faults but those that need no number: delays, losses, crashes.
const PLAIN: Left = Left { decisions: 3, duplicates: 0, refusals: 0 };

fn holds(takers: u8, wakes: u8, bounds: Bounds) {
    let checker = Epochs { takers, wakes, bounds, flaw: None }.checker().symmetry().spawn_dfs().join();
    let (states, depth) = (checker.unique_state_count(), checker.max_depth() - 1);
    println!("{takers} takers, {wakes} wakes each, {bounds:?}: {states} states, at most {depth} steps deep");
    assert!(checker.is_done());
    checker.assert_properties();
}

#[test]
fn two_takers_with_every_fault() {
    let left = Left { duplicates: 1, refusals: 1, ..PLAIN };
    holds(2, 1, Bounds { ticks: 4, sends: 2, left });
}

#[test]
fn two_takers_beside_a_sweeper() {
    let left = Left { decisions: 4, refusals: 1, ..PLAIN };
    holds(2, 1, Bounds { ticks: 5, sends: 1, left });
}

#[test]
fn three_takers() {
    holds(3, 1, Bounds { ticks: 4, sends: 2, left: Left { refusals: 1, ..PLAIN } });
}

#[test]
fn two_takers_of_which_each_has_two_wakes_at_work() {
    holds(2, 2, Bounds { ticks: 4, sends: 2, left: Left { refusals: 1, ..PLAIN } });
}
