//! The rules of plan files, for people.

use serde::Serialize;
use understudy::plan::{RULES, Rule, Severity};

/// A rule as JSON tells it.
#[derive(Debug, Serialize)]
struct Told {
    id: &'static str,
    severity: Severity,
    because: String,
}

/// Every rule, one a line: its name, how bad it is to break it, and why it exists.
pub fn list(json: bool) -> String {
    let told = RULES.iter().map(|rule| Told { id: rule.id, severity: rule.severity, because: because(rule) });
    if json {
        let told: Vec<Told> = told.collect();
        return serde_json::to_string_pretty(&told).unwrap_or_default() + "\n";
    }
    let widest = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    told.map(|rule| format!("{:widest$}  {:7}  {}\n", rule.id, rule.severity, rule.because)).collect()
}

/// Every rule as a page of documentation.
pub fn page() -> String {
    let head = "# The rules of plan files\n\n\
        Printed by `understudy check --list-rules --markdown`. A plan that breaks an *error* is refused, by the functions as\n\
        well; a *warning* is told. Each rule has a plan that breaks it, and in the same file what mends that: lines after\n\
        `#+` are added, those that say `not in the twin` go.\n";
    let of = |severity: Severity, title: &str| {
        let rules = RULES.iter().filter(|rule| rule.severity == severity);
        let rows: String = rules.map(|rule| row(rule)).collect();
        format!("\n## {title}\n\n| rule | why it exists |\n| --- | --- |\n{rows}")
    };
    [head.to_owned(), of(Severity::Error, "Errors"), of(Severity::Warning, "Warnings")].concat()
}

/// Rules about bytes that no text file shows: their plans are made by a test.
const WITHOUT_FILE: [&str; 2] = ["not-utf8", "too-large"];

fn row(rule: &Rule) -> String {
    let name = match WITHOUT_FILE.contains(&rule.id) {
        true => format!("`{}`", rule.id),
        false => format!("[`{0}`](../tests/suite/fixtures/plans/{0}.toml)", rule.id),
    };
    format!("| {name} | {} |\n", because(rule).replace('|', "\\|"))
}

/// One rule.
///
/// # Errors
/// There is none of that name.
pub fn explain(id: &str) -> Result<String, String> {
    let rule = RULES.iter().find(|rule| rule.id == id);
    let rule =
        rule.ok_or_else(|| format!("there is no rule {id:?}; understudy check --list-rules tells all"))?;
    Ok(format!("{} ({})\n{}\n", rule.id, rule.severity, because(rule)))
}

/// Why it exists, on one line.
fn because(rule: &Rule) -> String {
    rule.because.split_whitespace().collect::<Vec<_>>().join(" ")
}
