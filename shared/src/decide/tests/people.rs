//! What people say: orders, approvals, denials, windows.

use super::*;
use crate::names::OrderId;
use crate::plan::Window;
use crate::state::{Order, Wanted};

fn say(world: &mut World, id: &str, author: &str, what: Wanted) {
    let order = Order {
        author: author.into(),
        reason: "as agreed".into(),
        at: ago(10),
        until: after(now(), Duration::from_secs(3600)),
        what,
        done: None,
    };
    world.standing.people.orders.insert(OrderId::from(id), order);
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
fn every_reason_names_a_guard_of_the_list() {
    let overridable = |name: &str| GUARDS_BY_NAME.iter().find(|(guard, _)| *guard == name).unwrap().1;
    let region = || Region::from(EAST);
    let reasons = [
        Reason::Advise,
        Reason::RunInFlight { run: "r".into() },
        Reason::TargetIncomplete { region: region() },
        Reason::EpochUnknown { why: String::new() },
        Reason::ClockBehind { newest: now(), now: now() },
        Reason::SecondPersonNeeded { author: String::new() },
        Reason::PlanSkew { peers: Vec::new() },
        Reason::BelowCapacity { left: 0, needed: 0 },
        Reason::ConsentNeeded { to: String::new() },
    ];
    for reason in reasons {
        assert_eq!(overridable(reason.guard()), reason.is_overridable(), "{}", reason.guard());
    }
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
