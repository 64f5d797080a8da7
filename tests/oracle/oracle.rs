//! The product and the oracle are asked the same questions.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod agreement;
mod generate;
mod properties;
mod variety;
mod verdicts;

use proptest::prelude::Strategy;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, FileFailurePersistence, RngAlgorithm, TestRng, TestRunner};

/// So many cases; a case that fails is kept, and tried first from then on.
fn cases(count: u32) -> Config {
    let kept = FileFailurePersistence::Direct("proptest-regressions/cases.txt");
    Config {
        cases: count,
        failure_persistence: Some(Box::new(kept)),
        // The default generator of random numbers takes a quarter of the time of an unoptimised build.
        rng_algorithm: RngAlgorithm::XorShift,
        ..Config::default()
    }
}

/// So many cases, the same on each run.
fn same_cases<T: Strategy>(strategy: T, count: usize) -> impl Iterator<Item = T::Value> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::XorShift);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(move |_| strategy.new_tree(&mut runner).expect("a case").current())
}
