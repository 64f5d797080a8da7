//! The product and the oracle are asked the same questions.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod agreement;
mod generate;
mod verdicts;
