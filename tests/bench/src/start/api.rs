//! The Runtime API, as far as a process that starts needs it (Lambda developer guide, "Using the Lambda
//! runtime API"): it takes the first request for work, and never gives any.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::process::last_words;
use crate::{Trouble, clock};

/// How a process asks for work.
const NEXT: &str = "GET /2018-06-01/runtime/invocation/next ";

/// Lambda gives a process this long ("Init phase").
const INIT: Duration = Duration::from_secs(10);

/// Starts a process, and gives what passed until it asked for work. It is killed then.
///
/// # Errors
/// It cannot be started, ends, or asks for something else.
pub(super) async fn until_first_request(name: &str, command: &mut Command) -> Result<Duration, Trouble> {
    let no_port = || Trouble::system("no port for a Runtime API");
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(no_port())?;
    let address = listener.local_addr().map_err(no_port())?;
    command.env("AWS_LAMBDA_RUNTIME_API", address.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let began = clock::now();
    let mut child = command.spawn().map_err(Trouble::system(format!("cannot start {name}")))?;
    let asked = tokio::select! {
        asked = tokio::time::timeout(INIT, first_line(&listener)) => asked,
        _ended = child.wait() => {
            let said = child.wait_with_output().await.map_err(Trouble::system("no last words"))?;
            let words = if said.stderr.is_empty() { said.stdout } else { said.stderr };
            return Err(Trouble::Unexpected(format!("{name} ended before it asked for work: {}", last_words(&words))));
        }
    };
    let took = began.elapsed();
    // An error means that it has ended already.
    let _killed = child.kill().await;
    match asked {
        Ok(Ok(line)) if line.starts_with(NEXT) => Ok(took),
        Ok(Ok(line)) => Err(Trouble::Unexpected(format!("{name} asked {:?} first", line.trim_end()))),
        Ok(Err(error)) => Err(Trouble::system(format!("{name} did not ask to the end"))(error)),
        Err(_) => Err(Trouble::Unexpected(format!("{name} asked nothing for {} s", INIT.as_secs()))),
    }
}

async fn first_line(listener: &TcpListener) -> std::io::Result<String> {
    let (stream, _) = listener.accept().await?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn of(script: &str) -> Result<Duration, Trouble> {
        let mut shell = Command::new("bash");
        until_first_request("it", shell.args(["-c", script])).await
    }

    /// Opens a connection to the API and sends a line.
    fn sends(line: &str) -> String {
        format!(
            "exec 3<>/dev/tcp/${{AWS_LAMBDA_RUNTIME_API/:/\\/}}; printf '{line} HTTP/1.1\\r\\n' >&3; sleep 60"
        )
    }

    #[tokio::test]
    async fn the_first_request_for_work_ends_the_start() {
        let took = of(&sends("GET /2018-06-01/runtime/invocation/next")).await.unwrap();
        assert!(took < Duration::from_secs(5), "{took:?}");
    }

    #[tokio::test]
    async fn whoever_ends_or_asks_for_something_else_has_not_started() {
        let ended = of("echo the plan is wrong >&2; exit 1").await.unwrap_err().to_string();
        assert!(ended.ends_with("the plan is wrong"), "{ended}");
        let failed = of(&sends("POST /2018-06-01/runtime/init/error")).await.unwrap_err().to_string();
        assert!(failed.contains("init/error"), "{failed}");
    }
}
