//! `understudy plan` and `understudy provision`, against a strict Route 53 on this host: the whole way through
//! the unmodified SDK.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

use tokio::net::{TcpListener, UdpSocket};
use twin::model::health::Health;
use twin::model::records::{ChangeBatch, RecordSetInput, RecordType};
use twin::model::{AnswerContext, Config, NewZone, Propagation, Time, Twin, ZoneId};
use twin::wire::{Running, Server, ServerConfig};

/// A Route 53 of its own, and a plan for it.
struct World {
    endpoint: String,
    name_server: String,
    plan: PathBuf,
    running: Running,
}

const HAND_MADE: &str = "203.0.113.9";

impl World {
    /// `name` tells this test's files from others'; with a record set that people made, where `occupied`.
    async fn new(name: &str, policy: &str, occupied: bool) -> Self {
        let stands = |twin: &mut Twin, zone: &ZoneId| {
            if occupied {
                let theirs = RecordSetInput::simple("shop.example.com", "A", 300, &[HAND_MADE]);
                let batch = ChangeBatch::new().create(theirs);
                twin.change_resource_record_sets(zone, &batch, Time::ZERO).expect("taken");
            }
            plan_text(zone.as_str(), policy, 60)
        };
        Self::of(name, Config::default(), stands).await
    }

    /// `stands` puts things into Route 53, and gives the plan for it.
    async fn of(name: &str, config: Config, stands: impl FnOnce(&mut Twin, &ZoneId) -> String) -> Self {
        let propagation = Propagation::exactly(std::time::Duration::from_millis(200));
        let mut twin = Twin::new(config.propagation(propagation));
        let (zone, _) = twin.create_hosted_zone(&NewZone::public("example.com"), Time::ZERO).expect("a zone");
        let text = stands(&mut twin, &zone.id);
        let http = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let name_server = tcp.local_addr().expect("bound").to_string();
        let udp = UdpSocket::bind(tcp.local_addr().expect("bound")).await.expect("the same port");
        let endpoint = format!("http://{}", http.local_addr().expect("bound"));
        let config = ServerConfig::new(twin).checkers(None);
        let running = Server::start(config, http, vec![(udp, tcp)]).expect("a server");
        let plan = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.toml"));
        std::fs::write(&plan, text).expect("written");
        Self { endpoint, name_server, plan, running }
    }

    /// Runs a command while the server goes on.
    async fn run(&self, command: &str, more: &[&str]) -> Output {
        let mut understudy = Command::new(env!("CARGO_BIN_EXE_understudy"));
        understudy
            .arg(command)
            .arg(&self.plan)
            .args(more)
            .env("AWS_ENDPOINT_URL_ROUTE_53", &self.endpoint)
            // Nobody listens there.
            .env("AWS_ENDPOINT_URL_CLOUDWATCH", "http://127.0.0.1:9")
            .env("UNDERSTUDY_NAMESERVERS", &self.name_server)
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "us-west-2");
        tokio::task::spawn_blocking(move || understudy.output().expect("the binary runs"))
            .await
            .expect("no panic")
    }

    /// Every address that users near us-east-1 get for a name.
    fn users_get(&self, name: &str) -> Vec<String> {
        self.running.with(|twin, now| {
            let seen = |seed: u64| {
                let mut client = AnswerContext::seeded(seed);
                client.region = Some("us-east-1".to_owned());
                twin.answer(0, name, RecordType::A, now, &client).addresses()
            };
            let all: BTreeSet<String> = (0..60).flat_map(seen).map(|ip| ip.to_string()).collect();
            all.into_iter().collect()
        })
    }

    fn rewrite(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(&self.plan).expect("readable");
        std::fs::write(&self.plan, text.replace(from, to)).expect("written");
    }
}

fn plan_text(zone: &str, policy: &str, ttl: u32) -> String {
    let role = |role: &str| if policy == "failover" { format!("role = \"{role}\"\n") } else { String::new() };
    let region = |name: &str, place: u8, of: &str| {
        format!(
            r#"
[[application.shop.region]]
region = "{name}"
{}record = {{ a = ["192.0.2.{place}"] }}
signals = [{{ probe = "https://{name}.example.net/health", contains = "OK" }}]
check = {{ endpoint = "https://{name}.example.net/health", contains = "OK", interval = "10s" }}
data_check = {{ alarm = "arn:aws:cloudwatch:{name}:123456789012:alarm:db", missing = "unhealthy" }}
"#,
            role(of)
        )
    };
    format!(
        r#"
[topics]
ops-team = ["arn:aws:sns:us-west-2:123456789012:ops-team"]

[application.shop]
name = "shop.example.com"
zone = {{ id = "{zone}", name = "example.com" }}
policy = "{policy}"
rto = "10m"
ttl = "{ttl}s"
notify = {{ critical = ["ops-team"] }}
{}{}"#,
        region("us-east-1", 1, "primary"),
        region("us-west-2", 2, "standby")
    )
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn digest(output: &Output) -> String {
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    shown["digest"].as_str().expect("a digest").to_owned()
}

#[tokio::test]
async fn what_was_shown_is_made_and_then_nothing_is_left() {
    for policy in ["failover", "weighted", "latency"] {
        let world = World::new(&format!("made-{policy}"), policy, false).await;
        let shown = world.run("plan", &["--json"]).await;
        assert_eq!(shown.status.code(), Some(1), "{}", text(&shown));
        let made = world.run("provision", &["--digest", &digest(&shown)]).await;
        assert_eq!(made.status.code(), Some(0), "{policy}: {}", text(&made));
        let again = world.run("plan", &[]).await;
        assert_eq!(again.status.code(), Some(0), "{policy}: {}", text(&again));
        assert!(text(&again).starts_with("0 to create, 0 to change, "), "{}", text(&again));
    }
}

#[tokio::test]
async fn a_difference_reads_as_a_person_reads() {
    let world = World::new("shown", "failover", false).await;
    let shown = world.run("plan", &[]).await;
    let file = world.plan.display().to_string();
    insta::assert_snapshot!(text(&shown).replace(&file, "failover.toml"));
}

#[tokio::test]
async fn what_exists_is_changed_by_its_digest_only() {
    let world = World::new("changed", "failover", false).await;
    assert_eq!(world.run("provision", &["--create-only"]).await.status.code(), Some(0));
    world.rewrite("ttl = \"60s\"", "ttl = \"30s\"");
    world.rewrite("interval = \"10s\"", "interval = \"10s\", threshold = 2");
    let refused = world.run("provision", &["--create-only"]).await;
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused));
    assert!(text(&refused).contains("would change what exists"), "{}", text(&refused));
    let stale = world.run("provision", &["--digest", "000000000000"]).await;
    assert_eq!(stale.status.code(), Some(2), "{}", text(&stale));
    let shown = world.run("plan", &["--json"]).await;
    let changed = world.run("provision", &["--digest", &digest(&shown)]).await;
    assert_eq!(changed.status.code(), Some(0), "{}", text(&changed));
    assert_eq!(world.run("plan", &[]).await.status.code(), Some(0));
}

#[tokio::test]
async fn records_of_people_are_in_the_way_until_they_are_adopted() {
    let world = World::new("occupied", "weighted", true).await;
    let shown = world.run("plan", &[]).await;
    assert_eq!(shown.status.code(), Some(1));
    assert!(text(&shown).contains(HAND_MADE) && text(&shown).contains("adopt"), "{}", text(&shown));
    let unknown = world.run("plan", &["--adopt", "wiki"]).await;
    assert_eq!(unknown.status.code(), Some(2), "{}", text(&unknown));
}

/// What examples/comprehensive.toml leads to: a target, its zone, its address, and the one name that it answers for.
const ESTATE: [(&str, &str, &str, &str); 9] = [
    ("shop-1469375012.us-east-1.elb.amazonaws.com", "Z35SXDOTRQ7X7K", "192.0.2.11", ""),
    ("shop-2087164493.us-west-2.elb.amazonaws.com", "Z1H1FL5HABSF5", "192.0.2.12", ""),
    ("web-1469375012.us-east-1.elb.amazonaws.com", "Z35SXDOTRQ7X7K", "192.0.2.21", ""),
    ("web-spare-771204513.us-east-1.elb.amazonaws.com", "Z35SXDOTRQ7X7K", "192.0.2.29", ""),
    ("web-2087164493.us-west-2.elb.amazonaws.com", "Z1H1FL5HABSF5", "192.0.2.22", ""),
    ("d-1a2b3c4d5e.execute-api.us-east-1.amazonaws.com", "Z1UJRXOUMOOFQ8", "192.0.2.31", "api.example.com"),
    ("d-6f7g8h9i0j.execute-api.eu-west-1.amazonaws.com", "ZLY8HYME6SFDD", "192.0.2.33", "api.example.com"),
    ("docs-318820457.elb.us-east-1.amazonaws.com", "Z26RNL4JYFTOTI", "192.0.2.41", ""),
    ("s3-website-us-west-2.amazonaws.com", "Z3BJ6K6RIION7M", "192.0.2.42", "docs.example.com"),
];

fn comprehensive(twin: &mut Twin, zone: &ZoneId) -> String {
    for (target, of, address, only_for) in ESTATE {
        let addresses = [address, "2001:db8::1"].map(|address| address.parse().expect("an address"));
        let added = match only_for {
            "" => twin.add_load_balancer(target, of.into(), addresses, Health::Healthy),
            name => twin.add_named_target(target, of.into(), addresses, name),
        };
        added.expect("a name");
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/comprehensive.toml");
    let text = std::fs::read_to_string(file).expect("the example is there");
    text.replace("Z0123456789ABCDEFGHIJ", zone.as_str())
}

#[tokio::test]
async fn every_policy_at_once_is_made_and_outlives_the_load_balancers_of_a_region() {
    let world = World::of("comprehensive", Config::default(), comprehensive).await;
    let shown = world.run("plan", &["--json"]).await;
    let made = world.run("provision", &["--digest", &digest(&shown)]).await;
    assert_eq!(made.status.code(), Some(0), "{}", text(&made));
    let again = world.run("provision", &["--create-only"]).await;
    assert_eq!(again.status.code(), Some(0), "{}", text(&again));
    assert!(text(&again).contains("0 done, 0 failed"), "{}", text(&again));
    assert_eq!(world.users_get("www.example.com"), ["192.0.2.21", "192.0.2.22"]);
    for target in
        ["shop-1469375012.us-east-1.elb", "web-1469375012.us-east-1.elb", "docs-318820457.elb.us-east-1"]
    {
        let target = format!("{target}.amazonaws.com");
        assert!(world.running.twin().set_load_balancer_health(&target, Health::Unhealthy));
    }
    assert_eq!(world.users_get("shop.example.com"), ["192.0.2.11"], "only a run moves what keeps data");
    assert_eq!(world.users_get("www.example.com"), ["192.0.2.22", "192.0.2.29"], "the spare serves");
    assert_eq!(world.users_get("api.example.com"), ["192.0.2.31"]);
    assert_eq!(world.users_get("docs.example.com"), ["192.0.2.42"], "the bucket says so");
    assert_eq!(world.run("plan", &[]).await.status.code(), Some(0));
}

#[tokio::test]
async fn the_ids_of_what_stands_are_told_as_json_and_as_an_env_file() {
    let world = World::new("ids", "failover", false).await;
    assert_eq!(world.run("provision", &["--create-only"]).await.status.code(), Some(0));
    let json = world.run("plan", &["--ids", "json"]).await;
    let ids: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let endpoint = ids["shop"]["us-east-1"]["endpoint"].as_str().expect("an id").to_owned();
    let env = world.run("plan", &["--ids", "env"]).await;
    assert_eq!((json.status.code(), env.status.code()), (Some(0), Some(0)));
    assert!(
        text(&env).contains(&format!("UNDERSTUDY_CHECK_SHOP_US_EAST_1_ENDPOINT={endpoint}\n")),
        "{}",
        text(&env)
    );
    assert_eq!(text(&env).lines().count(), 6, "an endpoint's, a data and a serving check in each region");
}

#[tokio::test]
async fn the_status_is_told_as_far_as_it_can_be_read() {
    let world = World::new("status", "failover", false).await;
    assert_eq!(world.run("provision", &["--create-only"]).await.status.code(), Some(0));
    let shown = world.run("status", &["--json"]).await;
    let status: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    let east = &status["applications"]["shop"]["us-east-1"];
    assert_eq!(east["up"]["health"], "healthy", "{status}");
    assert_eq!(east["checks"]["endpoint"]["metric"], "unknown");
    assert!(status["unread"][0].as_str().expect("a text").contains("GetMetricData"), "{status}");
    // What is not known is not well.
    assert_eq!(shown.status.code(), Some(1));
    let people = world.run("status", &["--observations"]).await;
    assert!(text(&people).contains("shop us-east-1: healthy by the name servers"), "{}", text(&people));
    let no_table = world.run("status", &["--table", "understudy-state"]).await;
    assert!(
        no_table.status.code() == Some(2) && text(&no_table).contains("is no ARN"),
        "{}",
        text(&no_table)
    );
}

#[tokio::test]
async fn the_parameters_of_each_stack_are_computed() {
    let world = World::new("params", "failover", false).await;
    let west = world.run("params", &["--account", "123456789012", "--region", "us-west-2"]).await;
    assert_eq!(west.status.code(), Some(0), "{}", text(&west));
    let lines: Vec<String> = text(&west).lines().map(str::to_owned).collect();
    for line in [
        "Provision=on",
        "ServedNames=shop.example.com",
        "SweepNames=e*._understudy.shop.example.com",
        "Peers=arn:aws:dynamodb:us-east-1:123456789012:table/understudy-state",
        "TopicArns=arn:aws:sns:us-west-2:123456789012:ops-team",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:?}");
    }
    let all = world.run("params", &["--account", "123456789012", "--json"]).await;
    let all: serde_json::Value = serde_json::from_slice(&all.stdout).expect("JSON");
    assert_eq!(all["us-east-1"]["Provision"], "verify");
    assert_eq!(all["us-west-2"]["PeerTickFunctions"], all["us-east-1"]["PeerTickFunctions"]);
    let elsewhere = world.run("params", &["--account", "123456789012", "--region", "eu-west-1"]).await;
    assert!(text(&elsewhere).contains("they run in us-east-1, us-west-2"), "{}", text(&elsewhere));
    assert_eq!(world.run("params", &["--account", "12"]).await.status.code(), Some(2));
}
