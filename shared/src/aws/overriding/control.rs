//! ARC: the routing controls of two regions, set by any endpoint of the cluster that answers.
//!
//! Of five endpoints three may be gone at any time (ARC Developer Guide, "Get and update routing control states
//! using the API"): each is asked for a short time only, and the next request begins with the one after it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderName, Method};
use serde_json::{Value, json};

use super::Speaker;
use super::signed::{Asked, Signing};
use crate::away::Away;
use crate::names::Region;
use crate::plan::OverrideKind;
use crate::ports::PortError;

const WHAT: &str = "set a routing control";

/// For one endpoint: three of them fit into the time that a run gives a try.
const PATIENCE: Duration = Duration::from_millis(900);

/// What one try of a run has time for.
const TRIED_AT_ONCE: usize = 3;

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// Which endpoint is asked first.
#[derive(Debug, Default)]
pub(super) struct Rotation(AtomicUsize);

/// Which way the controls are turned.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// Off for who is left, and On for who takes over, in one request.
    Away,
    /// On for who was left.
    Back,
}

/// Why an endpoint did not do it, and whether another one may.
struct Refused {
    why: String,
    elsewhere: bool,
}

impl Speaker {
    /// Sets the controls, and reads back that they are set.
    pub(super) async fn set(&self, kind: &OverrideKind, away: &Away, turn: Turn) -> Result<(), PortError> {
        let OverrideKind::Control { endpoints, controls } = kind else { return Ok(()) };
        let states = controls
            .get(&away.application)
            .and_then(|controls| turn.states(controls, away))
            .ok_or_else(|| PortError::new(WHAT, "the plan knows no routing control of these regions"))?;
        let first = self.rotation.0.load(Ordering::Relaxed);
        let mut whys = Vec::new();
        for number in first..first.saturating_add(TRIED_AT_ONCE) {
            let Some((region, url)) = endpoints.iter().nth(number % endpoints.len().max(1)) else { break };
            match self.set_at(region, url, &states).await {
                Ok(()) => return Ok(()),
                Err(refused) => {
                    whys.push(format!("{region}: {}", refused.why));
                    if !refused.elsewhere {
                        break;
                    }
                    self.rotation.0.store(number.wrapping_add(1), Ordering::Relaxed);
                }
            }
        }
        Err(PortError::new(WHAT, whys.join("; ")))
    }

    async fn set_at(&self, region: &Region, url: &str, states: &[(&str, &str)]) -> Result<(), Refused> {
        let entry = |(control, state): &(&str, &str)| json!({"RoutingControlArn": control, "RoutingControlState": state});
        let entries: Vec<Value> = states.iter().map(entry).collect();
        let update = json!({ "UpdateRoutingControlStateEntries": entries });
        self.ask(region, url, "UpdateRoutingControlStates", &update).await?;
        for (control, state) in states {
            let asked = json!({ "RoutingControlArn": control });
            let read = self.ask(region, url, "GetRoutingControlState", &asked).await?;
            if read["RoutingControlState"] != **state {
                let why = format!("{control} is {} after it was set", read["RoutingControlState"]);
                return Err(Refused { why, elsewhere: true });
            }
        }
        Ok(())
    }

    async fn ask(&self, region: &Region, url: &str, operation: &str, body: &Value) -> Result<Value, Refused> {
        let target = format!("ToggleCustomerAPI.{operation}");
        let headers = [(CONTENT_TYPE, "application/x-amz-json-1.0"), (TARGET, target.as_str())];
        let url = format!("{url}/");
        let asked = Asked { method: Method::POST, url: &url, headers: &headers, body: body.to_string() };
        let signing = Signing { service: "route53-recovery-cluster", region };
        let answer = self.sender.send(WHAT, signing, asked, PATIENCE).await;
        let answer = answer.map_err(|error| Refused { why: error.to_string(), elsewhere: true })?;
        let told: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        if answer.status.is_success() {
            return Ok(told);
        }
        let kind = told["__type"].as_str().unwrap_or_default();
        let kind = kind.rsplit('#').next().unwrap_or_default().to_owned();
        // The same request is no more welcome at another endpoint.
        let for_good = ["AccessDenied", "Validation", "ResourceNotFound"];
        let elsewhere = !for_good.iter().any(|known| kind.starts_with(known));
        Err(Refused { why: format!("{} {kind}", answer.status.as_u16()), elsewhere })
    }
}

impl Turn {
    /// The states that it means, by the ARN of the control.
    fn states<'a>(
        self,
        controls: &'a BTreeMap<Region, String>,
        away: &Away,
    ) -> Option<Vec<(&'a str, &'static str)>> {
        let of = |region: &Region| controls.get(region).map(String::as_str);
        Some(match self {
            Self::Away => vec![(of(&away.from)?, "Off"), (of(&away.to)?, "On")],
            Self::Back => vec![(of(&away.from)?, "On")],
        })
    }
}
