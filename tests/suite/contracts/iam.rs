//! What an IAM policy allows, as the IAM User Guide tells it. What a policy of ours does not use is
//! refused, so that nothing is taken for granted that was not thought of.

use serde_json::Value;
use suite::world::Asked;

/// A policy: Allow statements only.
#[derive(Debug, Default)]
pub(super) struct Policy(Vec<Statement>);

/// The id of a statement, and one of its actions.
pub(super) type Grant = (String, String);

#[derive(Debug)]
struct Statement {
    sid: String,
    actions: Vec<String>,
    resources: Vec<String>,
    conditions: Vec<Condition>,
}

#[derive(Debug)]
struct Condition {
    operator: String,
    key: String,
    values: Vec<String>,
}

impl Policy {
    /// Reads a policy document.
    pub(super) fn read(document: &Value) -> Self {
        assert_eq!(document["Version"], "2012-10-17");
        Self(document["Statement"].as_array().unwrap().iter().map(Statement::read).collect())
    }

    /// Whether one statement allows the call as a whole. Statements never add up within one call.
    pub(super) fn allows(&self, request: &Asked) -> bool {
        self.granting(request).is_some()
    }

    /// What allows the call: the id of a statement, and the action in it.
    pub(super) fn granting(&self, request: &Asked) -> Option<Grant> {
        self.0.iter().find_map(|statement| Some((statement.sid.clone(), statement.allows(request)?)))
    }

    /// All that is allowed: each action of each statement.
    pub(super) fn grants(&self) -> Vec<Grant> {
        let of = |one: &Statement| {
            one.actions.iter().map(|action| (one.sid.clone(), action.clone())).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).collect()
    }

    /// A role with both policies: what either allows.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

impl Statement {
    fn read(statement: &Value) -> Self {
        let known = ["Sid", "Effect", "Action", "Resource", "Condition"];
        let unknown = statement.as_object().unwrap().keys().find(|key| !known.contains(&key.as_str()));
        assert_eq!(unknown, None, "in {statement}");
        assert_eq!(statement["Effect"], "Allow");
        let conditions = statement["Condition"].as_object().into_iter().flatten();
        let conditions = conditions.flat_map(|(operator, keys)| {
            keys.as_object().unwrap().iter().map(|(key, values)| Condition {
                operator: operator.clone(),
                key: key.to_ascii_lowercase(),
                values: texts(values),
            })
        });
        Self {
            sid: statement["Sid"].as_str().unwrap_or_default().to_owned(),
            actions: texts(&statement["Action"]),
            resources: texts(&statement["Resource"]),
            conditions: conditions.collect(),
        }
    }

    /// The action in it that allows the call.
    fn allows(&self, request: &Asked) -> Option<String> {
        let asked = request.action.to_ascii_lowercase();
        let action = self.actions.iter().find(|pattern| like(&pattern.to_ascii_lowercase(), &asked))?;
        let holds = self.resources.iter().any(|pattern| arn_like(pattern, &request.resource))
            && self.conditions.iter().all(|condition| condition.holds(request));
        holds.then(|| action.clone())
    }
}

impl Condition {
    fn holds(&self, request: &Asked) -> bool {
        let mut keys = request.context.iter();
        let found = keys.find(|(key, _)| key.to_ascii_lowercase() == self.key);
        let found = found.map_or(&[][..], |(_, values)| values.as_slice());
        let matches = |value: &String| self.matches(value);
        match self.operator.split_once(':') {
            // "ForAllValues also returns true if there are no context keys in the request" and
            // "ForAnyValue returns false" (IAM User Guide, "Set operators for multivalued context keys").
            Some(("ForAllValues", _)) => found.iter().all(matches),
            Some(("ForAnyValue", _)) => found.iter().any(matches),
            Some((other, _)) => panic!("{other} is no set operator"),
            None if self.operator == "Null" => {
                let absent = if found.is_empty() { "true" } else { "false" };
                self.values.iter().any(|value| value == absent)
            }
            None => {
                assert!(found.len() < 2, "{} has several values and no set operator", self.key);
                found.iter().any(matches)
            }
        }
    }

    fn matches(&self, value: &str) -> bool {
        let operator = self.operator.rsplit(':').next().unwrap_or_default();
        self.values.iter().any(|pattern| match operator {
            "StringEquals" => pattern == value,
            "StringLike" => like(pattern, value),
            "ArnLike" | "ArnEquals" => arn_like(pattern, value),
            other => panic!("the operator {other} is not known here"),
        })
    }
}

/// One text or several. Policy variables are not known here.
fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
    let texts = items.iter().map(|item| item.as_str().unwrap_or_else(|| panic!("{item} is no text")));
    texts
        .inspect(|text| assert!(!text.contains("${"), "{text} holds a variable"))
        .map(str::to_owned)
        .collect()
}

/// `*` is any characters or none, `?` is one; all else, the backslash too, stands for itself.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// "Each of the six colon-delimited components of the ARN is checked separately" (IAM User Guide,
/// "Condition operators", ARN). A bare `*` is every resource.
fn arn_like(pattern: &str, arn: &str) -> bool {
    let parts = |text: &str| text.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (patterns, values) = (parts(pattern), parts(arn));
    pattern == "*" || patterns.len() == values.len() && patterns.iter().zip(&values).all(|(p, v)| like(p, v))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    const KEY: &str = "aws:TagKeys";

    fn allows(condition: &Value, values: Option<&[&str]>) -> bool {
        let statement =
            json!({ "Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": condition });
        let policy = Policy::read(&json!({ "Version": "2012-10-17", "Statement": [statement] }));
        let context = values.map(|values| (KEY.to_owned(), values.iter().map(|v| (*v).to_owned()).collect()));
        policy.allows(&Asked {
            action: "ec2:RunInstances".into(),
            resource: "arn:aws:ec2:us-east-1:123456789012:instance/i-1".into(),
            context: context.into_iter().collect(),
        })
    }

    #[test]
    fn an_absent_key_satisfies_for_all_values_and_never_for_any_value() {
        for (condition, expected) in [
            (json!({ "ForAllValues:StringEquals": { KEY: ["a"] } }), true),
            (json!({ "ForAnyValue:StringEquals": { KEY: ["a"] } }), false),
            (json!({ "StringEquals": { KEY: "a" } }), false),
            (json!({ "ForAllValues:StringEquals": { KEY: ["a"] }, "Null": { KEY: "false" } }), false),
            (json!({ "Null": { KEY: "true" } }), true),
        ] {
            assert_eq!(allows(&condition, None), expected, "{condition} without the key");
            assert_eq!(allows(&condition, Some(&[])), expected, "{condition} with an empty key");
        }
    }

    #[test]
    fn a_set_operator_compares_each_value_of_the_request() {
        let all = json!({ "ForAllValues:StringLike": { KEY: ["a*", "b?"] } });
        let any = json!({ "ForAnyValue:StringLike": { KEY: ["a*", "b?"] } });
        for (values, holds_all, holds_any) in [
            (&["a", "bc"][..], true, true),
            (&["a", "b"], false, true),
            (&["b", "c"], false, false),
            (&["A"], false, false),
        ] {
            assert_eq!(allows(&all, Some(values)), holds_all, "all of {values:?}");
            assert_eq!(allows(&any, Some(values)), holds_any, "any of {values:?}");
        }
    }

    #[test]
    fn all_operators_and_keys_must_hold_and_one_value_of_each() {
        let both = json!({ "StringEquals": { KEY: ["a", "b"] }, "StringLike": { "AWS:tagkeys": "b*" } });
        assert!(allows(&both, Some(&["b"])));
        assert!(!allows(&both, Some(&["a"])));
    }

    #[test]
    fn wildcards_match_as_documented() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("a?c", "ac", false),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            (r"\052.example.com", r"\052.example.com", true),
            (r"\052.example.com", "x.example.com", false),
            ("e*._understudy.a", "e1._understudy.b._understudy.a", true),
            ("*a*b", "xaxbxab", true),
        ] {
            assert_eq!(like(pattern, text), expected, "{pattern} {text}");
        }
        assert!(arn_like("arn:aws:route53:::change/*", "arn:aws:route53:::change/C1"));
        assert!(!arn_like("arn:aws:*:123456789012:x", "arn:aws:sns:us-east-1:123456789012:x"));
        assert!(arn_like("arn:aws:sns:*:123456789012:x", "arn:aws:sns:us-east-1:123456789012:x"));
    }

    #[test]
    fn actions_are_compared_without_regard_to_case_and_resources_with() {
        let policy = Policy::read(&json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "SNS:publish", "Resource": "arn:aws:sns:us-east-1:123456789012:Ops" },
        ] }));
        let request = |resource: &str| Asked {
            action: "sns:Publish".into(),
            resource: resource.into(),
            context: BTreeMap::new(),
        };
        assert!(policy.allows(&request("arn:aws:sns:us-east-1:123456789012:Ops")));
        assert!(!policy.allows(&request("arn:aws:sns:us-east-1:123456789012:ops")));
        assert!(!policy.allows(&request("arn:aws:sns:us-east-1:123456789012:Ops2")));
    }
}
