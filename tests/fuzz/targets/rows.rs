//! The state table. Its rows are ours, of this version or another one, or somebody's who had a hand in the table: one
//! that cannot be read is told and stops nobody else, and one that can be read may say anything.

use std::collections::BTreeMap;
use std::time::Duration;

use bolero::{TypeGenerator, produce};
use futures_util::FutureExt;
use fuzz::{Change, Edit, Grammar, Input, Limit, Odd, Recorded};
use serde::Serialize;
use serde::de::DeserializeOwned;
use suite::world::{Controller, Crash, EAST, Story, WEST, tick};
use understudy::names::{ApplicationName, Region};
use understudy::operate::operate;
use understudy::ports::{Commit, Key, PortError, Row, Store, Write};
use understudy::state::{Held, load};
use understudy::time::after;
use understudy::wake::Summary;

use crate::survived::{self, Tables};

/// The rows themselves, typed, beside their text.
const LIMIT: Limit = Limit { times: 128, base: 64 * 1024 };

/// What a wake keeps of the whole world besides, its clock's timers and the counts of all calls among it.
const WAKE_LIMIT: Limit = Limit { times: 512, base: 4 * 1024 * 1024 };

fn bodies() -> Recorded {
    Recorded::of(Grammar::Json, survived::rows().map(|(_, row)| row.body.clone()))
}

/// A table that holds what it is given.
struct Given(Vec<Row>);

impl Store for Given {
    async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        let asked = |row: &&Row| row.key.partition == partition && row.key.sort.starts_with(prefix);
        Ok(self.0.iter().filter(asked).cloned().collect())
    }

    async fn commit(&self, _: &[Write]) -> Result<Commit, PortError> {
        Err(PortError::new("commit", "nobody writes here"))
    }
}

/// A row where it belongs, or where none of its kind does.
fn row(sort: &str, body: &str) -> Row {
    Row { key: Key::new("controller", sort), version: 7, body: body.to_owned() }
}

#[test]
fn state_rows() {
    let bodies = bodies();
    let good = |sort: &str| {
        let standing = survived::rows().find(|(_, row)| row.key.sort == sort).expect("it was recorded");
        standing.1.body.clone()
    };
    let beside =
        [("application#pay", good("application#shop")), ("shared#people#pay", good("shared#people#shop"))];
    bolero::check!().with_type::<Input>().for_each(|input| {
        let body = bodies.text(input);
        let odd = ["application#shop", "shared#people#shop", "shared#observations", "shared#else"];
        let odd = odd.map(|sort| row(sort, &body)).into_iter();
        let all = odd.chain(beside.iter().map(|(sort, body)| row(sort, body))).collect();
        let table = LIMIT.hold(8 * body.len(), || load(&Given(all)).now_or_never().expect("no waiting"));
        let table = table.expect("a table that answers can be used");
        let (shop, pay): (ApplicationName, ApplicationName) = ("shop".into(), "pay".into());
        assert!(
            table.applications.contains_key(&pay) && table.people.contains_key(&pay),
            "another one's row"
        );
        assert!(!table.unreadable.contains_key(&pay));
        let whole = table.applications.contains_key(&shop) && table.people.contains_key(&shop);
        assert_eq!(whole, !table.unreadable.contains_key(&shop), "read, or told that it cannot be");
        table.applications.values().for_each(assert_lasts);
        table.people.values().for_each(assert_lasts);
        assert_lasts(&table.observations);
    });
}

/// What was read is the same when it was written and is read again.
fn assert_lasts<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(held: &Held<T>) {
    let text = serde_json::to_string(&held.row).expect("text keys");
    assert_eq!(serde_json::from_str::<T>(&text).expect("our own"), held.row);
}

/// A world whose tables somebody had a hand in.
#[derive(Clone, Debug, TypeGenerator)]
struct Spoiled {
    #[generator(produce::<Vec<Hand>>().with().len(1_usize..=4))]
    hands: Vec<Hand>,
    east_is_dead: bool,
    /// Since the recorded world's end, modulo its length.
    minutes_before: u8,
}

/// What was done to one row.
#[derive(Clone, Debug, TypeGenerator)]
struct Hand {
    row: u8,
    did: Did,
}

#[derive(Clone, Debug, TypeGenerator)]
enum Did {
    Remove,
    Rename(Odd),
    /// Its tree was changed, and its text.
    Change(
        #[generator(produce::<Vec<Change>>().with().len(0_usize..=4))] Vec<Change>,
        #[generator(produce::<Vec<Edit>>().with().len(0_usize..=2))] Vec<Edit>,
    ),
    /// It holds what another row should, or nonsense.
    Replace(Input),
}

impl Hand {
    fn touch(&self, tables: &mut Tables, bodies: &Recorded) {
        let document = self.row % u8::try_from(survived::rows().count()).expect("some rows");
        let (region, row) = survived::rows().nth(document.into()).expect("one of them");
        let (Some(table), mut row) = (tables.get_mut(region), row.clone()) else { return };
        match &self.did {
            Did::Remove => drop(table.remove(&row.key)),
            Did::Rename(name) => row.key.sort = row.key.sort.replace("shop", &name.text()),
            Did::Change(changes, edits) => {
                let (changes, edits) = (changes.clone(), edits.clone());
                row.body = bodies.text(&Input::Recorded { document, changes, edits });
            }
            Did::Replace(body) => row.body = bodies.text(body),
        }
        if !matches!(self.did, Did::Remove) {
            table.insert(row.key.clone(), row);
        }
    }
}

impl Spoiled {
    fn tables(&self, bodies: &Recorded) -> Tables {
        let mut tables = survived::tables().clone();
        self.hands.iter().for_each(|hand| hand.touch(&mut tables, bodies));
        tables
    }
}

fn size_of(tables: &Tables) -> usize {
    tables.values().flat_map(BTreeMap::values).map(|row| row.body.len() + row.key.sort.len()).sum()
}

/// A wake says how it ended for the application, or why it could do nothing.
fn assert_of_shop(summaries: &[(Region, Summary)]) {
    let [(_, summary)] = summaries else { panic!("one wake, {} answers", summaries.len()) };
    assert!(summary.error.is_some() || summary.applications.contains_key(&"shop".into()), "{summary:?}");
}

#[test]
fn wakes_and_commands_over_any_rows() {
    let bodies = bodies();
    bolero::check!().with_type::<Spoiled>().for_each(|spoiled| {
        let tables = spoiled.tables(&bodies);
        let size = size_of(&tables);
        let story = Story::new("restore = \"ask\"");
        let minutes = 21 - u64::from(spoiled.minutes_before % 21);
        story.cloud.run(story.pause(60 * minutes));
        story.cloud.state.borrow_mut().tables = tables;
        if spoiled.east_is_dead {
            story.cloud.kill(EAST);
        }
        let began = story.cloud.time.elapsed();
        WAKE_LIMIT.hold(size, || story.cloud.run(story.wake(WEST, &tick(), Crash::never())));
        assert!(story.cloud.time.elapsed() - began <= Duration::from_secs(120), "a wake is over in its time");
        assert_of_shop(&story.summaries.borrow());
        for command in ["status", "history", "explain"] {
            let payload = format!(r#"{{"command":"{command}","application":"shop"}}"#);
            let world = Controller { cloud: story.cloud.clone(), region: WEST.into(), crash: Crash::never() };
            let deadline = after(story.cloud.time.now(), Duration::from_secs(30));
            let answer = WAKE_LIMIT.hold(size, || {
                story.cloud.run(operate(&world, &story.plan, &world.region, &payload, deadline))
            });
            serde_json::to_string(&answer).expect("it has a JSON form");
        }
    });
}
