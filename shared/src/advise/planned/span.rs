//! How long something takes, in three cases.

use std::time::Duration;

use serde::Serialize;

use crate::advise::figure::Figure;

/// Seconds at best, typically, and at worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Span {
    /// All that is left to chance falls well.
    pub best: Figure,
    /// What is left to chance falls in the middle.
    pub typical: Figure,
    /// All of it falls badly.
    pub worst: Figure,
}

impl Span {
    /// Of three numbers of seconds, to the millisecond.
    pub fn new(best: f64, typical: f64, worst: f64) -> Self {
        let rounded = |seconds: f64| Figure::new((seconds * 1000.0).round() / 1000.0);
        Self { best: rounded(best), typical: rounded(typical), worst: rounded(worst) }
    }

    /// The same in all cases.
    pub fn always(seconds: f64) -> Self {
        Self::new(seconds, seconds, seconds)
    }

    /// One after the other.
    pub fn then(self, next: Self) -> Self {
        self.with(next, |one, other| one + other)
    }

    /// Until both are over, where they run beside each other.
    pub fn both(self, other: Self) -> Self {
        self.with(other, f64::max)
    }

    /// Until the first is over.
    pub fn first(self, other: Self) -> Self {
        self.with(other, f64::min)
    }

    /// By how much this is longer; nothing where it is not.
    pub fn beyond(self, other: Self) -> Self {
        self.with(other, |one, other| (one - other).max(0.0))
    }

    fn with(self, other: Self, of: impl Fn(f64, f64) -> f64) -> Self {
        let each = |mine: Figure, theirs: Figure| of(mine.get(), theirs.get());
        Self::new(
            each(self.best, other.best),
            each(self.typical, other.typical),
            each(self.worst, other.worst),
        )
    }
}

impl std::iter::Sum for Span {
    fn sum<I: Iterator<Item = Self>>(spans: I) -> Self {
        spans.fold(Self::default(), Self::then)
    }
}

/// A duration in seconds.
pub(super) fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}
