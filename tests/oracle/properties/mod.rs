//! What holds of the product's decisions, whatever the oracle says.

mod batches;
mod evidence;
mod ordering;
mod repeating;
mod rest;
mod targets;

use std::collections::BTreeSet;

use understudy::decide::{Claim, Decision};

use crate::generate::world::World;

/// The claim, where something is done.
fn claim(world: &World) -> Option<Claim> {
    world.decision().into_claim()
}

/// The guards that object.
fn guards(decision: &Decision) -> BTreeSet<&'static str> {
    decision.holds().iter().map(|hold| hold.reason.guard()).collect()
}

/// Whether a person's order overrides this guard.
fn forces(claim: &Claim, guard: &str) -> bool {
    claim.ordered().is_some_and(|ordered| ordered.overrides(guard))
}
