//! Scenarios: what breaks when, and what is expected, in words that an operator reads.
//!
//! One line says one thing; `#` begins a comment. A file is read as a whole, and all its faults are reported.
//!
//! ```text
//! about A region dies. The taker moves users, and hands them back when it has been well for a while.
//! also native off
//! set tick 5s
//! at 2s lose us-east-1
//! when verified +5s heal us-east-1
//! ends when restored +3s at most 60s
//! expect outcome moved
//! expect detected within 3s..9s
//! expect user outage at most 12s if native off
//! ```

mod event;
mod expect;
mod expectation;
mod faults;
mod line;
mod parse;
mod run;
mod store;
mod sweep;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use event::{Ending, Moment};
pub use expect::{Seen, judge};
pub use expectation::{Expectation, Outcome};
pub use faults::{Fault, Faults};
pub use run::{Order, Ran, finish, run};
pub use store::{Stored, all, find};
pub use sweep::sweep;

use crate::world::{Action, Settings};

/// A scenario, as a file tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What it shows, for people.
    pub about: String,
    /// The settings.
    pub settings: Settings,
    /// Other values of `native` under which it is run as well.
    pub also_native: Vec<String>,
    /// What is done, when.
    pub script: Vec<(Moment, Action)>,
    /// When it ends.
    pub ending: Ending,
    /// Whether it is run once for each call of a run at which a process can be killed.
    pub kills: bool,
    /// What must come of it.
    pub expectations: Vec<Expected>,
}

/// One expectation with its line.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The line's number, from 1.
    pub line: usize,
    /// The line.
    pub text: String,
    /// What it says.
    pub what: Expectation,
    /// The value of `native` under which it counts; always where absent.
    pub only_native: Option<String>,
}

/// A scenario ends after this, where its file does not say.
const LONGEST: Duration = Duration::from_secs(60);
