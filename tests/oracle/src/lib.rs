//! A second judge of decisions, written from the design and not from the code.
//!
//! It is slow, plain and obvious: straight questions one after another, loops over everything, nothing
//! kept from one call to the next. It takes the product's data as it stands (plans, readings, rows,
//! record sets) and shares none of its rules: what is derived from that data is derived here again.
//! Where the two judges differ, one of them has misread the design. The tests of this crate ask both
//! the same questions.
//!
//! - [`verdict`] goes from the whole history of readings to what is said of each region;
//! - [`decision`] goes from a situation to what is done, or to the names of the guards that hold it.

pub mod decision;
pub mod verdict;

use std::time::Duration;

use jiff::Timestamp;

/// How long after `earlier` `later` is; nothing where it is not later.
fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    let nanoseconds = later.as_nanosecond() - earlier.as_nanosecond();
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(0))
}

/// The instant `time` after `at`.
fn later(at: Timestamp, time: Duration) -> Timestamp {
    at.checked_add(time).unwrap_or(Timestamp::MAX)
}
