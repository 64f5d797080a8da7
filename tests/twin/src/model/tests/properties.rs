//! Rules that hold for whatever is sent.

use proptest::prelude::*;

use super::*;
use crate::model::records::{Action, Change, ListStart};

fn any_record() -> impl Strategy<Value = RecordSetInput> {
    let name = prop::sample::select(vec![
        "a.example.com",
        "b.example.com",
        "*.example.com",
        "example.com",
        "example.net",
    ]);
    let rtype = prop::sample::select(vec!["A", "TXT", "CNAME", "NS"]);
    let value = prop::sample::select(vec!["192.0.2.1", "\"text\"", "c.example.com", "bad value"]);
    let identifier = prop::option::of(prop::sample::select(vec!["one", "two"]));
    (
        name,
        rtype,
        value,
        identifier,
        prop::option::of(-1_i64..300),
        prop::bool::ANY,
        prop::option::of(0_i64..100),
    )
        .prop_map(|(name, rtype, value, identifier, weight, latency, ttl)| RecordSetInput {
            set_identifier: identifier.map(str::to_owned),
            weight,
            region: latency.then(|| "us-east-1".to_owned()),
            ttl,
            ..RecordSetInput::simple(name, rtype, 60, &[value])
        })
}

fn any_batch() -> impl Strategy<Value = ChangeBatch> {
    let action = prop::sample::select(vec![Action::Create, Action::Upsert, Action::Delete]);
    let change = (action, any_record()).prop_map(|(action, record)| Change { action, record });
    prop::collection::vec(change, 1..4).prop_map(|changes| ChangeBatch { comment: None, changes })
}

/// What must hold of any zone, written without the model's own rules.
fn is_sound(world: &World) -> bool {
    let page = world.twin.list_resource_record_sets(&world.zone, &ListStart::default(), None).unwrap();
    page.records.iter().all(|set| {
        page.records.iter().filter(|other| other.name == set.name).all(|other| {
            let same_type = other.rtype == set.rtype;
            let same_policy = std::mem::discriminant(&other.policy) == std::mem::discriminant(&set.policy);
            let cname = (other.rtype == RecordType::Cname) == (set.rtype == RecordType::Cname);
            cname && (!same_type || same_policy)
        }) && set.name.as_str().ends_with("example.com.")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_batch_is_done_wholly_or_not_at_all_and_leaves_a_sound_zone(batches in prop::collection::vec(any_batch(), 1..12)) {
        let mut world = World::new();
        for batch in batches {
            let before = world.twin.list_resource_record_sets(&world.zone, &ListStart::default(), None).unwrap();
            let done = world.change(batch.clone());
            let after = world.twin.list_resource_record_sets(&world.zone, &ListStart::default(), None).unwrap();
            match done {
                Err(_) => prop_assert_eq!(before, after),
                Ok(_) => {
                    for change in batch.changes.iter().filter(|change| change.action != Action::Delete) {
                        let name = DnsName::parse(&change.record.name).unwrap();
                        prop_assert!(after.records.iter().any(|set| set.name == name && set.rtype.as_str() == change.record.rtype));
                    }
                }
            }
            prop_assert!(is_sound(&world));
        }
    }

    #[test]
    fn names_survive_being_written_and_read(name in "[ -~]{1,40}") {
        if let Ok(parsed) = DnsName::parse(&name) {
            prop_assert_eq!(DnsName::parse(parsed.as_str()), Ok(parsed));
        }
    }

    #[test]
    fn what_is_listed_can_be_deleted(record in any_record()) {
        let mut world = World::new();
        if world.change(ChangeBatch::new().create(record)).is_ok() {
            let page = world.twin.list_resource_record_sets(&world.zone, &ListStart::default(), None).unwrap();
            for set in page.records.iter().filter(|set| set.name.as_str() != "example.com.") {
                world.change(ChangeBatch::new().delete(RecordSetInput::from(set))).unwrap();
            }
        }
    }
}
