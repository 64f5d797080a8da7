//! Cold start: from the spawn of a process to its first request for work at a Runtime API.
//!
//! Each program is started in turn, round after round. A first round that does not count fills the page
//! cache, and lets Python write its bytecode.

mod api;
mod python;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::process::Command;

use crate::clock::milliseconds;
use crate::progress::Progress;
use crate::{FUNCTIONS, Figure, Setup, Target, Trouble, Unit};

/// The bare function with one client.
const BASELINE: &str = "baseline";

/// The Python function with one client.
const PYTHON: &str = "Python with boto3";

/// How much longer than the bare function ours may take.
const TIMES_THE_BASELINE: f64 = 2.0;

/// How much sooner than the Python function ours must ask.
const SOONER_THAN_PYTHON: f64 = 10.0;

/// A program that asks for work.
struct Subject {
    name: &'static str,
    command: Box<dyn Fn() -> Command + Send + Sync>,
}

/// What each program took, round by round.
type Taken = BTreeMap<&'static str, Vec<f64>>;

/// Measures all of them.
///
/// # Errors
/// A binary is missing, or does not ask for work.
pub async fn measure(setup: &Setup) -> Result<Vec<Figure>, Trouble> {
    let mut subjects = binaries(setup)?;
    let python = python::prepare(setup).await;
    if let Ok(python) = &python {
        let python = python.clone();
        subjects.push(Subject { name: PYTHON, command: Box::new(move || python.command()) });
    }
    let taken = rounds(setup, &subjects).await?;
    Ok(figures(&taken, python.err()))
}

fn binaries(setup: &Setup) -> Result<Vec<Subject>, Trouble> {
    let bare = (BASELINE, setup.baselines.join("baseline-start"));
    let of = |function| (function, setup.binaries.join(function).join("bootstrap"));
    let all = FUNCTIONS.into_iter().map(of).chain([bare]);
    all.map(|(name, file)| {
        if !file.is_file() {
            return Err(Trouble::Missing(file));
        }
        Ok(Subject { name, command: Box::new(move || Command::new(&file)) })
    })
    .collect()
}

async fn rounds(setup: &Setup, subjects: &[Subject]) -> Result<Taken, Trouble> {
    let progress = Progress::of("cold start", subjects.len() * (usize::from(setup.runs) + 1));
    let mut taken = Taken::new();
    for round in 0..=usize::from(setup.runs) {
        // Another one is the first in each round.
        for place in 0..subjects.len() {
            let subject = &subjects[(place + round) % subjects.len()];
            progress.now(subject.name);
            let took = start(setup, subject).await?;
            if round > 0 {
                taken.entry(subject.name).or_default().push(milliseconds(took));
            }
            progress.step();
        }
    }
    Ok(taken)
}

async fn start(setup: &Setup, subject: &Subject) -> Result<Duration, Trouble> {
    let mut command = (subject.command)();
    command.env_clear().envs(variables(setup));
    api::until_first_request(subject.name, &mut command).await
}

/// What Lambda and the template tell a function (Lambda developer guide, "Defined runtime environment variables").
fn variables(setup: &Setup) -> Vec<(&'static str, String)> {
    let plan = setup.repository.join("examples/failover.toml").display().to_string();
    let told = [
        ("_HANDLER", "app.handler"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("TZ", ":UTC"),
        ("AWS_LAMBDA_FUNCTION_NAME", "understudy"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/understudy"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("AWS_REGION", "us-west-2"),
        ("AWS_DEFAULT_REGION", "us-west-2"),
        ("AWS_ACCESS_KEY_ID", "AKIDBENCH"),
        ("AWS_SECRET_ACCESS_KEY", "of-the-bench"),
        ("AWS_SESSION_TOKEN", "of-the-bench"),
        ("UNDERSTUDY_TABLE", "understudy"),
        ("UNDERSTUDY_PEERS", "arn:aws:dynamodb:us-east-1:123456789012:table/understudy"),
        ("UNDERSTUDY_TICKS", "arn:aws:lambda:us-west-2:123456789012:function:understudy-tick"),
    ];
    told.into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .chain([("UNDERSTUDY_PLAN", plan)])
        .collect()
}

fn figures(taken: &Taken, no_python: Option<String>) -> Vec<Figure> {
    let of = |name: &str| taken.get(name).map(Vec::as_slice).unwrap_or_default();
    let names = FUNCTIONS.into_iter().chain([BASELINE, PYTHON]);
    let times = names.filter(|name| !of(name).is_empty());
    let mut figures: Vec<Figure> = times
        .map(|name| Figure::median(format!("{name}: until it asks for work"), Unit::Milliseconds, of(name)))
        .collect();
    let middle = |name: &str| crate::statistics::Spread::of(of(name)).median;
    figures.extend(FUNCTIONS.map(|function| {
        let times = middle(function) / middle(BASELINE);
        Figure::new(format!("{function}: times the baseline"), Unit::Times, times)
            .target(Target::at_most(TIMES_THE_BASELINE))
    }));
    figures.extend(FUNCTIONS.map(|function| {
        let what = format!("{function}: sooner than {PYTHON}");
        let figure = match &no_python {
            None => Figure::new(what, Unit::Times, middle(PYTHON) / middle(function)),
            Some(why) => Figure::not_measured(what, Unit::Times, why),
        };
        figure.target(Target::at_least(SOONER_THAN_PYTHON))
    }));
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_of_the_medians_of_one_run() {
        let mut taken: Taken = FUNCTIONS.into_iter().map(|name| (name, vec![11.0, 12.0, 90.0])).collect();
        taken.insert(BASELINE, vec![10.0, 10.0, 10.0]);
        let without = figures(&taken, Some("no Python".into()));
        let met: Vec<_> = without.iter().map(Figure::is_met).collect();
        assert_eq!(met, [vec![None; 5], vec![Some(true); 4], vec![None; 4]].concat());
        taken.insert(PYTHON, vec![130.0, 100.0, 200.0]);
        let with = figures(&taken, None);
        assert_eq!(with.iter().filter(|figure| figure.is_met() == Some(true)).count(), 8);
    }
}
