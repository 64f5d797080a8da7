//! The name of a plan's very content.

use sha2::{Digest, Sha256};

use super::types::Plan;
use crate::names::PlanDigest;

/// Enough to tell plans apart at sight and in a TXT record; nobody's safety hangs on collisions.
const DIGITS: usize = 12;

/// The first digits of the SHA-256 of the plan's canonical JSON: fields in the order of their declaration,
/// maps in the order of their keys. Comments, spaces and the order of keys in the file do not count.
pub(super) fn digest(plan: &Plan) -> PlanDigest {
    // Cannot fail: every key of every map is a text, and there is no float.
    let canonical = serde_json::to_vec(plan).unwrap_or_default();
    let hash = Sha256::digest(canonical);
    let hexadecimal: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    PlanDigest::new(hexadecimal.get(..DIGITS).unwrap_or_default())
}
