//! Who serves by the records or by the newest epoch, and what a move writes, under each policy.

use super::super::{failover, latency, weighted};
use super::*;
use crate::plan::RegionPlan;

fn weighted_set(region: &str, value: &str, weight: u8) -> RecordSet {
    record_set(SERVED, RecordType::A, Routing::Weighted { set: region.into(), weight }, values(&[value]))
}

fn weights(east: u8, west: u8) -> Listing {
    listing(vec![weighted_set(EAST, "203.0.113.1", east), weighted_set(WEST, "203.0.113.2", west)])
}

/// Who is out by these weights where the newest epoch says that us-east-1 has a share.
fn out(application: &Application, live: &Listing, told: Option<u8>) -> Result<Shares, String> {
    let newest = told.map(|share| {
        let out = [(EAST.into(), share)].into_iter().filter(|(_, share)| *share < 100).collect();
        EpochRecord { out, ..epoch_record(1, WEST, EAST) }
    });
    match Serving::by_records(application, live, &units(application, Some(live)), newest.as_ref())? {
        Serving::All { out } => Ok(out),
        Serving::Seat(seat) => panic!("{seat}"),
    }
}

#[test]
fn a_share_of_a_weight_is_rounded_up_and_never_nothing() {
    let region = |weight| RegionPlan { weight, ..plain("weighted").regions[0].clone() };
    let shares =
        |weight| [0, 1, 5, 25, 50, 99, 100, 200].map(|share| super::super::weight(&region(weight), share));
    assert_eq!(shares(100), [0, 1, 5, 25, 50, 99, 100, 100]);
    assert_eq!(shares(255), [0, 3, 13, 64, 128, 253, 255, 255]);
    assert_eq!(shares(3), [0, 1, 1, 1, 2, 3, 3, 3]);
}

#[test]
fn who_has_no_weight_is_out_and_who_has_another_than_planned_only_by_our_doing() {
    let application = plain("weighted");
    let out = |east, told| out(&application, &weights(east, 100), told).unwrap();
    let share = |share| Shares::from([(EAST.into(), share)]);
    assert_eq!(out(0, None), share(0));
    assert_eq!(out(0, Some(100)), share(0));
    assert_eq!(out(30, None), Shares::new(), "somebody's choice");
    assert_eq!(out(30, Some(100)), Shares::new(), "still somebody's choice");
    assert_eq!(out(30, Some(25)), share(30), "what the records say counts");
    assert_eq!(out(100, Some(25)), Shares::new());
    assert_eq!(out(200, Some(25)), Shares::new());
}

#[test]
fn a_share_by_the_records_is_in_percent_of_the_planned_weight() {
    let mut application = plain("weighted");
    application.regions[0].weight = 40;
    let out = |east| out(&application, &weights(east, 100), Some(25)).unwrap();
    assert_eq!(out(10), Shares::from([(EAST.into(), 25)]));
    assert_eq!(out(39), Shares::from([(EAST.into(), 97)]));
    assert_eq!(out(40), Shares::new());
}

#[test]
fn both_types_of_a_region_have_one_weight() {
    let application = application(
        "weighted",
        "record = { a = [\"203.0.113.1\"], aaaa = [\"2001:db8::1\"] }",
        "record = { a = [\"203.0.113.2\"], aaaa = [\"2001:db8::2\"] }",
    );
    let v6 = |region: &str, value: &str, weight| RecordSet {
        kind: RecordType::Aaaa,
        content: values(&[value]),
        ..weighted_set(region, value, weight)
    };
    let out = |v4, east6| {
        let mut live = weights(v4, 100);
        live.sets.extend([v6(EAST, "2001:db8::1", east6), v6(WEST, "2001:db8::2", 100)]);
        out(&application, &live, Some(25))
    };
    assert_eq!(out(25, 25), Ok([(EAST.into(), 25)].into()));
    assert_eq!(out(0, 0), Ok([(EAST.into(), 0)].into()));
    assert_eq!(out(100, 100), Ok(Shares::new()));
    for (v4, east6) in [(25, 50), (0, 25), (25, 100)] {
        let why = "the sets \"us-east-1\" have different weights by type";
        assert_eq!(out(v4, east6), Err(why.into()), "{v4} {east6}");
    }
}

#[test]
fn the_least_weight_of_all_is_a_share() {
    let mut application = plain("weighted");
    application.regions[0].weight = 255;
    let out = |east| out(&application, &weights(east, 100), Some(5)).unwrap();
    assert_eq!([out(1), out(2), out(3)], [1, 1, 1].map(|share| Shares::from([(EAST.into(), share)])));
    assert_eq!(out(254), Shares::from([(EAST.into(), 99)]));
}

#[test]
fn what_is_wrong_with_weighted_sets_is_said() {
    let application = plain("weighted");
    let wrong = |sets| out(&application, &listing(sets), None).unwrap_err();
    let west = || weighted_set(WEST, "203.0.113.2", 100);
    assert_eq!(wrong(vec![west()]), "shop.example.com A has no weighted record set \"us-east-1\"");
    assert_eq!(
        wrong(vec![weighted_set(EAST, "203.0.113.9", 100), west()]),
        "the set \"us-east-1\" of shop.example.com A does not hold the value of us-east-1"
    );
    let other =
        RecordSet { routing: Routing::Other { set: EAST.into() }, ..weighted_set(EAST, "203.0.113.1", 1) };
    assert_eq!(wrong(vec![other, west()]), "the set \"us-east-1\" of shop.example.com is not weighted");
}

#[test]
fn a_weighted_set_keeps_its_value_ttl_and_check() {
    let application = plain("weighted");
    let mut live = weights(100, 100);
    live.sets[0].health_check = Some("c-1".into());
    live.sets[0].content = Content::Values { ttl: 5, values: vec!["203.0.113.1".into()] };
    // The unit was looked up before the listing came: it knows no check.
    let unit = units(&application, None).remove(&Region::from(EAST)).unwrap();
    let written = weighted::sets(&application, Some(&live), &application.regions[0], &unit, 25);
    let routing = Routing::Weighted { set: EAST.into(), weight: 25 };
    assert_eq!(written, [RecordSet { routing, ..live.sets[0].clone() }]);
}

#[test]
fn who_serves_by_the_newest_epoch() {
    let (pair, all) = (plain("failover"), plain("weighted"));
    let record = EpochRecord { out: [(EAST.into(), 25)].into(), ..epoch_record(1, EAST, WEST) };
    assert_eq!(Serving::by_epoch(&pair, None), Serving::Seat(EAST.into()));
    assert_eq!(Serving::by_epoch(&pair, Some(&record)), Serving::Seat(WEST.into()));
    assert_eq!(Serving::by_epoch(&all, None), Serving::All { out: Shares::new() });
    assert_eq!(Serving::by_epoch(&all, Some(&record)), Serving::All { out: record.out.clone() });
}

#[test]
fn a_region_serves_while_it_has_any_share() {
    let seat = Serving::Seat(EAST.into());
    assert_eq!((seat.share(&EAST.into()), seat.share(&WEST.into())), (100, 0));
    assert!(seat.serves(&EAST.into()) && !seat.serves(&WEST.into()));
    let all = Serving::All { out: [(EAST.into(), 0), (WEST.into(), 1)].into() };
    assert!(!all.serves(&EAST.into()) && all.serves(&WEST.into()) && all.serves(&"eu-west-1".into()));
    assert_eq!(all.share(&"eu-west-1".into()), 100);
}

#[test]
fn a_failover_pair_without_a_listing_is_named_by_the_plan() {
    let application = plain("failover");
    let mut units = units(&application, None);
    for (region, check) in [(EAST, "c-1"), (WEST, "c-2")] {
        units.get_mut(&Region::from(region)).unwrap().health_check = Some(check.into());
    }
    let seats =
        failover::Seats { primary: &units[&Region::from(WEST)], secondary: &units[&Region::from(EAST)] };
    let set = |set: &str, side, value: &str, check: &str| RecordSet {
        health_check: Some(check.into()),
        ..record_set(SERVED, RecordType::A, Routing::Failover { set: set.into(), side }, values(&[value]))
    };
    assert_eq!(
        failover::sets(&application, None, &seats),
        [
            set("primary", Side::Primary, "203.0.113.2", "c-2"),
            set("secondary", Side::Secondary, "203.0.113.1", "c-1"),
        ]
    );
}

#[test]
fn a_secondary_whose_check_nobody_knows_is_left_as_it_is() {
    let application = plain("failover");
    let units = units(&application, None);
    let seats =
        failover::Seats { primary: &units[&Region::from(WEST)], secondary: &units[&Region::from(EAST)] };
    let sides: Vec<_> = failover::sets(&application, None, &seats)
        .into_iter()
        .map(|set| set.routing.set().map(str::to_owned))
        .collect();
    assert_eq!(sides, [Some("primary".to_owned())]);
}

fn latency_set(region: &str, value: &str) -> RecordSet {
    let routing = Routing::Latency { set: region.into(), region: region.into() };
    record_set(SERVED, RecordType::A, routing, values(&[value]))
}

fn answering(east: &str, west: &str) -> Listing {
    listing(vec![latency_set(EAST, east), latency_set(WEST, west)])
}

#[test]
fn whose_set_answers_anothers_value_is_out() {
    let application = plain("latency");
    let out = |live: &Listing| out(&application, live, None);
    assert_eq!(out(&answering("203.0.113.1", "203.0.113.2")), Ok(Shares::new()));
    assert_eq!(out(&answering("203.0.113.2", "203.0.113.2")), Ok([(EAST.into(), 0)].into()));
    assert_eq!(
        out(&answering("203.0.113.9", "203.0.113.2")),
        Err("the set \"us-east-1\" of shop.example.com A holds no region's value".into())
    );
    assert_eq!(
        out(&listing(vec![latency_set(WEST, "203.0.113.2")])),
        Err("shop.example.com A has no latency record set \"us-east-1\"".into())
    );
}

#[test]
fn whoever_gets_a_regions_answer_is_its_own_set_and_those_that_it_took_over() {
    let application = plain("latency");
    let answered = |live: Option<&Listing>, out: &Shares, left: &str| -> Vec<String> {
        let units = units(&application, live);
        let found = latency::answered_by(&application, live, &units, out, &left.into());
        found.iter().map(|region| region.name.to_string()).collect()
    };
    let (whole, taken) = (answering("203.0.113.1", "203.0.113.2"), answering("203.0.113.2", "203.0.113.2"));
    assert_eq!(answered(Some(&whole), &Shares::new(), WEST), [WEST]);
    assert_eq!(answered(Some(&taken), &[(EAST.into(), 0)].into(), WEST), [EAST, WEST]);
    assert_eq!(answered(None, &[(EAST.into(), 0)].into(), WEST), [EAST, WEST]);
    assert_eq!(answered(None, &Shares::new(), WEST), [WEST]);
}

#[test]
fn a_latency_set_keeps_its_region_and_takes_the_whole_unit() {
    let application = plain("latency");
    let mut live = answering("203.0.113.1", "203.0.113.2");
    live.sets[0].content = Content::Values { ttl: 5, values: vec!["203.0.113.1".into()] };
    live.sets[1].health_check = Some("c-2".into());
    let units = units(&application, Some(&live));
    let written =
        latency::sets(&application, Some(&live), &application.regions[0], &units[&Region::from(WEST)]);
    let content = Content::Values { ttl: 5, values: vec!["203.0.113.2".into()] };
    assert_eq!(written, [RecordSet { content, health_check: Some("c-2".into()), ..live.sets[0].clone() }]);
}
