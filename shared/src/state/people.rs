//! What people said of one application. The same row is kept in every controller's table, so that it
//! is heard wherever one region can be reached.
//!
//! Two copies are brought together by [`People::join`], in whatever order and however often: nothing
//! that was said is lost, and all that hear of it come to the same. Nor does one word undo another that
//! its author had not heard of: a pause is ended by its time, or by a resumption that names it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::names::{EffectDigest, Epoch, OrderId, Region, RunId};
use crate::time::{DAY, since};

/// What people said of one application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct People {
    /// The pauses, by the command that said so, until a day after they would have ended.
    pub pauses: BTreeMap<OrderId, Pause>,
    /// The newest epoch that a person has acknowledged.
    pub acknowledged: Epoch,
    /// What people want done, until a day after it has ended.
    pub orders: BTreeMap<OrderId, Order>,
}

/// A person's pause of one application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pause {
    /// Who, as claimed.
    pub author: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who ended it before.
    pub resumed: Option<Resumed>,
}

/// The end of a pause by a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Resumed {
    /// When.
    pub at: Timestamp,
    /// Who, as claimed.
    pub author: String,
    /// Why.
    pub reason: String,
}

/// What a person wants done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// The pauses that stand now: several, where people spoke without having heard of each other.
    pub fn standing(&self, now: Timestamp) -> impl Iterator<Item = (&OrderId, &Pause)> {
        self.pauses.iter().filter(move |(_, pause)| pause.stands(now))
    }

    /// Of the pauses that stand now, the one that lasts longest.
    pub fn paused(&self, now: Timestamp) -> Option<&Pause> {
        self.standing(now).max_by_key(|(id, pause)| (pause.until, *id)).map(|(_, pause)| pause)
    }

    /// When somebody last paused or resumed.
    pub fn last_word(&self) -> Option<Timestamp> {
        let words = |pause: &Pause| [Some(pause.at), pause.resumed.as_ref().map(|resumed| resumed.at)];
        self.pauses.values().flat_map(words).flatten().max()
    }

    /// The newest denial of exactly this effect that stands now.
    pub fn denied(&self, effect: &EffectDigest, now: Timestamp) -> Option<&Order> {
        let of_it = |order: &Order| matches!(&order.what, Wanted::Deny { digest } if digest == effect);
        self.orders.values().filter(|order| order.is_open(now) && of_it(order)).max_by_key(|order| order.at)
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

    /// Takes in what another copy of the row knows. What either has heard of stands, and what either
    /// has heard the end of is over.
    pub fn join(&mut self, other: &Self) {
        for (id, pause) in &other.pauses {
            let known = self.pauses.entry(id.clone()).or_insert_with(|| pause.clone());
            bring_together(known, pause.clone(), |pause| &mut pause.resumed);
        }
        self.acknowledged = self.acknowledged.max(other.acknowledged);
        for (id, order) in &other.orders {
            let known = self.orders.entry(id.clone()).or_insert_with(|| order.clone());
            bring_together(known, order.clone(), |order| &mut order.done);
        }
    }

    /// Forgets orders and pauses whose time was over a day ago: every copy does so by itself, so that
    /// none brings them back. A pause that was resumed is kept as long: a copy that has not heard of it
    /// would pause again. The day is EventBridge's, which may deliver that late.
    pub fn forget_old(&mut self, now: Timestamp) {
        self.pauses.retain(|_, pause| since(pause.until, now) <= DAY);
        self.orders.retain(|_, order| since(order.until, now) <= DAY);
    }
}

/// Two copies of one word become the same, whichever was heard first: of two ends the earlier counts,
/// and of two words under one name the lesser. There are two where one event was delivered to two
/// functions at once, and the region that it left open was not the same to both.
fn bring_together<Word: Ord, End: Ord>(
    known: &mut Word,
    mut heard: Word,
    end: fn(&mut Word) -> &mut Option<End>,
) {
    let ended = end(known).take().into_iter().chain(end(&mut heard).take()).min();
    if heard < *known {
        *known = heard;
    }
    *end(known) = ended;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_000_000_000 + minute * 60).unwrap()
    }

    fn paused(until: i64) -> Pause {
        let (author, reason) = ("alice".into(), "migration".into());
        Pause { author, reason, at: at(0), until: at(until), resumed: None }
    }

    fn resumed(pause: Pause, author: &str, minute: i64) -> Pause {
        let end = Resumed { at: at(minute), author: author.into(), reason: "over".into() };
        Pause { resumed: Some(end), ..pause }
    }

    fn order(done: Option<Done>) -> Order {
        let what = Wanted::Approve { digest: "0123".into() };
        Order { author: "alice".into(), reason: "yes".into(), at: at(0), until: at(60), what, done }
    }

    fn people(pauses: &[(&str, Pause)], orders: &[(&str, Order)]) -> People {
        let pauses = pauses.iter().map(|(id, pause)| ((*id).into(), pause.clone())).collect();
        let orders = orders.iter().map(|(id, order)| ((*id).into(), order.clone())).collect();
        People { pauses, acknowledged: Epoch(3), orders }
    }

    fn joined(one: &People, other: &People) -> People {
        let mut one = one.clone();
        one.join(other);
        one
    }

    #[test]
    fn a_pause_outlives_a_resumption_that_never_heard_of_it() {
        // On two sides of a partition: here one pause and its resumption, there alice's pause.
        let here = people(&[("here", resumed(paused(600), "bob", 2))], &[]);
        let there = people(&[("there", paused(300))], &[]);
        for healed in [joined(&here, &there), joined(&there, &here)] {
            assert_eq!(healed.paused(at(5)), Some(&paused(300)));
        }
    }

    #[test]
    fn a_resumption_ends_its_pause_in_every_copy_that_hears_of_it() {
        let pause = people(&[("a", paused(600))], &[]);
        let resumption = people(&[("a", resumed(paused(600), "bob", 2))], &[]);
        assert_eq!(joined(&pause, &resumption).paused(at(5)), None);
        assert_eq!(joined(&resumption, &pause).paused(at(5)), None);
    }

    #[test]
    fn of_two_pauses_the_one_that_was_not_resumed_stands() {
        let both = people(&[("a", resumed(paused(600), "bob", 2)), ("b", paused(300))], &[]);
        assert_eq!(both.paused(at(5)), Some(&paused(300)));
        assert_eq!(both.standing(at(5)).map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(both.paused(at(300)), None);
    }

    #[test]
    fn of_pauses_that_stand_the_longest_is_told() {
        let carol = Pause { author: "carol".into(), ..paused(600) };
        let three = people(&[("a", paused(600)), ("b", carol.clone()), ("c", paused(300))], &[]);
        assert_eq!(three.paused(at(5)), Some(&carol));
        assert_eq!(three.paused(at(600)), None);
    }

    #[test]
    fn of_two_orders_under_one_name_every_copy_keeps_the_same() {
        let to = |to: &str| {
            let (from, force, after) = ("us-east-1".into(), BTreeSet::new(), Epoch(3));
            Order { what: Wanted::FailOver { from, to: to.into(), force, after }, ..order(None) }
        };
        let here = people(&[], &[("a", to("us-west-2"))]);
        let there = people(&[], &[("a", to("eu-west-1"))]);
        assert_eq!(joined(&here, &there), there);
        assert_eq!(joined(&there, &here), there);
    }

    #[test]
    fn joining_in_any_order_and_again_comes_to_the_same() {
        let done = |minute| Some(Done { at: at(minute), by: "us-west-2".into(), word: "moved".into() });
        let copies = [
            people(&[("a", paused(600)), ("b", resumed(paused(300), "bob", 4))], &[("a", order(None))]),
            people(
                &[("a", resumed(paused(600), "bob", 3)), ("c", paused(90))],
                &[("a", order(done(7))), ("b", order(None))],
            ),
            people(
                &[("a", resumed(paused(600), "carol", 2)), ("b", resumed(paused(300), "alice", 4))],
                &[("a", order(done(5)))],
            ),
        ];
        let all = |[x, y, z]: [usize; 3]| joined(&joined(&copies[x], &copies[y]), &copies[z]);
        let forth = all([0, 1, 2]);
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            assert_eq!(all(order), forth, "{order:?}");
        }
        assert_eq!(joined(&copies[0], &joined(&copies[1], &copies[2])), forth);
        for copy in copies.iter().chain([&forth]) {
            assert_eq!((joined(&forth, copy), joined(copy, &forth)), (forth.clone(), forth.clone()));
        }
        let ends =
            |id: &str| forth.pauses[&OrderId::from(id)].resumed.as_ref().map(|end| end.author.as_str());
        assert_eq!((ends("a"), ends("b"), ends("c")), (Some("carol"), Some("alice"), None));
        assert_eq!(forth.orders[&OrderId::from("a")].done, done(5));
    }

    #[test]
    fn the_last_word_is_a_pause_or_a_resumption() {
        assert_eq!(People::default().last_word(), None);
        let earlier = ("a", resumed(paused(600), "bob", 2));
        assert_eq!(people(std::slice::from_ref(&earlier), &[]).last_word(), Some(at(2)));
        let later = Pause { at: at(7), ..paused(300) };
        assert_eq!(people(&[earlier, ("b", later)], &[]).last_word(), Some(at(7)));
    }

    #[test]
    fn what_is_old_is_forgotten_by_every_copy() {
        let pauses = [("a", paused(60)), ("b", resumed(paused(60), "bob", 1)), ("c", paused(61))];
        let mut people = people(&pauses, &[("a", order(None))]);
        people.forget_old(at(60 + 24 * 60));
        assert_eq!((people.pauses.len(), people.orders.len()), (3, 1));
        people.forget_old(at(61 + 24 * 60));
        assert_eq!((people.pauses.len(), people.orders.len()), (1, 0));
    }
}
