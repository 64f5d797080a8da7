//! The one place that looks at a clock.

use std::time::{Duration, Instant};

/// A moment.
#[derive(Clone, Copy, Debug)]
pub struct Moment(Instant);

/// Now.
#[allow(clippy::disallowed_methods, reason = "time is what is measured here")]
pub fn now() -> Moment {
    Moment(Instant::now())
}

impl Moment {
    /// What has passed since.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// In milliseconds.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The date, for the summary.
#[allow(clippy::disallowed_methods, reason = "a summary says when it was made")]
pub fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
