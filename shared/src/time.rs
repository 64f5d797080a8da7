//! Spans between timestamps, and how they are written for people.

use std::time::Duration;

use jiff::Timestamp;

/// A day: the span of the flap limit, and of the last reminders.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long after `earlier` `later` is; zero when it is not later (clocks jump).
pub fn since(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or_default()
}

/// `time` after `at`; the last representable instant where that overflows.
pub fn after(at: Timestamp, time: Duration) -> Timestamp {
    at.checked_add(time).unwrap_or(Timestamp::MAX)
}

/// A span for people: `450 ms`, `12.3 s`, `4 min 10 s`, `2 h 5 min`.
pub fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 => format!("{} ms", time.as_millis()),
        1..=59 if time.subsec_millis() >= 50 => format!("{:.1} s", time.as_secs_f64()),
        1..=59 => format!("{seconds} s"),
        60..=3599 if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        60..=3599 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ if (seconds / 60).is_multiple_of(60) => format!("{} h", seconds / 3600),
        _ => format!("{} h {} min", seconds / 3600, (seconds / 60) % 60),
    }
}

/// A time of day for people, in UTC, to the second.
pub fn clock(at: Timestamp) -> String {
    format!("{at:.0}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_well() {
        let of = |ms| span(Duration::from_millis(ms));
        assert_eq!(
            [of(0), of(450), of(3000), of(12_340), of(59_960), of(250_000), of(7_500_000), of(7_200_000)],
            ["0 ms", "450 ms", "3 s", "12.3 s", "60.0 s", "4 min 10 s", "2 h 5 min", "2 h"]
        );
    }

    #[test]
    fn a_clock_that_jumps_back_gives_no_negative_age() {
        let now = Timestamp::from_second(100).unwrap();
        assert_eq!(since(after(now, Duration::from_secs(5)), now), Duration::ZERO);
    }
}
