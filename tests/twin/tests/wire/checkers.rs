//! Checkers that really ask, until traffic moves by itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_route53::types::{HealthCheckConfig, HealthCheckType, ResourceRecordSetFailover};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use twin::model::{Config, Propagation, Time};
use twin::wire::{ServerConfig, Timeouts};

use crate::world::{MS, World, config, failover, until};

/// A little HTTP server that is well or answers 503.
struct Site {
    address: SocketAddr,
    well: Arc<AtomicBool>,
}

impl Site {
    async fn start(body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let well = Arc::new(AtomicBool::new(true));
        let state = well.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let status = if state.load(Ordering::Relaxed) { "200 OK" } else { "503 Service Unavailable" };
                tokio::spawn(async move {
                    let mut request = [0; 1024];
                    let read = stream.read(&mut request).await.unwrap_or(0);
                    assert!(request[..read].starts_with(b"GET /health HTTP/1.1\r\n") || read == 0);
                    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                    let _sent = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Self { address, well }
    }
}

fn quick() -> Config {
    config()
        .checkers(3)
        .interval_override(20 * MS)
        .propagation(Propagation::exactly(Time::ZERO))
        .throttled(false)
}

async fn world() -> World {
    World::serve(ServerConfig::from(quick()).checkers(Some(Timeouts::compressed(20)))).await
}

async fn check(world: &World, name: &str, config: HealthCheckConfig) -> String {
    let made = world
        .client
        .create_health_check()
        .caller_reference(name)
        .health_check_config(config)
        .send()
        .await
        .unwrap();
    made.health_check().unwrap().id().to_owned()
}

fn http(site: &Site) -> aws_sdk_route53::types::builders::HealthCheckConfigBuilder {
    HealthCheckConfig::builder()
        .r#type(HealthCheckType::Http)
        .ip_address("127.0.0.1")
        .port(i32::from(site.address.port()))
        .resource_path("/health")
        .failure_threshold(2)
}

async fn becomes(world: &World, check: &str, healthy: bool) {
    until(&format!("{check} healthy is {healthy}"), async || {
        world.running.with(|twin, now| twin.health(&check.into(), now).unwrap().is_healthy()) == healthy
    })
    .await;
}

#[tokio::test]
async fn traffic_fails_over_by_itself_and_comes_back() {
    let (world, site) = (world().await, Site::start("OK").await);
    let check = check(&world, "site", http(&site).build().unwrap()).await;
    world
        .create([
            failover("shop.example.com", "192.0.2.1", ResourceRecordSetFailover::Primary, Some(&check)),
            failover("shop.example.com", "192.0.2.2", ResourceRecordSetFailover::Secondary, None),
        ])
        .await;
    let answers =
        async |ip: &str| until(ip, async || world.addresses("shop.example.com.").await == [ip]).await;
    answers("192.0.2.1").await;
    site.well.store(false, Ordering::Relaxed);
    answers("192.0.2.2").await;
    let status = world.client.get_health_check_status().health_check_id(&check).send().await.unwrap();
    assert!(status.health_check_observations().iter().all(|seen| {
        seen.status_report().unwrap().status() == Some("Failure: HTTP Status Code 503, Service Unavailable")
    }));
    site.well.store(true, Ordering::Relaxed);
    answers("192.0.2.1").await;
    world.running.shutdown().await;
}

#[tokio::test]
async fn a_string_must_be_in_the_page_and_a_port_must_open() {
    let (world, site) = (world().await, Site::start("all is OK here").await);
    let matching = |search: &str| {
        http(&site).r#type(HealthCheckType::HttpStrMatch).search_string(search).build().unwrap()
    };
    let there = check(&world, "there", matching("is OK")).await;
    let missing = check(&world, "missing", matching("is ok")).await;
    let tcp = |port: u16| {
        HealthCheckConfig::builder()
            .r#type(HealthCheckType::Tcp)
            .ip_address("127.0.0.1")
            .port(i32::from(port))
            .failure_threshold(1)
            .build()
            .unwrap()
    };
    let open = check(&world, "open", tcp(site.address.port())).await;
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let closed = check(&world, "closed", tcp(unused)).await;
    becomes(&world, &missing, false).await;
    becomes(&world, &closed, false).await;
    tokio::time::sleep(100 * MS).await;
    becomes(&world, &there, true).await;
    becomes(&world, &open, true).await;
    world.running.shutdown().await;
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_unhealthy() {
    let world = world().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = HealthCheckConfig::builder()
        .r#type(HealthCheckType::Http)
        .ip_address("127.0.0.1")
        .port(i32::from(silent.local_addr().unwrap().port()))
        .failure_threshold(1)
        .build()
        .unwrap();
    let check = check(&world, "silent", config).await;
    becomes(&world, &check, false).await;
    world.running.shutdown().await;
}

#[tokio::test]
async fn a_name_is_resolved_by_the_twin_itself() {
    let (world, site) = (world().await, Site::start("OK").await);
    world.create([crate::world::a("origin.example.com", "127.0.0.1")]).await;
    let named = |name: &str| {
        HealthCheckConfig::builder()
            .r#type(HealthCheckType::Http)
            .fully_qualified_domain_name(name)
            .port(i32::from(site.address.port()))
            .resource_path("/health")
            .failure_threshold(1)
            .build()
            .unwrap()
    };
    let known = check(&world, "known", named("origin.example.com")).await;
    let unknown = check(&world, "unknown", named("none.example.com")).await;
    becomes(&world, &unknown, false).await;
    becomes(&world, &known, true).await;
    world.running.shutdown().await;
}
