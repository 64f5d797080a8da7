//! `understudy operate --break-glass`: no function and no table answers, and the operator moves users all the
//! same, by the shared code, against a strict Route 53 on this host.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Output};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use twin::model::records::{ChangeBatch, FailoverRole, RecordSetInput, RecordType};
use twin::model::{AnswerContext, Config, NewZone, Propagation, Time, Twin};
use twin::wire::{Running, Server, ServerConfig};

const LOST: &str = "127.0.7.2";
const WELL: &str = "127.0.7.3";

/// A Route 53 that answers the region that is lost, the other region's application, and a plan for both.
struct World {
    endpoint: String,
    name_server: String,
    plan: PathBuf,
    running: Running,
}

impl World {
    async fn new(name: &str) -> Self {
        let port = application().await.port();
        let propagation = Propagation::exactly(std::time::Duration::from_millis(200));
        let mut twin = Twin::new(Config::default().propagation(propagation));
        let (zone, _) = twin.create_hosted_zone(&NewZone::public("example.com"), Time::ZERO).expect("a zone");
        let check = twin::model::health::HealthCheckInput::http("192.0.2.1", 80, "/health");
        let check = twin.create_health_check("by hand", &check, Time::ZERO).expect("a check").id;
        let set = |ip: &str| RecordSetInput::simple("shop.example.com", "A", 1, &[ip]).checked_by(&check);
        let batch = ChangeBatch::new()
            .create(set(LOST).failover("primary", FailoverRole::Primary))
            .create(set(WELL).failover("secondary", FailoverRole::Secondary));
        twin.change_resource_record_sets(&zone.id, &batch, Time::ZERO).expect("taken");
        let http = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let name_server = tcp.local_addr().expect("bound").to_string();
        let udp = UdpSocket::bind(tcp.local_addr().expect("bound")).await.expect("the same port");
        let endpoint = format!("http://{}", http.local_addr().expect("bound"));
        let config = ServerConfig::new(twin).checkers(None);
        let running = Server::start(config, http, vec![(udp, tcp)]).expect("a server");
        let plan = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.toml"));
        std::fs::write(&plan, plan_text(zone.id.as_str(), port)).expect("written");
        Self { endpoint, name_server, plan, running }
    }

    async fn operate(&self, arguments: &[&str]) -> Output {
        // Nothing listens at port 9 of this address: no table, no topic, no function answers.
        let nowhere = "http://127.0.7.9:9";
        let mut understudy = Command::new(env!("CARGO_BIN_EXE_understudy"));
        understudy
            .arg("operate")
            .args(arguments)
            .arg("--file")
            .arg(&self.plan)
            .env("AWS_ENDPOINT_URL", nowhere)
            .env("AWS_ENDPOINT_URL_ROUTE_53", &self.endpoint)
            .env("UNDERSTUDY_NAMESERVERS", &self.name_server)
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "us-west-2");
        tokio::task::spawn_blocking(move || understudy.output().expect("the binary runs"))
            .await
            .expect("no panic")
    }

    fn answer(&self) -> Vec<String> {
        self.running.with(|twin, now| {
            let answer = twin.answer(0, "shop.example.com", RecordType::A, now, &AnswerContext::default());
            answer.addresses().iter().map(ToString::to_string).collect()
        })
    }

    fn epoch(&self) -> Vec<String> {
        self.running.with(|twin, now| {
            let name = "e00000001._understudy.shop.example.com";
            twin.answer(0, name, RecordType::Txt, now, &AnswerContext::default()).texts()
        })
    }
}

/// What answers in the region that is well. It ends with the test's runtime.
async fn application() -> SocketAddr {
    let listener = TcpListener::bind(format!("{WELL}:0")).await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = [0; 1_024];
                let _read = stream.read(&mut asked).await;
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK";
                let _written = stream.write_all(answer).await;
            });
        }
    });
    address
}

fn plan_text(zone: &str, port: u16) -> String {
    let region = |name: &str, role: &str, ip: &str| {
        format!(
            r#"
[[application.shop.region]]
region = "{name}"
role = "{role}"
record = {{ a = ["{ip}"] }}
signals = [{{ probe = "http://{ip}:{port}/health", private = true }}]
"#
        )
    };
    format!(
        r#"
[topics]
ops-team = ["arn:aws:sns:us-west-2:123456789012:ops-team"]

[application.shop]
name = "shop.example.com"
zone = {{ id = "{zone}", name = "example.com" }}
rto = "10m"
ttl = "1s"
notify = {{ critical = ["ops-team"] }}
reach = {{ probe = "http://shop.example.com:{port}/health", private = true }}
timing = {{ interval = "2s", timeout = "1s", dwell = "1s" }}
{}{}"#,
        region("us-east-1", "primary", LOST),
        region("us-west-2", "standby", WELL),
    )
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const ORDER: [&str; 11] = [
    "fail-over",
    "shop",
    "--to",
    "us-west-2",
    "--reason",
    "us-east-1 is gone",
    "--author",
    "alice",
    "--region",
    "us-west-2",
    "--break-glass",
];

#[tokio::test(flavor = "multi_thread")]
async fn without_a_table_the_glass_is_broken_only_on_purpose() {
    let world = World::new("no-table").await;
    let refused = world.operate(&ORDER).await;
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
    assert!(told(&refused).contains("--force state"), "{}", told(&refused));
    assert_eq!(world.answer(), [LOST]);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_moved_where_neither_functions_nor_tables_answer() {
    let world = World::new("broken-glass").await;
    let force = ["--force", "state,quorum,dwell", "--minutes", "2"];
    let moved = world.operate(&[&ORDER[..], &force[..]].concat()).await;
    assert_eq!(moved.status.code(), Some(0), "{}", told(&moved));
    assert!(told(&moved).contains("The epoch is the only fence"), "{}", told(&moved));
    assert_eq!(world.answer(), [WELL], "{}", told(&moved));
    assert!(world.epoch()[0].contains("from=us-east-1 to=us-west-2"), "{:?}", world.epoch());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_command_is_told_before_anything_is_asked() {
    let world = World::new("wrong-command").await;
    let unknown = world.operate(&["fall-over", "shop", "--author", "alice", "--reason", "x"]).await;
    assert_eq!(unknown.status.code(), Some(1), "{}", told(&unknown));
    assert!(told(&unknown).contains("fail-over"), "{}", told(&unknown));
    let elsewhere = world.operate(&["status", "shop", "--region", "eu-west-1"]).await;
    assert_eq!(elsewhere.status.code(), Some(2), "{}", told(&elsewhere));
    assert!(told(&elsewhere).contains("one of us-east-1, us-west-2"), "{}", told(&elsewhere));
}
