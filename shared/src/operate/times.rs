//! Durations and points in time, as a person writes them.

use std::time::Duration;

use jiff::Timestamp;

use super::members::{ECHO, Members};
use crate::event::tidy;
use crate::plan::parse_duration;
use crate::time::{DAY, after};

/// The longest pause or denial.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Members<'_, '_> {
    /// How long, more than nothing and at most 30 days.
    pub fn span(&mut self, name: &'static str) -> Option<Duration> {
        let text = self.text(name)?;
        match days(text) {
            Some(time) if !time.is_zero() && time <= LONGEST => Some(time),
            Some(_) => {
                self.odd(name, format!("{:?} is nothing, or longer than 30 days", tidy(text, ECHO)));
                None
            }
            None => {
                self.odd(name, format!("{:?} is no duration", tidy(text, ECHO)));
                None
            }
        }
    }

    /// A point in time.
    pub fn time(&mut self, name: &'static str) -> Option<Timestamp> {
        let text = self.text(name)?;
        // Longer than any time; what is longer is not one.
        let time = (text.len() <= ECHO).then(|| text.trim().parse().ok()).flatten();
        if time.is_none() {
            self.odd(name, format!("{:?} is no point in time with an offset", tidy(text, ECHO)));
        }
        time
    }

    /// When a pause ends: `for` or `until`.
    pub fn end(&mut self, said: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let allowed = "either for or until";
        match (self.has("for"), self.has("until")) {
            (true, true) => {
                self.fault("until", "for is there, too", allowed);
                None
            }
            (false, false) => {
                self.fault("for", "neither for nor until is there", allowed);
                None
            }
            (true, false) => {
                let until = after(said, self.span("for")?);
                if until <= now {
                    self.odd("for", "it is over already: the command came too late");
                }
                Some(until)
            }
            (false, true) => {
                let until = self.time("until")?;
                if until <= now {
                    self.odd("until", "it is not in the future");
                } else if until > after(now, LONGEST) {
                    self.odd("until", "it is more than 30 days ahead");
                }
                Some(until)
            }
        }
    }
}

/// A duration as the plan writes it; days may come first.
fn days(text: &str) -> Option<Duration> {
    let Some((days, rest)) = text.split_once('d') else { return parse_duration(text) };
    let fits = (1..=3).contains(&days.len()) && days.bytes().all(|byte| byte.is_ascii_digit());
    let days: u32 = fits.then(|| days.parse().ok()).flatten()?;
    let rest = if rest.is_empty() { Duration::ZERO } else { parse_duration(rest)? };
    DAY.checked_mul(days)?.checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_before_what_the_plan_knows() {
        let hours = |hours: u64| Some(Duration::from_secs(hours * 3600));
        assert_eq!(
            [days("7d"), days("1d12h"), days("90m"), days("2h")],
            [hours(168), hours(36), days("1h30m"), hours(2)]
        );
        for odd in ["", "d", "-1d", "1.5d", "1d1d", "9999d", "7 d", "1h1d", "7D", "1dd"] {
            assert_eq!(days(odd), None, "{odd}");
        }
    }
}
