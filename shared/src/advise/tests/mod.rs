//! Figures against those of the rule's first form; faults; figures of plans.

mod plans;
mod requests;

use serde_json::{Value, json};

use super::answer;
use crate::plan::Plan;

/// Requests and results of the rule of thumb in its first form, in Python: its own examples, and inputs drawn from
/// all that it takes.
const RULE_OF_THUMB: &str = include_str!("rule-of-thumb.tsv");

/// Whole numbers of either kind are the same number; of others the last digit may differ, since JSON is read a little
/// faster than it is exact.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
            (one - other).abs() <= one.abs() * 1e-15
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|found| same(value, found)))
        }
        (one, other) => one == other,
    }
}

#[test]
fn the_rule_of_thumb_gives_its_first_figures() {
    let mut compared = 0;
    for line in RULE_OF_THUMB.lines() {
        let (request, result) = line.split_once('\t').unwrap();
        let answer = answer(request, None).unwrap_or_else(|refused| panic!("{request}: {refused}"));
        let answer = serde_json::to_value(&answer).unwrap();
        let expected: Value = serde_json::from_str(result).unwrap();
        assert!(same(&answer["result"], &expected), "{request}:\n{}\n{expected}", answer["result"]);
        compared += 1;
    }
    assert_eq!(compared, 171);
}

/// What is answered to a request, or its faults as lines.
pub(super) fn ask(request: &Value, plan: Option<&Plan>) -> Result<Value, String> {
    let answered = answer(&request.to_string(), plan).map_err(|refused| refused.to_string())?;
    Ok(serde_json::to_value(&answered).unwrap())
}

pub(super) fn rule(analysis: &str, input: Value) -> Result<Value, String> {
    ask(&json!({"analysis": analysis, "basis": "rule-of-thumb", "input": input}), None)
}
