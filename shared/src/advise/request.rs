//! What somebody asks: an analysis, on a basis, of an input.

use serde::Serialize;

use super::answer::{Answer, Outcome, Refused};
use super::input::{Found, Json, Members};
use super::{planned, rule_of_thumb as rule};
use crate::event::{parse, tidy};
use crate::plan::Plan;

/// What is to be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Analysis {
    /// How soon users are served again.
    Rto,
    /// How much that was written may be lost.
    Rpo,
    /// What an outage costs the business.
    Impact,
    /// What would bring RTO and RPO to their targets.
    Optimize,
    /// Active-active beside active-passive.
    Compare,
    /// How to set up active-active.
    ActiveActive,
    /// How to set up active-passive.
    ActivePassive,
    /// What it costs, and when it pays.
    Cost,
}

/// Where the figures come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// From the request alone, by round numbers.
    RuleOfThumb,
    /// From the plan file, and from what AWS does.
    #[default]
    Plan,
}

/// All analyses, as they are called.
pub const ANALYSES: [(&str, Analysis); 8] = [
    ("rto", Analysis::Rto),
    ("rpo", Analysis::Rpo),
    ("impact", Analysis::Impact),
    ("optimize", Analysis::Optimize),
    ("compare", Analysis::Compare),
    ("active-active", Analysis::ActiveActive),
    ("active-passive", Analysis::ActivePassive),
    ("cost", Analysis::Cost),
];

const BASES: [(&str, Basis); 2] = [("rule-of-thumb", Basis::RuleOfThumb), ("plan", Basis::Plan)];

/// Answers one request, JSON text, from a plan where there is one.
///
/// # Errors
/// Everything that is wrong with the request, with where.
pub fn answer(request: &str, plan: Option<&Plan>) -> Result<Answer, Refused> {
    let mut found = Found::default();
    let json: Json = match parse(request) {
        Ok(json) => json,
        Err(why) => {
            found.fault("", tidy(&why, 150), "{\"analysis\": …, \"basis\": …, \"input\": {…}}");
            return Err(Refused { faults: found.faults });
        }
    };
    let read = read(&json, plan, &mut found);
    match read {
        Some((analysis, basis, result)) if found.faults.is_empty() => {
            Ok(Answer { analysis, basis, result, notes: found.notes })
        }
        _ => Err(Refused { faults: found.faults }),
    }
}

fn read(json: &Json, plan: Option<&Plan>, found: &mut Found) -> Option<(Analysis, Basis, Outcome)> {
    let mut request = Members::of(json, "", found)?;
    if !request.has("analysis") {
        let names: Vec<&str> = ANALYSES.iter().map(|(name, _)| *name).collect();
        request.fault("analysis", "it is missing", names.join(", "));
    }
    let analysis = request.word("analysis", &ANALYSES);
    let basis = request.word("basis", &BASES);
    let is_basis_wrong = request.has("basis") && basis.is_none();
    let basis = basis.unwrap_or_default();
    let none = Json::Object(Vec::new());
    let input = request.member("input").unwrap_or(&none);
    request.finish();
    // Without knowing what is asked, nobody can tell what the input should be.
    let analysis = analysis.filter(|_| !is_basis_wrong)?;
    let mut input = Members::of(input, "input", found)?;
    let result = match basis {
        Basis::RuleOfThumb => by_rule_of_thumb(analysis, &mut input).map(Outcome::RuleOfThumb),
        Basis::Plan => planned::answer(analysis, plan, &mut input).map(Outcome::Plan),
    };
    input.finish();
    Some((analysis, basis, result?))
}

fn by_rule_of_thumb(analysis: Analysis, input: &mut Members<'_, '_>) -> Option<rule::Outcome> {
    Some(match analysis {
        Analysis::Rto => rule::Outcome::Recovery(rule::recovery(input)),
        Analysis::Rpo => rule::Outcome::Loss(rule::loss(input)),
        Analysis::Impact => rule::Outcome::Impact(rule::impact(input)?),
        Analysis::Optimize => rule::Outcome::Optimizations(rule::optimize(input)?),
        Analysis::Compare => rule::Outcome::Comparison(rule::compare(input)),
        Analysis::ActiveActive => rule::Outcome::Implementation(rule::active_active(input)),
        Analysis::ActivePassive => rule::Outcome::Implementation(rule::active_passive(input)),
        Analysis::Cost => {
            input.fault("", "there is no rule of thumb for costs", "basis \"plan\"");
            return None;
        }
    })
}
