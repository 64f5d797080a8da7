//! What a decision would do, as people are asked about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Hold, MoveKind, Seen, Wish};
use crate::dns::{Content, RecordSet, Routing, Side};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, EffectDigest, Region};
use crate::plan::Application;
use crate::state::Wanted;

/// Digits of an effect's digest: enough that nobody approves one thing and gets another, few
/// enough to be typed.
const DIGITS: usize = 16;

/// The exact effect of a decision: no times, epochs or samples, so that the same effect has the
/// same digest however often it is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The application.
    pub application: ApplicationName,
    /// Who holds traffic, or hands some of it back.
    pub from: Region,
    /// Who is to hold it.
    pub to: Region,
    /// Evacuate or restore, in one word.
    pub kind: String,
    /// What the record sets of the served name would answer, by set. Who waits behind the new holder
    /// of a failover pair is left out: that changes with every third region's health.
    pub values: BTreeMap<String, Vec<String>>,
    /// What may be lost.
    pub data_loss: DataLoss,
    /// What consent is asked for, by the names of the guards.
    pub consents: Vec<String>,
    /// Guards that a person's order does not let count.
    pub forced: Vec<String>,
}

/// What a move may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataLoss {
    /// The application keeps no data.
    Stateless,
    /// It keeps data, and nobody measured how far the taker's copy lags behind.
    Unknown,
}

impl DataLoss {
    /// For people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Stateless => "none: the application keeps no data",
            Self::Unknown => "UNKNOWN: it keeps data, and how far the copy lags behind is not measured",
        }
    }
}

impl Effect {
    pub(super) fn of(situation: &Seen<'_>, wish: &Wish, sets: &[RecordSet], raised: &[Hold]) -> Self {
        let application = situation.application;
        let has_data = application.data.is_some();
        let consents = raised.iter().filter(|hold| hold.reason.is_consent());
        let forced = match situation.order().map(|(_, order)| &order.what) {
            Some(Wanted::FailOver { force, .. } | Wanted::FailBack { force, .. }) => {
                force.iter().cloned().collect()
            }
            _ => Vec::new(),
        };
        Self {
            application: application.name.clone(),
            from: wish.from.clone(),
            to: wish.to.clone(),
            kind: wish.kind.as_str().to_owned(),
            values: values(application, wish, sets),
            data_loss: if has_data { DataLoss::Unknown } else { DataLoss::Stateless },
            consents: consents.map(|hold| hold.reason.guard().to_owned()).collect(),
            forced,
        }
    }

    /// The name of this very effect.
    pub fn digest(&self) -> EffectDigest {
        // Cannot fail: every key of every map is a text, and there is no float.
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        let hash = Sha256::digest(canonical);
        let digits: String = hash.iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect();
        EffectDigest::new(digits)
    }

    /// Line by line, for people.
    pub fn in_words(&self) -> Vec<String> {
        let moved = format!("{} {}: from {} to {}", self.kind, self.application, self.from, self.to);
        let values = self.values.iter().map(|(set, values)| format!("{set}: {}", values.join(", ")));
        let loss = format!("data loss: {}", self.data_loss.in_words());
        let forced = format!("not counting {}", self.forced.join(", "));
        let forced = (!self.forced.is_empty()).then_some(forced);
        [moved].into_iter().chain(values).chain([loss]).chain(forced).collect()
    }
}

/// The stages of a ramp are one effect: the weights of a restore are left out.
fn values(application: &Application, wish: &Wish, sets: &[RecordSet]) -> BTreeMap<String, Vec<String>> {
    let behind = |set: &RecordSet| matches!(set.routing, Routing::Failover { side: Side::Secondary, .. });
    let entry = |set: &RecordSet| {
        let kind = set.kind.as_str();
        let name = set.routing.set().unwrap_or_default();
        let label = match (&set.routing, wish.kind) {
            (Routing::Weighted { .. }, MoveKind::Restore) => {
                format!("{kind} {name} (in stages of {:?} %)", application.ramp)
            }
            (Routing::Weighted { weight, .. }, MoveKind::Evacuate) => {
                format!("{kind} {name} (weight {weight})")
            }
            _ => format!("{kind} {name}"),
        };
        (label, answers(&set.content))
    };
    sets.iter().filter(|set| !behind(set)).map(entry).in_order()
}

fn answers(content: &Content) -> Vec<String> {
    match content {
        Content::Values { values, .. } => {
            let mut values = values.clone();
            values.sort();
            values
        }
        Content::Alias { target, .. } => vec![format!("alias {target}")],
    }
}
