//! What `sim` is asked, and what it answers.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use sha2::{Digest, Sha256};
use simulation::hunt::{self, Found, hunt};
use simulation::kinds::Kind;
use simulation::regressions::{keep, replay};
use simulation::run::{Report, run as play};
use understudy::planted::Planted;

/// The real core in worlds that lie, lose, delay and die.
#[derive(Parser)]
#[command(name = "sim")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs many seeds.
    Run {
        /// How many.
        #[arg(long, default_value_t = 2_000)]
        seeds: u64,
        /// The first one.
        #[arg(long, default_value_t = 1)]
        from: u64,
        /// One line of JSON in place of words.
        #[arg(long)]
        json: bool,
    },
    /// Tells the story of one seed.
    Seed {
        /// Which.
        seed: u64,
        /// A fault that is planted in the product, by its name.
        #[arg(long, value_parser = fault_of)]
        fault: Option<Planted>,
    },
    /// Prints a digest of the stories of many seeds: the same in every build.
    Digest {
        /// How many.
        #[arg(long, default_value_t = 100)]
        seeds: u64,
    },
    /// Looks for each fault that can be planted in the product: how many seeds it takes to find it.
    Faults {
        /// How many seeds at most for each.
        #[arg(long, default_value_t = 10_000)]
        seeds: u64,
        /// Only this one.
        #[arg(long, value_parser = fault_of)]
        only: Option<Planted>,
    },
}

pub fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Run { seeds, from, json } => many(from, seeds, json),
        Command::Seed { seed, fault } => one(seed, fault),
        Command::Digest { seeds } => digest(seeds),
        Command::Faults { seeds, only } => faults(only, seeds),
    }
}

fn fault_of(name: &str) -> Result<Planted, String> {
    let known = Planted::ALL.into_iter().find(|fault| format!("{fault:?}") == name);
    let names = || Planted::ALL.map(|fault| format!("{fault:?}")).join(", ");
    known.ok_or_else(|| format!("no such fault: there are {}", names()))
}

fn digest(seeds: u64) -> ExitCode {
    let mut hash = Sha256::new();
    for seed in 1..=seeds {
        hash.update(play(seed, None, true).trace.as_bytes());
    }
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{digest}  the stories of seeds 1 to {seeds}");
    ExitCode::SUCCESS
}

/// Two hunts at a time, in the order of the faults.
fn faults(only: Option<Planted>, seeds: u64) -> ExitCode {
    let wanted: Vec<Planted> =
        Planted::ALL.into_iter().filter(|it| only.is_none_or(|one| one == *it)).collect();
    let next = AtomicUsize::new(0);
    let found: Mutex<BTreeMap<Planted, Found>> = Mutex::default();
    println!("{:<26} {:>6}  what was violated", "fault", "seed");
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(fault) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let hit = hunt(*fault, seeds);
                    println!("{}", line(*fault, hit.as_ref(), seeds));
                    if let (Some(hit), Ok(mut found)) = (hit, found.lock()) {
                        found.insert(*fault, hit);
                    }
                }
            });
        }
    });
    let found = found.into_inner().unwrap_or_default();
    if found.len() < wanted.len() {
        return ExitCode::FAILURE;
    }
    if only.is_none()
        && let Err(error) = hunt::remember(&found)
    {
        eprintln!("the seeds could not be written down: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn line(fault: Planted, found: Option<&Found>, seeds: u64) -> String {
    let name = format!("{fault:?}");
    match found {
        Some(found) => {
            let what: String = found.violated.chars().take(110).collect();
            format!("{name:<26} {:>6}  {what}", found.seed)
        }
        None => format!("{name:<26} {:>6}  NOT FOUND in {seeds} seeds", "-"),
    }
}

fn one(seed: u64, fault: Option<Planted>) -> ExitCode {
    let report = play(seed, fault, true);
    print!("{}", report.trace);
    for line in &report.violated {
        println!("VIOLATED {line}");
    }
    if report.violated.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn many(from: u64, seeds: u64, as_json: bool) -> ExitCode {
    let bar = ProgressBar::new(seeds).with_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len} seeds, {per_sec}, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let began = Instant::now();
    let mut sum = Sum::default();
    for seed in from..from + seeds {
        let report = play(seed, None, false);
        if !report.violated.is_empty() {
            bar.suspend(|| tell(&report));
        }
        sum.add(&report);
        bar.inc(1);
    }
    bar.finish_and_clear();
    sum.print(began.elapsed(), as_json);
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A seed has found something: what, how to run it again, and where its story is kept.
fn tell(report: &Report) {
    println!("seed {}: {}", report.seed, report.violated.join("; "));
    println!("  to run it again: {}", replay(report.seed));
    match keep(&play(report.seed, None, true)) {
        Ok(path) => println!("  its story, kept as a regression: {}", path.display()),
        Err(error) => eprintln!("  its story could not be kept: {error}"),
    }
}

#[derive(Default)]
struct Sum {
    seeds: u64,
    failed: u64,
    wakes: u64,
    steps: u64,
    checks: u64,
    moves: u64,
    port_faults: u64,
    seeds_with: BTreeMap<Kind, u64>,
}

impl Sum {
    fn add(&mut self, report: &Report) {
        self.seeds += 1;
        self.failed += u64::from(!report.violated.is_empty());
        self.wakes += report.wakes;
        self.steps += report.steps;
        self.checks += report.checks;
        self.moves += report.moves;
        self.port_faults += report.port_faults();
        for kind in report.faults.keys() {
            *self.seeds_with.entry(*kind).or_default() += 1;
        }
    }

    fn print(&self, took: Duration, as_json: bool) {
        let per_second = self.seeds as f64 / took.as_secs_f64();
        if as_json {
            let line = json!({"seeds": self.seeds, "failed": self.failed, "seconds": took.as_secs_f64(),
                "seeds_per_second": per_second, "wakes": self.wakes, "steps": self.steps, "checks": self.checks,
                "moves": self.moves, "port_faults": self.port_faults});
            println!("{line}");
            return;
        }
        let each = |count: u64| count as f64 / self.seeds.max(1) as f64;
        println!(
            "{} seeds, {} failed, {:.1} s, {per_second:.0} a second",
            self.seeds,
            self.failed,
            took.as_secs_f64()
        );
        println!(
            "a seed has {:.1} wakes, {:.0} steps, {:.0} checks, {:.2} moves, {:.1} faults of ports",
            each(self.wakes),
            each(self.steps),
            each(self.checks),
            each(self.moves),
            each(self.port_faults)
        );
        for kind in Kind::ALL {
            let with = self.seeds_with.get(&kind).copied().unwrap_or(0);
            println!("  {:<18} {:5.1} % of the seeds", format!("{kind:?}"), 100.0 * each(with));
        }
    }
}
