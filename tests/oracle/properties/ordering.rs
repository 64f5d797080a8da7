//! The order in which things are listed means nothing.

use proptest::prelude::*;
use understudy::health::Reading;

use crate::agreement::decided;
use crate::cases;
use crate::generate::application;
use crate::generate::plans::plan;
use crate::generate::readings::{folded, history};
use crate::generate::world::{NOON, World, any_world};

/// The same world, its plan's signals listed the other way round.
fn signals_turned(mut world: World) -> World {
    for application in &mut world.plan.applications {
        for region in &mut application.regions {
            region.signals.reverse();
        }
    }
    world.judged()
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn the_order_of_signals_does_not_matter(draw in any_world()) {
        let world = draw.world();
        prop_assert_eq!(decided(&signals_turned(world.clone())), decided(&world));
    }

    #[test]
    fn the_order_of_testimonies_does_not_matter(draw in any_world(), turn in 0_usize..7) {
        let mut world = draw.world();
        let before = decided(&world);
        for health in world.facts.health.values_mut() {
            let count = health.evidence.len().max(1);
            health.evidence.rotate_left(turn % count);
            health.bad_vantages.reverse();
        }
        prop_assert_eq!(decided(&world), before);
    }

    #[test]
    fn the_order_of_record_sets_does_not_matter(draw in any_world(), turn in 0_usize..7) {
        let mut world = draw.world();
        let before = decided(&world);
        if let understudy::decide::ListingReading::Read(listing) = &mut world.facts.listing {
            let count = listing.sets.len().max(1);
            listing.sets.rotate_left(turn % count);
        }
        prop_assert_eq!(decided(&world), before);
    }

    /// Of two wakes one may write the newer samples first: what comes late is history.
    #[test]
    fn samples_that_come_late_do_not_undo_newer_ones(draw in plan(), history in history(), late in 1_i64..400_000) {
        let now = NOON.parse().unwrap();
        let plan = draw.plan();
        let timing = &application(&plan).timing;
        let mut readings = history.history(now);
        let once = folded(&readings, timing, now);
        if let (Some(series), Some(last)) = (&once, readings.last().cloned()) {
            let at = crate::generate::spans::shifted(series.last, -late);
            readings.push(Reading { observed_at: at, ..last });
            prop_assert_eq!(folded(&readings, timing, now), once);
        }
    }
}
