//! Understudy keeps an application on AWS reachable when a region fails.
//!
//! The way of the data, each step one module:
//!
//! ```text
//! event -> wake -> observe -> health -> decide -> run (apply, verify) -> report
//! ```
//!
//! - [`plan`]: the plan file, parsed once into types.
//! - [`event`]: each foreign event shape becomes one of ours.
//! - [`observe`] and [`health`]: observations, and what they say of a region.
//! - [`decide`]: the pure decision and its guards.
//! - [`dns`]: serving units, record sets, batches and epochs; pure.
//! - [`drill`]: rehearsals: everything is decided, nothing is sent.
//! - [`away`]: what an override says.
//! - [`run`]: one execution of a decision, with its journal.
//! - [`report`]: what people read.
//! - [`wake`]: the walk through all of it.
//! - [`operate`]: what a person's command does.
//! - [`ports`]: what the domain needs of the world.
//!
//! Without the feature `aws` nothing here knows AWS, a network, a clock or an environment.

pub mod advise;
pub mod away;
#[cfg(feature = "aws")]
pub mod aws;
pub mod decide;
pub mod dns;
pub mod drill;
pub mod event;
pub mod health;
mod in_order;
pub mod names;
pub mod observe;
pub mod operate;
pub mod plan;
pub mod planted;
pub mod ports;
pub mod provision;
pub mod report;
pub mod run;
pub mod state;
pub mod time;
pub mod wake;
