//! Numbers as they are answered.

use std::fmt;

use serde::{Serialize, Serializer};

/// A finite number. Whole ones are written as such: 90, not 90.0.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Figure(f64);

impl Figure {
    /// The number; what is no number is written as 0, so that no answer is ever without one.
    pub fn new(number: f64) -> Self {
        Self(if number.is_finite() { number } else { 0.0 })
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }

    #[allow(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    fn whole(self) -> Option<i64> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        (self.0.fract() == 0.0 && self.0.abs() < EXACT).then_some(self.0 as i64)
    }
}

impl From<f64> for Figure {
    fn from(number: f64) -> Self {
        Self::new(number)
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.whole() {
            Some(whole) => to.serialize_i64(whole),
            None => to.serialize_f64(self.0),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Named things, written as an object whose members stand in this order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
