//! A world in memory for the real core: the twin's model of Route 53, tables, topics and endpoints,
//! on virtual time. Stories that take minutes run in milliseconds, and always the same way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test support fails by panicking")]

pub mod world;
