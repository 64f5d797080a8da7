//! The decision on small worlds: a taker in us-west-2 looks at a holder in us-east-1.

mod capacity;
mod holders;
mod limits;
mod overrides;
mod people;
mod ramps;
mod rehearsals;
mod returns;
mod takers;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::dns::{
    Content, EpochRecord, Listing, RecordSet, RecordType, Routing, Shares, Side, UnreadableEpoch,
};
use crate::health::{RegionHealth, Settled, Testimony, Vantage, Verdict};
use crate::names::{Epoch, OrderId, Region};
use crate::plan::{Mode, Plan, Restore};
use crate::state::{Drift, FailedRun, Findings, Order, Pause, Wanted};
use crate::time::after;

const EAST: &str = "us-east-1";
const WEST: &str = "us-west-2";

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn ago(seconds: u64) -> Timestamp {
    now().checked_sub(Duration::from_secs(seconds)).unwrap()
}

fn parsed(text: &str) -> Plan {
    Plan::parse(text, "test").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"))
}

fn plan() -> Plan {
    parsed(
        r#"
        [topics]
        ops = ["arn:aws:sns:us-west-2:123456789012:ops"]
        [application.shop]
        name = "shop.example.com"
        zone = { id = "Z0123456789ABCDEFGHIJ", name = "example.com" }
        policy = "failover"
        rto = "5m"
        restore = "auto"
        notify = { critical = ["ops"], info = ["ops"] }
        [[application.shop.region]]
        region = "us-east-1"
        role = "primary"
        health_check = "11111111-2222-3333-4444-555555555555"
        record = { a = ["203.0.113.1"] }
        signals = [{ probe = "https://east.example.net/health" }]
        [[application.shop.region]]
        region = "us-west-2"
        role = "standby"
        health_check = "66666666-7777-8888-9999-000000000000"
        record = { a = ["203.0.113.2"] }
        signals = [{ probe = "https://west.example.net/health" }]
    "#,
    )
}

/// A small world: what the taker knows.
struct World {
    plan: Plan,
    here: Region,
    facts: Facts,
    standing: Standing,
}

impl World {
    /// us-east-1 holds, is dead by a quorum and long enough; us-west-2 is healthy; nothing moved yet.
    fn east_is_dead() -> Self {
        let health = [dead(EAST, 60), healthy(WEST, 3600)];
        Self {
            plan: plan(),
            here: WEST.into(),
            facts: Facts {
                observed_at: now(),
                epoch: EpochReading::Known(None),
                moves: Moves::Known(Vec::new()),
                listing: ListingReading::Read(listing(EAST, WEST)),
                answered: Answered::Regions([EAST.into()].into()),
                health: health.into_iter().map(|health| (health.region.clone(), health)).collect(),
                vetoes: BTreeMap::new(),
                listed: None,
            },
            standing: Standing::default(),
        }
    }

    /// us-west-2 holds since a failover an hour ago; both are healthy.
    fn west_holds() -> Self {
        let mut world = Self::east_is_dead().with(healthy(EAST, 3600));
        world.facts.listing = ListingReading::Read(listing(WEST, EAST));
        world.facts.answered = Answered::Regions([WEST.into()].into());
        world.moved(1, "r-1", EAST, WEST, 2 * 3600)
    }

    fn with(mut self, health: RegionHealth) -> Self {
        self.facts.health.insert(health.region.clone(), health);
        self
    }

    fn moved(mut self, epoch: u64, run: &str, from: &str, to: &str, seconds_ago: u64) -> Self {
        let record = EpochRecord {
            epoch: Epoch(epoch),
            run: run.into(),
            from: from.into(),
            to: to.into(),
            kind: MoveKind::Evacuate,
            out: Shares::new(),
            at: ago(seconds_ago),
            plan: "0123456789ab".into(),
        };
        self.facts.epoch = EpochReading::Known(Some(record.clone()));
        if let Moves::Known(records) = &mut self.facts.moves {
            records.insert(0, record);
        }
        self
    }

    fn with_situation<T>(&self, of: impl FnOnce(&Situation<'_>) -> T) -> T {
        of(&Situation {
            application: &self.plan.applications[0],
            plan: &self.plan,
            here: &self.here,
            facts: &self.facts,
            standing: &self.standing,
            run: &"r-new".into(),
            now: now(),
        })
    }

    fn decide(&self) -> Decision {
        self.with_situation(decide)
    }

    fn guards(&self) -> Vec<&'static str> {
        self.decide().holds().iter().map(|hold| hold.reason.guard()).collect()
    }
}

fn healthy(region: &str, seconds: u64) -> RegionHealth {
    RegionHealth {
        region: region.into(),
        verdict: Verdict::Healthy,
        evidence: Vec::new(),
        bad_vantages: Vec::new(),
        bad_since: None,
        good_since: Some(ago(seconds)),
        suspect: false,
    }
}

fn dead(region: &str, seconds: u64) -> RegionHealth {
    RegionHealth {
        verdict: Verdict::Unhealthy,
        bad_vantages: vec![Vantage::Here, Vantage::Checkers],
        bad_since: Some(ago(seconds)),
        good_since: None,
        suspect: true,
        ..healthy(region, 0)
    }
}

/// Something is bad, and a signal from here is good: it shows life.
fn degraded(region: &str) -> RegionHealth {
    let good = Testimony {
        signal: "probe".into(),
        vantage: Vantage::Here,
        says: Some(Settled::Good),
        counts: false,
        count: 3,
        since: None,
        seen: "200".into(),
    };
    RegionHealth {
        verdict: Verdict::Degraded,
        evidence: vec![good],
        good_since: None,
        suspect: true,
        ..healthy(region, 0)
    }
}

fn listing(primary: &str, secondary: &str) -> Listing {
    let set = |side: Side, region: &str| {
        let (value, check) = match region {
            EAST => ("203.0.113.1", "11111111-2222-3333-4444-555555555555"),
            _ => ("203.0.113.2", "66666666-7777-8888-9999-000000000000"),
        };
        RecordSet {
            name: "shop.example.com".into(),
            kind: RecordType::A,
            routing: Routing::Failover { set: format!("live-{}", side.as_str()), side },
            content: Content::Values { ttl: 30, values: vec![value.into()] },
            health_check: Some(check.into()),
        }
    };
    Listing { private_zone: false, sets: vec![set(Side::Primary, primary), set(Side::Secondary, secondary)] }
}

#[test]
fn a_dead_holder_is_evacuated_by_its_taker() {
    let Decision::Evacuate(claim) = World::east_is_dead().decide() else { panic!("no evacuation") };
    assert_eq!(claim.epoch(), Epoch(1));
    assert_eq!(claim.batch().claim().text().split(' ').nth(4), Some("from=us-east-1"));
    assert_eq!(claim.valid_until(), after(now(), Duration::from_secs(120)));
}

#[test]
fn whole_units_move_and_sets_and_ttls_stay() {
    let Decision::Evacuate(claim) = World::east_is_dead().decide() else { panic!("no evacuation") };
    assert_eq!(claim.batch().moves(), listing(WEST, EAST).sets);
}

#[test]
fn without_a_listing_the_plan_names_sets_and_ttls() {
    let mut world = World::east_is_dead();
    world.facts.listing = ListingReading::Unavailable { why: "down".into() };
    let Decision::Evacuate(claim) = world.decide() else { panic!("no evacuation") };
    let sets: Vec<_> = claim.batch().moves().iter().map(|set| set.routing.clone()).collect();
    let set = |name: &str, side| Routing::Failover { set: name.into(), side };
    assert_eq!(sets, [set("primary", Side::Primary), set("secondary", Side::Secondary)]);
}

#[test]
fn what_is_already_so_is_not_sent() {
    let mut world = World::east_is_dead();
    world.facts.listing = ListingReading::Read(listing(WEST, EAST));
    world.facts.epoch = EpochReading::Known(None);
    // The records seat us-west-2 already: there is nothing to evacuate.
    assert_eq!(world.decide(), Decision::Steady);
}

#[test]
fn with_a_healthy_holder_no_other_region_ever_wants_a_move() {
    let world = World::east_is_dead().with(healthy(EAST, 10));
    assert_eq!(world.decide(), Decision::Steady);
}

#[test]
fn the_holder_itself_pushes_nothing() {
    let mut world = World::east_is_dead();
    world.here = EAST.into();
    assert_eq!(world.decide(), Decision::Steady);
}

#[test]
fn a_witness_that_cannot_take_over_wants_nothing() {
    let mut world = World::east_is_dead();
    world.here = "eu-west-1".into();
    assert_eq!(world.decide(), Decision::Steady);
}

#[test]
fn a_move_that_route53_made_itself_is_latched() {
    let mut world = World::east_is_dead();
    world.facts.answered = Answered::Regions([WEST.into()].into());
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn each_guard_objects_by_name() {
    type Change = fn(&mut World);
    let cases: [(&str, Change); 15] = [
        ("paused", |w| w.standing.people.pauses = pause(60)),
        ("advise", |w| w.plan.applications[0].mode = Mode::Advise),
        ("run-in-flight", |w| w.standing.run = Some("r-0".into())),
        ("run-failed", |w| w.standing.failed = Some(failed(60))),
        ("quorum", |w| w.health(EAST).bad_vantages = vec![Vantage::Here]),
        ("dwell", |w| w.health(EAST).bad_since = Some(ago(5))),
        ("holder-unknown", |w| w.facts.answered = Answered::Unknown { why: "silence".into() }),
        ("epoch-unknown", |w| w.facts.epoch = EpochReading::Unknown { why: "silence".into() }),
        ("epoch-unreadable", |w| {
            w.facts.epoch = EpochReading::Unreadable(UnreadableEpoch { epoch: Epoch(1), text: "?".into() });
        }),
        ("moves-unknown", |w| w.facts.moves = Moves::Unknown { why: "silence".into() }),
        ("data-consent", |w| w.plan.applications[0].data = Some(crate::plan::Data { kind: "aurora".into() })),
        ("consent", |w| w.plan.applications[0].mode = Mode::Approve),
        ("records", |w| {
            w.facts.listing = ListingReading::Read(Listing { private_zone: true, ..listing(EAST, WEST) });
        }),
        ("drift", |w| w.standing.drift = Some(drift(1, 60))),
        ("override-stands", |w| w.standing.left_behind = vec![overrides::away(WEST, EAST)]),
    ];
    for (guard, change) in cases {
        let mut world = World::east_is_dead();
        change(&mut world);
        assert_eq!(world.guards(), [guard]);
    }
}

impl World {
    fn health(&mut self, region: &str) -> &mut RegionHealth {
        self.facts.health.get_mut(&Region::from(region)).unwrap()
    }
}

fn pause(seconds: u64) -> BTreeMap<OrderId, Pause> {
    let pause = Pause {
        author: "alice".into(),
        reason: "migration".into(),
        at: ago(60),
        until: after(now(), Duration::from_secs(seconds)),
        resumed: None,
    };
    [("pause-1".into(), pause)].into()
}

/// What a person said ten seconds ago, good for an hour.
fn order(author: &str, what: Wanted) -> Order {
    let until = after(now(), Duration::from_secs(3600));
    Order { author: author.into(), reason: "as agreed".into(), at: ago(10), until, what, done: None }
}

fn failed(seconds_ago: u64) -> FailedRun {
    FailedRun { run: "r-0".into(), error: "AccessDenied".into(), at: ago(seconds_ago), wish: None }
}

/// So much was found, and it says something for so long.
fn drift(critical: usize, good_for_seconds: u64) -> Drift {
    let found = |count: usize| Findings {
        count,
        first: vec!["no up pair".to_owned(); count],
        digest: "0123456789ab".to_owned(),
    };
    let until = after(now(), Duration::from_secs(good_for_seconds));
    Drift { critical: found(critical), minor: found(3), seen: ago(600), until }
}

#[test]
fn drift_holds_only_where_a_move_would_stumble_and_somebody_has_looked_lately() {
    for (found, holds) in [(drift(0, 60), false), (drift(2, 0), false), (drift(2, 1), true)] {
        let mut world = World::east_is_dead();
        world.standing.drift = Some(found.clone());
        assert_eq!(world.decide().holds().is_empty(), !holds, "{found:?}");
    }
}

#[test]
fn an_expired_pause_and_an_old_failure_hold_nothing() {
    let mut world = World::east_is_dead();
    world.standing.people.pauses = pause(0);
    world.standing.failed = Some(failed(601));
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn none_hides_another() {
    let mut world = World::east_is_dead();
    world.standing.people.pauses = pause(60);
    world.plan.applications[0].mode = Mode::Advise;
    world.health(EAST).bad_since = Some(ago(5));
    assert_eq!(world.guards(), ["paused", "advise", "dwell"]);
}

#[test]
fn only_consent_missing_is_a_question() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].mode = Mode::Approve;
    assert!(matches!(world.decide(), Decision::Ask { .. }));
}

#[test]
fn when_everything_looks_dead_the_observer_is_suspect() {
    let world = World::east_is_dead().with(dead(WEST, 60));
    assert_eq!(world.guards(), ["everything-unhealthy", "no-fit-target"]);
}

#[test]
fn nothing_moves_to_a_region_that_is_not_verified_healthy() {
    for verdict in [Verdict::Unhealthy, Verdict::Unknown] {
        let mut world = World::east_is_dead();
        world.health(WEST).verdict = verdict;
        assert!(world.guards().contains(&"no-fit-target"), "{verdict:?}");
    }
}

#[test]
fn a_degraded_region_is_better_than_an_unhealthy_holder_with_consent() {
    let mut world = World::east_is_dead();
    world.health(WEST).verdict = Verdict::Degraded;
    assert_eq!(world.guards(), ["everything-unhealthy", "no-fit-target"], "it shows no life");
    world = world.with(degraded(WEST));
    assert!(matches!(world.decide(), Decision::Ask { .. }));
    world.plan.applications[0].accept_degraded = true;
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
    world.health(EAST).verdict = Verdict::Degraded;
    assert!(world.guards().contains(&"no-fit-target"));
}

#[test]
fn a_plain_unit_without_a_check_cannot_be_primary() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].regions[1].health_check = None;
    world.facts.listing = ListingReading::Unavailable { why: "down".into() };
    assert_eq!(world.guards(), ["target-incomplete"]);
}

#[test]
fn a_missing_check_is_found_on_the_live_record() {
    let mut world = World::east_is_dead();
    world.plan.applications[0].regions[1].health_check = None;
    let Decision::Evacuate(claim) = world.decide() else { panic!("no evacuation") };
    assert_eq!(claim.batch().moves(), listing(WEST, EAST).sets);
}

#[test]
fn records_of_an_unknown_shape_are_left_alone() {
    let mut world = World::east_is_dead();
    let mut odd = listing(EAST, WEST);
    odd.sets[0].content = Content::Values { ttl: 30, values: vec!["198.51.100.9".into()] };
    world.facts.listing = ListingReading::Read(odd);
    assert_eq!(world.guards(), ["records"]);
}

#[test]
fn a_clock_before_the_newest_epoch_is_not_trusted() {
    let mut world = World::west_holds();
    let future = EpochRecord { at: after(now(), Duration::from_secs(5)), ..last(&world) };
    world.facts.epoch = EpochReading::Known(Some(future));
    assert!(world.guards().contains(&"clock"));
}

fn last(world: &World) -> EpochRecord {
    world.facts.last_move().unwrap().clone()
}

#[test]
fn the_holder_hands_back_after_soak_and_cool_down() {
    let Decision::Restore(claim) = World::west_holds().decide() else { panic!("no restore") };
    assert_eq!((claim.epoch(), claim.wish().to.as_str()), (Epoch(2), EAST));
    assert_eq!(claim.batch().moves(), listing(EAST, WEST).sets);
}

#[test]
fn a_region_that_recovers_does_not_pull_traffic_back() {
    let mut world = World::west_holds();
    world.here = EAST.into();
    assert_eq!(world.decide(), Decision::Steady);
}

#[test]
fn restore_waits_for_soak_cool_down_and_consent() {
    let mut world = World::west_holds();
    world.health(EAST).good_since = Some(ago(60));
    world.plan.applications[0].restore = Restore::Ask;
    world.facts.moves = Moves::Known(Vec::new());
    let world = world.moved(1, "r-1", EAST, WEST, 1800);
    assert_eq!(world.guards(), ["cooldown", "soak", "consent"]);
}

#[test]
fn an_acknowledged_failover_shortens_the_cool_down() {
    let mut world = World::west_holds();
    world.facts.moves = Moves::Known(Vec::new());
    let mut world = world.moved(1, "r-1", EAST, WEST, 1800);
    assert_eq!(world.guards(), ["cooldown"]);
    world.standing.people.acknowledged = Epoch(1);
    assert!(matches!(world.decide(), Decision::Restore(_)));
}

#[test]
fn returning_to_the_region_just_left_needs_the_shorter_of_soak_and_cool_down() {
    // Handed back from us-west-2 five minutes ago, and us-east-1 is dead again.
    let recent = World::east_is_dead().moved(1, "r-1", EAST, WEST, 9000).moved(2, "r-2", WEST, EAST, 300);
    assert_eq!(recent.guards(), ["cooldown"]);
    let older = World::east_is_dead().moved(1, "r-1", EAST, WEST, 9000).moved(2, "r-2", WEST, EAST, 601);
    assert!(matches!(older.decide(), Decision::Evacuate(_)));
}

#[test]
fn three_moves_a_day_are_enough_and_stages_of_one_run_are_one_move() {
    let flapping = World::east_is_dead()
        .moved(1, "r-1", EAST, WEST, 20_000)
        .moved(2, "r-2", WEST, EAST, 15_000)
        .moved(3, "r-3", EAST, WEST, 10_000)
        .moved(4, "r-4", WEST, EAST, 5_000);
    assert_eq!(flapping.guards(), ["flap-limit"]);
    let staged = World::east_is_dead()
        .moved(1, "r-1", EAST, WEST, 20_000)
        .moved(2, "r-2", WEST, EAST, 15_000)
        .moved(3, "r-2", WEST, EAST, 14_000)
        .moved(4, "r-2", WEST, EAST, 13_000);
    assert!(matches!(staged.decide(), Decision::Evacuate(_)));
    let yesterday =
        World::east_is_dead().moved(1, "r-1", EAST, WEST, 90_000).moved(2, "r-2", WEST, EAST, 89_000);
    assert!(matches!(yesterday.decide(), Decision::Evacuate(_)));
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let bytes = || serde_json::to_string(&World::east_is_dead().decide()).unwrap();
    assert_eq!(bytes(), bytes());
}

#[test]
fn every_hold_says_what_ends_it_in_words() {
    let mut world = World::east_is_dead().with(dead(WEST, 60));
    world.standing.people.pauses = pause(60);
    world.standing.run = Some("r-0".into());
    for hold in world.decide().holds() {
        assert!(!hold.ends.is_empty() && !hold.reason.in_words().is_empty(), "{hold:?}");
    }
}

#[test]
fn counts_that_fill_keep_a_wake_awake_and_a_pause_does_not() {
    let mut world = World::east_is_dead();
    world.health(EAST).bad_since = Some(ago(5));
    assert!(world.decide().is_settling());
    world.standing.people.pauses = pause(60);
    assert!(!world.decide().is_settling());
}

#[test]
fn units_are_known_for_every_region() {
    let world = World::east_is_dead();
    let units: BTreeMap<_, _> = world.facts.units(&world.plan.applications[0]);
    assert!(units.values().all(crate::dns::ServingUnit::is_complete));
}
