//! Durations with units: `10s`, `5m`, `1h30m`, `250ms`.

use std::time::Duration;

/// The units, largest first, each with its milliseconds. Units appear in this order, each at most once.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// A year. Longer is a slip of the pen, and the bound keeps all later sums far from overflow.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3_600);

/// Reads a duration, or nothing.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (digits, tail) = split(rest, |b| b.is_ascii_digit());
        let (unit, tail) = split(tail, |b| b.is_ascii_alphabetic());
        // `find` leaves the units after this one, so that none may come twice or out of order.
        let (_, scale) = units.find(|(name, _)| *name == unit)?;
        total = digits.parse::<u64>().ok()?.checked_mul(*scale)?.checked_add(total)?;
        rest = tail;
    }
    let duration = Duration::from_millis(total);
    (!text.is_empty() && duration <= LONGEST).then_some(duration)
}

/// Writes a duration as the plan would.
pub(super) fn show(duration: Duration) -> String {
    let mut left = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (unit, scale) in UNITS {
        if left >= scale {
            text.push_str(&format!("{}{unit}", left / scale));
            left %= scale;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

fn split(text: &str, belongs: fn(&u8) -> bool) -> (&str, &str) {
    let end = text.bytes().take_while(belongs).count();
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_units() {
        for (text, millis) in [("10s", 10_000), ("5m", 300_000), ("1h30m", 5_400_000), ("250ms", 250)] {
            assert_eq!(parse(text), Some(Duration::from_millis(millis)), "{text}");
            assert_eq!(show(Duration::from_millis(millis)), text);
        }
        assert_eq!(parse("1m500ms"), Some(Duration::from_millis(60_500)));
        assert_eq!(parse("0s"), Some(Duration::ZERO));
        assert_eq!(show(Duration::ZERO), "0s");
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        let odd =
            ["", "10", "s", "1.5s", "-5s", "5 m", "1m1h", "1s1s", "1d", "5S", "5м", "9999999999h", "8785h"];
        for text in odd.into_iter().chain(["99999999999999999999999s", "18446744073709551615ms1s"]) {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
