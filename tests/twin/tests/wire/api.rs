//! The unmodified SDK against the twin.

use aws_sdk_route53::error::ProvideErrorMetadata;
use aws_sdk_route53::types::{
    ChangeAction, HealthCheckConfig, HealthCheckType, ResourceRecordSetFailover, RrType, Tag, TagResourceType,
};

use crate::world::{World, a, config, failover, txt, weighted};

pub fn tcp_check(port: i32) -> HealthCheckConfig {
    HealthCheckConfig::builder()
        .r#type(HealthCheckType::Tcp)
        .ip_address("127.0.0.1")
        .port(port)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_zone_a_check_and_a_failover_pair_come_back_as_they_were_sent() {
    let world = World::start(config()).await;
    let check = world
        .client
        .create_health_check()
        .caller_reference("one")
        .health_check_config(tcp_check(1))
        .send()
        .await
        .unwrap();
    let check = check.health_check().unwrap().id().to_owned();
    let pair = [
        failover("shop.example.com", "192.0.2.1", ResourceRecordSetFailover::Primary, Some(&check)),
        failover("shop.example.com", "192.0.2.2", ResourceRecordSetFailover::Secondary, None),
    ];
    let change = world.create(pair.clone()).await;
    assert!(change.starts_with("/change/C"), "{change}");
    let page = world
        .client
        .list_resource_record_sets()
        .hosted_zone_id(&world.zone)
        .start_record_name("shop.example.com")
        .start_record_type(RrType::A)
        .send()
        .await
        .unwrap();
    assert!(!page.is_truncated());
    for (listed, sent) in page.resource_record_sets().iter().zip(&pair) {
        assert_eq!(listed.name(), "shop.example.com.");
        assert_eq!((listed.failover(), listed.health_check_id()), (sent.failover(), sent.health_check_id()));
        assert_eq!((listed.ttl(), listed.resource_records()), (sent.ttl(), sent.resource_records()));
    }
    world.in_sync(&change).await;
    assert_eq!(world.addresses("shop.example.com.").await, ["192.0.2.1"]);
    world.running.shutdown().await;
}

#[tokio::test]
async fn of_many_that_create_one_epoch_exactly_one_wins_and_the_others_read_why() {
    let world = World::start(config()).await;
    let name = "e00000001._understudy.shop.example.com";
    let race = (0..8).map(|run| {
        let epoch = txt(name, &format!("\"1 run-{run}\""));
        world.change([
            (ChangeAction::Create, epoch),
            (ChangeAction::Upsert, a("shop.example.com", &format!("192.0.2.{run}"))),
        ])
    });
    let mut wins = 0;
    for outcome in join_all(race).await {
        let Err(error) = outcome else {
            wins += 1;
            continue;
        };
        let error = error.into_service_error();
        assert!(error.is_invalid_change_batch());
        assert_eq!(error.meta().code(), Some("InvalidChangeBatch"));
        assert_eq!(
            error.message(),
            Some(
                "[Tried to create resource record set [name='e00000001._understudy.shop.example.com.', type='TXT'] but it already exists]"
            )
        );
    }
    assert_eq!(wins, 1);
    world.running.shutdown().await;
}

async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in futures.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn the_sdk_s_paginator_reads_every_record_set_once() {
    let world = World::start(config()).await;
    world
        .create((0..25).map(|at| weighted("w.example.com", "192.0.2.1", &format!("id & <{at:02}>"), 1)))
        .await;
    let mut request = world.client.list_resource_record_sets().hosted_zone_id(&world.zone).max_items(10);
    let mut seen = Vec::new();
    loop {
        let page = request.clone().send().await.unwrap();
        seen.extend(
            page.resource_record_sets().iter().map(|set| set.set_identifier().unwrap_or_default().to_owned()),
        );
        if !page.is_truncated() {
            break;
        }
        request = request
            .set_start_record_name(page.next_record_name().map(str::to_owned))
            .set_start_record_type(page.next_record_type().cloned())
            .set_start_record_identifier(page.next_record_identifier().map(str::to_owned));
    }
    assert_eq!(seen.len(), 27);
    assert!(seen.contains(&"id & <24>".to_owned()));
    world.running.shutdown().await;
}

#[tokio::test]
async fn health_checks_are_created_read_updated_tagged_listed_and_deleted() {
    let world = World::start(config()).await;
    let client = &world.client;
    let create =
        || client.create_health_check().caller_reference("ref").health_check_config(tcp_check(1)).send();
    let id = create().await.unwrap().health_check().unwrap().id().to_owned();
    assert_eq!(
        create().await.unwrap().health_check().unwrap().id(),
        id,
        "the same reference, the same check"
    );
    let read = client.get_health_check().health_check_id(&id).send().await.unwrap();
    let config = read.health_check().unwrap().health_check_config().unwrap();
    assert_eq!(
        (config.request_interval(), config.failure_threshold(), config.port()),
        (Some(30), Some(3), Some(1))
    );
    let updated = client
        .update_health_check()
        .health_check_id(&id)
        .health_check_version(1)
        .inverted(true)
        .send()
        .await
        .unwrap();
    assert_eq!(updated.health_check().unwrap().health_check_version(), 2);
    let stale = client
        .update_health_check()
        .health_check_id(&id)
        .health_check_version(1)
        .inverted(false)
        .send()
        .await;
    assert!(stale.unwrap_err().into_service_error().is_health_check_version_mismatch());

    let tag = Tag::builder().key("app").value("shop").build();
    let tagging =
        client.change_tags_for_resource().resource_type(TagResourceType::Healthcheck).resource_id(&id);
    tagging.add_tags(tag.clone()).send().await.unwrap();
    let tags = client
        .list_tags_for_resource()
        .resource_type(TagResourceType::Healthcheck)
        .resource_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(tags.resource_tag_set().unwrap().tags(), [tag]);
    let tags = client
        .list_tags_for_resources()
        .resource_type(TagResourceType::Healthcheck)
        .resource_ids(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(tags.resource_tag_sets().len(), 1);

    let listed = client.list_health_checks().send().await.unwrap();
    assert_eq!(listed.health_checks().len(), 1);
    let status = client.get_health_check_status().health_check_id(&id).send().await.unwrap();
    assert!(status.health_check_observations().len() <= 16);
    client.delete_health_check().health_check_id(&id).send().await.unwrap();
    let gone = client.get_health_check().health_check_id(&id).send().await.unwrap_err().into_service_error();
    assert!(gone.is_no_such_health_check());
    let spent = create().await.unwrap_err().into_service_error();
    assert!(spent.is_health_check_already_exists());
    world.running.shutdown().await;
}

#[tokio::test]
async fn every_type_of_check_survives_the_way_there_and_back() {
    use aws_sdk_route53::types::{
        AlarmIdentifier, CloudWatchRegion, HealthCheckRegion, InsufficientDataHealthStatus,
    };
    let world = World::start(config()).await;
    let child = world
        .client
        .create_health_check()
        .caller_reference("child")
        .health_check_config(tcp_check(1))
        .send()
        .await
        .unwrap();
    let of = |check_type| HealthCheckConfig::builder().r#type(check_type);
    let alarm =
        AlarmIdentifier::builder().region(CloudWatchRegion::UsWest2).name("errors & more").build().unwrap();
    let configs = [
        of(HealthCheckType::Http).fully_qualified_domain_name("a.example.com").resource_path("/h?a=1&b=2"),
        of(HealthCheckType::HttpsStrMatch)
            .ip_address("203.0.113.1")
            .search_string("<OK>")
            .enable_sni(true)
            .request_interval(10),
        of(HealthCheckType::Http)
            .ip_address("203.0.113.1")
            .regions(HealthCheckRegion::UsEast1)
            .regions(HealthCheckRegion::UsWest1)
            .regions(HealthCheckRegion::EuWest1),
        of(HealthCheckType::Calculated)
            .health_threshold(0)
            .child_health_checks(child.health_check().unwrap().id()),
        of(HealthCheckType::CloudwatchMetric)
            .alarm_identifier(alarm)
            .insufficient_data_health_status(InsufficientDataHealthStatus::LastKnownStatus),
        of(HealthCheckType::RecoveryControl)
            .routing_control_arn("arn:aws:route53-recovery-control::1:controlpanel/p/routingcontrol/r"),
    ];
    for (at, config) in configs.into_iter().enumerate() {
        let sent = config.build().unwrap();
        let made = world
            .client
            .create_health_check()
            .caller_reference(format!("c{at}"))
            .health_check_config(sent.clone())
            .send()
            .await
            .unwrap();
        let got = made.health_check().unwrap().health_check_config().unwrap().clone();
        assert_eq!(got.r#type(), sent.r#type());
        assert_eq!(got.resource_path(), sent.resource_path());
        assert_eq!(got.search_string(), sent.search_string());
        assert_eq!(got.regions(), sent.regions());
        assert_eq!(got.child_health_checks(), sent.child_health_checks());
        assert_eq!(got.alarm_identifier(), sent.alarm_identifier());
        assert_eq!(got.routing_control_arn(), sent.routing_control_arn());
    }
    world.running.shutdown().await;
}

#[tokio::test]
async fn zones_are_listed_found_by_name_and_deleted() {
    use aws_sdk_route53::types::AccountLimitType;
    let world = World::start(config()).await;
    let client = &world.client;
    let zone = client.get_hosted_zone().id(&world.zone).send().await.unwrap();
    assert_eq!(zone.delegation_set().unwrap().name_servers().len(), 2);
    assert_eq!(zone.hosted_zone().unwrap().resource_record_set_count(), Some(2));
    assert!(!zone.hosted_zone().unwrap().config().unwrap().private_zone());
    assert_eq!(client.list_hosted_zones().send().await.unwrap().hosted_zones().len(), 1);
    let named = client.list_hosted_zones_by_name().dns_name("example.com").send().await.unwrap();
    assert_eq!(named.hosted_zones()[0].id(), world.zone);
    let limit =
        client.get_account_limit().r#type(AccountLimitType::MaxHealthChecksByOwner).send().await.unwrap();
    assert_eq!(limit.limit().unwrap().value(), 200);
    client.delete_hosted_zone().id(&world.zone).send().await.unwrap();
    let gone = client.get_hosted_zone().id(&world.zone).send().await.unwrap_err().into_service_error();
    assert!(gone.is_no_such_hosted_zone());
    world.running.shutdown().await;
}
