//! Windows in which nothing is moved without a person.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;
use crate::time::clock;

/// Objects while a maintenance window of the plan is open.
pub(super) fn guard(situation: &Seen<'_>, _wish: &Wish) -> Option<Hold> {
    let windows = situation.application.maintenance.iter();
    let (until, window) = windows
        .filter_map(|window| Some((window.open_until(situation.now)?, window)))
        .max_by_key(|(until, _)| *until)?;
    let reason = window.reason().to_owned();
    Hold::new(Reason::Maintenance { reason, until }, format!("the window's end at {}", clock(until)))
}
