//! One run at a time.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;

/// Objects while a run of this application has not ended.
pub(super) fn guard(situation: &Seen<'_>, _wish: &Wish) -> Option<Hold> {
    let run = situation.standing.run.clone()?;
    Hold::new(Reason::RunInFlight { run }, "the run's own end: each wake resumes it")
}
