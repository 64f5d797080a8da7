//! The outbox of an application: notices that some topic has not got yet.
//!
//! It lies in the application's row, so that a happening and its notice are written together. It is
//! bounded: a topic that nobody can reach must never keep the row from being written.

use jiff::Timestamp;
use tracing::error;

use super::watched::Delivered;
use crate::planted::{self, Planted};
use crate::report::Notice;
use crate::state::ApplicationRow;
use crate::time::{DAY, since};

/// How many notices wait. A row holds 400 KB (DynamoDB quotas), a notice a few.
const MOST: usize = 30;

/// Puts a notice into the outbox. Where that is full, the oldest one that is not critical is given
/// up, or else the oldest.
pub(crate) fn queue(row: &mut ApplicationRow, notice: Notice) {
    if row.outbox.iter().any(|waiting| waiting.id == notice.id) || notice.pending.is_empty() {
        return;
    }
    if row.outbox.len() >= MOST {
        let spare =
            |notice: &Notice| notice.message.attributes.get("severity").is_none_or(|s| s != "critical");
        let given_up = row.outbox.remove(row.outbox.iter().position(spare).unwrap_or(0));
        error!(notice = given_up.id, "too many notices wait: this one is given up");
    }
    row.outbox.push(notice);
}

/// Takes out what was delivered, and what nobody took for a day; whether there was anything.
pub(super) fn strike_out(outbox: &mut Vec<Notice>, delivered: &Delivered, now: Timestamp) -> bool {
    let count = |outbox: &[Notice]| outbox.iter().map(|notice| notice.pending.len()).sum::<usize>();
    let before = count(outbox);
    for notice in &mut *outbox {
        if planted::is(Planted::NoticeGivenUp) && notice.courier.is_some() {
            notice.pending.clear();
        }
        notice.pending.retain(|topic| !delivered.contains(&(notice.id.clone(), topic.clone())));
        if since(notice.at, now) > DAY {
            error!(notice = notice.id, topics = ?notice.pending, "not taken for a day: given up");
            notice.pending.clear();
        }
    }
    outbox.retain(|notice| !notice.pending.is_empty());
    count(outbox) != before
}
