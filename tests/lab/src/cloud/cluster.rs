//! ARC's cluster of routing controls, as far as overrides need it: five endpoints, one state.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::lock;
use crate::net::{self, Asked, Reply};

/// The regions of the cluster's endpoints.
pub const ENDPOINTS: [&str; 5] = ["ap-northeast-1", "ap-southeast-2", "eu-west-1", "us-east-1", "us-west-2"];

/// The routing controls by their ARN, and whether each is On. Each is made by the lab, and begins On.
#[derive(Debug, Default)]
pub(super) struct Cluster(Mutex<BTreeMap<String, bool>>);

impl Cluster {
    pub(super) fn make(&self, control: &str) {
        lock(&self.0).insert(control.to_owned(), true);
    }

    pub(super) fn states(&self) -> BTreeMap<String, bool> {
        lock(&self.0).clone()
    }

    /// Answers a request (API reference, "Routing Control (Recovery Cluster)").
    pub(super) fn answer(&self, operation: &str, asked: &Asked) -> Reply {
        let body: Value = serde_json::from_slice(asked.body()).unwrap_or_default();
        let outcome = match operation {
            "UpdateRoutingControlStates" => self.update(&body),
            "GetRoutingControlState" => self.get(&body),
            _ => Err("UnknownOperationException"),
        };
        match outcome {
            Ok(told) => net::reply(200, told.to_string()),
            Err(kind) => net::reply(400, json!({ "__type": kind, "message": kind }).to_string()),
        }
    }

    /// All of them or none.
    fn update(&self, body: &Value) -> Result<Value, &'static str> {
        let entries = body["UpdateRoutingControlStateEntries"].as_array().ok_or("ValidationException")?;
        let mut states = lock(&self.0);
        let mut after = states.clone();
        for entry in entries {
            let control = entry["RoutingControlArn"].as_str().ok_or("ValidationException")?;
            let on = match entry["RoutingControlState"].as_str() {
                Some("On") => true,
                Some("Off") => false,
                _ => return Err("ValidationException"),
            };
            *after.get_mut(control).ok_or("ResourceNotFoundException")? = on;
        }
        *states = after;
        Ok(json!({}))
    }

    fn get(&self, body: &Value) -> Result<Value, &'static str> {
        let control = body["RoutingControlArn"].as_str().ok_or("ValidationException")?;
        let on = *lock(&self.0).get(control).ok_or("ResourceNotFoundException")?;
        Ok(json!({ "RoutingControlArn": control, "RoutingControlState": if on { "On" } else { "Off" } }))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn states_change_together_or_not_at_all() {
        let cluster = Cluster::default();
        cluster.make("a");
        cluster.make("b");
        let asked = |entries: Value| {
            let body = json!({ "UpdateRoutingControlStateEntries": entries });
            let request = http::Request::new(Bytes::from(body.to_string()));
            cluster.answer("UpdateRoutingControlStates", &request).status().as_u16()
        };
        let entry = |arn: &str, state: &str| json!({"RoutingControlArn": arn, "RoutingControlState": state});
        assert_eq!(asked(json!([entry("a", "Off"), entry("c", "On")])), 400);
        assert_eq!(asked(json!([entry("a", "Off"), entry("b", "OFF")])), 400, "exact case");
        assert!(cluster.states()["a"]);
        assert_eq!(asked(json!([entry("a", "Off"), entry("b", "On")])), 200);
        assert_eq!(cluster.states().into_values().collect::<Vec<_>>(), [false, true]);
    }
}
