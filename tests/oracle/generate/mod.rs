//! Plans, observations and states, drawn so that much of what can happen does happen.
//!
//! A *draw* is plain data that knows nothing of the plan that it will meet: indexes, spans, states. It
//! is brought to life in one go, so that proptest can make any part of it smaller by itself.

pub mod facts;
pub mod health;
pub mod plans;
pub mod readings;
pub mod records;
pub mod spans;
pub mod standing;
pub mod world;

use proptest::prelude::*;
use understudy::plan::{Application, Plan, RegionPlan};

/// The most regions of a plan.
pub const MOST_REGIONS: usize = 5;

/// The application under test. Another one may stand beside it.
pub fn application(plan: &Plan) -> &Application {
    plan.application(&"shop".into()).expect("the plan has the application under test")
}

/// The region of an index, whatever the number of regions.
pub fn region(application: &Application, index: usize) -> &RegionPlan {
    &application.regions[index % application.regions.len()]
}

/// True in so many of a hundred cases.
pub fn percent(share: u32) -> impl Strategy<Value = bool> {
    (0_u32..100).prop_map(move |drawn| drawn >= 100 - share)
}
