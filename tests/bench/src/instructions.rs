//! The pure decision by instructions, under Valgrind: what a noisy machine does not change. The counts are
//! compared with those that are committed (`expected.toml`).

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use tokio::process::Command;

use crate::decisions::APPLICATIONS;
use crate::process::successful;
use crate::progress::Progress;
use crate::{Figure, Setup, Target, Trouble, Unit};

/// Where the counts that are expected are written down.
const EXPECTED: &str = "tests/bench/expected.toml";

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// Percent.
    tolerance: f64,
    /// By the benchmark's name.
    instructions: BTreeMap<String, f64>,
}

/// Counts them.
///
/// # Errors
/// The benchmark does not run, or what is expected cannot be read.
pub async fn measure(setup: &Setup) -> Result<Vec<Figure>, Trouble> {
    let expected = expected(&setup.repository)?;
    let counted = match tools(setup).await {
        Ok(()) => Ok(count(setup).await?),
        Err(trouble) => Err(trouble.chain()),
    };
    let figure = |(name, instructions): (&String, &f64)| {
        let what = format!("{APPLICATIONS} applications: instructions of {}", name.replace('_', ", "));
        let figure = match &counted {
            Ok(counted) => {
                let count = counted.get(name).copied();
                let missing = || Trouble::Unexpected(format!("{name} was not counted"));
                Figure::new(what, Unit::Count, count.ok_or_else(missing)?)
            }
            Err(why) => Figure::not_measured(what, Unit::Count, why),
        };
        Ok(figure.target(Target::about(*instructions, expected.tolerance)))
    };
    expected.instructions.iter().map(figure).collect()
}

fn expected(repository: &Path) -> Result<Expected, Trouble> {
    let file = repository.join(EXPECTED);
    let text = std::fs::read_to_string(&file).map_err(Trouble::system(format!("cannot read {EXPECTED}")))?;
    toml::from_str(&text).map_err(|error| Trouble::Unexpected(format!("{EXPECTED}: {error}")))
}

/// Whether what counts is there.
async fn tools(setup: &Setup) -> Result<(), Trouble> {
    successful(Command::new("valgrind").arg("--version")).await?;
    let runner = runner(setup);
    if runner.is_file() { Ok(()) } else { Err(Trouble::Missing(runner)) }
}

fn runner(setup: &Setup) -> std::path::PathBuf {
    setup.repository.join(".tools/bin/gungraun-runner")
}

async fn count(setup: &Setup) -> Result<BTreeMap<String, f64>, Trouble> {
    let progress = Progress::of("instructions", 1);
    progress.now("cargo bench");
    let mut bench = Command::new("cargo");
    bench.args([
        "bench",
        "--quiet",
        "--profile",
        "measure",
        "-p",
        "bench",
        "--no-default-features",
        "--features",
        "harness",
    ]);
    bench.args(["--bench", "decide", "--", "--output-format=json"]);
    let printed =
        successful(bench.current_dir(&setup.repository).env("GUNGRAUN_RUNNER", runner(setup))).await?;
    let read = |line: &str| {
        let known = serde_json::from_str::<Value>(line).ok().as_ref().and_then(instructions);
        known.ok_or_else(|| Trouble::Unexpected(format!("the benchmark printed {line:?}")))
    };
    printed.lines().filter(|line| line.starts_with('{')).map(read).collect()
}

/// A benchmark's name and its count, of what the benchmark tells of itself.
fn instructions(told: &Value) -> Option<(String, f64)> {
    let (function, id) = (told["function_name"].as_str()?, told["id"].as_str()?);
    let count = told.pointer("/profiles/0/data/total/metrics/Ir/values/new")?.as_f64()?;
    Some((format!("{function}_{id}"), count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_read_from_what_the_benchmark_tells() {
        let metrics = serde_json::json!({ "Ir": { "values": { "new": 123_456 } } });
        let profile = serde_json::json!({ "data": { "total": { "metrics": metrics } } });
        let told = serde_json::json!({ "function_name": "decide", "id": "calm", "profiles": [profile] });
        assert_eq!(instructions(&told), Some(("decide_calm".to_owned(), 123_456.0)));
        assert_eq!(instructions(&serde_json::json!({ "function_name": "decide" })), None);
    }

    #[test]
    fn what_is_expected_can_be_read() {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let expected = expected(&repository).unwrap();
        assert_eq!(expected.instructions.len(), 3);
        assert!(expected.tolerance > 0.0 && expected.tolerance <= 10.0);
    }
}
