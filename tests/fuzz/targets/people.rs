//! What people said, brought together from anywhere: a join in the sense of lattices, whatever the rows.

use std::collections::{BTreeMap, BTreeSet};

use bolero::{TypeGenerator, produce};
use fuzz::Limit;
use jiff::Timestamp;
use understudy::names::Epoch;
use understudy::state::{Done, Order, Pause, People, Resumed, Wanted};

/// Two rows and what they come to.
const LIMIT: Limit = Limit { times: 1_024, base: 4 * 1024 };

/// A row of few words, so that copies of one command meet: the same, and what nobody should have written.
#[derive(Clone, Debug, TypeGenerator)]
struct Row {
    #[generator(produce::<Vec<Said>>().with().len(0_usize..=4))]
    pauses: Vec<Said>,
    acknowledged: u8,
    #[generator(produce::<Vec<Said>>().with().len(0_usize..=4))]
    orders: Vec<Said>,
}

/// One command, by one of four names.
#[derive(Clone, Debug, TypeGenerator)]
struct Said {
    #[generator(0..4_u8)]
    id: u8,
    #[generator(0..2_u8)]
    author: u8,
    #[generator(0..3_u8)]
    at: u8,
    #[generator(0..3_u8)]
    until: u8,
    what: u8,
    end: Option<End>,
}

#[derive(Clone, Debug, TypeGenerator)]
struct End {
    #[generator(0..3_u8)]
    at: u8,
    #[generator(0..2_u8)]
    by: u8,
}

fn at(minute: u8) -> Timestamp {
    Timestamp::from_second(1_000_000_000 + 60 * i64::from(minute)).expect("in range")
}

fn name(index: u8) -> String {
    ["alice", "bob", "carol", "dave"][usize::from(index)].to_owned()
}

impl Said {
    fn pause(&self) -> Pause {
        let resumed = self.end.as_ref().map(|end| Resumed {
            at: at(end.at),
            author: name(end.by),
            reason: String::new(),
        });
        Pause {
            author: name(self.author),
            reason: String::new(),
            at: at(self.at),
            until: at(self.until),
            resumed,
        }
    }

    fn order(&self) -> Order {
        let what = match self.what % 4 {
            0 => Wanted::Approve { digest: "0123".into() },
            1 => Wanted::Deny { digest: "0123".into() },
            2 => Wanted::Cancel { run: "r-1".into() },
            _ => Wanted::FailOver {
                from: "us-east-1".into(),
                to: ["us-west-2", "eu-west-1"][usize::from(self.what / 4 % 2)].into(),
                force: BTreeSet::new(),
                after: Epoch(u64::from(self.what / 8 % 2)),
            },
        };
        let done =
            self.end.as_ref().map(|end| Done { at: at(end.at), by: "us-west-2".into(), word: name(end.by) });
        Order {
            author: name(self.author),
            reason: String::new(),
            at: at(self.at),
            until: at(self.until),
            what,
            done,
        }
    }
}

impl Row {
    fn people(&self) -> People {
        let id = |said: &Said| name(said.id).as_str().into();
        let pauses: BTreeMap<_, _> = self.pauses.iter().map(|said| (id(said), said.pause())).collect();
        let orders: BTreeMap<_, _> = self.orders.iter().map(|said| (id(said), said.order())).collect();
        People { pauses, acknowledged: Epoch(self.acknowledged.into()), orders }
    }
}

fn joined(one: &People, other: &People) -> People {
    let size = one.pauses.len() + one.orders.len() + other.pauses.len() + other.orders.len();
    LIMIT.hold(size, || {
        let mut one = one.clone();
        one.join(other);
        one
    })
}

#[test]
fn joins_of_people() {
    bolero::check!().with_type::<[Row; 3]>().for_each(|rows| {
        let [a, b, c] = rows.each_ref().map(Row::people);
        assert_eq!(joined(&a, &b), joined(&b, &a), "in either order");
        assert_eq!(joined(&joined(&a, &b), &c), joined(&a, &joined(&b, &c)), "brought together in any way");
        assert_eq!(joined(&a, &a), a, "with itself");
        let all = joined(&joined(&a, &b), &c);
        for row in [&a, &b, &c] {
            assert_eq!(
                joined(&all, row),
                all,
                "nothing that was said is lost, and hearing it again is nothing new"
            );
            assert!(
                row.pauses
                    .iter()
                    .all(|(id, pause)| pause.resumed.is_none() || all.pauses[id].resumed.is_some())
            );
            assert!(
                row.orders.iter().all(|(id, order)| order.done.is_none() || all.orders[id].done.is_some())
            );
        }
    });
}

/// What stands in a table reads back as what was written.
#[test]
fn rows_of_people_read_back() {
    bolero::check!().with_type::<Row>().for_each(|row| {
        let people = row.people();
        let text = serde_json::to_string(&people).expect("text keys");
        assert_eq!(serde_json::from_str::<People>(&text).expect("our own"), people);
    });
}
