//! What can be found in a listing among whatever else is in it.

use super::*;

fn primary(name: &str, kind: RecordType, value: &str) -> RecordSet {
    let routing = Routing::Failover { set: "one".into(), side: Side::Primary };
    record_set(name, kind, routing, values(&[value]))
}

fn secondary(kind: RecordType, value: &str) -> RecordSet {
    let routing = Routing::Failover { set: "two".into(), side: Side::Secondary };
    record_set(SERVED, kind, routing, values(&[value]))
}

fn value(set: Option<&RecordSet>) -> Option<String> {
    match &set?.content {
        Content::Values { values, .. } => values.first().cloned(),
        Content::Alias { target, .. } => Some(target.to_string()),
    }
}

/// Sets of another name and of other types stand before those that are looked for.
fn crowded() -> Listing {
    listing(vec![
        primary("other.example.com", RecordType::A, "198.51.100.9"),
        primary(SERVED, RecordType::Aaaa, "2001:db8::1"),
        secondary(RecordType::A, "203.0.113.2"),
        primary(SERVED, RecordType::A, "203.0.113.1"),
        secondary(RecordType::Aaaa, "2001:db8::2"),
    ])
}

#[test]
fn a_side_is_that_of_the_name_and_type() {
    let listing = crowded();
    let found = |kind, side| value(listing.side(&SERVED.into(), kind, side));
    assert_eq!(found(RecordType::A, Side::Primary).as_deref(), Some("203.0.113.1"));
    assert_eq!(found(RecordType::A, Side::Secondary).as_deref(), Some("203.0.113.2"));
    assert_eq!(found(RecordType::Aaaa, Side::Primary).as_deref(), Some("2001:db8::1"));
    assert_eq!(found(RecordType::Cname, Side::Primary), None);
}

#[test]
fn an_identifier_is_that_of_the_name_and_type() {
    let listing = crowded();
    let found = |kind, identifier| value(listing.with_identifier(&SERVED.into(), kind, identifier));
    assert_eq!(found(RecordType::A, "one").as_deref(), Some("203.0.113.1"));
    assert_eq!(found(RecordType::Aaaa, "two").as_deref(), Some("2001:db8::2"));
    assert_eq!(found(RecordType::A, "three"), None);
}

#[test]
fn the_types_of_the_served_name_are_those_that_lead_somewhere() {
    let txt = record_set(SERVED, RecordType::Txt, Routing::Simple, values(&["\"v=spf1 -all\""]));
    let elsewhere = primary("other.example.com", RecordType::Cname, "east.example.net");
    let live = listing([crowded().sets, vec![txt, elsewhere]].concat());
    assert_eq!(live.kinds(&SERVED.into()), [RecordType::A, RecordType::Aaaa]);
}

#[test]
fn a_check_is_found_on_the_live_set_that_answers_the_same() {
    let application = plain("failover");
    let with_check = |set: RecordSet, check: &str| RecordSet { health_check: Some(check.into()), ..set };
    let live = listing(vec![
        with_check(primary(SERVED, RecordType::A, "203.0.113.1"), "c-1"),
        with_check(secondary(RecordType::A, "203.0.113.2"), "c-2"),
    ]);
    let found = units(&application, Some(&live));
    assert_eq!(found[&Region::from(EAST)].health_check, Some("c-1".into()));
    assert_eq!(found[&Region::from(WEST)].health_check, Some("c-2".into()));
    assert!(units(&application, None).values().all(|unit| unit.health_check.is_none()));
}

#[test]
fn the_region_in_a_seat_is_the_same_by_all_types() {
    let application = application(
        "failover",
        "record = { a = [\"203.0.113.1\"], aaaa = [\"2001:db8::1\"] }",
        "record = { a = [\"203.0.113.2\"], aaaa = [\"2001:db8::2\"] }",
    );
    let seated = |live: &Listing, side| live.seated(&application, side, &units(&application, None));
    let mut live = crowded();
    assert_eq!(seated(&live, Side::Primary), Ok(EAST.into()));
    assert_eq!(seated(&live, Side::Secondary), Ok(WEST.into()));
    live.sets[1].content = values(&["2001:db8::2"]);
    assert_eq!(
        seated(&live, Side::Primary),
        Err("the PRIMARY sets of shop.example.com hold different regions by type".into())
    );
    live.sets[1].content = values(&["2001:db8::9"]);
    assert_eq!(
        seated(&live, Side::Primary),
        Err("the PRIMARY set of shop.example.com AAAA holds no region's value".into())
    );
    live.sets.remove(1);
    assert_eq!(seated(&live, Side::Primary), Err("shop.example.com AAAA has no PRIMARY record set".into()));
}

fn text(name: &str, text: &str) -> RecordSet {
    record_set(name, RecordType::Txt, Routing::Simple, values(&[&format!("\"{text}\"")]))
}

fn claims(epochs: &[u64]) -> Vec<RecordSet> {
    epochs.iter().map(|epoch| epoch_record(*epoch, EAST, WEST).claim_set(&SERVED.into())).collect()
}

fn numbers(listing: &Listing) -> Result<Vec<u64>, UnreadableEpoch> {
    let records = listing.epochs(&SERVED.into())?;
    Ok(records.iter().map(|record| record.epoch.0).collect())
}

#[test]
fn epochs_are_listed_newest_first_and_nothing_else_is_one() {
    let mut sets = claims(&[2, 10, 1]);
    sets.push(epoch_record(10, EAST, WEST).now_set(&SERVED.into()));
    sets.push(epoch_record(99, EAST, WEST).claim_set(&"other.example.com".into()));
    sets.push(record_set(
        "e00000098._understudy.shop.example.com",
        RecordType::A,
        Routing::Simple,
        values(&["203.0.113.1"]),
    ));
    assert_eq!(numbers(&listing(sets)), Ok(vec![10, 2, 1]));
}

#[test]
fn an_old_epoch_that_cannot_be_read_is_history_and_the_newest_is_an_error() {
    let old = text("e00000001._understudy.shop.example.com", "hello");
    let sets = [vec![old.clone()], claims(&[2])].concat();
    assert_eq!(numbers(&listing(sets)), Ok(vec![2]));
    let newest = RecordSet { name: "e00000003._understudy.shop.example.com".into(), ..old };
    let sets = [claims(&[2]), vec![newest]].concat();
    assert_eq!(numbers(&listing(sets)), Err(UnreadableEpoch { epoch: Epoch(3), text: "hello".into() }));
}

#[test]
fn a_record_that_tells_another_epoch_than_its_name_does_cannot_be_read() {
    let record = RecordSet {
        name: "e00000007._understudy.shop.example.com".into(),
        ..epoch_record(6, EAST, WEST).claim_set(&SERVED.into())
    };
    let text = epoch_record(6, EAST, WEST).text();
    assert_eq!(numbers(&listing(vec![record])), Err(UnreadableEpoch { epoch: Epoch(7), text }));
    let alias = record_set(
        "e00000007._understudy.shop.example.com",
        RecordType::Txt,
        Routing::Simple,
        alias("a.example.net"),
    );
    assert_eq!(
        numbers(&listing(vec![alias])),
        Err(UnreadableEpoch { epoch: Epoch(7), text: "(an alias)".into() })
    );
}

#[test]
fn a_claim_is_found_by_its_own_epoch() {
    let live =
        listing([claims(&[1, 2]), vec![text("e00000003._understudy.shop.example.com", "hello")]].concat());
    let claim = |epoch| live.claim_of(&SERVED.into(), Epoch(epoch));
    assert_eq!(claim(2), Ok(Some(epoch_record(2, EAST, WEST))));
    assert_eq!(claim(4), Ok(None));
    assert_eq!(claim(3), Err(UnreadableEpoch { epoch: Epoch(3), text: "hello".into() }));
}
