//! What woke the function: its schedule, or a person who wants a drill now.

use serde_json::Value;

use crate::event::tidy;
use crate::names::{ApplicationName, Region};
use crate::plan::Plan;

/// A payload that is larger is not ours.
const MAX_BYTES: usize = 64 * 1024;

/// Characters of a person's own words that an answer repeats.
const ECHO: usize = 60;

/// What is to be drilled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// What the plan says.
    WhatIsDue,
    /// One application, now.
    Asked {
        /// Which.
        application: ApplicationName,
        /// The region whose loss is rehearsed; by default the plan's.
        lose: Option<Region>,
    },
}

impl Request {
    /// Reads `{"understudy":"drill"}`, with `application` and `lose` where a person asks.
    ///
    /// # Errors
    /// What is wrong, and what is allowed, in one line.
    pub fn read(payload: &str, plan: &Plan) -> Result<Self, String> {
        const ALLOWED: &str =
            r#"write {"understudy":"drill"}, with "application" and "lose" for a drill now"#;
        if payload.len() > MAX_BYTES {
            return Err(format!("{} bytes are too many: {ALLOWED}", payload.len()));
        }
        let value: Value = serde_json::from_str(payload).map_err(|error| format!("{error}: {ALLOWED}"))?;
        if value.get("understudy").and_then(Value::as_str) != Some("drill") {
            return Err(format!("this asks for no drill: {ALLOWED}"));
        }
        let text = |member: &str| match value.get(member) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("{member} is no text: {ALLOWED}")),
        };
        let (application, lose) = (text("application")?, text("lose")?);
        let Some(name) = application.map(ApplicationName::new) else { return Ok(Self::WhatIsDue) };
        let Some(application) = plan.application(&name) else {
            let known: Vec<&str> = plan.applications.iter().map(|known| known.name.as_str()).collect();
            let seen = tidy(name.as_str(), ECHO);
            return Err(format!("the plan has no application {seen:?}: it has {}", known.join(", ")));
        };
        let lose = lose.map(Region::new);
        if let Some(region) = lose.as_ref().filter(|region| application.region(region).is_none()) {
            let known: Vec<&str> = application.regions.iter().map(|known| known.name.as_str()).collect();
            let seen = tidy(region.as_str(), ECHO);
            return Err(format!("{name} has no region {seen:?}: it has {}", known.join(", ")));
        }
        Ok(Self::Asked { application: name, lose })
    }
}
