//! The world: what is shared by all controllers, and each controller's view of it.

mod asked;
mod cloud;
mod estate;
mod overrides;
mod ports;
mod provision;
mod records;
mod story;
mod tables;
mod time;

pub use asked::{ACCOUNT, Asked, RecordChange, STACK, normalised};
pub use cloud::{Accepted, Cloud, Measured, Published, Written};
pub use estate::{By, Estate, ServedChecks};
pub use overrides::Series;
pub use ports::{Controller, Crash};
pub use records::standing;
pub use story::{EAST, EU, Story, WEST, address, tick};
pub use time::{Scheduler, Sleep};
