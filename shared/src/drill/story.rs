//! What people hear of a drill.

use std::time::Duration;

use jiff::Timestamp;

use super::Outcome;
use super::script::{Script, Step};
use crate::names::Region;
use crate::plan::Application;
use crate::report::{Account, drill_story};
use crate::time::span;

/// The account of a drill.
pub(super) fn tell(
    application: &Application,
    here: &Region,
    lost: &Region,
    outcome: &Outcome,
    at: Timestamp,
) -> Account {
    let name = &application.name;
    let (headline, script) = match outcome {
        Outcome::Passed { script } => (format!("drill: {name} would move away from {lost}"), Some(script)),
        Outcome::WouldBeHeld { script } => {
            let guards: Vec<&str> = script.holds.iter().map(|hold| hold.guard.as_str()).collect();
            (
                format!("drill: {name} would NOT be moved away from {lost}: {}", guards.join(", ")),
                Some(script),
            )
        }
        Outcome::Skipped { .. } => (format!("drill: the loss of {lost} was not rehearsed for {name}"), None),
    };
    let to = script.map_or_else(|| lost.clone(), |script| script.wish.to.clone());
    let mut account = drill_story(application, here, (lost, &to), headline, at);
    match (outcome, script) {
        (Outcome::Skipped { why }, _) => account.what.push(why.clone()),
        (_, Some(script)) => fill(&mut account, script),
        (_, None) => {}
    }
    account
}

fn fill(account: &mut Account, script: &Script) {
    let seconds = |time: f64| span(Duration::from_secs_f64(time));
    account.what = vec![
        "Nothing was sent: every step was decided and resolved as for a real loss, and written here."
            .to_owned(),
        format!(
            "Detection would take {} and caches keep the old answer for {}; the target is {}{}.",
            seconds(script.detect_seconds),
            seconds(script.cache_seconds),
            seconds(script.rto_seconds),
            if script.meets_rto() { "" } else { ", which CANNOT be met" }
        ),
    ];
    account.why = script.holds.iter().map(|hold| format!("{}: {}", hold.guard, hold.reason)).collect();
    account.done = script.steps.iter().flat_map(lines).collect();
    account.undo = script.holds.iter().map(|hold| format!("{}: {}", hold.guard, hold.ends)).collect();
}

fn lines(step: &Step) -> Vec<String> {
    let calls = step.calls.iter().map(|call| format!("{}: {call}", step.title));
    let changes = step.changes.iter().map(|change| {
        let current = change.current.as_deref().unwrap_or("nothing");
        format!("  {} {}: {current} -> {}", change.action, change.record, change.new)
    });
    calls.chain(changes).collect()
}
