//! Times as AWS writes them.

use jiff::Timestamp;

/// Longer than any time that AWS writes; what is longer is not a time.
const MAX_BYTES: usize = 64;

/// Reads a point in time: `2026-03-01T02:13:40.989+0000` (CloudWatch), `2026-03-01T02:13:40Z`
/// (EventBridge), also with a space for the `T`.
///
/// A text without an offset is no point in time: we would have to guess the zone.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    (text.len() <= MAX_BYTES).then(|| text.trim().parse().ok()).flatten()
}
