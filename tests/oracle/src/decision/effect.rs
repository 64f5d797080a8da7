//! The name of what a move would do, to which people consent.

use std::collections::{BTreeMap, BTreeSet};

use understudy::decide::{DataLoss, Effect, Situation};
use understudy::dns::{Content, MoveKind, Routing, Side};
use understudy::names::EffectDigest;
use understudy::state::{Order, Wanted};

use super::{Move, batch, records};

/// The digest of the effect: what would be answered, what may be lost, what consent is for.
pub(super) fn digest(
    situation: &Situation<'_>,
    wish: &Move,
    order: Option<&Order>,
    raised: &BTreeSet<&'static str>,
) -> EffectDigest {
    let application = situation.application;
    let mut values = BTreeMap::new();
    // Nobody can say what records that make no sense would become.
    let sets = if records::make_no_sense(situation) { Vec::new() } else { batch::wanted(situation, wish) };
    for set in sets {
        let kind = set.kind.as_str();
        let label = match &set.routing {
            // Who waits behind the holder changes with every third region's health.
            Routing::Failover { side: Side::Secondary, .. } => continue,
            Routing::Weighted { set, .. } if wish.kind == MoveKind::Restore => {
                format!("{kind} {set} (in stages of {:?} %)", application.ramp)
            }
            Routing::Weighted { set, weight } => format!("{kind} {set} (weight {weight})"),
            Routing::Failover { set, .. } | Routing::Latency { set, .. } | Routing::Other { set } => {
                format!("{kind} {set}")
            }
            Routing::Simple => format!("{kind} "),
        };
        let answers = match &set.content {
            Content::Values { values, .. } => {
                let mut values = values.clone();
                values.sort();
                values
            }
            Content::Alias { target, .. } => vec![format!("alias {target}")],
        };
        values.insert(label, answers);
    }
    let mut consents = Vec::new();
    // In the order in which the guards stand.
    for guard in ["target-degraded", "data-consent", "consent", "two-person"] {
        if raised.contains(guard) {
            consents.push(guard.to_owned());
        }
    }
    let forced = match order.map(|order| &order.what) {
        Some(Wanted::FailOver { force, .. } | Wanted::FailBack { force, .. }) => {
            force.iter().cloned().collect()
        }
        _ => Vec::new(),
    };
    let effect = Effect {
        application: application.name.clone(),
        from: wish.from.clone(),
        to: wish.to.clone(),
        kind: match wish.kind {
            MoveKind::Evacuate => "evacuate".to_owned(),
            MoveKind::Restore => "restore".to_owned(),
        },
        values,
        data_loss: if application.data.is_some() { DataLoss::Unknown } else { DataLoss::Stateless },
        consents,
        forced,
    };
    effect.digest()
}
