//! The same function in Python, run by what AWS's own image for Python runs: `awslambdaric`.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::process::successful;
use crate::{Setup, Trouble};

/// A Python with all that the function needs.
#[derive(Clone, Debug)]
pub(super) struct Python {
    interpreter: PathBuf,
    function: PathBuf,
}

/// Makes the environment, once for each set of requirements. In words, why there is none.
pub(super) async fn prepare(setup: &Setup) -> Result<Python, String> {
    let function = setup.repository.join("tests/bench/python");
    let environment = setup.out.join("python");
    let python = Python { interpreter: environment.join("bin/python"), function };
    let (requirements, done) =
        (python.function.join("requirements.txt"), environment.join("requirements.txt"));
    if is_same(&requirements, &done) {
        return Ok(python);
    }
    install(&environment, &python.interpreter, &requirements, &done)
        .await
        .map_err(|trouble| format!("no Python with boto3 here: {}", trouble.chain()))?;
    Ok(python)
}

fn is_same(requirements: &Path, done: &Path) -> bool {
    let (wanted, there) = (std::fs::read(requirements), std::fs::read(done));
    matches!((wanted, there), (Ok(wanted), Ok(there)) if wanted == there)
}

async fn install(
    environment: &Path,
    interpreter: &Path,
    requirements: &Path,
    done: &Path,
) -> Result<(), Trouble> {
    successful(Command::new("python3").args(["-m", "venv", "--clear"]).arg(environment)).await?;
    let mut pip = Command::new(interpreter);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        "-r",
    ]);
    successful(pip.arg(requirements)).await?;
    std::fs::copy(requirements, done).map(drop).map_err(Trouble::system("cannot note what was installed"))
}

impl Python {
    /// Starts as the image's entry point does.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.interpreter);
        command.args(["-m", "awslambdaric", "app.handler"]).current_dir(&self.function);
        command
    }
}
