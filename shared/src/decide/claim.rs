//! A claim: a decision that acts, complete. Nothing after it makes a choice.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::choice::{MoveKind, Wish};
use super::{Decision, Situation};
use crate::dns::{Batch, EpochRecord, Seats, seat_batch};
use crate::health::Verdict;
use crate::names::{Epoch, Region, RunId, ZoneId};
use crate::time::after;

/// No decision outlives its observations by more than this, whatever the plan says.
const LONGEST_VALIDITY: Duration = Duration::from_secs(300);

/// What a decision does: one batch in one zone, valid for a time. Only [`super::decide`] makes one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    wish: Wish,
    zone: ZoneId,
    batch: Batch,
    decided_at: Timestamp,
    valid_until: Timestamp,
    why: Vec<String>,
}

impl Claim {
    /// What is done.
    pub fn wish(&self) -> &Wish {
        &self.wish
    }

    /// The hosted zone that is changed.
    pub fn zone(&self) -> &ZoneId {
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

    /// The evidence, in words.
    pub fn why(&self) -> &[String] {
        &self.why
    }
}

/// The decision that carries out a wish to which no guard objects.
pub(super) fn claim(situation: &Situation<'_>, wish: Wish) -> Decision {
    let application = situation.application;
    let units = situation.facts.units(application);
    let secondary = secondary(situation, &wish);
    // The guards have seen both regions and the epoch; without them there is nothing to claim.
    let (Some(primary), Some(secondary), Some(newest)) =
        (units.get(&wish.to), units.get(&secondary), situation.facts.newest_epoch())
    else {
        return Decision::Steady;
    };
    let record = EpochRecord {
        epoch: newest.next(),
        run: situation.run.clone(),
        from: wish.from.clone(),
        to: wish.to.clone(),
        at: whole_second(situation.now),
        plan: situation.plan.clone(),
    };
    let batch =
        seat_batch(application, situation.facts.listing.read(), &Seats { primary, secondary }, record);
    let validity = application.timing.validity.min(LONGEST_VALIDITY);
    let kind = wish.kind;
    let claim = Box::new(Claim {
        why: why(situation, &wish),
        wish,
        zone: application.zone.id.clone(),
        batch,
        decided_at: situation.now,
        valid_until: after(situation.facts.observed_at, validity),
    });
    match kind {
        MoveKind::Evacuate => Decision::Evacuate(claim),
        MoveKind::Restore => Decision::Restore(claim),
    }
}

/// Who sits in the SECONDARY set: the best other region that is verified fit. Only if there is
/// none, the former holder, whose failing check keeps it out.
fn secondary(situation: &Situation<'_>, wish: &Wish) -> Region {
    let fit = |region: &Region| {
        situation.facts.health.get(region).is_some_and(|health| health.verdict == Verdict::Healthy)
    };
    let others = situation.application.regions.iter().map(|region| &region.name);
    others.filter(|region| **region != wish.to).find(|region| fit(region)).unwrap_or(&wish.from).clone()
}

fn why(situation: &Situation<'_>, wish: &Wish) -> Vec<String> {
    let line = |region: &Region| {
        let health = situation.facts.health.get(region)?;
        Some(format!("{region} is {}: {}", health.verdict, health.in_words()))
    };
    [&wish.from, &wish.to].into_iter().filter_map(line).collect()
}

fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
