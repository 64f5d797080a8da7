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
//!
//! What a lab is made of stands in its settings (`lab` names them all where one is unknown): `set regions
//! us-east-1 us-west-2 eu-west-1` and `set witness ca-central-1`, `set policy weighted` with `set weights 60 40`,
//! `set applications 50`, `set beside pay latency 5`, `set users us-east-1 us-west-2` (one near each region).
//!
//! What can happen, `at` a time or `when` a mark was reached (`when second verified +3s`):
//!
//! ```text
//! lose us-east-1                                   heal us-east-1
//! app in us-east-1 dies                            app in us-east-1 recovers
//! app in us-east-1 turns hostile: endless headers  # where one is unknown, `lab` names them all
//! flap us-east-1 every 8s for 60s                  # dead for the first half of each period
//! sns in us-west-2 down for 20s                    sns works
//! route53 throttled for 20s                        route53 loses the answers to 1 changes
//! isolate us-west-2                                connect us-west-2
//! isolate probes of us-west-2                      # its names still resolve
//! cut us-east-1 and us-west-2                      join us-east-1 and us-west-2     # each other's tables
//! cut us-east-1 from us-west-2                     # one way only
//! deploy to us-west-2 with ttl 9s                  # another plan than the others have
//! reclaim us-west-2                                # its idle sandboxes: the next wakes are cold
//! alarm shop-us-west-2-ready in ALARM              deliver alarm shop-us-east-1-errors in OK 5s late twice
//! drill shop in us-west-2                          drill what is due in us-west-2
//! pause shop for 20s by alice: a migration         resume shop by alice: it is over
//! approve shop in us-west-2 by bob: yes            deny shop by bob: not now
//! fail-over shop to us-west-2 despite soak by al: smoke
//! fail-back shop to us-east-1 by alice: repaired   acknowledge shop by alice
//! cancel shop by alice: enough                     retry shop by alice: again
//! status shop in us-east-1                         history shop
//! ```

mod event;
mod expect;
mod expectation;
mod expects;
mod faults;
mod line;
mod measure;
mod parse;
mod people;
mod run;
mod store;
mod sweep;
#[cfg(test)]
mod tests;
mod trouble;

use std::time::Duration;

pub use event::{Ending, Moment};
pub use expect::judge;
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
