//! Seeds that have found something: each has a file that tells its story, and is run again for ever.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::run::Report;

/// Where the files are.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("regressions")
}

/// The seeds that have a file.
pub fn seeds() -> Vec<u64> {
    let files = fs::read_dir(folder()).into_iter().flatten().flatten();
    let seed = |name: &str| name.strip_prefix("seed-")?.strip_suffix(".txt")?.parse().ok();
    let mut seeds: Vec<u64> = files.filter_map(|file| seed(file.file_name().to_str()?)).collect();
    seeds.sort_unstable();
    seeds
}

/// Writes the story of a seed that has found something.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(report: &Report) -> io::Result<PathBuf> {
    fs::create_dir_all(folder())?;
    let path = folder().join(format!("seed-{}.txt", report.seed));
    let found = report.violated.join("\n");
    fs::write(&path, format!("{}\n\n{found}\n\n{}", replay(report.seed), report.trace))?;
    Ok(path)
}

/// The command that runs a seed again.
pub fn replay(seed: u64) -> String {
    format!("make sim SEED={seed}")
}
