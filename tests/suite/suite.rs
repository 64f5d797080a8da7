//! What holds across crates. One binary: it links once.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod contracts;
mod stories;
