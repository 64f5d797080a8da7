//! What Route 53 refused for good is not sent again every minute.

use std::time::Duration;

use super::{Hold, Seen, Wish};
use crate::decide::Reason;
use crate::time::{after, clock, since};

/// A failed run is tried again after this, in case a person has mended the cause meanwhile.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(600);

/// Objects for ten minutes after a run failed to the same move. Another one may be the rescue.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    let failed = situation.standing.failed.as_ref()?;
    let same = |before: &Wish| before.kind == wish.kind && before.from == wish.from && before.to == wish.to;
    let recent =
        since(failed.at, situation.now) < PAUSE_AFTER_FAILURE && failed.wish.as_ref().is_none_or(same);
    let ends =
        format!("another attempt at {}, or a mended cause", clock(after(failed.at, PAUSE_AFTER_FAILURE)));
    let (run, error) = (failed.run.clone(), failed.error.clone());
    recent.then(|| Hold::new(Reason::RunFailed { run, error }, ends)).flatten()
}
