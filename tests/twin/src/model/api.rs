//! The API as values: one request type, one response type, for the wire and for simulations alike.

use super::health::{HealthCheck, HealthCheckInput, HealthCheckUpdate, Observation};
use super::records::{ChangeBatch, ListStart, RecordPage};
use super::tags::{ResourceKind, Tag};
use super::zones::{NewZone, ZoneDetails};
use super::{ChangeId, ChangeInfo, HealthCheckId, ZoneId};

macro_rules! operations {
    ($($name:ident),* $(,)?) => {
        /// The operations of the API that the twin models, named as in the Route 53 API reference.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $(#[doc = concat!("`", stringify!($name), "`")] $name,)*
        }

        impl Operation {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in the API reference.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

operations! {
    ChangeResourceRecordSets, ChangeTagsForResource, CreateHealthCheck, CreateHostedZone, DeleteHealthCheck,
    DeleteHostedZone, GetAccountLimit, GetChange, GetHealthCheck, GetHealthCheckLastFailureReason,
    GetHealthCheckStatus, GetHostedZone, ListHealthChecks, ListHostedZones, ListHostedZonesByName,
    ListResourceRecordSets, ListTagsForResource, ListTagsForResources, UpdateHealthCheck,
}

/// A request. The fields are those of the operation in the Route 53 API reference.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each field is the parameter of its name in the Route 53 API reference")]
pub enum Request {
    CreateHostedZone(NewZone),
    GetHostedZone { id: ZoneId },
    DeleteHostedZone { id: ZoneId },
    ListHostedZones { marker: Option<String>, max_items: Option<i64> },
    ListHostedZonesByName { dns_name: Option<String>, zone: Option<ZoneId>, max_items: Option<i64> },
    ChangeResourceRecordSets { zone: ZoneId, batch: ChangeBatch },
    ListResourceRecordSets { zone: ZoneId, start: ListStart, max_items: Option<i64> },
    GetChange { id: ChangeId },
    CreateHealthCheck { caller_reference: String, config: HealthCheckInput },
    GetHealthCheck { id: HealthCheckId },
    UpdateHealthCheck { id: HealthCheckId, update: HealthCheckUpdate },
    DeleteHealthCheck { id: HealthCheckId },
    ListHealthChecks { marker: Option<String>, max_items: Option<i64> },
    GetHealthCheckStatus { id: HealthCheckId },
    GetHealthCheckLastFailureReason { id: HealthCheckId },
    ChangeTagsForResource { kind: ResourceKind, id: String, add: Vec<Tag>, remove: Vec<String> },
    ListTagsForResource { kind: ResourceKind, id: String },
    ListTagsForResources { kind: ResourceKind, ids: Vec<String> },
    GetAccountLimit { kind: LimitKind },
}

impl Request {
    /// Which operation it is.
    pub fn operation(&self) -> Operation {
        match self {
            Self::CreateHostedZone(_) => Operation::CreateHostedZone,
            Self::GetHostedZone { .. } => Operation::GetHostedZone,
            Self::DeleteHostedZone { .. } => Operation::DeleteHostedZone,
            Self::ListHostedZones { .. } => Operation::ListHostedZones,
            Self::ListHostedZonesByName { .. } => Operation::ListHostedZonesByName,
            Self::ChangeResourceRecordSets { .. } => Operation::ChangeResourceRecordSets,
            Self::ListResourceRecordSets { .. } => Operation::ListResourceRecordSets,
            Self::GetChange { .. } => Operation::GetChange,
            Self::CreateHealthCheck { .. } => Operation::CreateHealthCheck,
            Self::GetHealthCheck { .. } => Operation::GetHealthCheck,
            Self::UpdateHealthCheck { .. } => Operation::UpdateHealthCheck,
            Self::DeleteHealthCheck { .. } => Operation::DeleteHealthCheck,
            Self::ListHealthChecks { .. } => Operation::ListHealthChecks,
            Self::GetHealthCheckStatus { .. } => Operation::GetHealthCheckStatus,
            Self::GetHealthCheckLastFailureReason { .. } => Operation::GetHealthCheckLastFailureReason,
            Self::ChangeTagsForResource { .. } => Operation::ChangeTagsForResource,
            Self::ListTagsForResource { .. } => Operation::ListTagsForResource,
            Self::ListTagsForResources { .. } => Operation::ListTagsForResources,
            Self::GetAccountLimit { .. } => Operation::GetAccountLimit,
        }
    }
}

/// A response. Which variant belongs to which request is plain from the names.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each field is the element of its name in the Route 53 API reference")]
pub enum Response {
    ZoneCreated { zone: ZoneDetails, change: ChangeInfo },
    Zone(ZoneDetails),
    ZoneDeleted(ChangeInfo),
    Zones(Page<ZoneDetails>),
    ZonesByName { page: Page<ZoneDetails>, asked_name: Option<String>, asked_zone: Option<ZoneId> },
    Changed(ChangeInfo),
    Records(RecordPage),
    Change(ChangeInfo),
    HealthCheckCreated(HealthCheck),
    HealthCheck(HealthCheck),
    HealthCheckUpdated(HealthCheck),
    HealthCheckDeleted,
    HealthChecks(Page<HealthCheck>),
    Status(Vec<Observation>),
    LastFailure(Vec<Observation>),
    TagsChanged,
    Tags { kind: ResourceKind, id: String, tags: Vec<Tag> },
    TagSets { kind: ResourceKind, sets: Vec<(String, Vec<Tag>)> },
    Limit(Limit),
}

/// One page of a listing with markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The marker that was given.
    pub marker: Option<String>,
    /// The marker of the next page; none on the last one.
    pub next: Option<String>,
    /// How many were asked for.
    pub max_items: usize,
}

/// What `GetAccountLimit` can be asked of the twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKind {
    /// `MAX_HEALTH_CHECKS_BY_OWNER`
    HealthChecks,
    /// `MAX_HOSTED_ZONES_BY_OWNER`
    HostedZones,
}

impl LimitKind {
    /// As in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HealthChecks => "MAX_HEALTH_CHECKS_BY_OWNER",
            Self::HostedZones => "MAX_HOSTED_ZONES_BY_OWNER",
        }
    }

    /// The limit of this text.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::HealthChecks, Self::HostedZones].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A limit and how much of it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Which.
    pub kind: LimitKind,
    /// The greatest number.
    pub value: usize,
    /// The present number.
    pub count: usize,
}
