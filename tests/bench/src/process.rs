//! Programs that are run to their end. Each is killed when nobody waits for it any more.

use std::process::{Output, Stdio};

use tokio::process::Command;

use crate::Trouble;

/// Runs a program and gives what it printed.
///
/// # Errors
/// It cannot be started.
pub async fn output(command: &mut Command) -> Result<Output, Trouble> {
    let what = format!("cannot run {}", command.as_std().get_program().display());
    let started = command.stdin(Stdio::null()).kill_on_drop(true).output();
    started.await.map_err(Trouble::system(what))
}

/// The same where anything but success is an error, told by its last words.
///
/// # Errors
/// It cannot be started, or fails.
pub async fn successful(command: &mut Command) -> Result<String, Trouble> {
    let name = command.as_std().get_program().display().to_string();
    let output = output(command).await?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Trouble::Unexpected(format!("{name} ended with {}: {}", output.status, last_words(&output.stderr))))
}

/// The last line that says anything.
pub fn last_words(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nothing was said").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failure_is_told_by_its_last_words() {
        let mut shell = Command::new("sh");
        let failed = successful(shell.args(["-c", "echo one >&2; echo two >&2; echo >&2; exit 3"])).await;
        let told = failed.unwrap_err().to_string();
        assert!(told.contains("exit status: 3") && told.ends_with(": two"), "{told}");
        assert_eq!(successful(Command::new("echo").arg("well")).await.unwrap(), "well\n");
        assert!(successful(&mut Command::new("/nowhere/at/all")).await.is_err());
    }
}
