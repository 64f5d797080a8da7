//! The world: what is shared by all controllers, and each controller's view of it.

mod cloud;
mod estate;
mod ports;
mod records;
mod story;
mod tables;
mod time;

pub use cloud::{Cloud, Measured, Published};
pub use estate::Estate;
pub use ports::{Controller, Crash};
pub use story::{EAST, EU, Story, WEST, address, tick};
pub use time::Scheduler;
