//! Epoch records, and the batch that claims one.

use super::*;

fn epoch_in(label: &str) -> Option<Epoch> {
    let name = DnsName::new(&format!("{label}._understudy.{SERVED}"));
    EpochRecord::epoch_in(&name, &SERVED.into())
}

#[test]
fn an_epoch_has_one_name_of_eight_digits_or_more() {
    assert_eq!(epoch_in("e00000042"), Some(Epoch(42)));
    assert_eq!(epoch_in("e123456789"), Some(Epoch(123_456_789)));
    for label in [
        "e0000042",
        "e000000042",
        "e42",
        "e+0000042",
        "e0000004x",
        "00000042",
        "f00000042",
        "e99999999999999999999",
    ] {
        assert_eq!(epoch_in(label), None, "{label}");
    }
    assert_eq!(EpochRecord::epoch_in(&DnsName::new("e00000042.example.com"), &SERVED.into()), None);
}

#[test]
fn whoever_is_not_listed_as_out_serves_wholly() {
    let record = EpochRecord { out: [(EAST.into(), 25)].into(), ..epoch_record(1, EAST, WEST) };
    assert_eq!((record.share_of(&EAST.into()), record.share_of(&WEST.into())), (25, 100));
}

#[test]
fn a_record_that_names_one_region_twice_moved_nobody() {
    assert!(epoch_record(1, EAST, WEST).changed_holder());
    assert!(!epoch_record(1, EAST, EAST).changed_holder());
}

#[test]
fn both_kinds_of_move_read_back() {
    for kind in [MoveKind::Evacuate, MoveKind::Restore] {
        let record = EpochRecord { kind, ..epoch_record(1, EAST, WEST) };
        assert_eq!(EpochRecord::parse(&record.text()), Ok(record));
    }
    assert_eq!([MoveKind::Evacuate, MoveKind::Restore].map(MoveKind::as_str), ["evacuate", "restore"]);
}

#[test]
fn an_incomplete_record_is_not_read_and_a_stranger_is_cut() {
    let text = epoch_record(1, EAST, WEST).text();
    assert!(EpochRecord::parse(&text).is_ok());
    for field in [
        "epoch=1",
        "run=r-1",
        "from=us-east-1",
        "to=us-west-2",
        "at=2026-11-22T12:00:00Z",
        "plan=0123456789ab",
    ] {
        assert!(EpochRecord::parse(&text.replace(field, "x=y")).is_err(), "{field}");
    }
    let NotAnEpoch(shown) = EpochRecord::parse(&"x".repeat(1_000)).unwrap_err();
    assert_eq!(shown.len(), 255);
}

#[test]
fn a_batch_creates_its_epoch_and_upserts_what_changes_and_the_newest() {
    let changed = record_set(SERVED, RecordType::A, Routing::Simple, values(&["203.0.113.2"]));
    let claim = epoch_record(7, EAST, WEST);
    let batch = Batch::new(SERVED.into(), claim.clone(), vec![changed.clone()]);
    assert_eq!((batch.claim(), batch.served().as_str()), (&claim, SERVED));
    assert_eq!(batch.moves(), std::slice::from_ref(&changed));
    let text = |name: &str| RecordSet {
        content: Content::Values { ttl: 5, values: vec![format!("\"{}\"", claim.text())] },
        ..record_set(name, RecordType::Txt, Routing::Simple, values(&[]))
    };
    assert_eq!(batch.create(), text("e00000007._understudy.shop.example.com"));
    assert_eq!(Vec::from_iter(batch.upserts()), [changed, text("now._understudy.shop.example.com")]);
    assert_eq!(batch.comment(), "understudy epoch 7 run r-1: us-east-1 to us-west-2");
}
