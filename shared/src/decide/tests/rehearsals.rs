//! A loss that is only supposed: everything that would be done, and nothing that could be sent.

use super::holders::{EU, latency, weighted};
use super::*;
use crate::plan::RecordValue;

fn rehearsed(world: &World, lost: &str) -> Option<Rehearsal> {
    world.with_situation(|situation| rehearse(situation, &lost.into()))
}

#[test]
fn the_loss_of_one_region_is_rehearsed_although_another_is_dead() {
    let mut world = weighted();
    world.plan.applications[0].minimum_capacity = 0;
    let rehearsal = rehearsed(&world, EU).unwrap();
    assert_eq!((rehearsal.wish.from.as_str(), rehearsal.wish.to.as_str()), (EU, WEST));
    assert_eq!(rehearsal.holds, []);
    assert_eq!(rehearsal.zone, world.plan.applications[0].zone);
    assert_eq!(rehearsal.effect.from.as_str(), EU);
}

#[test]
fn each_change_shows_what_its_own_record_set_answers_now() {
    let mut world = World::east_is_dead().with(healthy(EAST, 3600));
    let v6 = |number: u8| format!("2001:db8::{number}");
    for (index, region) in world.plan.applications[0].regions.iter_mut().enumerate() {
        let number = u8::try_from(index).unwrap() + 1;
        region.record = RecordValue::Addresses {
            v4: vec![format!("203.0.113.{number}").parse().unwrap()],
            v6: vec![v6(number).parse().unwrap()],
        };
    }
    let ListingReading::Read(listing) = &mut world.facts.listing else { panic!("not listed") };
    let twin = |set: &RecordSet, number| RecordSet {
        kind: RecordType::Aaaa,
        content: Content::Values { ttl: 60, values: vec![v6(number)] },
        ..set.clone()
    };
    let twins = [twin(&listing.sets[0], 1), twin(&listing.sets[1], 2)];
    let elsewhere = RecordSet { name: "other.example.com".into(), ..listing.sets[0].clone() };
    listing.sets.splice(0..0, [elsewhere]);
    listing.sets.extend(twins);
    let text = |change: &RehearsedChange| {
        let current = change.current.as_deref().unwrap_or("nothing");
        format!("{}: {current} -> {}", change.record, change.new)
    };
    let shown: Vec<String> = rehearsed(&world, EAST).unwrap().changes.iter().map(text).collect();
    let east = "check 11111111-2222-3333-4444-555555555555";
    let west = "check 66666666-7777-8888-9999-000000000000";
    assert_eq!(
        shown[1..5],
        [
            format!(
                "shop.example.com A \"live-PRIMARY\": 203.0.113.1 (TTL 30 s), {east} -> 203.0.113.2 (TTL 30 s), {west}"
            ),
            format!(
                "shop.example.com AAAA \"live-PRIMARY\": 2001:db8::1 (TTL 60 s), {east} -> 2001:db8::2 (TTL 60 s), {west}"
            ),
            format!(
                "shop.example.com A \"live-SECONDARY\": 203.0.113.2 (TTL 30 s), {west} -> 203.0.113.1 (TTL 30 s), {east}"
            ),
            format!(
                "shop.example.com AAAA \"live-SECONDARY\": 2001:db8::2 (TTL 60 s), {west} -> 2001:db8::1 (TTL 60 s), {east}"
            ),
        ]
    );
    assert!(shown[0].starts_with("e00000001._understudy.shop.example.com TXT: nothing -> \"understudy v=1 "));
    assert!(shown[5].starts_with("now._understudy.shop.example.com TXT: nothing -> "), "{}", shown[5]);
}

#[test]
fn a_weight_is_shown_with_the_set_that_has_it() {
    let rehearsal = rehearsed(&weighted().with(healthy(EAST, 3600)), EAST).unwrap();
    let [_, set, _] = rehearsal.changes.as_slice() else { panic!("{:?}", rehearsal.changes) };
    let answers = |weight| {
        Some(format!("203.0.113.1 (TTL 60 s), weight {weight}, check 11111111-2222-3333-4444-555555555555"))
    };
    assert_eq!((set.current.clone(), Some(set.new.clone())), (answers(100), answers(0)));
}

#[test]
fn a_rehearsal_of_a_batch_that_cannot_be_made_shows_no_changes() {
    let mut world = latency().with(healthy(EAST, 3600));
    world.facts.epoch = EpochReading::Unknown { why: "silence".into() };
    let rehearsal = rehearsed(&world, EAST).unwrap();
    assert_eq!((rehearsal.changes.len(), rehearsal.holds[0].guard.as_str()), (0, "epoch-unknown"));
}

#[test]
fn only_who_would_take_over_rehearses() {
    let world = World::east_is_dead().with(healthy(EAST, 3600));
    assert!(rehearsed(&world, EAST).is_some());
    assert_eq!(rehearsed(&World { here: EU.into(), ..world }, EAST), None, "a witness");
    // A restore is wanted here, and no rehearsal of a loss.
    assert_eq!(rehearsed(&World::west_holds(), WEST), None);
}
