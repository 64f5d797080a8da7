//! The command line.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use crate::crowd::{self, summary};
use crate::scenario::{Order, Stored, all, find, run, sweep};
use crate::show::{Tone, live, painted, say};
use crate::world::Places;
use crate::{LabError, demo, targets};

/// Scenarios at once: they mostly wait, and two cores carry so many.
const JOBS: u16 = 4;

/// A local cloud on which the real functions run, and scenarios of what can go wrong with it. Nothing leaves
/// this host.
#[derive(Debug, Parser)]
#[command(name = "lab", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The folder that holds `<function>/bootstrap` for each function.
    #[arg(long, global = true, default_value = "target/lambda")]
    binaries: PathBuf,
    /// Where logs and reports are written.
    #[arg(long, global = true, default_value = "target/lab")]
    out: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs one scenario before your eyes, or several at once; the status is 0 if all came about as expected.
    Run {
        /// Their names (see `lab list`), or files.
        #[arg(required = true)]
        scenarios: Vec<String>,
        /// Another value of the plan's `native`: backstop or off. Of several scenarios, each runs under all of
        /// its own values where this is absent.
        #[arg(long)]
        native: Option<String>,
        /// Prints the report of the one scenario and nothing else.
        #[arg(long)]
        json: bool,
        /// How many at once; they mostly wait.
        #[arg(long, default_value_t = JOBS, value_parser = clap::value_parser!(u16).range(1..=16))]
        jobs: u16,
    },
    /// Runs all scenarios, several at once.
    All {
        /// How many at once; they mostly wait.
        #[arg(long, default_value_t = JOBS, value_parser = clap::value_parser!(u16).range(1..=16))]
        jobs: u16,
    },
    /// Lists the scenarios.
    List,
    /// Shows a failover and a hand-back, and the same loss without our functions.
    Demo,
}

/// Parses, runs, and gives the process's status: 0 as expected, 1 not, 2 the lab could not do it.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("no runtime: {error}")),
    };
    let done = runtime.block_on(async {
        tokio::select! {
            done = act(arguments) => Some(done),
            () = interrupted() => None,
        }
    });
    // Everything that was started ends with what held it; this waits until it has.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match done {
        Some(Ok(true)) => ExitCode::SUCCESS,
        Some(Ok(false)) => ExitCode::FAILURE,
        Some(Err(error)) => failed(&error.chain()),
        None => {
            eprintln!("interrupted; nothing is left running");
            ExitCode::from(130)
        }
    }
}

/// Comes back when somebody wants it to end.
async fn interrupted() {
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        // Without a handler the system ends us by itself.
        let _interrupted = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

fn failed(why: &str) -> ExitCode {
    eprintln!("lab: {why}");
    ExitCode::from(2)
}

async fn act(arguments: Arguments) -> Result<bool, LabError> {
    let absolute = |path: &Path| std::path::absolute(path).map_err(LabError::system("no present folder"));
    let places = Places { folder: absolute(&arguments.out)?, binaries: absolute(&arguments.binaries)? };
    match arguments.command {
        Command::Run { scenarios, native, json, jobs } => match scenarios.as_slice() {
            [scenario] => one(&find(scenario)?, native, json, &places).await,
            several => {
                let stored = several.iter().map(|name| find(name)).collect::<Result<Vec<_>, _>>()?;
                crowd::run(stored, native, usize::from(jobs), &places).await
            }
        },
        Command::All { jobs } => crowd::run(all()?, None, usize::from(jobs), &places).await,
        Command::List => list(),
        Command::Demo => demo::run(&places).await,
    }
}

/// A path as people would type it here.
pub(crate) fn near(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}

fn list() -> Result<bool, LabError> {
    for stored in all()? {
        let also: String =
            stored.scenario.also_native.iter().map(|native| format!(" (also native {native})")).collect();
        say(format!("{:<28} {}{also}", stored.name, stored.scenario.about));
    }
    Ok(true)
}

/// The order of a stored scenario; its folder says which value of `native` it has, where that is not its own.
pub(crate) fn order(stored: &Stored, native: Option<String>, places: &Places) -> Order {
    let native = native.filter(|native| *native != stored.scenario.settings.native);
    let name = match &native {
        Some(native) => format!("{}.native-{native}", stored.name),
        None => stored.name.clone(),
    };
    let places = Places { folder: places.folder.join(&name), ..places.clone() };
    Order { name, native, places, strike: None, live: None }
}

async fn one(stored: &Stored, native: Option<String>, json: bool, places: &Places) -> Result<bool, LabError> {
    let mut order = order(stored, native, places);
    let printing = if json {
        None
    } else {
        say(format!("{}\n{}\n", painted(Tone::Strong, &order.name), stored.scenario.about));
        let (sender, printing) = live();
        order.live = Some(sender);
        Some(printing)
    };
    let ran = if stored.scenario.kills {
        sweep(stored, order, |ran| {
            if !json {
                say(summary(ran))
            }
        })
        .await?
    } else {
        run(&stored.scenario, order).await?
    };
    if let Some(printing) = printing {
        // It ends with the last sender, which has ended with the world.
        let _printed = printing.await;
    }
    if json {
        say(serde_json::to_string_pretty(&ran.gathered.report).unwrap_or_default());
    } else {
        say(format!("\n{}", summary(&ran)));
        targets::show(&ran.gathered.report);
        say(format!("\nReport: {}", near(&ran.folder.join("report.json"))));
    }
    Ok(ran.failures.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
        let arguments =
            Arguments::try_parse_from(["lab", "run", "region-loss", "--native", "off", "--binaries", "x"]);
        assert_eq!(arguments.unwrap().binaries, PathBuf::from("x"));
        assert!(Arguments::try_parse_from(["lab", "run"]).is_err());
    }
}
