//! What the ledger tells, newest first, and the last moves.

use futures_util::future::join;
use jiff::Timestamp;
use serde::Serialize;

use super::answer::{Answer, Refusable};
use super::desk::Desk;
use super::ledger::read_back;
use crate::decide::Moves;
use crate::dns::EpochRecord;
use crate::names::{ApplicationName, Region};
use crate::observe::recent_moves;
use crate::plan::Application;
use crate::ports::{Functions, Watching};
use crate::report::LedgerEntry;

/// What the ledger tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct History {
    /// The application.
    pub application: ApplicationName,
    /// Whose ledger it is: each controller keeps its own.
    pub told_by: Region,
    /// The newest entries, newest first.
    pub entries: Vec<Happened>,
    /// The first day that was looked at, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_to: Option<String>,
    /// Entries that are in no form that this version knows.
    pub unreadable: usize,
    /// The last moves, by the epoch records: those of all controllers, and those by hand.
    pub moves: Vec<EpochRecord>,
    /// Why the moves are not known, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moves_unknown: Option<String>,
}

/// An entry of the ledger as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// What kind of thing.
    pub kind: String,
    /// What, in words.
    pub text: String,
    /// Its id.
    pub id: String,
}

impl From<LedgerEntry> for Happened {
    fn from(entry: LedgerEntry) -> Self {
        let LedgerEntry { id, at, kind, text, .. } = entry;
        Self { at, kind, text, id }
    }
}

/// Tells the newest entries of the ledger, and the last moves.
pub(super) async fn history<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    application: &Application,
    limit: usize,
) -> Refusable<Answer> {
    let now = desk.world.now();
    let reading = read_back(desk, &application.name, now, |pages| pages.entries.len() < limit);
    let (pages, moves) = join(reading, last_moves(desk, application)).await;
    let pages = pages?;
    let (moves, moves_unknown) = match moves {
        Moves::Known(moves) => (moves, None),
        Moves::Unknown { why } => (Vec::new(), Some(why)),
    };
    Ok(Answer::History(Box::new(History {
        application: application.name.clone(),
        told_by: desk.here.clone(),
        entries: pages.entries.into_iter().take(limit).map(Happened::from).collect(),
        back_to: pages.back_to.map(|day| day.to_string()),
        unreadable: pages.unreadable,
        moves,
        moves_unknown,
    })))
}

/// By the name servers, which cost nothing and answer when the API does not.
async fn last_moves<W: Watching + Functions>(desk: &Desk<'_, W>, application: &Application) -> Moves {
    let (epoch, servers) = desk.epoch(application).await;
    recent_moves(desk.world, application, &epoch, &servers).await
}
