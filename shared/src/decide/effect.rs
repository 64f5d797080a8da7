//! What a decision would do, as people are asked about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Situation, Wish};
use crate::dns::{Content, Units};
use crate::names::{ApplicationName, EffectDigest, Region};
use crate::plan::Application;

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
    /// What the record sets of the served name would answer, by set.
    pub values: BTreeMap<String, Vec<String>>,
    /// What may be lost.
    pub data_loss: DataLoss,
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
    pub(super) fn of(situation: &Situation<'_>, wish: &Wish, units: &Units, secondary: &Region) -> Self {
        let application = situation.application;
        let has_data = application.data.is_some();
        Self {
            application: application.name.clone(),
            from: wish.from.clone(),
            to: wish.to.clone(),
            kind: wish.kind.as_str().to_owned(),
            values: values(application, wish, units, secondary),
            data_loss: if has_data { DataLoss::Unknown } else { DataLoss::Stateless },
        }
    }

    /// The name of this very effect.
    pub fn digest(&self) -> EffectDigest {
        // Cannot fail: every key of every map is a text, and there is no float.
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        let hash: String = Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect();
        EffectDigest::new(hash.get(..DIGITS).unwrap_or_default())
    }

    /// Line by line, for people.
    pub fn in_words(&self) -> Vec<String> {
        let moved = format!("{} {}: from {} to {}", self.kind, self.application, self.from, self.to);
        let values = self.values.iter().map(|(set, values)| format!("{set}: {}", values.join(", ")));
        let loss = format!("data loss: {}", self.data_loss.in_words());
        [moved].into_iter().chain(values).chain([loss]).collect()
    }
}

/// The stages of a ramp are one effect: the weights are left out.
fn values(
    application: &Application,
    wish: &Wish,
    units: &Units,
    secondary: &Region,
) -> BTreeMap<String, Vec<String>> {
    use crate::dns::MoveKind::{Evacuate, Restore};
    use crate::plan::Policy::{Failover, Latency, Weighted};
    let set =
        |region: &Region| application.region(region).map_or("", |region| region.set.as_str()).to_owned();
    let seats: Vec<(String, &Region)> = match (application.policy, wish.kind) {
        (Failover, _) => vec![
            (format!("PRIMARY ({})", application.sets.primary), &wish.to),
            (format!("SECONDARY ({})", application.sets.secondary), secondary),
        ],
        (Weighted, Evacuate) => vec![(format!("{} (weight 0)", set(&wish.from)), &wish.from)],
        (Weighted, Restore) => vec![(format!("{} (ramp {:?} %)", set(&wish.to), application.ramp), &wish.to)],
        (Latency, Evacuate) => vec![(set(&wish.from), &wish.to)],
        (Latency, Restore) => vec![(set(&wish.to), &wish.to)],
    };
    let each = seats.into_iter().flat_map(|(set, region)| {
        let contents = units.get(region).into_iter().flat_map(|unit| &unit.contents);
        contents.map(move |(kind, content)| (format!("{} {set}", kind.as_str()), answers(content)))
    });
    each.collect()
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
