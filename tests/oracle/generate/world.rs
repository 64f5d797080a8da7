//! A whole situation.

use jiff::Timestamp;
use proptest::prelude::*;
use understudy::decide::{Decision, Facts, Situation, Standing, decide};
use understudy::names::{EffectDigest, Epoch, Region, RunId};
use understudy::plan::{Application, Plan};

use super::facts::{AnsweredDraw, EpochDraw, ListingDraw, RecordsDraw, records};
use super::health::{HealthDraw, SLOTS, State, health};
use super::plans::{PlanDraw, REGIONS, WITNESS, WindowDraw, plan};
use super::records::Twist;
use super::spans::shifted;
use super::standing::{Context, StandingDraw, standing};
use super::{MOST_REGIONS, application, percent};

/// A Tuesday's noon: what plans write of maintenance is around it.
pub const NOON: &str = "2026-11-24T12:00:00Z";

/// Where the controller runs.
#[derive(Clone, Copy, Debug)]
pub enum Here {
    AtTheHolder,
    Region(usize),
    Witness,
}

/// Who is sick.
#[derive(Clone, Copy, Debug)]
pub enum Sick {
    /// Whoever is drawn so.
    AsDrawn,
    Nobody,
    TheHolder,
    Region(usize),
}

/// All that a situation is made of.
#[derive(Clone, Debug)]
pub struct WorldDraw {
    pub plan: PlanDraw,
    pub here: Here,
    pub sick: Sick,
    pub health: HealthDraw,
    pub records: RecordsDraw,
    pub standing: StandingDraw,
    pub now_ms: i64,
}

/// All that a decision depends on.
#[derive(Clone, Debug)]
pub struct World {
    /// How the signals stand, for whoever looks.
    pub health: HealthDraw,
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

    /// The same as it would be seen from another region.
    pub fn seen_from(&self, here: &Region) -> Self {
        Self { here: here.clone(), ..self.clone() }.judged()
    }

    /// The same after something changed in how the signals stand, or in the plan.
    pub fn judged(mut self) -> Self {
        self.facts.health = self.health.verdicts(&self.plan, &self.here, self.now);
        self
    }

    /// What the product decides.
    pub fn decision(&self) -> Decision {
        decide(&self.situation())
    }
}

impl WorldDraw {
    /// The same without most of what speaks against a move; one region is sick at most.
    fn calmed(mut self, records_are_well: bool, sick: Sick) -> Self {
        self.sick = sick;
        if self.plan.mode == "advise" {
            self.plan.mode = "auto";
        }
        self.plan.window = WindowDraw::None;
        self.plan.timing.flap_limit = 4;
        self.records.moves.truncate(3);
        self.records.moves_unknown = false;
        self.records.vetoes = [false; MOST_REGIONS];
        self.records.epoch = EpochDraw::AsMoved;
        if records_are_well {
            self.records.listed = None;
            self.records.answered = AnsweredDraw::Holder;
            if let ListingDraw::Read(twist) = &mut self.records.listing {
                *twist = Twist::None;
            }
        }
        self.health.cut_off = [false; MOST_REGIONS + 1];
        self.standing.pauses.clear();
        self.standing.in_flight = false;
        self.standing.failed = None;
        self.standing.suspects.clear();
        self.standing.peer_plans.clear();
        self.standing.unheard = false;
        self
    }

    /// How the signals stand, where it is said who is sick.
    pub fn health_of(&self, application: &Application, holder: &Region) -> HealthDraw {
        let mut health = self.health.clone();
        for (index, planned) in application.regions.iter().enumerate() {
            let is_sick = match self.sick {
                Sick::AsDrawn => continue,
                Sick::Nobody => false,
                Sick::TheHolder => &planned.name == holder,
                Sick::Region(sick) => sick % application.regions.len() == index,
            };
            health.regions[index].base = if is_sick { State::Bad } else { State::Good };
            health.regions[index].quirks = [None; SLOTS];
        }
        health
    }

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
        let health = self.health_of(shop, &holder);
        let facts = Facts {
            observed_at: records.observed_at,
            epoch: records.epoch,
            moves: records.moves,
            listing: records.listing,
            listed: records.listed,
            answered: records.answered,
            health: health.verdicts(&plan, &here, now),
            vetoes: records.vetoes,
        };
        let newest = Epoch(self.records.moves.len() as u64);
        let context = Context { plan: &plan, application: shop, here: &here, holder: &holder, newest, now };
        let standing = self.standing.standing(&context);
        let run = RunId::from("20261124T120000Z-0a1b2c3d");
        let mut world = World { health, plan: plan.clone(), here: here.clone(), facts, standing, run, now };
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

/// Situations of all kinds, among them many in which little but health stands in the way.
pub fn any_world() -> impl Strategy<Value = WorldDraw> {
    prop_oneof![1 => world(), 1 => calm_world()]
}

/// Situations in which little but health stands in the way: many of them act.
pub fn calm_world() -> impl Strategy<Value = WorldDraw> {
    let sick = prop_oneof![
        3 => Just(Sick::Nobody),
        4 => Just(Sick::TheHolder),
        3 => (0..MOST_REGIONS).prop_map(Sick::Region),
    ];
    let calm = |(draw, records_are_well, sick): (WorldDraw, bool, Sick)| draw.calmed(records_are_well, sick);
    (world(), percent(80), sick).prop_map(calm)
}

/// Situations of all kinds. The parts are boxed: together they would not fit on a test's stack.
fn world() -> impl Strategy<Value = WorldDraw> {
    let here = prop_oneof![
        3 => Just(Here::AtTheHolder),
        6 => (0..MOST_REGIONS).prop_map(Here::Region),
        1 => Just(Here::Witness),
    ];
    (
        plan().boxed(),
        here,
        health().boxed(),
        records().boxed(),
        standing().boxed(),
        prop_oneof![3 => Just(0_i64), 1 => -1_i64..=1_500],
    )
        .prop_map(|(plan, here, health, records, standing, now_ms)| WorldDraw {
            plan,
            here,
            sick: Sick::AsDrawn,
            health,
            records,
            standing,
            now_ms,
        })
}
