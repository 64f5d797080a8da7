//! The protocol as it is, in every state within the bounds; and broken in one place, to see the harm.
//!
//! `cargo test -p model -- --nocapture` prints the numbers of states, and the way to each harm.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use model::{
    ALL_END, ANSWERED, Bounds, EPOCHS_GROW, Epochs, Flaw, Left, NO_FALSE_WINNER, NO_SECRET_WINNER,
    NOTHING_OUTDATED, ONE_WINNER, SETTLES,
};
use stateright::{Checker, HasDiscoveries, Model};

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

/// The checker finds that a broken protocol does this harm, and the way to it is printed.
fn harms(flaw: Flaw, harm: &'static str, bounds: Bounds) {
    let model = Epochs { takers: 2, wakes: 1, bounds, flaw: Some(flaw) };
    let found = HasDiscoveries::AllOf([harm].into());
    let checker = model.checker().finish_when(found).spawn_bfs().join();
    let path = checker.discovery(harm).unwrap_or_else(|| panic!("{flaw:?} breaks not: {harm}"));
    println!("\n{flaw:?} breaks: {harm}");
    for (number, action) in (1..).zip(path.into_actions()) {
        println!("{number:3}. {action}");
    }
}

const SMALL: Bounds = Bounds { ticks: 4, sends: 2, left: PLAIN };

#[test]
fn an_epoch_that_is_not_claimed_within_the_batch_has_two_winners() {
    harms(Flaw::CheckedBefore, ONE_WINNER, SMALL);
    harms(Flaw::CheckedBefore, EPOCHS_GROW, SMALL);
}

#[test]
fn a_number_that_is_read_at_sending_lets_an_old_decision_through() {
    harms(Flaw::NumberReadAtSending, NOTHING_OUTDATED, SMALL);
}

#[test]
fn what_is_swept_while_a_batch_is_under_way_lets_it_through() {
    let bounds = Bounds { ticks: 5, sends: 1, left: Left { decisions: 4, ..PLAIN } };
    harms(Flaw::SweptByCount, EPOCHS_GROW, bounds);
    harms(Flaw::SweptTooYoung, EPOCHS_GROW, bounds);
}

#[test]
fn a_decision_without_an_end_outlives_the_record_that_would_refuse_it() {
    let bounds = Bounds { ticks: 5, sends: 1, left: Left { decisions: 4, ..PLAIN } };
    harms(Flaw::SentForEver, NOTHING_OUTDATED, bounds);
}

#[test]
fn who_takes_an_unknown_outcome_for_a_failure_does_not_know_that_it_won() {
    harms(Flaw::UnknownIsFailure, NO_SECRET_WINNER, SMALL);
    harms(Flaw::LapsedIsForgotten, NO_SECRET_WINNER, SMALL);
    let bounds = Bounds { left: Left { refusals: 1, ..PLAIN }, ..SMALL };
    harms(Flaw::RefusalIsFinal, NO_SECRET_WINNER, bounds);
}

#[test]
fn two_attempts_with_one_id_both_believe_to_have_won() {
    harms(Flaw::SharedRunId, NO_FALSE_WINNER, SMALL);
    harms(Flaw::SharedRunId, ONE_WINNER, SMALL);
}

#[test]
fn two_requests_instead_of_one_leave_the_name_without_an_answer() {
    harms(Flaw::Piecemeal, ANSWERED, SMALL);
}

#[test]
fn a_run_that_waits_without_end_keeps_its_taker_from_acting() {
    harms(Flaw::NeverLapses, ALL_END, SMALL);
    harms(Flaw::NeverLapses, SETTLES, SMALL);
}

/// What the protocol takes for granted: that the lag of name servers is within a decision's validity.
#[test]
fn name_servers_that_lag_by_days_let_a_swept_epoch_be_claimed_again() {
    let bounds = Bounds { ticks: 6, sends: 1, left: Left { decisions: 4, ..PLAIN } };
    harms(Flaw::NameServersOfYore, EPOCHS_GROW, bounds);
}
