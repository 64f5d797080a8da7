//! What a controller tells its peers of its plan: enough to see whether a move means the same to both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::types::{Application, Plan, RegionPlan};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, PlanDigest, Region};

/// Digits of a region's fingerprint.
const DIGITS: usize = 12;

/// A plan as peers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    /// Its digest: where two are equal, all else is.
    pub digest: PlanDigest,
    /// For each application and region, a fingerprint of what a move to or from it would write.
    pub applications: BTreeMap<ApplicationName, BTreeMap<Region, String>>,
}

impl PlanView {
    /// The view of a plan.
    pub fn of(plan: &Plan) -> Self {
        let regions = |application: &Application| {
            application
                .regions
                .iter()
                .map(|region| (region.name.clone(), fingerprint(application, region)))
                .in_order()
        };
        let applications =
            plan.applications.iter().map(|application| (application.name.clone(), regions(application)));
        Self { digest: plan.digest.clone(), applications: applications.in_order() }
    }
}

/// Served name, zone, policy, record sets and value. Health, guards and people may differ: they
/// change when a move happens, not what it does.
fn fingerprint(application: &Application, region: &RegionPlan) -> String {
    let Application { served, zone, policy, sets, .. } = application;
    let written = (served, &zone.id, policy, sets, &region.set, region.weight, &region.record);
    // Cannot fail: every key of every map is a text, and there is no float.
    let canonical = serde_json::to_vec(&written).unwrap_or_default();
    let hash: String = Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect();
    hash.get(..DIGITS).unwrap_or_default().to_owned()
}
