//! What people said of one application. The same row is kept in every controller's table, so that it
//! is heard wherever one region can be reached.
//!
//! Two copies are brought together by [`People::join`], in whatever order and however often: nothing
//! that was said is lost, and all that hear of it come to the same.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::names::{EffectDigest, Epoch, OrderId, Region, RunId};
use crate::time::{DAY, since};

/// What people said of one application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct People {
    /// The newest pause, whether it still stands or was ended.
    pub pause: Option<Pause>,
    /// The newest epoch that a person has acknowledged.
    pub acknowledged: Epoch,
    /// What people want done, until a day after it has ended.
    pub orders: BTreeMap<OrderId, Order>,
}

/// A person's pause of one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Grows by one with each pause and each resumption: clocks of regions differ, this does not.
    #[serde(default)]
    pub serial: u64,
    /// Who, as claimed.
    pub author: String,
    /// Why.
    pub reason: String,
    /// Since when.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// Until when.
    pub until: Timestamp,
    /// Who ended it before.
    #[serde(default)]
    pub resumed: Option<Resumed>,
}

/// The end of a pause by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// Who, as claimed.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What a person wants done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Who, as claimed.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When it was said.
    pub at: Timestamp,
    /// It is void after this.
    pub until: Timestamp,
    /// What.
    pub what: Wanted,
    /// What became of it.
    pub done: Option<Done>,
}

/// What a person may want.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "want")]
pub enum Wanted {
    /// Consent to what was asked.
    Approve {
        /// What exactly.
        digest: EffectDigest,
    },
    /// No consent to what was asked.
    Deny {
        /// What exactly.
        digest: EffectDigest,
    },
    /// Traffic away from a region, now. The controller of `to` does it.
    FailOver {
        /// Who is left.
        from: Region,
        /// Who takes over.
        to: Region,
        /// Guards that do not count, by name.
        force: BTreeSet<String>,
        /// The newest epoch when it was ordered: a later move overtakes the order.
        after: Epoch,
    },
    /// Traffic back to a region, now. The controller of `from` does it.
    FailBack {
        /// Who hands back.
        from: Region,
        /// Who serves again.
        to: Region,
        /// Guards that do not count, by name.
        force: BTreeSet<String>,
        /// The newest epoch when it was ordered: a later move overtakes the order.
        after: Epoch,
    },
    /// A run that Route 53 has not accepted is given up.
    Cancel {
        /// Which.
        run: RunId,
    },
    /// A run that failed goes on at its step.
    Retry {
        /// Which.
        run: RunId,
    },
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Done {
    /// When.
    pub at: Timestamp,
    /// Whose controller did it.
    pub by: Region,
    /// What, in words.
    pub word: String,
}

impl Pause {
    /// Whether it keeps the controller from acting.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.resumed.is_none() && now < self.until
    }
}

impl Order {
    /// Whether it is still to be done.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.done.is_none() && now < self.until
    }
}

impl People {
    /// The pause that stands now.
    pub fn paused(&self, now: Timestamp) -> Option<&Pause> {
        self.pause.as_ref().filter(|pause| pause.stands(now))
    }

    /// The newest order that the controller in a region is to carry out: who takes over pulls, who
    /// holds hands back.
    pub fn order_for(&self, here: &Region, now: Timestamp) -> Option<(&OrderId, &Order)> {
        let ours = |order: &Order| match &order.what {
            Wanted::FailOver { to, .. } => to == here,
            Wanted::FailBack { from, .. } => from == here,
            _ => false,
        };
        let open = self.orders.iter().filter(|(_, order)| order.is_open(now) && ours(order));
        open.max_by_key(|(id, order)| (order.at, *id))
    }

    /// The serial of the next pause or resumption.
    pub fn next_serial(&self) -> u64 {
        self.pause.as_ref().map_or(0, |pause| pause.serial).saturating_add(1)
    }

    /// Takes in what another copy of the row knows. The newest word on a pause counts; of two that
    /// were said at once, the pause: it only keeps us from acting.
    pub fn join(&mut self, other: &Self) {
        let rank = |pause: &Option<Pause>| {
            pause.as_ref().map(|pause| (pause.serial, pause.resumed.is_none(), pause.until))
        };
        if rank(&other.pause) > rank(&self.pause) {
            self.pause.clone_from(&other.pause);
        }
        self.acknowledged = self.acknowledged.max(other.acknowledged);
        for (id, order) in &other.orders {
            let known = self.orders.entry(id.clone()).or_insert_with(|| order.clone());
            known.done = match (known.done.take(), order.done.clone()) {
                (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
                (ours, theirs) => ours.or(theirs),
            };
        }
    }

    /// Forgets orders that ended more than a day ago: every copy does so by itself, so that none
    /// brings them back.
    pub fn forget_old(&mut self, now: Timestamp) {
        self.orders.retain(|_, order| since(order.until, now) <= DAY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_000_000_000 + minute * 60).unwrap()
    }

    fn paused(serial: u64) -> Pause {
        let (author, reason) = ("alice".into(), "migration".into());
        Pause { serial, author, reason, at: Some(at(0)), until: at(600), resumed: None }
    }

    fn resumed(serial: u64) -> Pause {
        let by = Resumed { author: "bob".into(), reason: "over".into(), at: at(1) };
        Pause { resumed: Some(by), ..paused(serial) }
    }

    fn order(done: Option<Done>) -> Order {
        let what = Wanted::Approve { digest: "0123".into() };
        Order { author: "alice".into(), reason: "yes".into(), at: at(0), until: at(60), what, done }
    }

    fn people(pause: Option<Pause>, orders: &[(&str, Order)]) -> People {
        let orders = orders.iter().map(|(id, order)| ((*id).into(), order.clone())).collect();
        People { pause, acknowledged: Epoch(3), orders }
    }

    fn joined(one: &People, other: &People) -> People {
        let mut one = one.clone();
        one.join(other);
        one
    }

    #[test]
    fn the_newest_word_on_a_pause_counts_whatever_the_clocks_say() {
        let (pause, resumption) = (people(Some(paused(1)), &[]), people(Some(resumed(2)), &[]));
        assert_eq!(joined(&pause, &resumption).paused(at(5)), None);
        let again = people(Some(paused(3)), &[]);
        assert!(joined(&resumption, &again).paused(at(5)).is_some());
    }

    #[test]
    fn of_two_words_at_once_the_pause_counts() {
        let (pause, resumption) = (people(Some(paused(2)), &[]), people(Some(resumed(2)), &[]));
        assert!(joined(&pause, &resumption).paused(at(5)).is_some());
        assert!(joined(&resumption, &pause).paused(at(5)).is_some());
    }

    #[test]
    fn joining_in_any_order_and_again_comes_to_the_same() {
        let done = |minute| Some(Done { at: at(minute), by: "us-west-2".into(), word: "moved".into() });
        let copies = [
            people(Some(paused(1)), &[("a", order(None))]),
            people(Some(resumed(2)), &[("a", order(done(7))), ("b", order(None))]),
            people(None, &[("a", order(done(5)))]),
        ];
        let forth = joined(&joined(&copies[0], &copies[1]), &copies[2]);
        let back = joined(&joined(&copies[2], &copies[1]), &copies[0]);
        assert_eq!(forth, back);
        assert_eq!(joined(&forth, &copies[0]), forth);
        assert_eq!(forth.orders[&OrderId::from("a")].done, done(5));
    }

    #[test]
    fn old_orders_are_forgotten_by_every_copy() {
        let mut people = people(None, &[("a", order(None))]);
        people.forget_old(at(60 + 24 * 60));
        assert_eq!(people.orders.len(), 1);
        people.forget_old(at(61 + 24 * 60));
        assert!(people.orders.is_empty());
    }

    #[test]
    fn a_row_of_the_first_version_is_read() {
        let text = r#"{"author":"a","reason":"r","until":"2026-11-22T12:00:00Z"}"#;
        assert!(serde_json::from_str::<Pause>(text).unwrap().stands(at(0)));
    }
}
