//! A claim: a decision that acts, complete. Nothing after it makes a choice.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::choice::{MoveKind, Wish};
use super::effect::Effect;
use super::guards::is_later_stage;
use super::hold::{Hold, HoldWords};
use super::ways::ways;
use super::{Decision, Seen};
use crate::dns::{Arrangement, Batch, EpochRecord, Serving, Shares};
use crate::health::Verdict;
use crate::in_order::InOrder;
use crate::names::{EffectDigest, Epoch, OrderId, Region, RunId};
use crate::plan::{Actuator, Zone};
use crate::planted::{self, Planted};
use crate::time::after;

/// No decision outlives its observations by more than this, whatever the plan says.
const LONGEST_VALIDITY: Duration = Duration::from_secs(300);

/// What a decision does: one batch in one zone, valid for a time. Only [`super::decide`] makes one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    wish: Wish,
    zone: Zone,
    batch: Batch,
    decided_at: Timestamp,
    valid_until: Timestamp,
    why: Vec<String>,
    effect: EffectDigest,
    ordered: Option<Ordered>,
    #[serde(default = "by_records")]
    ways: Vec<Actuator>,
}

/// A run of an earlier version knew no other way.
fn by_records() -> Vec<Actuator> {
    vec![Actuator::Records]
}

/// A claim that a person ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// The order.
    pub id: OrderId,
    /// Who, as claimed.
    pub author: String,
    /// The guards that objected, and that the order overrides by name.
    pub overridden: Vec<HoldWords>,
}

impl Ordered {
    /// Whether the order overrides this guard.
    pub fn overrides(&self, guard: &str) -> bool {
        self.overridden.iter().any(|hold| hold.guard == guard)
    }
}

impl Claim {
    /// What is done.
    pub fn wish(&self) -> &Wish {
        &self.wish
    }

    /// The hosted zone that is changed.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The change.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// The epoch that it claims.
    pub fn epoch(&self) -> Epoch {
        self.batch.claim().epoch
    }

    /// Another epoch than was decided with: a fault.
    #[cfg(feature = "planted")]
    pub(crate) fn renumber(&mut self, epoch: Epoch) {
        self.batch.renumber(epoch);
    }

    /// The run that carries it out.
    pub fn run(&self) -> &RunId {
        &self.batch.claim().run
    }

    /// When it was decided.
    pub fn decided_at(&self) -> Timestamp {
        self.decided_at
    }

    /// Nothing is sent later than this.
    pub fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// By what it is carried out, in the order in which it is tried.
    pub fn ways(&self) -> &[Actuator] {
        &self.ways
    }

    /// The evidence, in words.
    pub fn why(&self) -> &[String] {
        &self.why
    }

    /// The name of its exact effect: an approval of it was for this, and is used up by it.
    pub fn effect(&self) -> &EffectDigest {
        &self.effect
    }

    /// The person's order that it carries out, where there is one.
    pub fn ordered(&self) -> Option<&Ordered> {
        self.ordered.as_ref()
    }
}

/// What a wish would do, for people to consent to; `raised` is what objects to it.
pub(super) fn effect(situation: &Seen<'_>, wish: &Wish, raised: &[Hold]) -> Effect {
    let sets = with_arrangement(situation, wish, |arrangement| arrangement.wanted());
    Effect::of(situation, wish, &sets.unwrap_or_default(), raised)
}

/// The decision that carries out a wish to which no guard objects.
pub(super) fn claim(
    situation: &Seen<'_>,
    wish: Wish,
    effect: EffectDigest,
    overridden: Vec<HoldWords>,
) -> Decision {
    // The guards have seen the units, the record sets and the epoch; without them there is nothing to claim.
    let Some(batch) = batch(situation, &wish) else { return Decision::Steady };
    let application = situation.application;
    let validity = application.timing.validity.min(LONGEST_VALIDITY);
    let kind = wish.kind;
    let ordered = situation.order().map(|(id, order)| Ordered {
        id: id.clone(),
        author: order.author.clone(),
        overridden,
    });
    let claim = Box::new(Claim {
        ways: ways(situation, &wish),
        why: why(situation, &wish, ordered.as_ref()),
        effect,
        wish,
        zone: application.zone.clone(),
        batch,
        decided_at: situation.now,
        valid_until: after(situation.facts.observed_at, validity),
        ordered,
    });
    match kind {
        MoveKind::Evacuate => Decision::Evacuate(claim),
        MoveKind::Restore => Decision::Restore(claim),
    }
}

impl Claim {
    /// The same move as records that were listed since: another batch, another time.
    pub(super) fn with_records(&self, situation: &Seen<'_>, batch: Batch) -> Self {
        let validity = situation.application.timing.validity.min(LONGEST_VALIDITY);
        Self {
            batch,
            decided_at: situation.now,
            valid_until: after(situation.facts.observed_at, validity),
            ..self.clone()
        }
    }
}

/// The batch that a wish comes down to. None where the epoch, the records or a unit is not known.
pub(super) fn batch(situation: &Seen<'_>, wish: &Wish) -> Option<Batch> {
    let serving = situation.serving.as_ref().ok()?;
    let record = EpochRecord {
        epoch: situation.facts.newest_epoch()?.next(),
        run: run_id(situation, wish),
        from: wish.from.clone(),
        to: wish.to.clone(),
        kind: wish.kind,
        out: out_after(situation, serving, wish),
        at: whole_second(situation.now),
        plan: situation.plan.digest.clone(),
    };
    with_arrangement(situation, wish, |arrangement| arrangement.batch(record))
}

fn with_arrangement<T>(
    situation: &Seen<'_>,
    wish: &Wish,
    made: impl FnOnce(&Arrangement<'_>) -> Option<T>,
) -> Option<T> {
    let application = situation.application;
    made(&Arrangement {
        application,
        live: situation.facts.listing.read(),
        units: &situation.units,
        serving: situation.serving.as_ref().ok()?,
        kind: wish.kind,
        from: &wish.from,
        to: &wish.to,
        secondary: &secondary(situation, wish),
        share: wish.share,
    })
}

/// Stages of one ramp are one move: their runs have one name in common.
fn run_id(situation: &Seen<'_>, wish: &Wish) -> RunId {
    let is_ramp = |newest: &&EpochRecord| newest.kind == MoveKind::Restore && newest.to == wish.to;
    match situation.facts.newest().filter(is_ramp) {
        Some(newest) if is_later_stage(situation, wish) => {
            let ramp = &situation.application.ramp;
            let number = ramp.iter().position(|stage| *stage >= wish.share).unwrap_or(0) + 1;
            newest.run.stage(number, situation.run)
        }
        _ => situation.run.clone(),
    }
}

/// Who is out by our doing afterwards: what the newest record lists and is still so, and what this
/// move changes. What people took out by hand is not ours to list, and so not ours to bring back.
fn out_after(situation: &Seen<'_>, serving: &Serving, wish: &Wish) -> Shares {
    let Serving::All { out: live } = serving else { return Shares::new() };
    let ours = |region: &Region| situation.facts.is_out(region);
    let mut out: Shares = live
        .iter()
        .filter(|(region, _)| ours(region))
        .map(|(region, share)| (region.clone(), *share))
        .in_order();
    match wish.kind {
        MoveKind::Evacuate => {
            out.insert(wish.from.clone(), 0);
            // A taker that was out itself serves from now on.
            out.remove(&wish.to);
        }
        MoveKind::Restore if wish.share < 100 => drop(out.insert(wish.to.clone(), wish.share)),
        MoveKind::Restore => drop(out.remove(&wish.to)),
    }
    out
}

/// Who sits in the SECONDARY set: the best other region that is verified fit. Only if there is
/// none, the former holder, whose failing check keeps it out.
fn secondary(situation: &Seen<'_>, wish: &Wish) -> Region {
    if planted::is(Planted::DeadSeatedAsSecondary) {
        return wish.from.clone();
    }
    let others = situation.application.regions.iter().map(|region| &region.name);
    others
        .filter(|region| **region != wish.to)
        .find(|region| situation.verdict(region) == Verdict::Healthy)
        .unwrap_or(&wish.from)
        .clone()
}

fn why(situation: &Seen<'_>, wish: &Wish, ordered: Option<&Ordered>) -> Vec<String> {
    let line = |region: &Region| {
        let health = situation.facts.health.get(region)?;
        Some(format!("{region} is {}: {}", health.verdict, health.in_words()))
    };
    let order = situation.order().zip(ordered).map(|((id, order), ordered)| {
        let guards: Vec<&str> = ordered.overridden.iter().map(|hold| hold.guard.as_str()).collect();
        let despite =
            if guards.is_empty() { String::new() } else { format!(", despite {}", guards.join(", ")) };
        format!("{} ordered it ({id}){despite}: {}", order.author, order.reason)
    });
    order.into_iter().chain([&wish.from, &wish.to].into_iter().filter_map(line)).collect()
}

fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
