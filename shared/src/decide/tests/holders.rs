//! `weighted` and `latency`: every region that serves is a holder.

use super::*;

pub(super) const EU: &str = "eu-west-1";

fn region(name: &str, number: u8, more: &str) -> String {
    format!(
        r#"
        [[application.shop.region]]
        region = "{name}"
        health_check = "1111111{number}-2222-3333-4444-555555555555"
        record = {{ a = ["203.0.113.{number}"] }}
        signals = [{{ probe = "https://{name}.example.net/health" }}]
        {more}
"#
    )
}

pub(super) fn shared(policy: &str, more: &str) -> Plan {
    let regions = [(EAST, 1), (WEST, 2), (EU, 3)].map(|(name, number)| region(name, number, more));
    parsed(&format!(
        r#"
        [topics]
        ops = ["arn:aws:sns:us-west-2:123456789012:ops"]
        [application.shop]
        name = "shop.example.com"
        zone = {{ id = "Z0123456789ABCDEFGHIJ", name = "example.com" }}
        policy = "{policy}"
        rto = "5m"
        restore = "auto"
        notify = {{ critical = ["ops"], info = ["ops"] }}
        {}"#,
        regions.concat()
    ))
}

pub(super) fn check(number: u8) -> crate::names::HealthCheckId {
    format!("1111111{number}-2222-3333-4444-555555555555").as_str().into()
}

pub(super) fn set(routing: Routing, number: u8) -> RecordSet {
    RecordSet {
        name: "shop.example.com".into(),
        kind: RecordType::A,
        routing,
        content: Content::Values { ttl: 60, values: vec![format!("203.0.113.{number}")] },
        health_check: Some(check(number)),
    }
}

pub(super) fn weighted_set(region: &str, number: u8, weight: u8) -> RecordSet {
    set(Routing::Weighted { set: region.into(), weight }, number)
}

pub(super) fn latency_set(region: &str, number: u8) -> RecordSet {
    set(Routing::Latency { set: region.into(), region: region.into() }, number)
}

/// Three regions share the load; us-east-1 is dead; seen from us-west-2.
pub(super) fn world(policy: &str, sets: Vec<RecordSet>) -> World {
    let mut world = World::east_is_dead().with(healthy(EU, 3600));
    world.plan = shared(policy, "");
    world.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
    world.facts.answered = Answered::Regions([WEST.into(), EU.into()].into());
    world
}

pub(super) fn weighted() -> World {
    world("weighted", vec![weighted_set(EAST, 1, 100), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 100)])
}

pub(super) fn latency() -> World {
    world("latency", vec![latency_set(EAST, 1), latency_set(WEST, 2), latency_set(EU, 3)])
}

impl World {
    /// The newest epoch says who is out, and by what.
    pub(super) fn epoch(
        mut self,
        record: (u64, &str, MoveKind),
        from: &str,
        to: &str,
        out: &[(&str, u8)],
    ) -> Self {
        let (epoch, run, kind) = record;
        self = self.moved(epoch, run, from, to, 2 * 3600);
        let out: Shares = out.iter().map(|(region, share)| (Region::from(*region), *share)).collect();
        if let (EpochReading::Known(Some(newest)), Moves::Known(records)) =
            (&mut self.facts.epoch, &mut self.facts.moves)
        {
            (newest.kind, newest.out) = (kind, out);
            records[0] = newest.clone();
        }
        self
    }

    /// The record sets, as Route 53's API lists them.
    pub(super) fn listed(mut self, sets: Vec<RecordSet>) -> Self {
        self.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
        self
    }

    pub(super) fn here(mut self, region: &str) -> Self {
        self.here = region.into();
        self
    }
}

pub(super) fn moves(decision: Decision) -> (EpochRecord, Vec<RecordSet>) {
    let claim = decision.into_claim().expect("it acts");
    (claim.batch().claim().clone(), claim.batch().moves().to_vec())
}

/// us-east-1 was taken out two hours ago by us-west-2, and is well again.
pub(super) fn recovered(share: u8, weight: u8) -> World {
    let out = [(EAST, share)];
    let (kind, from, to) = match share {
        0 => (MoveKind::Evacuate, EAST, WEST),
        _ => (MoveKind::Restore, WEST, EAST),
    };
    let mut world = weighted().epoch((1, "r-1", kind), from, to, &out).with(healthy(EAST, 3600));
    let sets = vec![weighted_set(EAST, 1, weight), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 100)];
    world.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
    world
}

#[test]
fn weighted_takes_the_weight_of_the_failed_region_and_touches_no_other() {
    let (record, sets) = moves(weighted().decide());
    assert_eq!(sets, [weighted_set(EAST, 1, 0)]);
    assert_eq!(record.out, Shares::from([(EAST.into(), 0)]));
}

#[test]
fn latency_gives_the_failed_regions_users_the_whole_unit_of_the_taker() {
    let (record, sets) = moves(latency().decide());
    let moved = RecordSet { health_check: Some(check(2)), ..latency_set(EAST, 2) };
    assert_eq!(sets, [moved]);
    assert_eq!(record.out, Shares::from([(EAST.into(), 0)]));
}

#[test]
fn takers_pull_in_the_order_of_the_plan() {
    assert_eq!(weighted().here(EU).guards(), ["rank"]);
    let lonely = weighted().here(EU).with(dead(WEST, 60));
    assert!(matches!(lonely.decide(), Decision::Evacuate(_)));
}

#[test]
fn one_that_serves_pushes_nobody_to_another() {
    assert_eq!(weighted().here(EAST).decide(), Decision::Steady);
    assert_eq!(weighted().with(healthy(EAST, 60)).decide(), Decision::Steady);
}

#[test]
fn a_second_loss_takes_over_what_the_first_taker_got() {
    let mut lost = latency().epoch((1, "r-1", MoveKind::Evacuate), EAST, WEST, &[(EAST, 0)]).here(EU);
    let sets = vec![latency_set(EAST, 2), latency_set(WEST, 2), latency_set(EU, 3)];
    lost.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
    let lost = lost.with(dead(WEST, 60));
    let (record, sets) = moves(lost.decide());
    assert_eq!(sets, [latency_set(EAST, 3), latency_set(WEST, 3)]);
    assert_eq!(record.out, Shares::from([(EAST.into(), 0), (WEST.into(), 0)]));
}

#[test]
fn without_a_listing_everything_that_is_out_follows_the_taker() {
    let mut lost = latency().epoch((1, "r-1", MoveKind::Evacuate), EAST, WEST, &[(EAST, 0)]).here(EU);
    lost.facts.listing = ListingReading::Unavailable { why: "down".into() };
    let (_, sets) = moves(lost.with(dead(WEST, 60)).decide());
    assert_eq!(sets, [latency_set(EAST, 3), latency_set(WEST, 3)]);
}

#[test]
fn a_region_that_is_out_and_well_rescues_the_last_one_that_serves() {
    for policy in ["weighted", "latency"] {
        let sets = match policy {
            "weighted" => vec![weighted_set(EAST, 1, 0), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 0)],
            _ => vec![latency_set(EAST, 2), latency_set(WEST, 2), latency_set(EU, 2)],
        };
        let out = [(EAST, 0), (EU, 0)];
        let rescue = world(policy, sets).epoch((2, "r-2", MoveKind::Evacuate), EU, WEST, &out).here(EU);
        let (record, sets) = moves(rescue.with(dead(WEST, 60)).decide());
        assert_eq!(record.out, Shares::from([(EAST.into(), 0), (WEST.into(), 0)]), "{policy}");
        let serves = sets.iter().any(|set| match &set.routing {
            Routing::Weighted { set, weight } => set == EU && *weight == 100,
            Routing::Latency { set: name, .. } => name == EU && set.content == latency_set(EU, 3).content,
            _ => false,
        });
        assert!(serves, "{policy}: {sets:?}");
    }
}

#[test]
fn what_people_took_out_by_hand_is_theirs_to_bring_back() {
    let mut by_hand = weighted().with(healthy(EAST, 3600));
    let sets = vec![weighted_set(EAST, 1, 0), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 100)];
    by_hand.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
    assert_eq!(by_hand.decide(), Decision::Steady);
    // Nor is it because a run of ours moved something once.
    let by_hand = by_hand.epoch((1, "r-1", MoveKind::Restore), WEST, EAST, &[]);
    assert_eq!(by_hand.decide(), Decision::Steady);
    // And nobody evacuates what serves nobody.
    assert_eq!(by_hand.with(dead(EAST, 60)).decide(), Decision::Steady);
}

#[test]
fn another_weight_than_the_planned_one_is_no_outage() {
    let mut light = weighted().with(healthy(EAST, 3600));
    let sets = vec![weighted_set(EAST, 1, 10), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 100)];
    light.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
    assert_eq!(light.decide(), Decision::Steady);
}

#[test]
fn a_record_set_that_is_not_ours_is_a_hold() {
    let mut world = weighted();
    world.facts.listing =
        ListingReading::Read(Listing { private_zone: false, sets: vec![weighted_set(EAST, 9, 100)] });
    assert!(world.guards().contains(&"records"), "{:?}", world.guards());
}

#[test]
fn what_people_took_out_stays_theirs_when_another_region_fails() {
    let mut world = weighted();
    let sets = vec![weighted_set(EAST, 1, 100), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 0)];
    world.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
    let (record, _) = moves(world.decide());
    assert_eq!(record.out, Shares::from([(EAST.into(), 0)]), "eu-west-1 is not ours to list");
}

#[test]
fn what_people_took_out_does_not_come_to_the_rescue() {
    let mut world = weighted().with(dead(WEST, 60)).here(EU);
    let sets = vec![weighted_set(EAST, 1, 100), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 0)];
    world.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
    assert_eq!(world.decide(), Decision::Steady);
}

#[test]
fn a_region_on_its_way_back_takes_nobody_over_while_another_serves_wholly() {
    let world = recovered(25, 25).with(dead(WEST, 60)).here(EAST);
    assert_eq!(world.decide(), Decision::Steady);
    let (record, sets) = moves(recovered(25, 25).with(dead(WEST, 60)).here(EU).decide());
    assert_eq!(sets, [weighted_set(WEST, 2, 0)]);
    assert_eq!(record.out, Shares::from([(EAST.into(), 25), (WEST.into(), 0)]));
}

#[test]
fn where_the_first_of_two_suspects_is_denied_the_second_is_still_left() {
    let mut world = weighted().here(EU).with(dead(WEST, 60));
    world.plan.applications[0].minimum_capacity = 0;
    let (first, _) = moves(world.decide());
    assert_eq!(first.from.as_str(), EAST);
    world.plan.applications[0].mode = Mode::Approve;
    let Decision::Ask { effect, .. } = world.decide() else { panic!("not asked") };
    world.plan.applications[0].mode = Mode::Auto;
    let no = Wanted::Deny { digest: Effect { consents: Vec::new(), ..effect }.digest() };
    world.standing.people.orders.insert("d-1".into(), order("alice", no));
    let (second, _) = moves(world.decide());
    assert_eq!(second.from.as_str(), WEST);
}

#[test]
fn a_latency_set_never_loses_its_check_for_want_of_knowing_it() {
    let mut world = latency();
    world.plan.applications[0].regions[1].health_check = None;
    assert!(matches!(world.decide(), Decision::Evacuate(_)), "it is found on the live set");
    world.facts.listing = ListingReading::Unavailable { why: "down".into() };
    assert_eq!(world.guards(), ["target-incomplete"]);
}

#[test]
fn what_the_records_said_of_an_epoch_is_remembered_until_the_next() {
    // By the epoch us-east-1 is out; by the records somebody has brought it back.
    let mut world = recovered(0, 0);
    world.facts.listing = ListingReading::NotAsked;
    assert!(world.decide() != Decision::Steady);
    world.facts.listed = Some(Shares::new());
    assert_eq!(world.decide(), Decision::Steady);
}

#[test]
fn a_weighted_set_never_loses_its_check_for_want_of_knowing_it() {
    let without_check = |index: usize| {
        let mut world = weighted();
        world.plan.applications[0].regions[index].health_check = None;
        world
    };
    let (_, sets) = moves(without_check(0).decide());
    assert_eq!(sets, [weighted_set(EAST, 1, 0)], "a set that was listed keeps its check");
    let blind = |index| {
        let mut world = without_check(index);
        world.facts.listing = ListingReading::Unavailable { why: "down".into() };
        world
    };
    assert_eq!(blind(0).guards(), ["target-incomplete"]);
    assert_eq!(blind(1).guards(), ["target-incomplete"], "its weight may be 0: its set is written, too");
    assert!(matches!(blind(2).decide(), Decision::Evacuate(_)), "its set is not touched");
}

#[test]
fn what_is_certain_is_wanted_before_what_is_only_suspected() {
    let mut world = weighted().with(dead(EU, 60));
    world.health(EAST).verdict = Verdict::Degraded;
    world.standing.people.pauses = pause(60);
    assert_eq!(world.decide().wish().unwrap().from.as_str(), EU);
}

#[test]
fn a_persons_order_goes_before_what_the_controller_wants_by_itself() {
    let mut world = weighted();
    let force = ["quorum", "dwell", "capacity"].map(str::to_owned).into();
    let what = Wanted::FailOver { from: EU.into(), to: WEST.into(), force, after: Epoch(0) };
    world.standing.people.orders.insert("o-1".into(), order("alice", what));
    let (record, _) = moves(world.decide());
    assert_eq!(record.from.as_str(), EU);
}

#[test]
fn nobody_can_be_ordered_away_from_a_region_that_serves_nothing() {
    let mut world = recovered(0, 0);
    let what = Wanted::FailOver {
        from: EAST.into(),
        to: WEST.into(),
        force: ["quorum", "dwell", "cooldown"].map(str::to_owned).into(),
        after: Epoch(1),
    };
    world.standing.people.orders.insert("o-1".into(), order("alice", what));
    assert_eq!(world.with_situation(decide_order), Decision::Steady);
}

#[test]
fn rescuers_come_in_the_order_of_the_plan() {
    let sets = vec![weighted_set(EAST, 1, 100), weighted_set(WEST, 2, 0), weighted_set(EU, 3, 0)];
    let out = [(EU, 0), (WEST, 0)];
    let rescue = || world("weighted", sets.clone()).epoch((2, "r-2", MoveKind::Evacuate), WEST, EAST, &out);
    assert!(matches!(rescue().decide(), Decision::Evacuate(_)));
    assert_eq!(rescue().here(EU).guards(), ["rank"]);
}

#[test]
fn a_taker_does_not_wait_for_one_that_may_not_take_over() {
    // us-west-2 is on its way back: it takes nobody over while eu-west-1 serves wholly.
    let sets = vec![weighted_set(EAST, 1, 100), weighted_set(WEST, 2, 25), weighted_set(EU, 3, 100)];
    let out = [(WEST, 25)];
    let world = weighted().epoch((1, "r-1", MoveKind::Restore), EU, WEST, &out).listed(sets).here(EU);
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn without_a_listing_a_taker_whose_weight_nobody_sees_gets_it_written() {
    let mut world = weighted();
    world.facts.listing = ListingReading::Unavailable { why: "down".into() };
    let (_, sets) = moves(world.decide());
    assert_eq!(sets, [weighted_set(EAST, 1, 0), weighted_set(WEST, 2, 100)]);
}

#[test]
fn a_latency_pair_of_types_that_answers_two_regions_is_a_hold() {
    let mut world = latency();
    let both = |number: u8| crate::plan::RecordValue::Addresses {
        v4: vec![format!("203.0.113.{number}").parse().unwrap()],
        v6: vec![format!("2001:db8::{number}").parse().unwrap()],
    };
    for (index, region) in world.plan.applications[0].regions.iter_mut().enumerate() {
        region.record = both(u8::try_from(index).unwrap() + 1);
    }
    let v6 = |region: &str, number: u8| RecordSet {
        kind: RecordType::Aaaa,
        content: Content::Values { ttl: 60, values: vec![format!("2001:db8::{number}")] },
        ..latency_set(region, number)
    };
    let sets = |east: RecordSet| {
        vec![latency_set(EAST, 1), east, latency_set(WEST, 2), v6(WEST, 2), latency_set(EU, 3), v6(EU, 3)]
    };
    world = world.listed(sets(v6(EAST, 1)));
    let (_, moved) = moves(world.decide());
    assert_eq!(moved.iter().map(|set| set.kind).collect::<Vec<_>>(), [RecordType::A, RecordType::Aaaa]);
    world = world.listed(sets(v6(EAST, 2)));
    assert!(world.guards().contains(&"records"));
}

#[test]
fn where_no_live_set_has_a_check_a_latency_set_has_none_to_lose() {
    let mut world = latency();
    for region in &mut world.plan.applications[0].regions {
        region.health_check = None;
    }
    let bare = |region, number| RecordSet { health_check: None, ..latency_set(region, number) };
    let other = RecordSet { name: "other.example.com".into(), ..latency_set(EAST, 9) };
    world = world.listed(vec![bare(EAST, 1), bare(WEST, 2), bare(EU, 3), other]);
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
    world = world.listed(vec![latency_set(EAST, 1), bare(WEST, 2), bare(EU, 3)]);
    assert_eq!(world.guards(), ["target-incomplete"]);
}

#[test]
fn a_weight_changes_and_nothing_else_of_its_set() {
    // As somebody made it: a TTL and a check of its own, a value that Route 53 spells in its way.
    let live = |weight| RecordSet {
        content: Content::Alias {
            zone: "Z35SXDOTRQ7X7K".into(),
            target: "dualstack.lb-1.example.net".into(),
            evaluate_target_health: false,
        },
        health_check: Some("live".into()),
        ..weighted_set(EAST, 1, weight)
    };
    let mut world = weighted();
    let alias = |number: u8| crate::plan::RecordValue::Alias {
        target: format!("lb-{number}.example.net").as_str().into(),
        zone: "Z35SXDOTRQ7X7K".into(),
        ipv6: false,
    };
    for (region, number) in world.plan.applications[0].regions.iter_mut().zip([1, 2, 3]) {
        region.record = alias(number);
    }
    let other = |region: &str, number: u8| RecordSet {
        content: Content::Alias {
            zone: "Z35SXDOTRQ7X7K".into(),
            target: format!("lb-{number}.example.net").as_str().into(),
            evaluate_target_health: true,
        },
        ..weighted_set(region, number, 100)
    };
    let sets = vec![live(100), other(WEST, 2), other(EU, 3)];
    world.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
    assert_eq!(moves(world.decide()).1, [live(0)]);
}

#[test]
fn a_type_that_the_plan_does_not_know_is_a_hold() {
    // Its users would stay where they are.
    for mut world in [weighted(), latency()] {
        let ListingReading::Read(listing) = &mut world.facts.listing else { panic!("not listed") };
        let extra = RecordSet { kind: RecordType::Aaaa, ..listing.sets[0].clone() };
        listing.sets.push(extra);
        assert_eq!(world.guards(), ["records"]);
    }
}

#[test]
fn weights_that_differ_by_type_are_a_hold() {
    let mut world = weighted();
    for (region, number) in world.plan.applications[0].regions.iter_mut().zip(1_u8..) {
        let v4 = vec![format!("203.0.113.{number}").parse().unwrap()];
        let v6 = vec![format!("2001:db8::{number}").parse().unwrap()];
        region.record = crate::plan::RecordValue::Addresses { v4, v6 };
    }
    let v6 = |region: &str, number: u8| RecordSet {
        kind: RecordType::Aaaa,
        content: Content::Values { ttl: 60, values: vec![format!("2001:db8::{number}")] },
        ..weighted_set(region, number, 100)
    };
    let six = || [v6(EAST, 1), v6(WEST, 2), v6(EU, 3)];
    let mut list = |weight| {
        let four = [weighted_set(EAST, 1, weight), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 100)];
        let sets = four.into_iter().chain(six()).collect();
        world.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
        world.guards()
    };
    assert_eq!(list(100), Vec::<&str>::new());
    assert_eq!(list(0), ["records"], "half of its users are still there");
}

#[test]
fn the_least_weight_still_serves() {
    let mut world = recovered(5, 1).with(dead(EAST, 60));
    world.plan.applications[0].regions[0].weight = 255;
    let (_, sets) = moves(world.decide());
    assert_eq!(sets, [weighted_set(EAST, 1, 0)]);
}

#[test]
fn a_set_of_another_policy_is_a_hold() {
    let mut world = latency();
    let ListingReading::Read(listing) = &mut world.facts.listing else { panic!("not listed") };
    listing.sets[0].routing = Routing::Weighted { set: EAST.into(), weight: 100 };
    assert_eq!(world.guards(), ["records"]);
}
