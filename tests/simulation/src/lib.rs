//! Deterministic simulation: the real core (observe, verdicts, decide, apply, verify, resume, operate,
//! drill) in worlds that lie, lose, delay and die, on virtual time, from one seed.
//!
//! - [`setting`] draws what a world is like, [`trouble`] what happens to it;
//! - [`process`] are wakes that die, are paused and run out of time wherever they wait;
//! - [`ports`] are what a process sees of the world, with all that can befall a call; below them is the
//!   world of the stories, with the twin's model of Route 53;
//! - [`judge`] sees everything, knows what was true, and checks the design's invariants at every step;
//! - [`run`] plays one seed. The same seed gives the same trace, byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test support fails by panicking")]

/// A run is a million small rows and names: the system's allocator takes a third of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod alarms;
pub mod clocks;
pub mod dice;
pub mod hunt;
pub mod judge;
pub mod kinds;
pub mod old;
pub mod people;
pub mod ports;
pub mod process;
pub mod regressions;
pub mod run;
pub mod setting;
pub mod sim;
pub mod trace;
pub mod trouble;
