//! What a plan means, in seconds and in dollars; what an outage costs; how a pattern is set up.
//!
//! [`answer`] takes one request and gives one answer. Its figures stand on one of two bases: [`rule_of_thumb`] adds up
//! round numbers from the request alone, [`planned`] computes from the plan file and from what AWS does, and names the
//! source of each figure.

mod answer;
mod business;
mod cost;
mod figure;
mod input;
pub mod planned;
pub mod prices;
mod request;
pub mod rule_of_thumb;
mod serve;
mod summary;

pub use answer::{Answer, Fault, Outcome, Refused};
pub use cost::{Cost, Line, READS_A_TICK, STACK_ALARMS, Usage, WRITES_A_TICK, monthly_cost, running_cost};
pub use figure::{Figure, Named};
pub use input::Json;
pub use request::{ANALYSES, Analysis, Basis, answer};
pub use serve::{Served, serve};
pub use summary::{Standing, Summary};

#[cfg(test)]
mod tests;
