//! Real DNS queries.

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::{RData, RecordType};

use twin::model::health::Health;
use twin::model::{Propagation, Span, Time, alb_zone};

use crate::world::{MS, World, a, ask_tcp, ask_udp, config, try_ask_udp, txt, until, weighted};

#[tokio::test]
async fn each_name_server_answers_from_its_own_view_with_authority() {
    let world = World::start(config().seed(3)).await;
    let change = world.create([a("a.example.com", "192.0.2.1")]).await;
    let mut first_seen = [None; 2];
    until("both name servers have it", async || {
        for (seen, server) in first_seen.iter_mut().zip(&world.dns) {
            let answer = ask_udp(*server, "a.example.com.", RecordType::A, None).await;
            assert!(answer.metadata.authoritative);
            if seen.is_none() && !answer.answers.is_empty() {
                *seen = Some(world.running.clock().now());
            }
        }
        first_seen.iter().all(Option::is_some)
    })
    .await;
    world.in_sync(&change).await;
    let soa = ask_udp(world.dns[1], "example.com.", RecordType::SOA, None).await;
    assert!(matches!(soa.answers[0].data, RData::SOA(_)));
    let ns = ask_udp(world.dns[1], "example.com.", RecordType::NS, None).await;
    assert_eq!(ns.answers.len(), 2);
    world.running.shutdown().await;
}

#[tokio::test]
async fn a_long_answer_is_cut_short_by_udp_and_whole_by_tcp_or_with_edns() {
    let world = World::start(config().propagation(Propagation::exactly(Time::ZERO))).await;
    let text = "x".repeat(250);
    world.create([txt("t.example.com", &format!("\"{text}\" \"{text}\" \"{text}\""))]).await;
    let short = ask_udp(world.dns[0], "t.example.com.", RecordType::TXT, None).await;
    assert!(short.metadata.truncation && short.answers.is_empty());
    let wide = ask_udp(world.dns[0], "t.example.com.", RecordType::TXT, Some(1232)).await;
    assert!(!wide.metadata.truncation && wide.edns.is_some());
    let whole = ask_tcp(world.dns[0], "t.example.com.", RecordType::TXT).await;
    for answer in [wide, whole] {
        let RData::TXT(txt) = &answer.answers[0].data else { panic!("no text") };
        assert_eq!(txt.txt_data.iter().map(|part| part.len()).collect::<Vec<_>>(), [250; 3]);
    }
    world.running.shutdown().await;
}

#[tokio::test]
async fn codes_tell_nothing_of_a_type_from_no_name_and_from_no_zone() {
    let world = World::start(config().propagation(Propagation::exactly(Time::ZERO))).await;
    world.create([a("a.b.example.com", "192.0.2.1")]).await;
    for (name, rtype, code, authoritative, authority) in [
        ("a.b.example.com.", RecordType::TXT, ResponseCode::NoError, true, 1),
        ("b.example.com.", RecordType::A, ResponseCode::NoError, true, 1),
        ("A.b.EXAMPLE.com.", RecordType::HTTPS, ResponseCode::NoError, true, 1),
        ("none.example.com.", RecordType::A, ResponseCode::NXDomain, true, 1),
        ("example.net.", RecordType::A, ResponseCode::Refused, false, 0),
    ] {
        let answer = ask_udp(world.dns[0], name, rtype, None).await;
        assert_eq!(answer.metadata.response_code, code, "{name}");
        assert_eq!(
            (answer.metadata.authoritative, answer.authorities.len()),
            (authoritative, authority),
            "{name}"
        );
        assert!(!answer.metadata.recursion_available);
    }
    world.running.shutdown().await;
}

#[tokio::test]
async fn load_balancers_can_be_resolved_and_weights_show_over_many_queries() {
    let world = World::start(config().propagation(Propagation::exactly(Time::ZERO)).throttled(false)).await;
    let name = "shop-1.us-west-2.elb.amazonaws.com";
    let addresses = ["192.0.2.7".parse().unwrap()];
    world
        .running
        .twin()
        .add_load_balancer(name, alb_zone("us-west-2").unwrap(), addresses, Health::Healthy)
        .unwrap();
    let answer = ask_udp(world.dns[0], &format!("{name}."), RecordType::A, None).await;
    assert_eq!((answer.answers[0].ttl, answer.answers[0].data.to_string().as_str()), (60, "192.0.2.7"));
    world
        .create([
            weighted("w.example.com", "192.0.2.1", "one", 1),
            weighted("w.example.com", "192.0.2.2", "two", 1),
        ])
        .await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..40 {
        seen.extend(world.addresses("w.example.com.").await);
    }
    assert_eq!(seen.len(), 2);
    world.running.shutdown().await;
}

#[tokio::test]
async fn a_silent_name_server_answers_nothing_and_the_other_goes_on() {
    let world = World::start(config()).await;
    world
        .running
        .with(|twin, now| twin.faults_mut().silence_name_server(0, Span::Between(now, now + 5_000 * MS)));
    assert!(try_ask_udp(world.dns[0], "example.com.", RecordType::SOA, None, 200 * MS).await.is_none());
    ask_udp(world.dns[1], "example.com.", RecordType::SOA, None).await;
    world.running.shutdown().await;
}

#[tokio::test]
async fn wildcards_and_odd_characters_are_answered_in_the_asker_s_name() {
    let world = World::start(config().propagation(Propagation::exactly(Time::ZERO))).await;
    world.create([txt("*.w.example.com", "\"any\""), txt("a\\057b.example.com", "\"odd\"")]).await;
    let answer = ask_udp(world.dns[0], "x.y.w.example.com.", RecordType::TXT, None).await;
    assert_eq!(answer.answers[0].name.to_string(), "x.y.w.example.com.");
    let odd = ask_udp(world.dns[0], "a/b.example.com.", RecordType::TXT, None).await;
    assert_eq!(odd.answers.len(), 1);
    world.running.shutdown().await;
}

#[tokio::test]
async fn clients_get_the_region_that_is_near_to_them() {
    use aws_sdk_route53::types::{ResourceRecord, ResourceRecordSet, ResourceRecordSetRegion, RrType};
    use std::sync::Arc;
    use twin::wire::ServerConfig;
    let server = ServerConfig::from(config().propagation(Propagation::exactly(Time::ZERO)));
    let world = World::serve(
        server.region_of(Arc::new(|client| client.is_loopback().then(|| "eu-west-2".to_owned()))),
    )
    .await;
    let latency = |region: ResourceRecordSetRegion, ip: &str| {
        let value = ResourceRecord::builder().value(ip).build().unwrap();
        let set = ResourceRecordSet::builder()
            .name("l.example.com")
            .r#type(RrType::A)
            .ttl(60)
            .resource_records(value);
        set.set_identifier(region.as_str()).region(region).build().unwrap()
    };
    world
        .create([
            latency(ResourceRecordSetRegion::UsEast1, "192.0.2.1"),
            latency(ResourceRecordSetRegion::EuWest1, "192.0.2.2"),
        ])
        .await;
    assert_eq!(world.addresses("l.example.com.").await, ["192.0.2.2"]);
    world.running.shutdown().await;
}
