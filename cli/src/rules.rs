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
