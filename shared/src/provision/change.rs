//! One thing that provisioning would do.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::alarms::OverrideAlarm;
use super::name::{CheckName, Reference};
use crate::dns::{Content, HealthCheck, RecordSet, Routing};
use crate::names::{ApplicationName, HealthCheckId, ZoneId};

/// One thing to do. Each sets an absolute state, so that doing it twice changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// An alarm that is missing, or set to something else.
    PutAlarm(OverrideAlarm),
    /// A health check that does not exist.
    CreateCheck {
        /// What it is for.
        name: CheckName,
        /// Its caller reference: it exists once, however often it is created.
        reference: Reference,
        /// What it is.
        check: HealthCheck<CheckName>,
    },
    /// A health check that is something else.
    UpdateCheck {
        /// What it is for.
        name: CheckName,
        /// Which one.
        id: HealthCheckId,
        /// The version that was seen: an update of any other is refused.
        version: i64,
        /// What it is, in words.
        from: String,
        /// What it is to be.
        to: HealthCheck<CheckName>,
    },
    /// Tags that a health check lacks.
    TagCheck {
        /// What it is for.
        name: CheckName,
        /// All that it is to have.
        tags: BTreeMap<String, String>,
    },
    /// A record set that does not exist.
    CreateSet(SetChange),
    /// A record set that says something else.
    ChangeSet {
        /// What it says.
        from: RecordSet,
        /// What it is to say.
        #[serde(flatten)]
        to: SetChange,
    },
}

/// A record set to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetChange {
    /// The application.
    pub application: ApplicationName,
    /// The zone.
    pub zone: ZoneId,
    /// The set, without the id of its check.
    pub set: RecordSet,
    /// The check that hangs on it.
    pub check: Option<CheckName>,
    /// Whether users are answered by it.
    pub serves: bool,
}

impl Change {
    /// Whose it is.
    pub fn application(&self) -> &ApplicationName {
        match self {
            Self::PutAlarm(alarm) => &alarm.application,
            Self::CreateCheck { name, .. } | Self::UpdateCheck { name, .. } | Self::TagCheck { name, .. } => {
                &name.application
            }
            Self::CreateSet(to) | Self::ChangeSet { to, .. } => &to.application,
        }
    }

    /// Whether something that exists would be something else. A tag that is added is not.
    pub fn changes_what_exists(&self) -> bool {
        matches!(self, Self::UpdateCheck { .. } | Self::ChangeSet { .. })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PutAlarm(alarm) => write!(f, "set alarm {}", alarm.place),
            Self::CreateCheck { name, check, .. } => write!(f, "create check {name}: {check}"),
            Self::UpdateCheck { name, id, from, to, .. } => {
                write!(f, "change check {name} ({id}): from {from} to {to}")
            }
            Self::TagCheck { name, .. } => write!(f, "tag check {name}"),
            Self::CreateSet(to) => write!(f, "create {to}"),
            Self::ChangeSet { from, to } => write!(f, "change {to}; it was {}", said(from)),
        }
    }
}

impl fmt::Display for SetChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", said(&self.set))?;
        match &self.check {
            Some(check) => write!(f, ", checked by {check}"),
            None => Ok(()),
        }
    }
}

/// A record set in words.
pub(super) fn said(set: &RecordSet) -> String {
    let routing = match &set.routing {
        Routing::Simple => String::new(),
        Routing::Failover { set, side } => format!(" {} {set:?}", side.as_str()),
        Routing::Weighted { set, weight } => format!(" weight {weight} {set:?}"),
        Routing::Latency { set, region } => format!(" latency {region} {set:?}"),
        Routing::Other { set } => format!(" of another policy {set:?}"),
    };
    let content = match &set.content {
        Content::Values { ttl, values } => format!("{} (TTL {ttl} s)", values.join(", ")),
        Content::Alias { target, .. } => format!("alias of {target}"),
    };
    let check = set.health_check.as_ref().map(|id| format!(", checked by {id}")).unwrap_or_default();
    format!("{} {}{routing}: {content}{check}", set.name, set.kind.as_str())
}
