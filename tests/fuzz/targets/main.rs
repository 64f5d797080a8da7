//! Every reader of what others wrote, as a target. One binary: it links once.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod advice;
mod commands;
mod dns;
mod drills;
mod epochs;
mod events;
mod loopback;
mod people;
mod plans;
mod route53;
mod rows;
mod services;
mod survived;
