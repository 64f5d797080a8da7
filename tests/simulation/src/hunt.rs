//! The tester's own test: how many seeds it takes to find each fault that is planted in the product.

use std::collections::BTreeMap;

use understudy::planted::Planted;

use crate::run::run;

/// Where a planted fault was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The first seed that finds it and is quiet without it.
    pub seed: u64,
    /// What was violated.
    pub violated: String,
}

/// Looks for a fault among so many seeds, from the first. A seed counts only if it is quiet when
/// nothing is planted.
pub fn hunt(fault: Planted, seeds: u64) -> Option<Found> {
    (1..=seeds).find_map(|seed| {
        let violated = run(seed, Some(fault), false).violated.into_iter().next()?;
        run(seed, None, false).violated.is_empty().then_some(Found { seed, violated })
    })
}

/// Where the seeds that are known are written down.
pub fn file() -> std::path::PathBuf {
    std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("planted.txt")
}

/// Writes down the seeds that find each fault.
///
/// # Errors
/// When the file cannot be written.
pub fn remember(found: &BTreeMap<Planted, Found>) -> std::io::Result<()> {
    let lines = found.iter().map(|(fault, found)| format!("{fault:?} {}\n", found.seed));
    std::fs::write(file(), lines.collect::<String>())
}

/// The seeds that are known to find each fault: `fault seed` in each line.
pub fn known() -> Vec<(Planted, u64)> {
    let line = |line: &str| {
        let (name, seed) = line.split_once(' ')?;
        let fault = Planted::ALL.into_iter().find(|fault| format!("{fault:?}") == name)?;
        Some((fault, seed.trim().parse().ok()?))
    };
    include_str!("../planted.txt").lines().filter_map(line).collect()
}
