//! Reading and writing rows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::people::People;
use super::rows::{ApplicationRow, Observations};
use crate::names::{ApplicationName, RunId};
use crate::ports::{Commit, Expect, Key, PortError, Row, Store, Write};
use crate::report::LedgerEntry;

/// The partition of the rows that every wake reads, in one query.
pub(super) const CONTROLLER: &str = "controller";

/// What peers read begins with this.
pub(super) const SHARED: &str = "shared#";

/// How often a write is tried again after another writer was first.
const CONFLICTS: u32 = 5;

/// A row as it was read, with the version that a write will replace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held<T> {
    /// The row; its default where there was none.
    pub row: T,
    /// Its version; none where there was no row.
    pub version: Option<u64>,
}

/// The table could not be read or written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StateError {
    /// The store does not answer.
    #[error("the state table does not answer")]
    Store(#[from] PortError),
    /// A row is not in a form that we know: another version of Understudy wrote it.
    #[error("row {key} is not in a form that this version knows: {why}")]
    Unreadable {
        /// Its sort key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// Other writers were first, again and again.
    #[error("row {0} is written by others all the time")]
    Contended(String),
}

/// All that a wake reads of the table.
#[derive(Debug, Default)]
pub struct Table {
    /// The series.
    pub observations: Held<Observations>,
    /// The applications; one without a row has its default.
    pub applications: BTreeMap<ApplicationName, Held<ApplicationRow>>,
    /// What people said.
    pub people: BTreeMap<ApplicationName, Held<People>>,
    /// Applications of which a row cannot be read: they are left alone, the others are not.
    pub unreadable: BTreeMap<ApplicationName, StateError>,
}

/// Reads what every wake needs, in one query.
///
/// # Errors
/// When the store does not answer.
pub async fn load(store: &impl Store) -> Result<Table, StateError> {
    let mut table = Table::default();
    for row in store.query(CONTROLLER, "").await? {
        table.take(&row);
    }
    Ok(table)
}

/// Reads what people said of all applications, in one query. What cannot be read is left out.
///
/// # Errors
/// When the store does not answer.
pub async fn read_people(store: &impl Store) -> Result<BTreeMap<ApplicationName, Held<People>>, StateError> {
    let mut table = Table::default();
    for row in store.query(CONTROLLER, &format!("{SHARED}people#")).await? {
        table.take(&row);
    }
    Ok(table.people)
}

impl Table {
    pub(super) fn take(&mut self, row: &Row) {
        let sort = row.key.sort.as_str();
        if sort == "shared#observations" {
            // Series that cannot be read are counted anew: that only costs time.
            let read = serde_json::from_str(&row.body).unwrap_or_default();
            self.observations = Held { row: read, version: Some(row.version) };
        } else if let Some(name) = sort.strip_prefix("application#") {
            let taken = held(row).map(|held| drop(self.applications.insert(name.into(), held)));
            self.note(name, taken);
        } else if let Some(name) = sort.strip_prefix("shared#people#") {
            let taken = held(row).map(|held| drop(self.people.insert(name.into(), held)));
            self.note(name, taken);
        }
    }

    fn note(&mut self, name: &str, taken: Result<(), StateError>) {
        if let Err(error) = taken {
            self.unreadable.insert(name.into(), error);
        }
    }
}

fn parse<T: DeserializeOwned>(row: &Row) -> Result<T, StateError> {
    serde_json::from_str(&row.body)
        .map_err(|error| StateError::Unreadable { key: row.key.sort.clone(), why: error.to_string() })
}

fn held<T: DeserializeOwned>(row: &Row) -> Result<Held<T>, StateError> {
    Ok(Held { row: parse(row)?, version: Some(row.version) })
}

/// The key of a row that has a home of its own.
pub trait Home {
    /// Where the row of an application stands.
    fn key(application: &ApplicationName) -> Key;
}

impl Home for Observations {
    fn key(_: &ApplicationName) -> Key {
        Key::new(CONTROLLER, format!("{SHARED}observations"))
    }
}

impl Home for ApplicationRow {
    fn key(application: &ApplicationName) -> Key {
        Key::new(CONTROLLER, format!("application#{application}"))
    }
}

impl Home for People {
    fn key(application: &ApplicationName) -> Key {
        Key::new(CONTROLLER, format!("{SHARED}people#{application}"))
    }
}

/// Where a run stands.
pub fn run_key(application: &ApplicationName, run: &RunId) -> Key {
    Key::new(format!("run#{application}"), run.as_str())
}

/// The write that adds an entry to the ledger: repeating it changes nothing.
pub fn ledger_write(application: &ApplicationName, entry: &LedgerEntry) -> Write {
    let key = Key::new(format!("ledger#{application}"), format!("{:.6}#{}", entry.at, entry.id));
    Write { key, body: body_of(entry), expect: Expect::Anything, expires: None }
}

fn body_of(row: &impl Serialize) -> String {
    // Our rows have text keys only, so that they always have a JSON form.
    serde_json::to_string(row).unwrap_or_default()
}

/// The write that replaces a row as it was read.
pub(crate) fn replace(key: Key, row: &impl Serialize, version: Option<u64>) -> Write {
    let expect = version.map_or(Expect::Absent, Expect::Version);
    Write { key, body: body_of(row), expect, expires: None }
}

/// Changes a row together with further rows, all or none. Where another writer was first, reads
/// the row again and applies the change to what stands there now; `change` may then decline by
/// `None`. Gives what `change` gave, once it is written; nothing where a further row was changed by
/// somebody else.
///
/// # Errors
/// When the store does not answer, or others write the row all the time.
pub async fn update<R, T>(
    store: &impl Store,
    application: &ApplicationName,
    held: &mut Held<R>,
    mut change: impl FnMut(&mut R) -> Option<(T, Vec<Write>)>,
) -> Result<Option<T>, StateError>
where
    R: Home + Clone + Default + Serialize + DeserializeOwned,
{
    let key = R::key(application);
    for _ in 0..CONFLICTS {
        let mut row = held.row.clone();
        let Some((made, further)) = change(&mut row) else { return Ok(None) };
        let write = replace(key.clone(), &row, held.version);
        let version = write.expect.next_version();
        let writes: Vec<Write> = [write].into_iter().chain(further).collect();
        if store.commit(&writes).await? == Commit::Done {
            *held = Held { row, version: Some(version) };
            return Ok(Some(made));
        }
        let before = std::mem::replace(held, read(store, &key).await?);
        if held.version == before.version {
            // The row itself is as it was: one of the further rows is not, and that is another's doing.
            return Ok(None);
        }
    }
    Err(StateError::Contended(key.sort))
}

/// Writes a row that only its lease holder writes; false where another writer was first.
///
/// # Errors
/// When the store does not answer.
pub async fn save<R: Serialize>(
    store: &impl Store,
    key: Key,
    held: &mut Held<R>,
) -> Result<bool, StateError> {
    let write = replace(key, &held.row, held.version);
    let version = write.expect.next_version();
    let done = store.commit(&[write]).await? == Commit::Done;
    if done {
        held.version = Some(version);
    }
    Ok(done)
}

/// Reads one row anew.
///
/// # Errors
/// When the store does not answer, or the row is not in a form that we know.
pub async fn read<R: Default + DeserializeOwned>(
    store: &impl Store,
    key: &Key,
) -> Result<Held<R>, StateError> {
    find(store, key).await.map(Option::unwrap_or_default)
}

/// Reads one row, if it exists.
///
/// # Errors
/// When the store does not answer, or the row is not in a form that we know.
pub async fn find<R: DeserializeOwned>(store: &impl Store, key: &Key) -> Result<Option<Held<R>>, StateError> {
    let rows = store.query(&key.partition, &key.sort).await?;
    rows.iter().find(|row| row.key.sort == key.sort).map(held).transpose()
}

/// A sort key that orders by time.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
