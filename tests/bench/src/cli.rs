//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::spawn_blocking;

use crate::machine::Machine;
use crate::show::{Section, table};
use crate::summary::Summary;
use crate::{
    Figure, Setup, Trouble, decisions, fleet, instructions, lab, provisioning, simulation, size, start,
};

/// Measures what the design promises, and says beside each figure what it is to be. The status is 0 where
/// nothing was missed that must be met, 1 otherwise. `make bench` builds all that is measured.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How often each process is started.
    #[arg(long, global = true, default_value_t = 21, value_parser = clap::value_parser!(u16).range(1..=1000))]
    runs: u16,
    /// How often each lab is run.
    #[arg(long, global = true, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    labs: u16,
    /// Prints the summary for machines and nothing else.
    #[arg(long, global = true)]
    json: bool,
    /// The folder that holds `<function>/bootstrap` for each function.
    #[arg(long, global = true, default_value = "target/lambda")]
    binaries: PathBuf,
    /// The folder that holds the baselines.
    #[arg(long, global = true, default_value = "target/release")]
    baselines: PathBuf,
    /// The lab's binary.
    #[arg(long, global = true, default_value = "target/debug/lab")]
    lab: PathBuf,
    /// Where logs and the summary are written.
    #[arg(long, global = true, default_value = "target/bench")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
enum Command {
    /// Everything.
    All,
    /// From the spawn of a process to its first request for work.
    ColdStart,
    /// In the lab: from verdict to change, and memory.
    Lab,
    /// The binaries' sizes.
    Size,
    /// The pure decision, by the clock and by instructions.
    Decisions,
    /// A thousand applications under Route 53's quotas, ten thousand names behind one record.
    Fleet,
    /// Two hundred applications provisioned: the difference, its memory, Route 53's quotas.
    Provision,
    /// Seeds a second.
    Simulation,
    /// A part of `provision` that needs a process of its own.
    #[command(hide = true)]
    Listing,
}

impl Command {
    const EACH: [Self; 7] = [
        Self::ColdStart,
        Self::Lab,
        Self::Size,
        Self::Decisions,
        Self::Fleet,
        Self::Provision,
        Self::Simulation,
    ];

    fn heading(self) -> &'static str {
        match self {
            Self::All => "everything",
            Self::ColdStart => "cold start",
            Self::Lab => "in the lab: two regions, one is lost",
            Self::Size => "binaries",
            Self::Decisions => "the pure decision",
            Self::Fleet => "fleets, on virtual time",
            Self::Provision => "provisioning",
            Self::Simulation => "simulation",
            Self::Listing => "memory of a listing",
        }
    }
}

/// Parses, measures, and gives the process's status: 0 all met, 1 something missed, 2 nothing could be done.
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
    // Every process that was started ends with what held it.
    runtime.shutdown_timeout(Duration::from_secs(2));
    match done {
        Some(Ok(true)) => ExitCode::SUCCESS,
        Some(Ok(false)) => ExitCode::FAILURE,
        Some(Err(trouble)) => failed(&trouble.chain()),
        None => {
            eprintln!("interrupted; nothing is left running");
            ExitCode::from(130)
        }
    }
}

fn failed(why: &str) -> ExitCode {
    eprintln!("bench: {why}");
    ExitCode::from(2)
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

async fn act(arguments: Arguments) -> Result<bool, Trouble> {
    if arguments.command == Command::Listing {
        println!("{}", provisioning::listed()?);
        return Ok(true);
    }
    let machine = Machine::this();
    let setup = setup(&arguments)?;
    let wanted = |command: &Command| arguments.command == Command::All || arguments.command == *command;
    let mut sections: Vec<Section> = Vec::new();
    for command in Command::EACH.into_iter().filter(wanted) {
        sections.push((command.heading(), measured(command, &setup).await));
    }
    let summary = Summary::of(machine, &sections);
    summary.write(&setup.out)?;
    if arguments.json {
        println!("{}", summary.json());
    } else {
        let Machine { cores, processor, kernel, load } = &summary.machine;
        print!("{}", table(&sections));
        println!("\n{cores} cores of {processor}, Linux {kernel}, load {load} when it began");
        println!("Summary: {}", arguments.out.join("summary.json").display());
    }
    Ok(summary.met)
}

fn setup(arguments: &Arguments) -> Result<Setup, Trouble> {
    let absolute = |path: &PathBuf| std::path::absolute(path).map_err(Trouble::system("no present folder"));
    let setup = Setup {
        binaries: absolute(&arguments.binaries)?,
        baselines: absolute(&arguments.baselines)?,
        lab: absolute(&arguments.lab)?,
        repository: absolute(&PathBuf::from("."))?,
        out: absolute(&arguments.out)?,
        runs: arguments.runs,
        labs: arguments.labs,
    };
    let cannot = format!("cannot make {}", setup.out.display());
    std::fs::create_dir_all(&setup.out).map_err(Trouble::system(cannot))?;
    Ok(setup)
}

/// The figures of one command. One that breaks does not keep the others from being measured.
async fn measured(command: Command, setup: &Setup) -> Vec<Figure> {
    let figures = match command {
        Command::All | Command::Listing => Ok(Vec::new()),
        Command::ColdStart => start::measure(setup).await,
        Command::Lab => lab::measure(setup).await,
        Command::Size => size::measure(setup),
        Command::Decisions => decided(setup).await,
        Command::Fleet => beside(fleet::measure).await,
        Command::Provision => provisioned().await,
        Command::Simulation => Ok(simulation::measure(setup).await),
    };
    figures.unwrap_or_else(|trouble| vec![Figure::failed(command.heading(), trouble.chain())])
}

async fn provisioned() -> Result<Vec<Figure>, Trouble> {
    let done = spawn_blocking(provisioning::measure).await;
    done.map_err(|error| Trouble::Unexpected(format!("the measurement broke: {error}")))?
}

async fn decided(setup: &Setup) -> Result<Vec<Figure>, Trouble> {
    let mut figures = beside(decisions::measure).await?;
    figures.extend(instructions::measure(setup).await?);
    Ok(figures)
}

/// Work that keeps a core busy, on a thread of its own, so that an interruption is heard.
async fn beside(work: fn() -> Vec<Figure>) -> Result<Vec<Figure>, Trouble> {
    spawn_blocking(work).await.map_err(|error| Trouble::Unexpected(format!("the measurement broke: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
        let arguments = Arguments::try_parse_from(["bench", "cold-start", "--runs", "5", "--json"]).unwrap();
        assert_eq!((arguments.command, arguments.runs, arguments.json), (Command::ColdStart, 5, true));
        assert!(Arguments::try_parse_from(["bench"]).is_err());
    }

    #[tokio::test]
    async fn what_breaks_is_a_figure_that_fails_the_run() {
        let nowhere = || PathBuf::from("/nowhere");
        let setup = Setup {
            binaries: nowhere(),
            baselines: nowhere(),
            lab: nowhere(),
            repository: nowhere(),
            out: nowhere(),
            runs: 1,
            labs: 1,
        };
        for command in [Command::ColdStart, Command::Lab, Command::Size] {
            assert!(measured(command, &setup).await.iter().any(Figure::fails), "{command:?}");
        }
    }
}
