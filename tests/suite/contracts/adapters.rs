//! The real adapters against the twin's real wire: the unmodified SDK, real DNS.

use std::time::Duration;

use tokio::net::TcpListener;
use twin::model::health::{AlarmConfiguration, AlarmIdentifier};
use twin::model::records::{ChangeBatch, ListStart, RecordSetInput};
use twin::model::{Fault, Operation, Request, Response};
use understudy::dns::{
    Batch, HealthCheck, Listing, MissingData, RecordSet, RecordType, Routing, Side, Sweep, Watches,
};
use understudy::names::DnsName;
use understudy::ports::{
    ChangeError, ChangeEstate, ChangeRecords, Clock, DnsAnswer, DnsValue, NameServers, ReadEstate,
    ReadRecords,
};
use understudy::provision::AlarmSettings;

use super::wire::{SERVED, Wire, world};

#[tokio::test]
async fn a_decided_batch_moves_the_records_and_claims_its_epoch() {
    let wire = Wire::new().await;
    let batch = wire.batch("r-1").await;
    let change = wire.change(&batch).await.unwrap();
    let listing = wire.list().await;
    let application = &wire.plan.applications[0];
    let side = |side| listing.side(&application.served, RecordType::A, side).unwrap().content.clone();
    assert!(side(Side::Primary).answers_like(&batch.moves()[0].content));
    assert_eq!(listing.epochs(&application.served).unwrap(), [batch.claim().clone()]);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(wire.world.in_sync(&wire.plan.applications[0].zone, &change).await, Ok(true));
    let now = DnsName::new("now._understudy.shop.example.com");
    let answer = wire.world.ask(wire.server, &now, RecordType::Txt).await;
    assert_eq!(answer, Ok(DnsAnswer::Values(vec![DnsValue::Text(batch.claim().text())])));
    wire.running.shutdown().await;
}

#[tokio::test]
async fn of_two_batches_for_one_epoch_one_is_refused_as_a_whole() {
    let wire = Wire::new().await;
    let (one, other) = (wire.batch("r-1").await, wire.batch("r-2").await);
    wire.change(&one).await.unwrap();
    assert!(matches!(wire.change(&other).await, Err(ChangeError::Exists(_))));
    assert!(matches!(wire.change(&one).await, Err(ChangeError::Exists(_))));
    let application = &wire.plan.applications[0];
    let holder = wire.list().await.claim_of(&application.served, one.claim().epoch).unwrap().unwrap();
    assert_eq!(holder.run.as_str(), "r-1");
    wire.running.shutdown().await;
}

#[tokio::test]
async fn each_kind_of_refusal_is_told_apart() {
    let wire = Wire::new().await;
    let batch = wire.batch("r-1").await;
    type Expected = fn(&ChangeError) -> bool;
    let cases: [(Fault, Expected); 4] = [
        (Fault::Throttled, |error| matches!(error, ChangeError::Busy { .. })),
        (Fault::Unavailable, |error| matches!(error, ChangeError::OutcomeUnknown(_))),
        (
            Fault::Refused(twin::model::ApiError::invalid_batch(vec!["protected".into()])),
            |error| matches!(error, ChangeError::Refused { message, .. } if message.contains("protected")),
        ),
        (Fault::AppliedButFailed, |error| matches!(error, ChangeError::OutcomeUnknown(_))),
    ];
    for (fault, expected) in cases {
        wire.fault(fault.clone(), Operation::ChangeResourceRecordSets);
        let error = wire.change(&batch).await.unwrap_err();
        assert!(expected(&error), "{fault:?}: {error:?}");
    }
    // The last one was applied all the same.
    assert!(matches!(wire.change(&batch).await, Err(ChangeError::Exists(_))));
    wire.running.shutdown().await;
}

#[tokio::test]
async fn an_endpoint_that_nobody_listens_on_was_certainly_not_sent_to() {
    let wire = Wire::new().await;
    let batch = wire.batch("r-1").await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let elsewhere = world(&format!("http://{free}"), wire.server, &[]);
    let sent = elsewhere.change(&wire.plan.applications[0].zone, &batch).await;
    assert!(matches!(sent, Err(ChangeError::NotSent(_))), "{sent:?}");
    wire.running.shutdown().await;
}

/// The first region's record set after it was evacuated under a policy.
async fn evacuated(policy: &str) -> (Batch, Listing) {
    let wire = Wire::with(policy).await;
    let batch = wire.batch("r-1").await;
    wire.change(&batch).await.unwrap();
    let listing = wire.list().await;
    wire.running.shutdown().await;
    (batch, listing)
}

fn set_of<'a>(listing: &'a Listing, region: &str) -> &'a RecordSet {
    let named = |routing: &Routing| match routing {
        Routing::Weighted { set, .. } | Routing::Latency { set, .. } => set == region,
        _ => false,
    };
    listing.sets.iter().find(|set| set.name.as_str() == SERVED && named(&set.routing)).unwrap()
}

#[tokio::test]
async fn weights_that_are_written_are_listed_back() {
    let (batch, listing) = evacuated("weighted").await;
    let weight = |set: &RecordSet| match &set.routing {
        Routing::Weighted { weight, .. } => *weight,
        other => panic!("{other:?}"),
    };
    assert_eq!(weight(set_of(&listing, "us-east-1")), 0);
    assert_eq!(weight(set_of(&listing, "us-west-2")), 100);
    assert_eq!(batch.moves(), std::slice::from_ref(set_of(&listing, "us-east-1")));
}

#[tokio::test]
async fn latency_records_that_are_written_are_listed_back() {
    let (batch, listing) = evacuated("latency").await;
    let (left, stays) = (set_of(&listing, "us-east-1"), set_of(&listing, "us-west-2"));
    assert_eq!(batch.moves(), std::slice::from_ref(left));
    let region = |region: &str| Routing::Latency { set: region.to_owned(), region: region.into() };
    assert_eq!((&left.routing, &stays.routing), (&region("us-east-1"), &region("us-west-2")));
    assert!(left.content.answers_like(&stays.content));
}

/// All record sets of the zone, as `name type`.
fn all_records(wire: &Wire) -> Vec<String> {
    let zone = wire.plan.applications[0].zone.id.as_str().into();
    let request = Request::ListResourceRecordSets { zone, start: ListStart::default(), max_items: None };
    let listed = wire.running.with(|twin, now| twin.call(request, now));
    let Ok(Response::Records(page)) = listed else { panic!("{listed:?}") };
    assert!(page.next.is_none());
    page.records.iter().map(|set| format!("{} {}", set.name, set.rtype)).collect()
}

#[tokio::test]
async fn a_sweep_deletes_old_epoch_records_and_nothing_else() {
    let wire = Wire::new().await;
    let (zone, served) = (&wire.plan.applications[0].zone, DnsName::new(SERVED));
    let record = |label: &str, epoch: u32| {
        let at = "2026-01-01T00:00:00Z";
        let text = format!("understudy v=1 epoch={epoch} run=r from=us-east-1 to=us-west-2 at={at} plan=p");
        let name = format!("{label}._understudy.{SERVED}");
        RecordSetInput::simple(&name, "TXT", 5, &[&format!("\"{text}\"")])
    };
    let epochs = [1, 2, 40].map(|epoch| record(&format!("e{epoch:08}"), epoch)).into_iter();
    let others = [record("now", 40), record("e00000003.other", 3)];
    let batch = epochs.chain(others).fold(ChangeBatch::new(), ChangeBatch::create);
    let request = Request::ChangeResourceRecordSets { zone: zone.id.as_str().into(), batch };
    wire.running.with(|twin, now| twin.call(request, now)).unwrap();
    let before = all_records(&wire);

    let sweep = Sweep::of(&wire.list().await, &served, wire.world.now()).unwrap();
    wire.world.sweep(zone, &sweep).await.unwrap();
    let swept = [1, 2].map(|epoch| format!("e{epoch:08}._understudy.{SERVED}. TXT"));
    let kept: Vec<String> = before.into_iter().filter(|record| !swept.contains(record)).collect();
    assert_eq!(all_records(&wire), kept);

    let again = wire.world.sweep(zone, &sweep).await;
    assert!(matches!(again, Err(ChangeError::Refused { .. })), "{again:?}");
    assert_eq!(all_records(&wire), kept);
    wire.running.shutdown().await;
}

#[tokio::test]
async fn what_a_check_has_copied_of_its_alarm_is_read() {
    let wire = Wire::new().await;
    let identifier = AlarmIdentifier { region: "us-west-2".into(), name: "db".into() };
    let dimension = ("Cluster".to_owned(), "orders".to_owned());
    let settings = AlarmConfiguration {
        evaluation_periods: 2,
        threshold: 0.5,
        comparison_operator: "LessThanThreshold".into(),
        period: 60,
        metric_name: "Writable".into(),
        namespace: "Shop".into(),
        statistic: "Minimum".into(),
        dimensions: vec![dimension.clone()],
    };
    wire.running.with(|twin, _| twin.put_alarm(identifier, settings));
    let watches =
        Watches::Metric { region: "us-west-2".into(), alarm: "db".into(), missing: MissingData::LastKnown };
    let id = wire.world.create_check("db-1", &HealthCheck::of(watches)).await.unwrap();
    let checks = wire.world.health_checks().await.unwrap();
    let copied = checks.iter().map(|check| check.copied.clone().filter(|_| check.id == id));
    let expected = AlarmSettings {
        namespace: Some("Shop".into()),
        metric: Some("Writable".into()),
        dimensions: [dimension].into(),
        statistic: Some("Minimum".into()),
        period: 60,
        periods: 2,
        datapoints: None,
        threshold: Some(0.5),
        comparison: "LessThanThreshold".into(),
    };
    assert_eq!(copied.flatten().collect::<Vec<_>>(), [expected]);
    wire.running.shutdown().await;
}
