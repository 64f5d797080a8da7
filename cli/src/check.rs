//! `understudy check`: every fault of a plan at once, as a compiler would tell them.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use understudy::advise::planned::{Judged, Phase, Recovery};
use understudy::advise::{Cost, monthly_cost};
use understudy::plan::{Application, Fault, Plan, RULES, Severity};

use crate::args::Check;
use crate::paint::{Colour, Paint};
use crate::rules;

/// What a check found.
#[derive(Debug, Serialize)]
struct Found {
    file: String,
    /// The plan's digest; none where the plan is refused.
    plan: Option<String>,
    errors: usize,
    warnings: usize,
    faults: Vec<Fault>,
    /// The longest way of a move, by application.
    ways: Vec<Way>,
    /// What the checks that provisioning makes cost a month.
    cost: Option<Cost>,
    /// How many more there are than anybody would read.
    omitted: usize,
}

/// The longest way of a move by a controller.
#[derive(Debug, Serialize)]
struct Way {
    application: String,
    /// The plan's, in seconds.
    rto: f64,
    /// As far as it is known, in seconds.
    longest: f64,
    judged: Judged,
    phases: Vec<Phase>,
}

impl Way {
    fn of(plan: &Plan, application: &Application) -> Self {
        let recovery = Recovery::of(plan, application);
        let (rto, longest, judged) = (recovery.target, recovery.total().worst.get(), recovery.judged);
        // The controller's way is the first.
        let phases = recovery.ways.into_iter().next().map(|way| way.phases).unwrap_or_default();
        Self { application: recovery.application, rto, longest, judged, phases }
    }
}

pub fn run(asked: &Check) -> ExitCode {
    if asked.list_rules {
        print!("{}", if asked.markdown { rules::page() } else { rules::list(asked.json) });
        return ExitCode::SUCCESS;
    }
    if let Some(rule) = &asked.explain {
        return explain(rule);
    }
    let found = match read(&asked.file) {
        Ok(found) => found,
        Err(why) => {
            eprintln!("understudy: {why}");
            return ExitCode::from(2);
        }
    };
    if asked.json {
        // Cannot fail: every key of every map is a text.
        println!("{}", serde_json::to_string_pretty(&found).unwrap_or_default());
    } else {
        print!("{}", told(&found, Paint::of_stdout()));
    }
    found.code()
}

fn explain(id: &str) -> ExitCode {
    match rules::explain(id) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("understudy: {why}");
            ExitCode::from(2)
        }
    }
}

fn read(file: &Path) -> Result<Found, String> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| {
        format!("{name} cannot be read: {error}; name the plan file: understudy check <file>")
    })?;
    Ok(Found::of(&bytes, name))
}

impl Found {
    fn of(bytes: &[u8], file: String) -> Self {
        let (read, faults, omitted) = match Plan::read_bytes(bytes, &file) {
            Ok((plan, warnings)) => (Some(plan), warnings, 0),
            Err(faults) => (None, faults.faults, faults.omitted),
        };
        let ways_of =
            |plan: &Plan| plan.applications.iter().map(|one| Way::of(plan, one)).collect::<Vec<_>>();
        let ways = read.as_ref().map(ways_of).unwrap_or_default();
        let cost = read.as_ref().and_then(monthly_cost);
        let plan = read.map(|plan| plan.digest.to_string());
        let count = |severity| faults.iter().filter(|fault| fault.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        Self { file, plan, errors, warnings, faults, ways, cost, omitted }
    }

    fn code(&self) -> ExitCode {
        match (&self.plan, self.warnings) {
            (None, _) => ExitCode::from(2),
            (Some(_), 0) => ExitCode::SUCCESS,
            (Some(_), _) => ExitCode::from(1),
        }
    }
}

/// All of it for a person.
fn told(found: &Found, paint: Paint) -> String {
    let faults: String = found.faults.iter().map(|fault| fault_told(fault, paint)).collect();
    let ways: String = found.ways.iter().map(way_told).collect();
    let cost: String = found.cost.iter().map(cost_told).collect();
    [faults, ways, cost, summary(found, paint)].concat()
}

fn fault_told(fault: &Fault, paint: Paint) -> String {
    let Fault { file, severity, line, column, path, rule, message, remedy, excerpt } = fault;
    let colour = match severity {
        Severity::Error => Colour::Red,
        Severity::Warning => Colour::Yellow,
    };
    let head = paint.paint(colour, format!("{severity}[{rule}]"));
    let gutter = line.to_string().len();
    let bar = paint.paint(Colour::Blue, "|");
    let arrow = paint.paint(Colour::Blue, "-->");
    let number = paint.paint(Colour::Blue, line);
    let mark = paint.paint(colour, "^");
    let note = |word: &str, text: &str| {
        format!("{:gutter$} {} {word}: {text}\n", "", paint.paint(Colour::Blue, "="))
    };
    let because = RULES.iter().find(|known| known.id == *rule).map_or("", |known| known.because.trim());
    let place = if path.is_empty() { String::new() } else { format!("  {path}") };
    [
        format!("{head}: {message}\n"),
        format!("{:gutter$}{arrow} {file}:{line}:{column}{place}\n", ""),
        format!("{:gutter$} {bar}\n", ""),
        format!("{number} {bar} {}\n", excerpt.text),
        format!("{:gutter$} {bar} {:caret$}{mark}\n", "", "", caret = excerpt.caret),
        note("remedy", remedy),
        note("because", because),
        "\n".to_owned(),
    ]
    .concat()
}

fn way_told(way: &Way) -> String {
    let Way { application, rto, longest, phases, .. } = way;
    let rows = phases.iter().map(|phase| {
        let worst = phase.seconds.map_or("unknown".to_owned(), |span| format!("{:.1} s", span.worst.get()));
        format!("  {:24} {worst:>9}  {}\n", phase.phase, phase.because)
    });
    let rows: String = rows.collect();
    format!(
        "{application}: the longest way of a move\n{rows}  {:24} {:>9}  the rto is {rto:.1} s\n\n",
        "sum",
        format!("{longest:.1} s")
    )
}

fn cost_told(cost: &Cost) -> String {
    let lines: String = cost.lines.iter().map(|line| format!("  {line}\n")).collect();
    let notes: String = cost.notes.iter().map(|note| format!("  {note}\n")).collect();
    format!("What provisioning makes costs a month\n{lines}{notes}\n")
}

fn summary(found: &Found, paint: Paint) -> String {
    let count = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    let more = if found.omitted > 0 { format!(", {} more not shown", found.omitted) } else { String::new() };
    let counted = format!("{}, {}{more}", count(found.errors, "error"), count(found.warnings, "warning"));
    match &found.plan {
        None => format!("{}: {}: {counted}\n", paint.paint(Colour::Red, "refused"), found.file),
        Some(plan) if found.warnings > 0 => {
            format!("{}: {} is plan {plan}: {counted}\n", paint.paint(Colour::Yellow, "taken"), found.file)
        }
        Some(plan) => format!(
            "{}: {} is plan {plan}, and nothing is wrong with it\n",
            paint.paint(Colour::Green, "good"),
            found.file
        ),
    }
}
