//! The model: hosted zones, record sets, changes, health checks, answers. Pure, on virtual time.
//!
//! ```
//! use std::time::Duration;
//! use twin::model::records::{ChangeBatch, RecordSetInput, RecordType};
//! use twin::model::{AnswerContext, Config, NewZone, Propagation, Request, Time, Twin};
//!
//! let config = Config::default().seed(1).propagation(Propagation::exactly(Duration::from_secs(30)));
//! let mut twin = Twin::new(config);
//! let (zone, _) = twin.create_hosted_zone(&NewZone::public("example.com"), Time::ZERO)?;
//! let record = RecordSetInput::simple("shop.example.com", "A", 60, &["192.0.2.1"]);
//! let batch = ChangeBatch::new().create(record);
//! twin.call(Request::ChangeResourceRecordSets { zone: zone.id, batch }, Time::ZERO)?;
//!
//! let ask = |seconds| {
//!     let now = Duration::from_secs(seconds);
//!     twin.answer(0, "shop.example.com", RecordType::A, now, &AnswerContext::default()).addresses().len()
//! };
//! assert_eq!((ask(29), ask(30)), (0, 1));
//! # Ok::<(), twin::model::ApiError>(())
//! ```
//!
//! The single entry for clients is [`Twin::call`] (or [`Twin::deliver`], which also tells of lost and slow
//! answers). Everything that an operator or the world does to Route 53 from outside its API (a load balancer
//! falls ill, an alarm's data breaches, a probe comes back) is a method of [`Twin`].

mod answer;
mod api;
mod balancers;
mod change;
mod config;
mod error;
mod faults;
pub mod health;
mod ids;
mod name;
mod noise;
mod paging;
pub mod records;
mod regions;
mod routing;
mod service;
mod tags;
mod throttle;
mod twin;
mod view;
mod zone;
mod zones;

pub use answer::{Answer, AnswerContext, Rcode, Record};
pub use api::{Limit, LimitKind, Operation, Page, Request, Response};
pub use balancers::{
    ALB_ZONES, CLOUDFRONT_ZONE, GLOBAL_ACCELERATOR_ZONE, LoadBalancer, NLB_ZONES, alb_zone, nlb_zone,
};
pub use change::{ChangeInfo, ChangeStatus};
pub use config::{Config, Propagation};
pub use error::{ApiError, ErrorCode};
pub use faults::{Delivery, Fault, Faults, Outcome, Scope, Span};
pub use ids::{ChangeId, HealthCheckId, ZoneId};
pub use name::{DnsName, NameFault};
pub use regions::RECORD_REGIONS;
pub use tags::{ResourceKind, Tag};
pub use twin::Twin;
pub use zones::{NewZone, ZoneDetails};

/// A moment of the model: the time since its start. Only differences and order mean anything.
pub type Time = std::time::Duration;

#[cfg(test)]
mod tests;
