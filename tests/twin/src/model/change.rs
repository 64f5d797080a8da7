//! Changes: accepted at once, on all name servers later.

use super::{ChangeId, Time};

/// Where a change is (Route 53 API reference, `ChangeInfo.Status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeStatus {
    /// Not yet on all name servers of the zone.
    Pending,
    /// On all of them.
    InSync,
}

impl ChangeStatus {
    /// As in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InSync => "INSYNC",
        }
    }
}

/// What `GetChange` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeInfo {
    /// The bare id.
    pub id: ChangeId,
    /// At the time of asking.
    pub status: ChangeStatus,
    /// When the change was accepted.
    pub submitted_at: Time,
    /// The batch's comment.
    pub comment: Option<String>,
}

/// A change as the model keeps it.
#[derive(Clone, Debug)]
pub(super) struct ChangeRecord {
    pub id: ChangeId,
    pub submitted_at: Time,
    pub in_sync_at: Time,
    pub comment: Option<String>,
}

impl ChangeRecord {
    pub fn info(&self, now: Time) -> ChangeInfo {
        ChangeInfo {
            id: self.id.clone(),
            status: if now < self.in_sync_at { ChangeStatus::Pending } else { ChangeStatus::InSync },
            submitted_at: self.submitted_at,
            comment: self.comment.clone(),
        }
    }
}
