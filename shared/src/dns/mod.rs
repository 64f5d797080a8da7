//! Serving units, record sets, batches and epochs: what Route 53 holds, as plain data.
//!
//! Nothing here can express the deletion of a served name: a [`Batch`] creates one epoch record
//! and upserts record sets, a [`Sweep`] can name old epoch records only, and that is all there is.

mod arrange;
mod batch;
mod epoch;
mod failover;
mod groundwork;
mod health_check;
mod latency;
mod listing;
mod record;
mod serving;
mod sweep;
mod target;
mod target_zones;
#[cfg(test)]
mod tests;
mod unit;
mod weighted;

pub use arrange::Arrangement;
pub use batch::Batch;
pub use epoch::{EpochRecord, MoveKind, NotAnEpoch, Shares};
pub(crate) use failover::planned_routing as failover_routing;
pub use groundwork::Groundwork;
pub use health_check::{
    CheckerRegion, Endpoint, HealthCheck, Interval, MissingData, NoChild, Page, Place, Protocol, Watches,
};
pub use listing::{Listing, UnreadableEpoch};
pub use record::{Content, RecordSet, RecordType, Routing, Side};
pub use serving::{Serving, Units};
pub use sweep::{EPOCHS_KEPT, Sweep};
pub use target::{CLOUDFRONT_ZONE, TargetKind};
pub(crate) use unit::contents;
pub use unit::{ServingUnit, unit_name, up_name};
pub use weighted::weight;
