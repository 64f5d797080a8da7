//! What a scenario expects.

use std::fmt;
use std::time::Duration;

use super::line::{Read, Words};
use crate::timeline::Mark;
use crate::world::Band;

macro_rules! outcomes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// How it ended, as the controllers tell it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Outcome {
            $($(#[$doc])* $name,)*
        }

        impl Outcome {
            const ALL: &[Self] = &[$(Self::$name),*];

            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

outcomes! {
    /// A run moved users, and verified it.
    Moved = "moved",
    /// No run; a hold says why.
    Held = "held",
    /// A run has not ended.
    Waiting = "waiting",
    /// Another run was first.
    Superseded = "superseded",
    /// Route 53 did not accept a run in time.
    Lapsed = "lapsed",
    /// A run failed.
    Failed = "failed",
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One expectation.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// `outcome moved`
    Outcome(Outcome),
    /// `verified within 3s..9s`: so long after the fault.
    Within(Mark, Band),
    /// `order fault, detected, submitted`
    Order(Vec<Mark>),
    /// `user outage at most 9s`
    OutageAtMost(Duration),
    /// `user outage at least 9s`
    OutageAtLeast(Duration),
    /// `users served for 20s after verified`
    ServedAfter(Mark, Duration),
    /// `users served at the end` or `users not served at the end`
    ServedAtEnd(bool),
    /// `notification failed-over to ops-team`, `... once`
    Notification {
        /// The event.
        event: String,
        /// The group of topics.
        group: String,
        /// Whether each topic gets it exactly once.
        once: bool,
    },
    /// `no notification failed-over`
    NoNotification(String),
    /// `no move`, `moves 2`
    Moves(usize),
    /// `hold everything-unhealthy`
    Hold(String),
    /// `at most 8 calls from verdict to change`
    CallsAtMost(usize),
    /// `idle wakes make no route53 call`
    IdleWakesMakeNo(String),
    /// `answer us-west-2`: every name server, at the end.
    Answer(String),
}

/// Reads an expectation after the word `expect`.
pub(super) fn expectation(words: &mut Words<'_>) -> Read<Expectation> {
    if words.take("outcome") {
        let word = words.word("an outcome")?;
        let known = Outcome::ALL.iter().copied().find(|outcome| outcome.as_str() == word);
        return known.map(Expectation::Outcome).ok_or_else(|| format!("there is no outcome {word:?}"));
    }
    if words.take("user outage") {
        return outage(words);
    }
    if words.take("users") {
        return users(words);
    }
    if words.take("no notification") {
        return words.word("an event").map(|event| Expectation::NoNotification(event.to_owned()));
    }
    if words.take("notification") {
        return notification(words);
    }
    if words.take("no move") {
        return Ok(Expectation::Moves(0));
    }
    if words.take("moves") {
        return words.count().map(|count| Expectation::Moves(count as usize));
    }
    if words.take("hold") {
        return words.word("a guard").map(|guard| Expectation::Hold(guard.to_owned()));
    }
    if words.take("answer") {
        return words.region().map(Expectation::Answer);
    }
    if words.take("idle wakes make no") {
        let service = words.word("a service")?.to_owned();
        words.expect("call")?;
        return Ok(Expectation::IdleWakesMakeNo(service));
    }
    if words.take("order") {
        return order(words);
    }
    if words.take("at most") {
        let count = words.count()?;
        words.expect("calls from verdict to change")?;
        return Ok(Expectation::CallsAtMost(count as usize));
    }
    let mark = words.mark()?;
    words.expect("within")?;
    words.band().map(|band| Expectation::Within(mark, band))
}

fn outage(words: &mut Words<'_>) -> Read<Expectation> {
    if words.take("at most") {
        return words.time().map(Expectation::OutageAtMost);
    }
    words.expect("at least")?;
    words.time().map(Expectation::OutageAtLeast)
}

fn users(words: &mut Words<'_>) -> Read<Expectation> {
    if words.take("not served at the end") {
        return Ok(Expectation::ServedAtEnd(false));
    }
    words.expect("served")?;
    if words.take("at the end") {
        return Ok(Expectation::ServedAtEnd(true));
    }
    words.expect("for")?;
    let time = words.time()?;
    words.expect("after")?;
    words.mark().map(|mark| Expectation::ServedAfter(mark, time))
}

fn notification(words: &mut Words<'_>) -> Read<Expectation> {
    let event = words.word("an event")?.to_owned();
    words.expect("to")?;
    let group = words.word("a group of topics")?.to_owned();
    let once = words.take("once");
    Ok(Expectation::Notification { event, group, once })
}

fn order(words: &mut Words<'_>) -> Read<Expectation> {
    let mut marks = Vec::new();
    for part in words.rest().split(',') {
        let mut one = Words::of(part);
        marks.push(one.mark()?);
        one.end()?;
    }
    *words = Words::of("");
    Ok(Expectation::Order(marks))
}
