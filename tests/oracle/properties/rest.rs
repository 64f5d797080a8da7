//! Rest: nothing is done inside a cool-down, but for what the design lets through.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use understudy::decide::Moves;
use understudy::dns::{EpochRecord, MoveKind};

use super::{claim, forces};
use crate::cases;
use crate::generate::world::{World, calm_world};

fn last_move(world: &World) -> Option<&EpochRecord> {
    let Moves::Known(records) = &world.facts.moves else { return None };
    records.iter().find(|record| record.from != record.to)
}

fn elapsed(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since)).unwrap_or_default()
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn only_rescues_later_stages_and_the_forced_fall_inside_a_cool_down(draw in calm_world()) {
        let world = draw.world();
        let application = world.situation().application;
        let timing = &application.timing;
        let rest = timing.cooldown.min(timing.soak);
        if let (Some(claim), Some(last)) = (claim(&world), last_move(&world)) {
            let wish = claim.wish();
            let inside = elapsed(last.at, world.now) < rest;
            let looks_ill = world.facts.health.get(&wish.from).is_none_or(|health| health.suspect);
            // Where several serve, a restore left nobody.
            let left = draw.plan.policy == "failover" || last.kind == MoveKind::Evacuate;
            let returns = left && wish.to == last.from;
            let rescue = wish.kind == MoveKind::Evacuate && looks_ill && !returns;
            let newest = world.situation().facts.newest().map_or(100, |newest| newest.share_of(&wish.to));
            let later_stage = wish.kind == MoveKind::Restore && (1..100).contains(&newest);
            prop_assert!(!inside || rescue || later_stage || forces(&claim, "cooldown"), "{:?} after {:?}", wish, last);
        }
    }

    #[test]
    fn a_restore_waits_longer_while_the_failover_is_not_acknowledged(draw in calm_world()) {
        let world = draw.world();
        let application = world.situation().application;
        if let (Some(claim), Some(last)) = (claim(&world), last_move(&world))
            && claim.wish().kind == MoveKind::Restore
            && last.kind == MoveKind::Evacuate
            && world.standing.people.acknowledged < last.epoch
        {
            let newest = world.situation().facts.newest().map_or(100, |newest| newest.share_of(&claim.wish().to));
            let waited = elapsed(last.at, world.now) >= application.timing.cooldown_unacknowledged;
            prop_assert!(waited || (1..100).contains(&newest) || forces(&claim, "cooldown"));
        }
    }
}
