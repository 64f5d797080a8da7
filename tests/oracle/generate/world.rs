//! A whole situation.

use jiff::Timestamp;
use proptest::prelude::*;
use understudy::decide::{Decision, Facts, Situation, Standing, decide};
use understudy::names::{EffectDigest, Epoch, Region, RunId};
use understudy::plan::Plan;

use super::facts::{RecordsDraw, records};
use super::health::{HealthDraw, health};
use super::plans::{PlanDraw, REGIONS, WITNESS, plan};
use super::spans::shifted;
use super::standing::{Context, StandingDraw, standing};
use super::{MOST_REGIONS, application};

/// A Tuesday's noon: what plans write of maintenance is around it.
pub const NOON: &str = "2026-11-24T12:00:00Z";

/// Where the controller runs.
#[derive(Clone, Copy, Debug)]
pub enum Here {
    AtTheHolder,
    Region(usize),
    Witness,
}

/// All that a situation is made of.
#[derive(Clone, Debug)]
pub struct WorldDraw {
    pub plan: PlanDraw,
    pub here: Here,
    pub health: HealthDraw,
    pub records: RecordsDraw,
    pub standing: StandingDraw,
    pub now_ms: i64,
}

/// All that a decision depends on.
#[derive(Clone, Debug)]
pub struct World {
    pub plan: Plan,
    pub here: Region,
    pub facts: Facts,
    pub standing: Standing,
    pub run: RunId,
    pub now: Timestamp,
}

impl World {
    /// As the decision sees it.
    pub fn situation(&self) -> Situation<'_> {
        Situation {
            application: application(&self.plan),
            plan: &self.plan,
            here: &self.here,
            facts: &self.facts,
            standing: &self.standing,
            run: &self.run,
            now: self.now,
        }
    }

    /// What the product decides.
    pub fn decision(&self) -> Decision {
        decide(&self.situation())
    }
}

impl WorldDraw {
    /// The situation. What people say of an effect names it by its digest, so that the product is
    /// asked once without these words what it wants.
    pub fn world(&self) -> World {
        let now = shifted(NOON.parse().unwrap(), self.now_ms);
        let plan = self.plan.plan();
        let shop = application(&plan);
        let holder = self.records.holder(&plan, shop, now);
        let here = match self.here {
            Here::AtTheHolder => holder.clone(),
            Here::Region(index) => Region::from(REGIONS[index % self.plan.regions]),
            Here::Witness if self.plan.witness => Region::from(WITNESS),
            Here::Witness => holder.clone(),
        };
        let records = self.records.records(&plan, shop, &here, now);
        let facts = Facts {
            observed_at: records.observed_at,
            epoch: records.epoch,
            moves: records.moves,
            listing: records.listing,
            listed: records.listed,
            answered: records.answered,
            health: self.health.verdicts(&plan, &here, now),
            vetoes: records.vetoes,
        };
        let newest = Epoch(self.records.moves.len() as u64);
        let context = Context { plan: &plan, application: shop, here: &here, holder: &holder, newest, now };
        let standing = self.standing.standing(&context);
        let run = RunId::from("20261124T120000Z-0a1b2c3d");
        let mut world = World { plan: plan.clone(), here: here.clone(), facts, standing, run, now };
        let (wish, effect) = wanted(&world);
        if let Some(wish) = wish {
            self.standing.refer_to(&mut world.standing, &wish, effect.as_ref(), &context);
        }
        world
    }
}

/// What is wanted, and the name of its effect, where nothing but consent stands in the way of it.
fn wanted(world: &World) -> (Option<understudy::decide::Wish>, Option<EffectDigest>) {
    let decision = world.decision();
    let effect = match &decision {
        Decision::Ask { effect, .. } => Some(effect.digest()),
        Decision::Evacuate(claim) | Decision::Restore(claim) => Some(claim.effect().clone()),
        Decision::Steady | Decision::Hold { .. } => None,
    };
    (decision.wish().cloned(), effect)
}

/// Situations of all kinds. The parts are boxed: together they would not fit on a test's stack.
pub fn world() -> impl Strategy<Value = WorldDraw> {
    let here = prop_oneof![
        3 => Just(Here::AtTheHolder),
        6 => (0..MOST_REGIONS).prop_map(Here::Region),
        1 => Just(Here::Witness),
    ];
    (plan().boxed(), here, health().boxed(), records().boxed(), standing().boxed(), prop_oneof![3 => Just(0_i64), 1 => -1_i64..=1_500]).prop_map(
        |(plan, here, health, records, standing, now_ms)| WorldDraw {
            plan,
            here,
            health,
            records,
            standing,
            now_ms,
        },
    )
}
