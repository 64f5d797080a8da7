//! The lab: a local cloud on which the real function binaries run.
//!
//! - [`cloud`]: one endpoint for all AWS services: it tells them apart by the signature's scope, counts every
//!   call and breaks what a scenario says. Route 53 is the twin, the rest is emulated in this process.
//! - [`runtime`]: Lambda as a function sees it, around processes of the real binaries.
//! - [`network`]: the way out of each region, which can be cut.
//! - [`region`]: the application, one small HTTP server for each region.
//! - [`hostile`]: the same application in an enemy's hands.
//! - [`world`]: all of it together, set up from a scenario's settings.
//! - [`user`]: those who resolve a served name and send requests all the time. What counts is what users see.
//! - [`scenario`]: what breaks when, and what is expected, in words that an operator reads.
//! - [`report`]: what came of it.

pub mod cli;
pub mod clock;
pub mod cloud;
mod crowd;
pub mod demo;
pub mod dns;
mod error;
pub mod hostile;
pub mod net;
pub mod network;
pub mod region;
pub mod report;
pub mod runtime;
pub mod scenario;
pub mod show;
pub mod targets;
pub mod timeline;
pub mod user;
pub mod world;

pub use error::LabError;
