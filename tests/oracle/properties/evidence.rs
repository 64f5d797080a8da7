//! Unknown is no evidence: it starts nothing, and proves nobody fit.

use proptest::prelude::*;
use understudy::dns::MoveKind;
use understudy::health::{RegionHealth, Settled, Vantage, Verdict};
use understudy::names::Region;

use super::{claim, forces};
use crate::cases;
use crate::generate::MOST_REGIONS;
use crate::generate::health::{SLOTS, State};
use crate::generate::world::{World, WorldDraw, calm_world};

fn says(health: &RegionHealth, vantage: Vantage, word: Settled) -> bool {
    health.evidence.iter().any(|testimony| testimony.vantage == vantage && testimony.says == Some(word))
}

/// The same world, in which one signal about one region never said anything.
fn without(world: &World, region: usize, slot: usize) -> World {
    let mut silent = world.clone();
    silent.health.regions[region].quirks[slot] = Some(State::Never);
    silent.judged()
}

/// A world with noise: signals that see something else than the others.
fn noisy(draw: &WorldDraw) -> World {
    let mut world = draw.world();
    for (drawn, region) in draw.health.regions.iter().zip(&mut world.health.regions) {
        region.quirks = drawn.quirks;
    }
    world.judged()
}

/// Whom a decision leaves, where the controller evacuates by itself.
fn left(world: &World) -> Option<Region> {
    let claim = claim(world)?;
    (claim.wish().kind == MoveKind::Evacuate && claim.ordered().is_none()).then(|| claim.wish().from.clone())
}

proptest! {
    #![proptest_config(cases(900))]

    #[test]
    fn who_takes_over_was_seen_well_from_here(draw in calm_world()) {
        let world = draw.world();
        if let Some(claim) = claim(&world) {
            let target = &world.facts.health[&claim.wish().to];
            prop_assert!(says(target, Vantage::Here, Settled::Good) || forces(&claim, "no-fit-target"));
        }
    }

    #[test]
    fn who_is_left_was_seen_ill_by_a_quorum(draw in calm_world()) {
        let world = draw.world();
        if let Some(claim) = claim(&world)
            && claim.wish().kind == MoveKind::Evacuate
        {
            let left = &world.facts.health[&claim.wish().from];
            let kinds = [Vantage::Here, Vantage::Peers, Vantage::Checkers];
            let bad = kinds.into_iter().filter(|kind| {
                let counts = |t: &understudy::health::Testimony| t.counts && t.vantage == *kind;
                left.evidence.iter().any(|t| counts(t) && t.says == Some(Settled::Bad))
            });
            let bad: Vec<Vantage> = bad.collect();
            let quorum = bad.len() >= world.situation().application.timing.quorum as usize;
            let more_than_checkers = bad.iter().any(|kind| *kind != Vantage::Checkers);
            prop_assert!((quorum && more_than_checkers) || forces(&claim, "quorum"), "{:?}", left);
        }
    }

    #[test]
    fn a_signal_that_falls_silent_starts_no_evacuation_of_its_region(
        draw in calm_world(), index in 0..MOST_REGIONS, slot in 0..SLOTS
    ) {
        let world = noisy(&draw);
        let regions = &world.situation().application.regions;
        let name = &regions[index % regions.len()].name;
        let silent = without(&world, index % regions.len(), slot);
        if left(&silent).as_ref() == Some(name) {
            prop_assert_eq!(left(&world), Some(name.clone()), "{:?}", silent.facts.health);
        }
    }

    #[test]
    fn a_good_signal_that_falls_silent_makes_nobody_fit(
        draw in calm_world(), index in 0..MOST_REGIONS, slot in 0..SLOTS
    ) {
        let world = noisy(&draw);
        let regions = &world.situation().application.regions;
        let index = index % regions.len();
        let name = &regions[index].name;
        let drawn = &world.health.regions[index];
        let before = drawn.quirks[slot].unwrap_or(drawn.base);
        let silent = without(&world, index, slot);
        if before == State::Good {
            let (was, is) = (&world.facts.health[name], &silent.facts.health[name]);
            let fit = |health: &RegionHealth| health.verdict == Verdict::Healthy;
            prop_assert!(fit(was) || !fit(is), "{:?} became {:?}", was, is);
            prop_assert!(was.shows_life() || !is.shows_life(), "{:?} became {:?}", was, is);
        }
    }

    #[test]
    fn where_all_is_silent_nothing_is_evacuated(draw in calm_world()) {
        let mut world = draw.world();
        for region in &mut world.health.regions {
            region.base = State::Never;
            region.quirks = [None; SLOTS];
        }
        let world = world.judged();
        prop_assert_eq!(left(&world), None);
        let all = world.facts.health.values().all(|health| health.verdict == Verdict::Unknown);
        prop_assert!(all, "{:?}", world.facts.health);
    }
}
