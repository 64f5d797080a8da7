//! Serving units, record sets, batches and epochs: what Route 53 holds, as plain data.
//!
//! Nothing here can express the deletion of a served name: a [`Batch`] creates one epoch record
//! and upserts record sets, and that is all it can do.

mod batch;
mod epoch;
mod failover;
mod listing;
mod record;
mod unit;

pub use batch::Batch;
pub use epoch::{EpochRecord, NotAnEpoch};
pub use failover::{Seats, seat_batch};
pub use listing::{Listing, UnreadableEpoch};
pub use record::{Content, RecordSet, RecordType, Routing, Side};
pub use unit::{ServingUnit, up_name};
