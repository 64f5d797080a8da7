//! The ledger: every move and every hold, once per change.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Names the entry: writing it again changes nothing.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What kind of thing happened, such as `hold-began`.
    pub kind: String,
    /// What happened, in words.
    pub text: String,
    /// The whole of it, for machines.
    pub data: serde_json::Value,
}

impl LedgerEntry {
    /// An entry about `subject`, whose data is kept as JSON.
    pub fn new(
        at: Timestamp,
        kind: &str,
        subject: &str,
        text: impl Into<String>,
        data: &impl Serialize,
    ) -> Self {
        Self {
            id: format!("{kind}#{subject}"),
            at,
            kind: kind.to_owned(),
            text: text.into(),
            // Our own types always have a JSON form.
            data: serde_json::to_value(data).unwrap_or_default(),
        }
    }
}
