//! Hostile input for everything that reads what others wrote.
//!
//! A target is a test that gives some [`Input`] to a reader and asserts what must hold whatever it is: an answer of
//! the reader's own type, never a panic, and no more memory than a [`Limit`] grants. `cargo test -p fuzz` runs every
//! target for a second on chance alone; `make fuzz` runs each for longer, guided by coverage.
//!
//! An input is either bytes from nowhere or a [`Recorded`] document with [`Change`]s of its tree and [`Edit`]s of its
//! text: so the code behind the first check is reached as well. The size of an input is what it is measured by, so
//! that a short text which makes a reader allocate much is found.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test support fails by panicking")]

mod edit;
mod input;
mod limit;
mod odd;
mod tree;

pub use edit::Edit;
pub use input::{Grammar, Input, Recorded};
pub use limit::Limit;
pub use odd::Odd;
pub use tree::Change;
