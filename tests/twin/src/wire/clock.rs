//! The one place of the twin that reads clocks.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::model::Time;

/// Real time, counted from the clock's start.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
    start_since_1970: Duration,
}

impl Default for Clock {
    fn default() -> Self {
        Self::start()
    }
}

impl Clock {
    /// A clock that starts now.
    #[allow(clippy::disallowed_methods, reason = "the wire is where virtual time meets the real one")]
    pub fn start() -> Self {
        let start_since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { start: Instant::now(), start_since_1970 }
    }

    /// The time since the start.
    pub fn now(&self) -> Time {
        self.start.elapsed()
    }

    /// A moment of the model as time since 1970.
    pub fn since_1970(&self, time: Time) -> Duration {
        self.start_since_1970 + time
    }

    /// A moment of the model as the API prints it: `2026-01-31T12:34:56.789Z`.
    pub fn iso8601(&self, time: Time) -> String {
        iso8601(self.since_1970(time))
    }
}

fn iso8601(since_1970: Duration) -> String {
    let (days, second) = (since_1970.as_secs() / 86_400, since_1970.as_secs() % 86_400);
    let (year, month, day) = civil(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60,
        since_1970.subsec_millis()
    )
}

/// Days since 1970 as a date of the Gregorian calendar. Years are counted from March, so that the leap day is
/// the last one, in eras of 400 years (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_printed_as_the_api_prints_them() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_767_225_599, "2025-12-31T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso8601(Duration::from_secs(seconds)), text);
        }
        assert_eq!(iso8601(Duration::from_millis(1_500)), "1970-01-01T00:00:01.500Z");
    }
}
