//! What is said of several numbers.

use serde::Serialize;

/// Several numbers: the middle one, and how far most of the others are from it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// How many they are.
    pub runs: usize,
    /// A tenth is below.
    pub p10: f64,
    /// Half is below.
    #[serde(rename = "p50")]
    pub median: f64,
    /// A tenth is above.
    pub p90: f64,
}

impl Spread {
    /// Of these numbers; of none, nothing is known.
    pub fn of(numbers: &[f64]) -> Self {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        Self { runs: sorted.len(), p10: at(&sorted, 10), median: at(&sorted, 50), p90: at(&sorted, 90) }
    }
}

/// The number below which so many percent are.
fn at(sorted: &[f64], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last * percent + 50) / 100).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one_and_outliers_do_not_move_it() {
        let spread = Spread::of(&[9.0, 1.0, 2.0, 3.0, 1000.0]);
        assert_eq!((spread.runs, spread.p10, spread.median, spread.p90), (5, 1.0, 3.0, 1000.0));
        let of_21: Vec<f64> = (0..21).map(f64::from).collect();
        let spread = Spread::of(&of_21);
        assert_eq!((spread.p10, spread.median, spread.p90), (2.0, 10.0, 18.0));
    }
}
