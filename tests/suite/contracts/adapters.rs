//! The real adapters against the twin's real wire: the unmodified SDK, real DNS.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::{TcpListener, UdpSocket};
use twin::model::health::HealthCheckInput;
use twin::model::records::{ChangeBatch, FailoverRole, RecordSetInput};
use twin::model::{Config, Fault, NewZone, Operation, Propagation, Request, Response, Scope, Span, Twin};
use twin::wire::{Running, Server, ServerConfig};
use understudy::aws::{AwsWorld, Settings};
use understudy::decide::{
    Answered, Decision, EpochReading, Facts, ListingReading, Moves, Situation, Standing, decide,
};
use understudy::dns::{Batch, Listing, RecordType, Side};
use understudy::health::{RegionHealth, Vantage, Verdict};
use understudy::names::{DnsName, Region};
use understudy::plan::Plan;
use understudy::ports::{ChangeError, ChangeRecords, Clock, DnsAnswer, DnsValue, NameServers, ReadRecords};

const SERVED: &str = "shop.example.com";
const ADDRESSES: [(&str, &str); 2] = [("us-east-1", "198.51.100.1"), ("us-west-2", "198.51.100.2")];

/// A twin on loopback, the real adapters pointed at it, and a plan.
struct Wire {
    running: Running,
    server: SocketAddr,
    world: AwsWorld,
    plan: Plan,
}

impl Wire {
    async fn new() -> Self {
        let mut twin =
            Twin::new(Config::default().propagation(Propagation::exactly(Duration::from_millis(200))));
        let (zone, checks) = prepare(&mut twin);
        let http = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = tcp.local_addr().unwrap();
        let udp = UdpSocket::bind(server).await.unwrap();
        let endpoint = format!("http://{}", http.local_addr().unwrap());
        let config = ServerConfig::new(twin).checkers(None);
        let running = Server::start(config, http, vec![(udp, tcp)]).unwrap();
        let plan = plan(&zone, &checks);
        Self { running, server, world: world(&endpoint, server), plan }
    }

    async fn list(&self) -> Listing {
        let application = &self.plan.applications[0];
        self.world.list(&application.zone, &application.served).await.unwrap()
    }

    /// The batch that evacuates us-east-1, from a decision on what the API says now.
    async fn batch(&self, run: &str) -> Batch {
        let listing = self.list().await;
        let application = &self.plan.applications[0];
        let newest = listing.epochs(&application.served).unwrap().into_iter().next();
        let now = self.world.now();
        let facts = Facts {
            observed_at: now,
            epoch: EpochReading::Known(newest),
            moves: Moves::Known(Vec::new()),
            listing: ListingReading::Read(listing),
            answered: Answered::Regions(["us-east-1".into()].into()),
            health: [dead("us-east-1", now), healthy("us-west-2", now)].map(|h| (h.region.clone(), h)).into(),
            vetoes: BTreeMap::new(),
        };
        let situation = Situation {
            application,
            plan: &self.plan,
            here: &"us-west-2".into(),
            facts: &facts,
            standing: &Standing::default(),
            run: &run.into(),
            now,
        };
        match decide(&situation) {
            Decision::Evacuate(claim) => claim.batch().clone(),
            other => panic!("{other:?}"),
        }
    }

    fn fault(&self, fault: Fault, operation: Operation) {
        self.running
            .with(|twin, _| twin.faults_mut().inject(fault, Scope::of(operation), Span::NextCalls(1)));
    }

    async fn change(&self, batch: &Batch) -> Result<understudy::ports::ChangeId, ChangeError> {
        self.world.change(&self.plan.applications[0].zone, batch).await
    }
}

fn prepare(twin: &mut Twin) -> (String, BTreeMap<Region, String>) {
    let zone = match twin.call(Request::CreateHostedZone(NewZone::public("example.com")), Duration::ZERO) {
        Ok(Response::ZoneCreated { zone, .. }) => zone.id,
        other => panic!("{other:?}"),
    };
    let mut batch = ChangeBatch::new().create(RecordSetInput::simple(
        "unrelated.example.com",
        "A",
        60,
        &["198.51.100.9"],
    ));
    let mut checks = BTreeMap::new();
    for ((region, address), role) in ADDRESSES.iter().zip([FailoverRole::Primary, FailoverRole::Secondary]) {
        let config = HealthCheckInput::http(address, 80, "/health");
        let request = Request::CreateHealthCheck { caller_reference: (*region).to_owned(), config };
        let Ok(Response::HealthCheckCreated(check)) = twin.call(request, Duration::ZERO) else {
            panic!("no check")
        };
        let set = RecordSetInput::simple(SERVED, "A", 60, &[address]);
        batch = batch.create(set.failover(role.as_str(), role).checked_by(&check.id));
        checks.insert(Region::from(*region), check.id.to_string());
    }
    twin.call(Request::ChangeResourceRecordSets { zone: zone.clone(), batch }, Duration::ZERO).unwrap();
    (zone.to_string(), checks)
}

fn plan(zone: &str, checks: &BTreeMap<Region, String>) -> Plan {
    let region = |(name, address): &(&str, &str), role: &str| {
        let check = &checks[&Region::from(*name)];
        format!(
            "[[application.shop.region]]\nregion = \"{name}\"\nrole = \"{role}\"\nhealth_check = \"{check}\"\n\
             record = {{ a = [\"{address}\"] }}\nsignals = [{{ probe = \"http://{name}.example.net/health\" }}]\n"
        )
    };
    let text = format!(
        "[application.shop]\nname = \"{SERVED}\"\nzone = {{ id = \"{zone}\", name = \"example.com\" }}\n\
         policy = \"failover\"\nrto = \"10m\"\n{}{}",
        region(&ADDRESSES[0], "primary"),
        region(&ADDRESSES[1], "standby")
    );
    Plan::parse(&text, "wire").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"))
}

fn world(endpoint: &str, name_server: SocketAddr) -> AwsWorld {
    let settings = Settings::read(|name| match name {
        "AWS_REGION" => Some("us-west-2".into()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "UNDERSTUDY_TABLE" => Some("test".into()),
        "AWS_ENDPOINT_URL" => Some(endpoint.to_owned()),
        "UNDERSTUDY_NAMESERVERS" => Some(name_server.to_string()),
        _ => None,
    });
    AwsWorld::new(settings.unwrap_or_else(|faults| panic!("{faults}")))
}

fn healthy(region: &str, now: Timestamp) -> RegionHealth {
    RegionHealth {
        region: region.into(),
        verdict: Verdict::Healthy,
        evidence: Vec::new(),
        bad_vantages: Vec::new(),
        bad_since: None,
        good_since: Some(now),
        suspect: false,
    }
}

fn dead(region: &str, now: Timestamp) -> RegionHealth {
    RegionHealth {
        verdict: Verdict::Unhealthy,
        bad_vantages: vec![Vantage::Here, Vantage::Checkers],
        bad_since: now.checked_sub(Duration::from_secs(60)).ok(),
        suspect: true,
        ..healthy(region, now)
    }
}

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
    let elsewhere = world(&format!("http://{free}"), wire.server);
    let sent = elsewhere.change(&wire.plan.applications[0].zone, &batch).await;
    assert!(matches!(sent, Err(ChangeError::NotSent(_))), "{sent:?}");
    wire.running.shutdown().await;
}
