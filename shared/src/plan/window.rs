//! Times that come again: windows in which nothing is moved, slots in which drills are due. All in UTC.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

use crate::time::{DAY, after};

/// A time of day on some days of the week, in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Weekly {
    /// The days; at least one.
    #[serde(serialize_with = "day_names")]
    pub days: Vec<Weekday>,
    /// The time of day.
    pub at: Time,
}

impl Weekly {
    /// The newest such time that is not after `now`.
    pub fn last_before(&self, now: Timestamp) -> Option<Timestamp> {
        let today = now.to_zoned(TimeZone::UTC).date();
        (0..8)
            .filter_map(|days| today.checked_sub(jiff::Span::new().days(days)).ok())
            .filter(|date| self.days.contains(&date.weekday()))
            .filter_map(|date| Some(date.to_datetime(self.at).to_zoned(TimeZone::UTC).ok()?.timestamp()))
            .find(|slot| *slot <= now)
    }
}

/// A stretch of time in which nothing is moved without a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// Once.
    Once {
        /// Its begin.
        from: Timestamp,
        /// Its end.
        until: Timestamp,
        /// What it is for.
        reason: String,
    },
    /// Every week.
    Weekly {
        /// When it begins.
        begins: Weekly,
        /// How long it lasts; at most a day.
        lasts: Duration,
        /// What it is for.
        reason: String,
    },
}

impl Window {
    /// When it ends, if `now` lies within it.
    pub fn open_until(&self, now: Timestamp) -> Option<Timestamp> {
        let (from, until) = match self {
            Self::Once { from, until, .. } => (*from, *until),
            Self::Weekly { begins, lasts, .. } => {
                let from = begins.last_before(now)?;
                (from, after(from, (*lasts).min(DAY)))
            }
        };
        (from <= now && now < until).then_some(until)
    }

    /// What it is for.
    pub fn reason(&self) -> &str {
        match self {
            Self::Once { reason, .. } | Self::Weekly { reason, .. } => reason,
        }
    }
}

/// A day as the plan file writes it.
pub fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}

fn day_names<S: Serializer>(days: &[Weekday], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(days.iter().map(|day| day_name(*day)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn tuesdays() -> Weekly {
        Weekly { days: vec![Weekday::Tuesday], at: jiff::civil::time(22, 0, 0, 0) }
    }

    #[test]
    fn the_last_slot_is_today_or_up_to_a_week_ago() {
        // 2026-11-24 is a Tuesday.
        let last = |now| tuesdays().last_before(at(now)).unwrap();
        assert_eq!(last("2026-11-24T22:00:00Z"), at("2026-11-24T22:00:00Z"));
        assert_eq!(last("2026-11-24T21:59:59Z"), at("2026-11-17T22:00:00Z"));
        assert_eq!(last("2026-11-27T00:00:00Z"), at("2026-11-24T22:00:00Z"));
    }

    #[test]
    fn a_weekly_window_may_cross_midnight() {
        let lasts = Duration::from_secs(4 * 3600);
        let window = Window::Weekly { begins: tuesdays(), lasts, reason: "patches".into() };
        assert_eq!(window.open_until(at("2026-11-25T01:59:59Z")), Some(at("2026-11-25T02:00:00Z")));
        assert_eq!(window.open_until(at("2026-11-25T02:00:00Z")), None);
        assert_eq!(window.open_until(at("2026-11-24T21:59:59Z")), None);
    }

    #[test]
    fn a_window_that_comes_once_is_over_when_it_is_over() {
        let (from, until) = (at("2026-12-01T00:00:00Z"), at("2026-12-01T02:00:00Z"));
        let window = Window::Once { from, until, reason: "migration".into() };
        assert_eq!(window.open_until(from), Some(until));
        assert_eq!(window.open_until(until), None);
    }
}
