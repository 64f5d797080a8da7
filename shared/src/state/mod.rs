//! What the controller keeps in its region's table: typed rows over [`crate::ports::Store`].
//!
//! Every row is JSON text with a version; every write says which version it replaces, so that of
//! two wakes only one goes on.
//!
//! | partition | sort key | row |
//! | --- | --- | --- |
//! | `controller` | `observations` | [`Observations`]: the series of every signal |
//! | `controller` | `application#<name>` | [`ApplicationRow`]: leases, run, holds, outbox |
//! | `controller` | `pause#<name>` | [`Pause`] |
//! | `run#<name>` | run id | [`crate::run::Run`] |
//! | `ledger#<name>` | time, id | [`crate::report::LedgerEntry`] |

mod rows;
mod table;

pub use rows::{ApplicationRow, FailedRun, Incident, Lease, Observations, Pause, StandingHolds};
pub use table::{Held, Home, StateError, Table, ledger_write, load, run_key, save, update};
pub(crate) use table::{find, replace, stamp};
