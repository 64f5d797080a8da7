//! What a person said, written into every controller's table, and every controller woken to it.

use std::collections::BTreeMap;

use futures_util::future::{join, join_all};
use serde::Serialize;

use super::answer::{Fault, Recorded, Refusable, Refusal};
use super::desk::{Desk, PATIENCE};
use super::tables::{Tables, chain};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, OrderId, Region};
use crate::ports::{Functions, PeerTable, Store, Watching, within};
use crate::report::LedgerEntry;
use crate::state::{Order, People, Written, ledger_write, spread};

/// What a person said of one application.
pub(super) struct Word {
    /// The application.
    pub application: ApplicationName,
    /// What is new: it joins what stands in each table.
    pub news: People,
    /// For the ledger.
    pub entry: LedgerEntry,
}

impl Word {
    /// An order.
    pub fn order<W: Watching + Functions>(
        desk: &Desk<'_, W>,
        application: &ApplicationName,
        (id, order): (&OrderId, &Order),
        text: &str,
    ) -> Self {
        let news = People { orders: [(id.clone(), order.clone())].into(), ..People::default() };
        Self { application: application.clone(), news, entry: entry(desk, id, text, order) }
    }
}

/// A command's entry in the ledger.
pub(super) fn entry<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    id: &OrderId,
    text: &str,
    data: &impl Serialize,
) -> LedgerEntry {
    LedgerEntry::new(desk.world.now(), "command", id.as_str(), text, data)
}

/// Writes words into every table at once, then wakes every controller. `text` is what people are
/// answered.
///
/// # Errors
/// When no table took all of it.
pub(super) async fn record<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    tables: &Tables,
    words: &[Word],
    text: String,
) -> Refusable<Recorded> {
    let everywhere = desk.controllers();
    let written = join_all(everywhere.iter().map(|region| write_to(desk, tables, region, words))).await;
    let reached = written.contains(&Written::Written);
    let regions: BTreeMap<Region, String> =
        everywhere.iter().map(|region| (*region).clone()).zip(written.iter().map(in_words)).in_order();
    if !reached {
        let fault = Fault::new("", "no region's table could be written", "the same command, again");
        let text = "nothing was recorded: no region's table could be written".to_owned();
        return Err(Box::new(Refusal { text, faults: vec![fault], regions, ..Refusal::default() }));
    }
    let (ledger, woken) = join(note(desk, words), wake(desk)).await;
    Ok(Recorded {
        text,
        order: None,
        applications: words.iter().map(|word| word.application.clone()).collect(),
        until: None,
        digest: None,
        regions,
        ledger,
        woken,
        overridden: Vec::new(),
        why: Vec::new(),
        notes: Vec::new(),
    })
}

fn in_words(written: &Written) -> String {
    match written {
        Written::Written => "written".to_owned(),
        Written::NotReached { why } => format!("NOT REACHED: {why}"),
    }
}

fn outcome(result: Result<(), String>) -> String {
    match result {
        Ok(()) => "written".to_owned(),
        Err(why) => format!("NOT REACHED: {why}"),
    }
}

/// All words into one table: each on its own, so that one that cannot be written stops no other.
async fn write_to<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    tables: &Tables,
    region: &Region,
    words: &[Word],
) -> Written {
    let each = words.iter().map(|word| async move {
        let written = if region == desk.here {
            write_one(desk, desk.world, (tables, region), word).await
        } else {
            write_one(desk, &PeerTable { world: desk.world, peer: region }, (tables, region), word).await
        };
        written.map_err(|why| if words.len() > 1 { format!("{}: {why}", word.application) } else { why })
    });
    let mut trouble: Vec<String> = join_all(each).await.into_iter().filter_map(Result::err).collect();
    trouble.dedup();
    match trouble.is_empty() {
        true => Written::Written,
        false => Written::NotReached { why: trouble.join("; ") },
    }
}

async fn write_one<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    table: &impl Store,
    (tables, region): (&Tables, &Region),
    word: &Word,
) -> Result<(), String> {
    let mut held = tables.held(region, &word.application);
    let spreading = spread(table, &word.application, &mut held, &word.news, desk.world.now());
    match within(desk.world, PATIENCE, spreading).await {
        None => Err("its table did not answer in time".to_owned()),
        Some(written) => written.map_err(|error| chain(&error)),
    }
}

/// The ledger of this region. That it cannot be written undoes nothing.
async fn note<W: Watching + Functions>(desk: &Desk<'_, W>, words: &[Word]) -> String {
    let each = words.iter().map(|word| async {
        let writes = [ledger_write(&word.application, &word.entry)];
        match within(desk.world, PATIENCE, desk.world.commit(&writes)).await {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the table did not answer in time".to_owned()),
        }
    });
    outcome(join_all(each).await.into_iter().collect())
}

/// Wakes every controller, so that it looks at once.
async fn wake<W: Watching + Functions>(desk: &Desk<'_, W>) -> BTreeMap<Region, String> {
    let each = desk.controllers().into_iter().map(|region| async move {
        let word = match within(desk.world, PATIENCE, desk.world.wake_tick(region)).await {
            Some(Ok(())) => "woken".to_owned(),
            Some(Err(error)) => format!("NOT WOKEN: {error}; it looks within a minute"),
            None => "NOT WOKEN: no answer in time; it looks within a minute".to_owned(),
        };
        (region.clone(), word)
    });
    join_all(each).await.into_iter().in_order()
}
