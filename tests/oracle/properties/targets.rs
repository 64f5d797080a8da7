//! A healthier target is never refused for a worse one.

use std::collections::BTreeSet;

use proptest::prelude::*;
use understudy::decide::Decision;
use understudy::dns::MoveKind;
use understudy::health::{RegionHealth, Settled, Testimony, Vantage, Verdict};
use understudy::names::Region;

use super::{claim, guards};
use crate::cases;
use crate::generate::world::{World, any_world, calm_world};

/// A region as well as can be.
fn well(region: &Region, world: &World) -> RegionHealth {
    let since = crate::generate::spans::shifted(world.now, -30 * 86_400_000);
    let testimony = |vantage| Testimony {
        signal: "all is well".into(),
        vantage,
        says: Some(Settled::Good),
        counts: true,
        count: 99,
        since: Some(since),
        seen: "200".into(),
    };
    RegionHealth {
        region: region.clone(),
        verdict: Verdict::Healthy,
        evidence: [Vantage::Here, Vantage::Checkers].map(testimony).into(),
        bad_vantages: Vec::new(),
        bad_since: None,
        good_since: Some(since),
        suspect: false,
    }
}

fn with(world: &World, health: RegionHealth) -> World {
    let mut better = world.clone();
    better.facts.health.insert(health.region.clone(), health);
    better
}

/// The guards that ask whether a target is well.
const OF_THE_TARGET: [&str; 3] = ["no-fit-target", "target-degraded", "everything-unhealthy"];
/// What may change with a better target: who goes first, and what exactly people are asked.
const MAY_COME: [&str; 4] = ["rank", "consent", "data-consent", "two-person"];

proptest! {
    #![proptest_config(cases(1200))]

    #[test]
    fn a_target_that_gets_better_loses_holds_and_gains_none(draw in any_world()) {
        let world = draw.world();
        let decision = world.decision();
        if let Some(wish) = decision.wish() {
            let better = with(&world, well(&wish.to, &world)).decision();
            let (before, after) = (guards(&decision), guards(&better));
            if better.wish() == Some(wish) {
                for guard in OF_THE_TARGET {
                    prop_assert!(!after.contains(guard), "{} of {:?}", guard, after);
                }
                let new = after.difference(&before).filter(|guard| !MAY_COME.contains(*guard));
                let new: Vec<_> = new.collect();
                prop_assert!(new.is_empty(), "{:?} beside {:?}", new, before);
            }
        }
    }

    #[test]
    fn a_move_to_a_target_that_gets_better_is_made_all_the_same(draw in calm_world()) {
        let world = draw.world();
        if let Some(made) = claim(&world)
            && made.ordered().is_none()
        {
            let better = with(&world, well(&made.wish().to, &world)).decision();
            prop_assert_eq!(better.wish(), Some(made.wish()));
            // Where people had consented to a degraded target, this is another question.
            let asked_again = matches!(better, Decision::Ask { .. })
                && world.facts.health[&made.wish().to].verdict == Verdict::Degraded;
            prop_assert!(better.acts() || asked_again, "{:?}", guards(&better));
        }
    }

    #[test]
    fn who_is_only_accepted_degraded_waits_for_who_is_verified_healthy(draw in calm_world()) {
        let mut world = draw.world();
        let application = world.situation().application;
        let wait = application.timing.rank_wait;
        let regions: Vec<Region> = application.regions.iter().map(|region| region.name.clone()).collect();
        world.standing.cleared = None;
        if let Some(made) = claim(&world)
            && made.wish().kind == MoveKind::Evacuate
            && made.ordered().is_none()
            && world.facts.health[&made.wish().to].verdict == Verdict::Degraded
            && !wait.is_zero()
        {
            let serves = |name: &Region| draw.plan.policy == "failover" || !out(&world).contains(name);
            let others = regions.iter().filter(|name| ![&made.wish().from, &made.wish().to].contains(name));
            let mut healthier = others.filter(|name| serves(name) && world.facts.health[*name].verdict == Verdict::Healthy);
            prop_assert_eq!(healthier.next(), None, "it would have taken over");
        }
    }
}

/// Who serves less than planned, by the newest epoch or by hand.
fn out(world: &World) -> BTreeSet<Region> {
    let facts = &world.facts;
    match facts.serving(world.situation().application) {
        Ok(understudy::dns::Serving::All { out }) => out.into_keys().collect(),
        _ => BTreeSet::new(),
    }
}
