//! What the controller keeps in its region's table: typed rows over [`crate::ports::Store`].
//!
//! Every row is JSON text with a version; every write says which version it replaces, so that of
//! two wakes only one goes on.
//!
//! | partition | sort key | row |
//! | --- | --- | --- |
//! | `controller` | `application#<name>` | [`ApplicationRow`]: leases, run, holds, outbox |
//! | `controller` | `shared#observations` | [`Observations`]: the series of every signal |
//! | `controller` | `shared#people#<name>` | [`People`]: pauses, acknowledgement, orders |
//! | `run#<name>` | run id | [`crate::run::Run`] |
//! | `ledger#<name>` | time, id | [`crate::report::LedgerEntry`] |
//!
//! What begins with `shared#` is read by the controllers of other regions as well; [`People`] is
//! written by them, too.

mod peer;
mod people;
mod rows;
mod table;

pub use peer::{Peer, Written, read_peers, spread};
pub use people::{Done, Order, Pause, People, Resumed, Wanted};
pub use rows::{
    ApplicationRow, Cleared, Drift, FailedRun, Findings, Incident, Lease, ListedShares, Observations,
    Question, StandingHolds, Stretch,
};
pub use table::{Held, Home, StateError, Table, ledger_write, load, read_people, run_key, save, update};
pub(crate) use table::{find, read, replace, stamp};
