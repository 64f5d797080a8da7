//! One figure: what was measured, and what it is to be.

use std::fmt;

use serde::Serialize;

use crate::statistics::Spread;

/// One figure beside its target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// In what.
    pub unit: Unit,
    /// How much.
    #[serde(flatten)]
    pub reading: Reading,
    /// What it is to be, where anything.
    pub target: Option<Target>,
    /// What a reader needs to know besides.
    pub note: Option<String>,
}

/// How much it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reading {
    /// One number, or the median of several.
    Measured {
        /// How much.
        measured: f64,
        /// The others.
        spread: Option<Spread>,
    },
    /// This machine lacks what it needs.
    NotMeasured {
        /// What is missing.
        not_measured: String,
    },
    /// It should have been measured, and could not be: that counts as missed.
    Failed {
        /// What went wrong.
        failed: String,
    },
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Milliseconds.
    Milliseconds,
    /// So many times as much.
    Times,
    /// Millions of bytes.
    Megabytes,
    /// So many of them.
    Count,
    /// So many a second.
    PerSecond,
}

/// What a figure is to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Target {
    /// Where it ends.
    #[serde(flatten)]
    pub bound: Bound,
    /// Whether missing it fails the run; else it is printed only.
    pub hard: bool,
}

/// Where a target ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// No more.
    AtMost(f64),
    /// No less.
    AtLeast(f64),
    /// So far from it at most, in percent: a large improvement is news, too.
    About {
        /// The number expected.
        expected: f64,
        /// How far off it may be.
        percent: f64,
    },
}

impl Target {
    /// No more, or the run fails.
    pub fn at_most(limit: f64) -> Self {
        Self { bound: Bound::AtMost(limit), hard: true }
    }

    /// No less, or the run fails.
    pub fn at_least(limit: f64) -> Self {
        Self { bound: Bound::AtLeast(limit), hard: true }
    }

    /// So far from it at most, or the run fails.
    pub fn about(expected: f64, percent: f64) -> Self {
        Self { bound: Bound::About { expected, percent }, hard: true }
    }

    /// The same, printed only.
    #[must_use]
    pub fn printed(self) -> Self {
        Self { hard: false, ..self }
    }

    fn is_met(&self, value: f64) -> bool {
        match self.bound {
            Bound::AtMost(limit) => value <= limit,
            Bound::AtLeast(limit) => value >= limit,
            Bound::About { expected, percent } => (value - expected).abs() * 100.0 <= expected * percent,
        }
    }

    /// In words.
    pub fn show(&self, unit: Unit) -> String {
        match self.bound {
            Bound::AtMost(limit) => format!("at most {}", unit.show(limit)),
            Bound::AtLeast(limit) => format!("at least {}", unit.show(limit)),
            Bound::About { expected, percent } => format!("{} ± {percent} %", unit.show(expected)),
        }
    }
}

impl Figure {
    /// One number.
    pub fn new(what: impl Into<String>, unit: Unit, measured: f64) -> Self {
        Self::read(what, unit, Reading::Measured { measured, spread: None })
    }

    /// The median of several.
    pub fn median(what: impl Into<String>, unit: Unit, of: &[f64]) -> Self {
        let spread = Spread::of(of);
        Self::read(what, unit, Reading::Measured { measured: spread.median, spread: Some(spread) })
    }

    /// Nothing, because something is missing.
    pub fn not_measured(what: impl Into<String>, unit: Unit, why: impl Into<String>) -> Self {
        Self::read(what, unit, Reading::NotMeasured { not_measured: why.into() })
    }

    /// Nothing, because something went wrong.
    pub fn failed(what: impl Into<String>, why: impl Into<String>) -> Self {
        let failed = Self::read(what, Unit::Count, Reading::Failed { failed: why.into() });
        failed.target(Target::at_least(1.0))
    }

    fn read(what: impl Into<String>, unit: Unit, reading: Reading) -> Self {
        Self { what: what.into(), unit, reading, target: None, note: None }
    }

    /// The same with what it is to be.
    #[must_use]
    pub fn target(self, target: Target) -> Self {
        Self { target: Some(target), ..self }
    }

    /// The same with what a reader needs to know besides.
    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    /// Whether the target is met; none where there is no target, or nothing was measured.
    pub fn is_met(&self) -> Option<bool> {
        match &self.reading {
            Reading::Measured { measured, .. } => self.target.map(|target| target.is_met(*measured)),
            Reading::NotMeasured { .. } => None,
            Reading::Failed { .. } => Some(false),
        }
    }

    /// Whether it fails the run.
    pub fn fails(&self) -> bool {
        self.is_met() == Some(false) && self.target.is_some_and(|target| target.hard)
    }
}

impl Unit {
    /// A number of it, as people read it.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Milliseconds => format!("{} ms", Digits(value)),
            Self::Times => format!("{} x", Digits(value)),
            Self::Megabytes => format!("{} MB", Digits(value)),
            Self::Count => grouped(value),
            Self::PerSecond => format!("{} /s", Digits(value)),
        }
    }
}

/// Three digits are enough to compare.
struct Digits(f64);

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.abs() {
            size if size >= 100.0 => write!(f, "{:.0}", self.0),
            size if size >= 10.0 => write!(f, "{:.1}", self.0),
            _ => write!(f, "{:.2}", self.0),
        }
    }
}

/// Thousands are set apart.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_up_to_its_bound_and_a_missed_hard_one_fails() {
        let figure = |value, target| Figure::new("x", Unit::Times, value).target(target);
        assert_eq!(figure(2.0, Target::at_most(2.0)).is_met(), Some(true));
        assert_eq!(figure(2.1, Target::at_most(2.0)).is_met(), Some(false));
        assert_eq!(figure(9.9, Target::at_least(10.0)).is_met(), Some(false));
        assert!(figure(2.1, Target::at_most(2.0)).fails());
        assert!(!figure(2.1, Target::at_most(2.0).printed()).fails());
    }

    #[test]
    fn what_changed_in_either_direction_is_news() {
        let figure = |value| Figure::new("x", Unit::Count, value).target(Target::about(1000.0, 2.0));
        assert_eq!(
            [980.0, 1020.0, 979.0, 1021.0].map(|it| figure(it).is_met().unwrap()),
            [true, true, false, false]
        );
    }

    #[test]
    fn what_could_not_be_measured_fails_only_where_it_should_have_been() {
        let missing = Figure::not_measured("x", Unit::Count, "no Python").target(Target::at_least(10.0));
        assert!(!missing.fails());
        assert!(Figure::failed("x", "the lab broke").fails());
    }

    #[test]
    fn numbers_are_shown_as_people_read_them() {
        assert_eq!(Unit::Count.show(1_234_567.0), "1,234,567");
        assert_eq!(Unit::Count.show(999.0), "999");
        assert_eq!(Unit::Milliseconds.show(12.345), "12.3 ms");
        assert_eq!(Unit::Times.show(1.234), "1.23 x");
        assert_eq!(Unit::Megabytes.show(123.4), "123 MB");
    }
}
