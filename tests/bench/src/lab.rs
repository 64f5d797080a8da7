//! The real binaries in the lab: the way from the samples that complete a verdict to the accepted change, with
//! the sandbox of whoever acts cold or warm; and the most memory that a process had.

use std::collections::BTreeMap;

use serde::Deserialize;
use tokio::process::Command;

use crate::process::{last_words, output};
use crate::progress::Progress;
use crate::{FUNCTIONS, Figure, Setup, Target, Trouble, Unit};

/// Milliseconds to the accepted change, where whoever acts was started for it.
const COLD: f64 = 150.0;

/// The same where it had served a wake before.
const WARM: f64 = 40.0;

/// AWS calls on that way, for two regions.
const CALLS: f64 = 8.0;

/// Megabytes that a process may have.
const MEMORY: f64 = 30.0;

/// What of a lab's report is read here.
#[derive(Clone, Debug, Deserialize)]
struct Report {
    verdict_to_change_ms: Option<f64>,
    verdict_to_change_calls: Vec<String>,
    changed_by: Option<Actor>,
    peak_memory_bytes: BTreeMap<String, f64>,
    idle_memory_bytes: BTreeMap<String, f64>,
}

/// Who made the change.
#[derive(Clone, Debug, Deserialize)]
struct Actor {
    function: String,
    served_before: usize,
}

/// A lab in which the acting process is of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sandbox {
    Cold,
    Warm,
}

impl Sandbox {
    fn name(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Warm => "warm",
        }
    }
}

/// Runs the labs, cold and warm in turn.
///
/// # Errors
/// A lab cannot be run, or did not come about as its scenario says.
pub async fn measure(setup: &Setup) -> Result<Vec<Figure>, Trouble> {
    if !setup.lab.is_file() {
        return Err(Trouble::Missing(setup.lab.clone()));
    }
    let progress = Progress::of("lab", usize::from(setup.labs) * 2);
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for _ in 0..setup.labs {
        for (sandbox, reports) in [(Sandbox::Cold, &mut cold), (Sandbox::Warm, &mut warm)] {
            progress.now(sandbox.name());
            reports.push(run(setup, sandbox).await?);
            progress.step();
        }
    }
    let mut figures = change(Sandbox::Cold, COLD, &cold)?;
    figures.extend(change(Sandbox::Warm, WARM, &warm)?);
    figures.extend(memory(&[cold, warm].concat()));
    Ok(figures)
}

async fn run(setup: &Setup, sandbox: Sandbox) -> Result<Report, Trouble> {
    let scenario = setup.repository.join(format!("tests/bench/scenarios/{}.txt", sandbox.name()));
    let mut lab = Command::new(&setup.lab);
    lab.arg("run").arg(scenario).arg("--json").arg("--binaries").arg(&setup.binaries);
    let output = output(lab.arg("--out").arg(setup.out.join("lab"))).await?;
    let read = serde_json::from_slice(&output.stdout).ok().filter(|_| output.status.success());
    read.ok_or_else(|| {
        let words = last_words(&output.stderr);
        Trouble::Unexpected(format!("the lab {} ended with {}: {words}", sandbox.name(), output.status))
    })
}

fn change(sandbox: Sandbox, longest: f64, reports: &[Report]) -> Result<Vec<Figure>, Trouble> {
    let name = sandbox.name();
    let missing = || Trouble::Unexpected(format!("the lab {name} tells no change"));
    let times: Option<Vec<f64>> = reports.iter().map(|report| report.verdict_to_change_ms).collect();
    let actors: Option<Vec<&Actor>> = reports.iter().map(|report| report.changed_by.as_ref()).collect();
    let (times, actors) = times.zip(actors).ok_or_else(missing)?;
    if let Some(odd) = actors.iter().find(|actor| (actor.served_before == 0) != (sandbox == Sandbox::Cold)) {
        let Actor { function, served_before } = odd;
        return Err(Trouble::Unexpected(format!(
            "the lab {name}: {function} acted, after {served_before} wakes"
        )));
    }
    let calls: Vec<f64> = reports.iter().map(|report| report.verdict_to_change_calls.len() as f64).collect();
    let longest_way = reports.iter().max_by_key(|report| report.verdict_to_change_calls.len());
    let named = longest_way.map(|report| report.verdict_to_change_calls.join(", ")).unwrap_or_default();
    Ok(vec![
        Figure::median(format!("{name}: verdict to accepted change"), Unit::Milliseconds, &times)
            .target(Target::at_most(longest)),
        Figure::new(
            format!("{name}: AWS calls on that way"),
            Unit::Count,
            calls.into_iter().fold(0.0, f64::max),
        )
        .target(Target::at_most(CALLS))
        .note(named),
    ])
}

fn memory(reports: &[Report]) -> Vec<Figure> {
    let most = |of: &dyn Fn(&Report) -> Option<f64>| reports.iter().filter_map(of).reduce(f64::max);
    let figure = |what: String, bytes: Option<f64>| match bytes.filter(|bytes| *bytes > 0.0) {
        Some(bytes) => Figure::new(what, Unit::Megabytes, bytes / 1e6),
        None => Figure::failed(what, "no process of it was seen"),
    };
    let idle = most(&|report| report.idle_memory_bytes.get("tick").copied());
    let acting = most(&|report| report.peak_memory_bytes.get(&report.changed_by.as_ref()?.function).copied());
    let peaks = [
        ("peak memory: tick, after one idle wake".to_owned(), idle),
        ("peak memory: whoever acts, one application, after one run".to_owned(), acting),
    ];
    let each = FUNCTIONS.map(|function| {
        let peak = most(&|report| report.peak_memory_bytes.get(function).copied());
        (format!("peak memory: {function}"), peak)
    });
    peaks
        .into_iter()
        .chain(each)
        .map(|(what, bytes)| figure(what, bytes).target(Target::at_most(MEMORY)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(milliseconds: f64, calls: usize, served_before: usize) -> Report {
        let peaks = FUNCTIONS.map(|function| (function.to_owned(), 20e6));
        Report {
            verdict_to_change_ms: Some(milliseconds),
            verdict_to_change_calls: vec!["dynamodb PutItem".to_owned(); calls],
            changed_by: Some(Actor { function: "tick".into(), served_before }),
            peak_memory_bytes: peaks.into(),
            idle_memory_bytes: [("tick".to_owned(), 15e6)].into(),
        }
    }

    #[test]
    fn the_middle_time_and_the_most_calls_count() {
        let figures =
            change(Sandbox::Warm, WARM, &[report(30.0, 6, 2), report(90.0, 9, 1), report(20.0, 6, 3)])
                .unwrap();
        assert_eq!(figures.iter().map(Figure::is_met).collect::<Vec<_>>(), [Some(true), Some(false)]);
    }

    #[test]
    fn a_warm_process_does_not_pass_for_a_cold_one_nor_no_change_for_a_quick_one() {
        let odd = change(Sandbox::Cold, COLD, &[report(10.0, 6, 1)]).unwrap_err().to_string();
        assert!(odd.contains("tick acted, after 1 wakes"), "{odd}");
        let none = Report { changed_by: None, ..report(10.0, 6, 0) };
        assert!(change(Sandbox::Cold, COLD, &[none]).is_err());
    }

    #[test]
    fn a_function_that_never_ran_has_no_memory_to_show() {
        let mut without = report(1.0, 1, 1);
        without.peak_memory_bytes.insert("drill".into(), 0.0);
        assert_eq!(memory(&[without]).iter().filter(|figure| figure.fails()).count(), 1);
        assert!(memory(&[report(1.0, 1, 1)]).iter().all(|figure| figure.is_met() == Some(true)));
    }
}
