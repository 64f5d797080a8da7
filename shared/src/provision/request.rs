//! What woke the function that provisions: CloudFormation, its schedule, or a person.

use std::time::Duration;

use serde_json::Value;

use super::resource::ResourceRequest;
use crate::event::tidy;

/// A payload that is larger is not ours: CloudFormation's are below this (user guide, quotas).
const MAX_BYTES: usize = 256 * 1024;

/// Between two looks where the schedule does not say.
pub const PERIOD: Duration = Duration::from_secs(15 * 60);

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// CloudFormation waits for an answer at a URL, whatever else is wrong with its request.
    Resource(Box<ResourceRequest>),
    /// A schedule: go on with what was begun, and look for drift.
    Scheduled {
        /// From one look to the next.
        every: Duration,
    },
    /// A person wants to see something. Nothing is changed.
    Asked(Ask),
    /// It is not for us.
    NotMine {
        /// What was seen, and what is allowed.
        why: String,
    },
}

/// What a person wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// What stands against what the plan wants.
    Difference,
    /// The ids of the checks that stand.
    Ids,
    /// What Route 53 and this controller think of every check.
    Status {
        /// Whether each check's checkers are asked, too: one a second.
        checkers: bool,
    },
}

const ALLOWED: &str = r#"write {"understudy":"provision"}, with "show":"difference", "show":"ids" or "show":"status" (and "observations":true) to change nothing"#;

impl Request {
    /// Reads an event. Never an error: what is not understood is a value, too.
    pub fn read(payload: &str) -> Self {
        let not_mine = |why: String| Self::NotMine { why: format!("{why}: {ALLOWED}") };
        if payload.len() > MAX_BYTES {
            return not_mine(format!("{} bytes are too many", payload.len()));
        }
        let value: Value = match serde_json::from_str(payload) {
            Ok(value) => value,
            Err(error) => return not_mine(error.to_string()),
        };
        if let Some(request) = ResourceRequest::read(&value) {
            return Self::Resource(Box::new(request));
        }
        if value.get("understudy").and_then(Value::as_str) != Some("provision") {
            return not_mine("this asks for no provisioning".to_owned());
        }
        match value.get("show") {
            None | Some(Value::Null) => Self::Scheduled { every: every(&value) },
            Some(Value::String(show)) if show == "difference" => Self::Asked(Ask::Difference),
            Some(Value::String(show)) if show == "ids" => Self::Asked(Ask::Ids),
            Some(Value::String(show)) if show == "status" => {
                let checkers = value.get("observations").and_then(Value::as_bool).unwrap_or(false);
                Self::Asked(Ask::Status { checkers })
            }
            Some(other) => not_mine(format!("{} cannot be shown", tidy(&other.to_string(), 60))),
        }
    }
}

/// The schedule's own period, in minutes; a week at most.
fn every(value: &Value) -> Duration {
    let told = value.get("every_minutes");
    let minutes = told.and_then(|told| told.as_u64().or_else(|| told.as_str()?.parse().ok()));
    let minutes = minutes.filter(|minutes| (1..=7 * 24 * 60).contains(minutes));
    minutes.map_or(PERIOD, |minutes| Duration::from_secs(minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_and_people_are_told_apart() {
        let of = Request::read;
        let scheduled = |minutes: u64| Request::Scheduled { every: Duration::from_secs(minutes * 60) };
        assert_eq!(of(r#"{"understudy":"provision"}"#), scheduled(15));
        assert_eq!(of(r#"{"understudy":"provision","every_minutes":"30"}"#), scheduled(30));
        assert_eq!(of(r#"{"understudy":"provision","every_minutes":5}"#), scheduled(5));
        assert_eq!(of(r#"{"understudy":"provision","every_minutes":0}"#), scheduled(15));
        assert_eq!(of(r#"{"understudy":"provision","show":"difference"}"#), Request::Asked(Ask::Difference));
        assert_eq!(of(r#"{"understudy":"provision","show":"ids"}"#), Request::Asked(Ask::Ids));
        let status = |checkers| Request::Asked(Ask::Status { checkers });
        assert_eq!(of(r#"{"understudy":"provision","show":"status"}"#), status(false));
        let deep = r#"{"understudy":"provision","show":"status","observations":true}"#;
        assert_eq!(of(deep), status(true));
    }

    #[test]
    fn what_is_not_for_us_is_told_what_is_allowed() {
        for payload in ["", "7", "[]", r#"{"understudy":"tick"}"#, r#"{"understudy":"provision","show":7}"#] {
            let Request::NotMine { why } = Request::read(payload) else { panic!("{payload}") };
            assert!(why.contains(r#"write {"understudy":"provision"}"#), "{payload}: {why}");
        }
    }

    #[test]
    fn whatever_has_a_response_url_is_answered_there() {
        for payload in [
            r#"{"ResponseURL":"https://x.example/"}"#,
            r#"{"ResponseURL":"https://x.example/","RequestType":7,"StackId":null,"ResourceProperties":"?"}"#,
            r#"{"ResponseURL":"https://x.example/","understudy":"provision"}"#,
        ] {
            assert!(matches!(Request::read(payload), Request::Resource(_)), "{payload}");
        }
    }
}
