//! How "away from this region" is said to Route 53's data plane.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::types::{Actuator, Plan};
use crate::names::{ApplicationName, Region};

/// How overrides are said: inputs of health checks that need no Route 53 call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overrides {
    /// By what.
    pub kind: OverrideKind,
    /// How long an override may take until the served name answers another region. After that the next
    /// actuator is tried, while the decision is valid.
    pub within: Duration,
}

/// What Route 53's checks look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverrideKind {
    /// An object in a bucket of the taker's region: while it is there, its region is out. It stands until it
    /// is deleted, whatever becomes of the controller that wrote it.
    Object {
        /// The bucket of each region is called like this, with `-` and the region behind.
        bucket: String,
    },
    /// A metric in the taker's region, which an alarm's settings make the data of a check: 1 is "away". It is
    /// written again by every tick; when none comes any more, the check keeps the last that it knew for a few
    /// hours at most (Developer Guide, "Values that you specify", on `LastKnownStatus`).
    Metric {
        /// The metric's namespace.
        namespace: String,
    },
    /// An ARC routing control: Off is "away", until it is set to On, whatever becomes of the controller.
    Control {
        /// The cluster's endpoints, by their region.
        endpoints: BTreeMap<Region, String>,
        /// The ARN of each region's routing control, by application.
        controls: BTreeMap<ApplicationName, BTreeMap<Region, String>>,
    },
}

impl OverrideKind {
    /// The bucket of a region, where objects say it.
    pub fn bucket_in(&self, region: &Region) -> Option<String> {
        match self {
            Self::Object { bucket } => Some(format!("{bucket}-{region}")),
            Self::Metric { .. } | Self::Control { .. } => None,
        }
    }

    /// Whether what stands tells by which run, so that another run's is not taken for it.
    pub fn names_its_run(&self) -> bool {
        matches!(self, Self::Object { .. })
    }

    /// Whether what is said fades unless it is said again and again.
    pub fn fades(&self) -> bool {
        matches!(self, Self::Metric { .. })
    }
}

impl Plan {
    /// How an actuator says "away"; none where it writes records, or where the plan does not tell.
    pub fn overrides_by(&self, actuator: Actuator) -> Option<&Overrides> {
        match actuator {
            Actuator::Override => self.overrides.as_ref(),
            Actuator::Arc => self.arc.as_ref(),
            Actuator::Records => None,
        }
    }
}
