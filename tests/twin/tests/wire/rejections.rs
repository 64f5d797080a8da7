//! Every kind of refusal, by the code that the SDK reads.

use aws_sdk_route53::error::ProvideErrorMetadata;
use aws_sdk_route53::operation::change_resource_record_sets::ChangeResourceRecordSetsError as Refused;
use aws_sdk_route53::types::{
    AliasTarget, ChangeAction, ResourceRecordSet, ResourceRecordSetFailover, RrType,
};
use std::time::Duration;

use twin::model::{Config, Fault, Operation, Scope, Span};
use twin::wire::{BatchErrorForm, ServerConfig};

use crate::api::tcp_check;
use crate::world::{World, a, config, failover, txt, weighted};

async fn refused(world: &World, set: ResourceRecordSet) -> Refused {
    world.change([(ChangeAction::Create, set)]).await.unwrap_err().into_service_error()
}

#[tokio::test]
async fn what_is_wrong_with_a_batch() {
    let world = World::start(config()).await;
    world.create([weighted("w.example.com", "192.0.2.1", "one", 1)]).await;
    let alias = |ttl: Option<i64>| {
        let target =
            AliasTarget::builder().hosted_zone_id("Z1D633PJN98FT9").dns_name("x.us-west-2.elb.amazonaws.com");
        let target = target.evaluate_target_health(true).build().unwrap();
        ResourceRecordSet::builder()
            .name("x.example.com")
            .r#type(RrType::A)
            .alias_target(target)
            .set_ttl(ttl)
            .build()
            .unwrap()
    };
    let no_ttl = |set: ResourceRecordSet| {
        ResourceRecordSet::builder()
            .name(set.name())
            .r#type(set.r#type().clone())
            .set_resource_records(Some(set.resource_records().to_vec()))
            .build()
            .unwrap()
    };
    for (set, code, words) in [
        (a("x.example.net", "192.0.2.1"), "InvalidChangeBatch", "is not permitted in zone example.com."),
        (a("x.example.com", "no address"), "InvalidChangeBatch", "ARRDATANotSingleField"),
        (txt("x.example.com", "bare"), "InvalidChangeBatch", "InvalidTXTRDATA"),
        (
            txt("x.example.com", &format!("\"{}\"", "x".repeat(256))),
            "InvalidChangeBatch",
            "CharacterStringTooLong",
        ),
        (
            weighted("w.example.com", "192.0.2.1", "one", 1),
            "InvalidChangeBatch",
            "set-identifier='one'] but it already exists",
        ),
        (
            failover("x.example.com", "192.0.2.1", ResourceRecordSetFailover::Primary, None),
            "InvalidChangeBatch",
            "No changes made.",
        ),
        (
            failover("w.example.com", "192.0.2.1", ResourceRecordSetFailover::Secondary, None),
            "InvalidChangeBatch",
            "with the same name and type",
        ),
        (alias(None), "InvalidChangeBatch", "does not lie within the target zone"),
        (alias(Some(60)), "InvalidInput", "found more than one"),
        (no_ttl(a("x.example.com", "192.0.2.1")), "InvalidInput", "found none"),
        (weighted("x.example.com", "192.0.2.1", "one", 256), "InvalidInput", "0 to 255"),
        (
            failover("x.example.com", "192.0.2.1", ResourceRecordSetFailover::Secondary, Some("nobody")),
            "NoSuchHealthCheck",
            "nobody",
        ),
    ] {
        let error = refused(&world, set).await;
        assert_eq!(error.meta().code(), Some(code), "{error:?}");
        assert!(error.message().is_some_and(|message| message.contains(words)), "{words}: {error:?}");
    }
    world.running.shutdown().await;
}

#[tokio::test]
async fn what_is_not_there() {
    let world = World::start(config()).await;
    let client = &world.client;
    assert!(client.get_change().id("C0").send().await.unwrap_err().into_service_error().is_no_such_change());
    let batch = aws_sdk_route53::types::ChangeBatch::builder()
        .changes(
            aws_sdk_route53::types::Change::builder()
                .action(ChangeAction::Upsert)
                .resource_record_set(a("a.example.com", "192.0.2.1"))
                .build()
                .unwrap(),
        )
        .build()
        .unwrap();
    let error = client
        .change_resource_record_sets()
        .hosted_zone_id("Z0")
        .change_batch(batch)
        .send()
        .await
        .unwrap_err();
    assert!(error.into_service_error().is_no_such_hosted_zone());
    let error = client.list_resource_record_sets().hosted_zone_id("Z0").send().await.unwrap_err();
    assert!(error.into_service_error().is_no_such_hosted_zone());
    let error = client.list_geo_locations().send().await.unwrap_err();
    assert_eq!(
        error.raw_response().unwrap().status().as_u16(),
        501,
        "the twin says that it does not know this"
    );
    world.running.shutdown().await;
}

#[tokio::test]
async fn an_invalid_check_and_an_address_that_cannot_be_checked() {
    let world = World::start(Config::default()).await;
    let create = world.client.create_health_check().caller_reference("r").health_check_config(tcp_check(1));
    let error = create.send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_input());
    assert!(error.message().unwrap().contains("IPAddress"));
    world.running.shutdown().await;
}

#[tokio::test]
async fn a_zone_that_is_busy_and_an_api_that_throttles_fails_or_hangs() {
    let world = World::start(config().processing_time(Duration::from_secs(60))).await;
    world.create([a("a.example.com", "192.0.2.1")]).await;
    assert!(matches!(
        refused(&world, a("b.example.com", "192.0.2.1")).await,
        Refused::PriorRequestNotComplete(_)
    ));
    let order = |fault| {
        let scope = Scope::of(Operation::GetChange);
        world.running.twin().faults_mut().inject(fault, scope, Span::NextCalls(1));
    };
    let get = || world.client.get_change().id("C0").send();
    order(Fault::Throttled);
    let error = get().await.unwrap_err();
    assert_eq!((error.code(), error.message()), (Some("Throttling"), Some("Rate exceeded")));
    order(Fault::Unavailable);
    let error = get().await.unwrap_err();
    assert_eq!(
        (error.code(), error.raw_response().unwrap().status().as_u16()),
        (Some("ServiceUnavailable"), 503)
    );
    order(Fault::Hang);
    assert!(tokio::time::timeout(Duration::from_millis(100), get()).await.is_err());
    order(Fault::Slow(Duration::from_millis(150)));
    let before = world.running.clock().now();
    assert!(get().await.is_err());
    assert!(world.running.clock().now() - before >= Duration::from_millis(150));
    world.running.shutdown().await;
}

#[tokio::test]
async fn an_unknown_outcome_is_found_by_reading() {
    let world = World::start(config()).await;
    world.running.twin().faults_mut().inject(Fault::AppliedButFailed, Scope::All, Span::NextCalls(1));
    let error = world.change([(ChangeAction::Create, txt("e1.example.com", "\"run\""))]).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 500);
    let page = world
        .client
        .list_resource_record_sets()
        .hosted_zone_id(&world.zone)
        .start_record_name("e1.example.com")
        .send()
        .await
        .unwrap();
    assert_eq!(page.resource_record_sets()[0].name(), "e1.example.com.");
    world.running.shutdown().await;
}

#[tokio::test]
async fn the_burst_of_the_account_is_fifty() {
    let world = World::start(config()).await;
    let before = world.running.clock().now();
    let mut answered = 0;
    for _ in 0..70 {
        answered += u32::from(world.client.get_hosted_zone().id(&world.zone).send().await.is_ok());
    }
    // However slow the host is, no more than the refill comes on top; one token went into the zone.
    let refilled = (world.running.clock().now() - before).as_secs_f64() * 10.0;
    assert!(answered >= 49 && f64::from(answered) <= 50.0 + refilled, "{answered}, refilled {refilled}");
    world.running.shutdown().await;
}

#[tokio::test]
async fn the_old_form_of_a_refused_batch_tells_the_sdk_nothing() {
    let server = ServerConfig::from(config()).batch_error(BatchErrorForm::Bare);
    let world = World::serve(server).await;
    let error = world.change([(ChangeAction::Delete, a("x.example.com", "192.0.2.1"))]).await.unwrap_err();
    let body = String::from_utf8_lossy(error.raw_response().unwrap().body().bytes().unwrap()).into_owned();
    assert!(body.contains("<InvalidChangeBatch xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Messages><Message>Tried to delete"));
    assert_eq!(error.code(), None);
    world.running.shutdown().await;
}
