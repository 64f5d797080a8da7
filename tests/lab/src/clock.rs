//! The one place of the lab that reads clocks.
#![allow(clippy::disallowed_methods, reason = "the lab is the real world of the binaries that it tests")]

use std::time::Duration;

use jiff::Timestamp;

/// The wall clock, which the functions read as well.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Seconds from one time to another; negative when the other one is earlier.
pub fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

/// The time that is so much later.
pub fn after(at: Timestamp, time: Duration) -> Timestamp {
    understudy::time::after(at, time)
}

/// Sleeps until that time.
pub async fn sleep_until(at: Timestamp) {
    tokio::time::sleep(understudy::time::since(now(), at)).await;
}
