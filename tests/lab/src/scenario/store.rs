//! The scenario files of the repository.

use std::path::{Path, PathBuf};

use super::Scenario;
use crate::LabError;

/// A scenario with its name and file.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The file's name without its ending.
    pub name: String,
    /// The file.
    pub file: PathBuf,
    /// What it says.
    pub scenario: Scenario,
}

/// Where they lie, as seen from the folder in which the lab is started.
const FOLDER: &str = "tests/suite/scenarios";

/// The folder of scenarios: below the present folder, or where this was built.
fn folder() -> PathBuf {
    let here = PathBuf::from(FOLDER);
    if here.is_dir() { here } else { Path::new(env!("CARGO_MANIFEST_DIR")).join("../suite/scenarios") }
}

/// Every scenario, by name.
///
/// # Errors
/// The folder cannot be read, or a file has faults.
pub fn all() -> Result<Vec<Stored>, LabError> {
    files()?.iter().map(|file| read(file)).collect()
}

/// The scenario of that name, or in that file.
///
/// # Errors
/// There is none, or it has faults.
pub fn find(name: &str) -> Result<Stored, LabError> {
    let given = PathBuf::from(name);
    if given.is_file() {
        return read(&given);
    }
    let files = files()?;
    match files.iter().find(|file| stem(file) == name) {
        Some(file) => read(file),
        None => Err(LabError::NoScenario {
            name: name.to_owned(),
            known: files.iter().map(|file| stem(file)).collect(),
        }),
    }
}

fn files() -> Result<Vec<PathBuf>, LabError> {
    let folder = folder();
    let cannot = || LabError::system(format!("cannot read {}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(cannot())? {
        files.push(entry.map_err(cannot())?.path());
    }
    files.retain(|file| file.extension().is_some_and(|ending| ending == "txt"));
    files.sort();
    Ok(files)
}

fn stem(file: &Path) -> String {
    file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn read(file: &Path) -> Result<Stored, LabError> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(LabError::system(format!("cannot read {shown}")))?;
    let scenario = Scenario::parse(&text, &shown).map_err(LabError::Scenario)?;
    Ok(Stored { name: stem(file), file: file.to_owned(), scenario })
}
