//! The ledger of this region's controller, read day by day.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::answer::{Refusable, Refusal};
use super::desk::{Desk, PATIENCE};
use crate::names::ApplicationName;
use crate::ports::{Functions, Watching, within};
use crate::report::LedgerEntry;
use crate::time::since;

/// How many days are looked back at most.
pub(super) const DAYS: usize = 30;

/// No day is read any more when so little is left of the function's time.
const LAST_WORDS: std::time::Duration = std::time::Duration::from_secs(5);

/// Some days of a ledger.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// The entries, newest first.
    pub entries: Vec<LedgerEntry>,
    /// The first day that was read.
    pub back_to: Option<Date>,
    /// Rows that are in no form that we know.
    pub unreadable: usize,
}

/// Reads back from the day of `until`, a day at a time, for as long as `wants_more` of what was read.
///
/// # Errors
/// When the table does not answer.
pub(super) async fn read_back<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    application: &ApplicationName,
    until: Timestamp,
    wants_more: impl Fn(&Pages) -> bool,
) -> Refusable<Pages> {
    let mut pages = Pages::default();
    let mut day = until.to_zoned(TimeZone::UTC).date();
    for _ in 0..=DAYS {
        if since(desk.world.now(), desk.deadline) < LAST_WORDS {
            break;
        }
        read_day(desk, application, day, &mut pages).await?;
        if !wants_more(&pages) {
            break;
        }
        let Ok(before) = day.checked_sub(Span::new().days(1)) else { break };
        day = before;
    }
    Ok(pages)
}

async fn read_day<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    application: &ApplicationName,
    day: Date,
    pages: &mut Pages,
) -> Refusable<()> {
    // The sort key begins with the time, and that with the day.
    let (partition, prefix) = (format!("ledger#{application}"), day.to_string());
    let rows = match within(desk.world, PATIENCE, desk.world.query(&partition, &prefix)).await {
        Some(Ok(rows)) => rows,
        Some(Err(error)) => return Err(silent(&error.to_string())),
        None => return Err(silent("no answer in time")),
    };
    for row in rows.iter().rev() {
        match serde_json::from_str(&row.body) {
            Ok(entry) => pages.entries.push(entry),
            Err(_) => pages.unreadable += 1,
        }
    }
    pages.back_to = Some(day);
    Ok(())
}

fn silent(why: &str) -> Box<Refusal> {
    let problem = format!("the ledger could not be read: {why}");
    Refusal::one("", problem, "the same command to the function of another region")
}
