//! How many seeds the simulation takes in a second, on one core.

use serde::Deserialize;
use tokio::process::Command;

use crate::process::successful;
use crate::progress::Progress;
use crate::{Figure, Setup, Target, Unit};

/// How many seeds are run.
const SEEDS: u32 = 500;

/// How many it must take.
const PER_SECOND: f64 = 100.0;

/// The line that it prints.
#[derive(Debug, Deserialize)]
struct Told {
    seeds: u32,
    seeds_per_second: f64,
}

/// Measures it.
pub async fn measure(setup: &Setup) -> Vec<Figure> {
    let progress = Progress::of("simulation", 1);
    progress.now("cargo run");
    let mut cargo = Command::new("cargo");
    cargo.args([
        "run",
        "--quiet",
        "--profile",
        "quick",
        "-p",
        "simulation",
        "--no-default-features",
        "--",
        "run",
        "--json",
        "--seeds",
    ]);
    let printed = successful(cargo.arg(SEEDS.to_string()).current_dir(&setup.repository)).await;
    let told = printed.map_err(|trouble| trouble.chain()).and_then(|printed| read(&printed));
    let what = "seeds on one core";
    let figure = match told {
        Ok(rate) => Figure::new(what, Unit::PerSecond, rate),
        Err(why) => Figure::not_measured(what, Unit::PerSecond, why),
    };
    vec![figure.target(Target::at_least(PER_SECOND))]
}

/// The rate that is told; in words, why it says nothing.
fn read(printed: &str) -> Result<f64, String> {
    let line =
        printed.lines().rfind(|line| line.starts_with('{')).ok_or("the simulation printed no figures")?;
    let told: Told =
        serde_json::from_str(line).map_err(|error| format!("the simulation printed {line}: {error}"))?;
    if told.seeds < SEEDS {
        return Err(format!("the simulation ran {} of {SEEDS} seeds", told.seeds));
    }
    Ok(told.seeds_per_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_counts_only_where_all_seeds_were_run() {
        let line = |seeds: u32| {
            format!("compiled\n{{\"seeds\": {seeds}, \"seconds\": 2.0, \"seeds_per_second\": 250.0}}\n")
        };
        assert_eq!(read(&line(SEEDS)), Ok(250.0));
        assert!(read(&line(3)).unwrap_err().contains("3 of"));
        assert!(read("nothing").is_err());
    }
}
