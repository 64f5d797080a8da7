//! One run at a time.

use super::{Hold, Seen, Wish};
use crate::decide::{Reason, ways};

/// Objects while a run of this application has not ended. What an override took may be given back
/// before the records say the same.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    if situation.standing.away.is_some() && ways::by_override(situation, wish) {
        return None;
    }
    let run = situation.standing.run.clone()?;
    Hold::new(Reason::RunInFlight { run }, "the run's own end: each wake resumes it")
}
