//! What a number may be.

use std::fmt;

/// The least and the most that a number may be, both allowed.
#[derive(Clone, Copy, Debug)]
pub(in crate::advise) struct Range {
    least: f64,
    most: f64,
    unit: &'static str,
}

impl Range {
    /// Whether a number is in it. What is no number is in none.
    pub fn holds(&self, number: f64) -> bool {
        (self.least..=self.most).contains(&number)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}{}", self.least, self.most, self.unit)
    }
}

/// Ten years: nothing that anybody waits for takes longer.
const LONGEST: f64 = 315_360_000.0;

/// A span that may be none.
pub(in crate::advise) const SECONDS: Range = Range { least: 0.0, most: LONGEST, unit: " seconds" };
/// A span between two things of a kind.
pub(in crate::advise) const INTERVAL: Range = Range { least: 0.001, most: LONGEST, unit: " seconds" };
/// How often something must happen.
pub(in crate::advise) const TIMES: Range = Range { least: 1.0, most: 1000.0, unit: "" };
/// How many: more than there are people.
pub(in crate::advise) const COUNT: Range = Range { least: 0.0, most: 1e11, unit: "" };
/// Dollars, or whatever is paid in: more than the world earns in a year.
pub(in crate::advise) const MONEY: Range = Range { least: 0.0, most: 1e15, unit: "" };
/// A record's weight (Route 53 API, `ResourceRecordSet.Weight`).
pub(in crate::advise) const WEIGHT: Range = Range { least: 0.0, most: 255.0, unit: "" };
