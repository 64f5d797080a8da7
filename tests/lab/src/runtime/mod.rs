//! Lambda, as a function sees it: processes of the real binaries behind a Runtime API each.
//!
//! A process answers one invocation at a time. A second one that comes meanwhile gets a second process, idle
//! processes are used again, a process that outlives its deadline is killed.

mod api;
mod controllers;
mod environment;
mod pool;
mod process;

pub use controllers::{Controllers, FUNCTIONS, Invocation};
pub use environment::Environment;
pub use pool::{Ended, Pool};
