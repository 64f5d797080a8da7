//! What people say: orders, approvals, denials, windows.

use super::*;
use crate::names::OrderId;
use crate::plan::Window;

fn say(world: &mut World, id: &str, author: &str, what: Wanted) {
    world.standing.people.orders.insert(OrderId::from(id), order(author, what));
}

fn fail_over(force: &[&str]) -> Wanted {
    let force = force.iter().map(|guard| (*guard).to_owned()).collect();
    Wanted::FailOver { from: EAST.into(), to: WEST.into(), force, after: Epoch(0) }
}

fn all_is_well() -> World {
    World::east_is_dead().with(healthy(EAST, 3600))
}

fn asked(world: &World) -> crate::names::EffectDigest {
    match world.decide() {
        Decision::Ask { effect, .. } => effect.digest(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_order_shows_every_guard_and_overrides_only_those_that_it_names() {
    let mut world = all_is_well();
    say(&mut world, "o-1", "alice", fail_over(&[]));
    assert_eq!(world.guards(), ["quorum", "dwell"]);
    say(&mut world, "o-1", "alice", fail_over(&["quorum"]));
    assert_eq!(world.guards(), ["dwell"]);
    say(&mut world, "o-1", "alice", fail_over(&["quorum", "dwell"]));
    let Decision::Evacuate(claim) = world.decide() else { panic!("not moved") };
    let ordered = claim.ordered().unwrap();
    assert!(ordered.overrides("quorum") && ordered.overrides("dwell") && !ordered.overrides("paused"));
    assert!(claim.why()[0].contains("alice ordered it (o-1), despite quorum, dwell"), "{:?}", claim.why());
}

#[test]
fn an_order_to_leave_a_holder_that_is_well_within_the_cool_down_names_it() {
    let mut world = all_is_well().moved(1, "r-1", "eu-west-1", EAST, 300);
    let order = |force: &[&str]| Wanted::FailOver {
        from: EAST.into(),
        to: WEST.into(),
        force: force.iter().map(|guard| (*guard).to_owned()).collect(),
        after: Epoch(1),
    };
    say(&mut world, "o-1", "alice", order(&["quorum", "dwell"]));
    assert_eq!(world.guards(), ["cooldown"]);
    say(&mut world, "o-1", "alice", order(&["quorum", "dwell", "cooldown"]));
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn an_order_that_names_a_region_which_the_plan_does_not_know_is_void() {
    let mut world = World::east_is_dead();
    world.here = "eu-west-1".into();
    let force = GUARDS_BY_NAME.iter().map(|(guard, _)| (*guard).to_owned()).collect();
    let order = Wanted::FailOver { from: EAST.into(), to: "eu-west-1".into(), force, after: Epoch(0) };
    say(&mut world, "o-1", "alice", order);
    assert_eq!(world.decide(), Decision::Steady);
    // A weight that is taken away must stand somewhere else.
    let text = include_str!("../../../../examples/weighted.toml");
    world.plan = parsed(text);
    world.here = "sa-east-1".into();
    world.facts.listing = ListingReading::NotAsked;
    let force = GUARDS_BY_NAME.iter().map(|(guard, _)| (*guard).to_owned()).collect();
    let order = Wanted::FailOver { from: EAST.into(), to: "sa-east-1".into(), force, after: Epoch(0) };
    say(&mut world, "o-1", "alice", order);
    assert_eq!(world.decide(), Decision::Steady);
}

#[test]
fn no_order_overrides_what_protects_the_records() {
    let mut world = World::east_is_dead();
    let every: Vec<&str> = GUARDS_BY_NAME.iter().map(|(guard, _)| *guard).collect();
    say(&mut world, "o-1", "alice", fail_over(&every));
    world.standing.run = Some("r-0".into());
    world.facts.epoch = EpochReading::Unknown { why: "silence".into() };
    world.facts.listing = ListingReading::Read(Listing { private_zone: true, ..listing(EAST, WEST) });
    assert_eq!(world.guards(), ["run-in-flight", "records", "epoch-unknown"]);
}

#[test]
fn an_order_is_for_the_controller_of_the_taker_alone() {
    let mut world = all_is_well();
    world.here = "eu-west-1".into();
    say(&mut world, "o-1", "alice", fail_over(&["quorum", "dwell"]));
    assert_eq!(world.decide(), Decision::Steady);
}

#[test]
fn an_order_that_is_done_void_or_overtaken_moves_nothing() {
    let forced = ["quorum", "dwell", "cooldown"];
    let mut world = all_is_well();
    say(&mut world, "o-1", "alice", fail_over(&forced));
    world.standing.people.orders.get_mut(&OrderId::from("o-1")).unwrap().until = ago(1);
    assert_eq!(world.decide(), Decision::Steady);
    // Somebody moved it to us and back since: the order was for another world.
    let mut overtaken = all_is_well().moved(1, "r-1", EAST, WEST, 300).moved(2, "r-2", WEST, EAST, 100);
    say(&mut overtaken, "o-1", "alice", fail_over(&forced));
    assert_eq!(overtaken.decide(), Decision::Steady);
}

#[test]
fn approval_is_for_exactly_one_effect() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].mode = Mode::Approve;
    let digest = asked(&world);
    say(&mut world, "a-1", "alice", Wanted::Approve { digest });
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
    // The taker's address is another one now: what was approved is not what would be done.
    world.plan.applications[0].regions[1].record =
        crate::plan::RecordValue::Addresses { v4: vec!["203.0.113.3".parse().unwrap()], v6: Vec::new() };
    assert!(matches!(world.decide(), Decision::Ask { .. }));
}

#[test]
fn times_epochs_and_samples_do_not_change_an_effect() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].mode = Mode::Approve;
    let first = asked(&world);
    world.health(EAST).bad_since = Some(ago(600));
    world.facts.observed_at = ago(5);
    let later = world.moved(7, "r-7", WEST, EAST, 86_400);
    assert_eq!(asked(&later), first);
}

#[test]
fn an_approval_lifts_no_other_hold() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].mode = Mode::Approve;
    let digest = asked(&world);
    say(&mut world, "a-1", "alice", Wanted::Approve { digest });
    world.standing.people.pauses = pause(60);
    assert_eq!(world.guards(), ["paused"]);
}

#[test]
fn data_asks_and_approval_answers() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].data = Some(crate::plan::Data { kind: "aurora".into() });
    let Decision::Ask { effect, .. } = world.decide() else { panic!("not asked") };
    assert_eq!(effect.data_loss, DataLoss::Unknown);
    say(&mut world, "a-1", "alice", Wanted::Approve { digest: effect.digest() });
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn a_denial_holds_until_it_is_void() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].mode = Mode::Approve;
    let digest = asked(&world);
    say(&mut world, "d-1", "bob", Wanted::Deny { digest });
    assert_eq!(world.guards(), ["denied", "consent"]);
    world.standing.people.orders.get_mut(&OrderId::from("d-1")).unwrap().until = ago(1);
    assert_eq!(world.guards(), ["consent"]);
}

#[test]
fn two_persons_are_two() {
    let mut world = all_is_well();
    world.plan.applications[0].two_person = true;
    say(&mut world, "o-1", "alice", fail_over(&["quorum", "dwell"]));
    let Decision::Ask { effect, holds, .. } = world.decide() else { panic!("not asked") };
    assert_eq!(holds[0].reason.guard(), "two-person");
    let digest = effect.digest();
    say(&mut world, "a-1", "alice", Wanted::Approve { digest: digest.clone() });
    assert!(matches!(world.decide(), Decision::Ask { .. }), "the proposer approved of herself");
    say(&mut world, "a-2", "bob", Wanted::Approve { digest });
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn a_holder_hands_back_by_order_without_asking_again() {
    let mut world = World::west_holds();
    world.plan.applications[0].restore = Restore::Ask;
    assert_eq!(world.guards(), ["consent"]);
    let what =
        Wanted::FailBack { from: WEST.into(), to: EAST.into(), force: Default::default(), after: Epoch(1) };
    say(&mut world, "o-1", "alice", what);
    assert!(matches!(world.decide(), Decision::Restore(_)));
}

#[test]
fn a_window_holds_while_it_is_open() {
    let mut world = World::east_is_dead();
    let window = |from, until| Window::Once { from, until, reason: "patches".into() };
    world.plan.applications[0].maintenance = vec![window(ago(60), after(now(), Duration::from_secs(60)))];
    assert_eq!(world.guards(), ["maintenance"]);
    world.plan.applications[0].maintenance = vec![window(ago(60), ago(1))];
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn an_order_that_waits_keeps_nobody_from_the_rescue() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].two_person = true;
    say(&mut world, "o-1", "alice", fail_over(&[]));
    let Decision::Evacuate(claim) = world.decide() else { panic!("not moved") };
    assert_eq!(claim.ordered(), None, "it is the controller's own decision");
}

#[test]
fn beside_an_order_that_waits_all_else_that_people_said_still_stands() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].two_person = true;
    world.plan.applications[0].mode = Mode::Approve;
    let digest = asked(&world);
    say(&mut world, "o-1", "alice", fail_over(&[]));
    assert!(matches!(world.decide(), Decision::Ask { .. }), "the order waits, and so does the rescue");
    say(&mut world, "a-1", "bob", Wanted::Approve { digest });
    assert!(matches!(world.decide(), Decision::Evacuate(_)), "the rescue is approved");
    world.standing.people.pauses = pause(60);
    assert!(world.guards().contains(&"paused"));
    assert!(!world.decide().acts());
}

#[test]
fn an_approval_of_the_move_is_none_of_the_same_move_by_force() {
    let mut world = World::west_holds();
    world.plan.applications[0].restore = Restore::Ask;
    world.plan.applications[0].two_person = true;
    let plain = asked(&world);
    let force = ["soak".to_owned(), "cooldown".to_owned()].into();
    let what = Wanted::FailBack { from: WEST.into(), to: EAST.into(), force, after: Epoch(1) };
    say(&mut world, "o-1", "alice", what);
    assert_ne!(asked(&world), plain);
}

impl World {
    /// What becomes of a person's order alone.
    fn order_alone(&self) -> Decision {
        self.with_situation(decide_order)
    }
}

fn fail_back(to: &str, after: u64) -> Wanted {
    Wanted::FailBack { from: WEST.into(), to: to.into(), force: Default::default(), after: Epoch(after) }
}

#[test]
fn an_order_to_fail_back_is_for_the_holder_of_its_time_and_for_what_is_still_out() {
    let mut world = World::west_holds();
    say(&mut world, "o-1", "alice", fail_back(EAST, 1));
    assert!(matches!(world.order_alone(), Decision::Restore(_)));
    // By hand it is so already.
    world.facts.listing = ListingReading::Read(listing(EAST, WEST));
    assert_eq!(world.order_alone(), Decision::Steady);
}

#[test]
fn a_later_move_overtakes_an_order_to_fail_back() {
    let mut world = World::west_holds();
    say(&mut world, "o-1", "alice", fail_back(EAST, 0));
    assert_eq!(world.order_alone(), Decision::Steady);
}

#[test]
fn of_several_orders_the_newest_is_carried_out_and_only_by_who_is_to() {
    let mut world = World::west_holds();
    say(&mut world, "o-1", "alice", fail_back(EAST, 1));
    say(&mut world, "o-2", "bob", fail_over(&["quorum", "dwell"]));
    world.standing.people.orders.get_mut(&OrderId::from("o-2")).unwrap().at = ago(5);
    assert_eq!(world.order_alone(), Decision::Steady, "us-west-2 holds already, and the order is overtaken");
    world.here = EAST.into();
    assert_eq!(world.order_alone(), Decision::Steady, "neither is for us-east-1 to do");
}

#[test]
fn an_approval_that_is_void_or_used_up_answers_nothing() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].mode = Mode::Approve;
    let digest = asked(&world);
    say(&mut world, "a-1", "alice", Wanted::Approve { digest });
    world.standing.people.orders.get_mut(&OrderId::from("a-1")).unwrap().until = now();
    asked(&world);
    let approval = world.standing.people.orders.get_mut(&OrderId::from("a-1")).unwrap();
    approval.until = after(now(), Duration::from_secs(60));
    approval.done = Some(crate::state::Done { at: ago(5), by: WEST.into(), word: "run r-0 does it".into() });
    asked(&world);
}

#[test]
fn what_the_controller_asks_by_itself_one_person_answers() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].mode = Mode::Approve;
    world.plan.applications[0].two_person = true;
    let digest = asked(&world);
    say(&mut world, "a-1", "alice", Wanted::Approve { digest });
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn under_approve_a_restore_asks_although_restores_have_a_standing_consent() {
    let mut world = World::west_holds();
    world.plan.applications[0].mode = Mode::Approve;
    asked(&world);
}

#[test]
fn of_several_windows_the_one_that_ends_last_is_told() {
    let mut world = World::east_is_dead();
    let window = |minutes: u64, reason: &str| {
        let until = after(now(), Duration::from_secs(minutes * 60));
        Window::Once { from: ago(60), until, reason: reason.into() }
    };
    world.plan.applications[0].maintenance = vec![window(5, "patches"), window(90, "migration")];
    assert!(world.decide().holds()[0].reason.in_words().ends_with("until 2026-11-22T13:30:00Z: migration"));
}

#[test]
fn a_row_of_people_that_cannot_be_read_may_hold_a_pause() {
    let mut world = World::east_is_dead();
    world.standing.unheard.insert(EAST.into(), "unknown field".into());
    assert_eq!(world.guards(), ["people-unreadable"]);
}

#[test]
fn an_effect_is_told_line_by_line() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].data = Some(crate::plan::Data { kind: "aurora".into() });
    let lines = |world: &World| match world.decide() {
        Decision::Ask { effect, .. } => effect.in_words(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        lines(&world),
        [
            "evacuate shop: from us-east-1 to us-west-2",
            "A live-PRIMARY: 203.0.113.2",
            "data loss: UNKNOWN: it keeps data, and how far the copy lags behind is not measured",
        ]
    );
    world.plan.applications[0].data = None;
    world.plan.applications[0].two_person = true;
    let mut world = world.with(healthy(EAST, 3600));
    say(&mut world, "o-1", "alice", fail_over(&["quorum", "dwell"]));
    assert_eq!(
        lines(&world)[2..],
        ["data loss: none: the application keeps no data", "not counting dwell, quorum"]
    );
}

#[test]
fn a_claim_says_when_why_and_for_how_long() {
    let mut world = World::east_is_dead();
    world.facts.observed_at = ago(7);
    let Decision::Evacuate(claim) = world.decide() else { panic!("not moved") };
    assert_eq!((claim.decided_at(), claim.valid_until()), (now(), after(ago(7), Duration::from_secs(120))));
    assert_eq!(claim.zone(), &world.plan.applications[0].zone);
    assert_eq!((claim.run().as_str(), claim.ordered()), ("r-new", None));
    assert_eq!(claim.why(), ["us-east-1 is unhealthy: ", "us-west-2 is healthy: "]);
    world.plan.applications[0].timing.validity = Duration::from_secs(3600);
    let Decision::Evacuate(claim) = world.decide() else { panic!("not moved") };
    assert_eq!(claim.valid_until(), after(ago(7), Duration::from_secs(300)), "five minutes are the most");
}
