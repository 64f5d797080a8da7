//! A twin on loopback with the real adapters pointed at it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::{TcpListener, UdpSocket};
use twin::model::health::HealthCheckInput;
use twin::model::records::{ChangeBatch, FailoverRole, RecordSetInput};
use twin::model::{Config, Fault, NewZone, Operation, Propagation, Request, Response, Scope, Span, Twin};
use twin::wire::{Hook, HookAction, Phase, Running, Server, ServerConfig};
use understudy::aws::{AwsWorld, Settings};
use understudy::decide::{
    Answered, Decision, EpochReading, Facts, ListingReading, Moves, Situation, Standing, decide,
};
use understudy::dns::{Batch, Listing};
use understudy::health::{RegionHealth, Vantage, Verdict};
use understudy::names::Region;
use understudy::plan::{Plan, Policy};
use understudy::ports::{ChangeError, ChangeRecords, Clock, ReadRecords};

pub(super) const SERVED: &str = "shop.example.com";
const ADDRESSES: [(&str, &str); 2] = [("us-east-1", "198.51.100.1"), ("us-west-2", "198.51.100.2")];

/// A twin on loopback, the real adapters pointed at it, and a plan.
pub(super) struct Wire {
    pub(super) running: Running,
    /// The name server.
    pub(super) server: SocketAddr,
    /// The API.
    pub(super) endpoint: String,
    /// The access keys of the calls of the API.
    pub(super) callers: Arc<Mutex<Vec<String>>>,
    pub(super) world: AwsWorld,
    pub(super) plan: Plan,
}

impl Wire {
    pub(super) async fn new() -> Self {
        Self::with("failover").await
    }

    /// The same under another policy.
    pub(super) async fn with(policy: &str) -> Self {
        let mut twin =
            Twin::new(Config::default().propagation(Propagation::exactly(Duration::from_millis(200))));
        let (zone, checks) = prepare(&mut twin, policy);
        let http = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = tcp.local_addr().unwrap();
        let udp = UdpSocket::bind(server).await.unwrap();
        let endpoint = format!("http://{}", http.local_addr().unwrap());
        let callers = Arc::new(Mutex::new(Vec::new()));
        let config = ServerConfig::new(twin).checkers(None).hook(keep(Arc::clone(&callers)));
        let running = Server::start(config, http, vec![(udp, tcp)]).unwrap();
        let plan = plan(&zone, &checks, policy);
        let world = world(&endpoint, server, &[]);
        Self { running, server, endpoint, callers, world, plan }
    }

    pub(super) async fn list(&self) -> Listing {
        let application = &self.plan.applications[0];
        self.world.list(&application.zone, &application.served).await.unwrap()
    }

    /// The batch that evacuates us-east-1, from a decision on what the API says now.
    pub(super) async fn batch(&self, run: &str) -> Batch {
        let listing = self.list().await;
        let application = &self.plan.applications[0];
        let newest = listing.epochs(&application.served).unwrap().into_iter().next();
        let now = self.world.now();
        // Where there is no failover pair, both serve.
        let answered = ["us-east-1", "us-west-2"].map(Region::from).into_iter();
        let answered: BTreeSet<Region> =
            answered.take(if application.policy == Policy::Failover { 1 } else { 2 }).collect();
        let facts = Facts {
            observed_at: now,
            epoch: EpochReading::Known(newest),
            moves: Moves::Known(Vec::new()),
            listing: ListingReading::Read(listing),
            answered: Answered::Regions(answered),
            health: [dead("us-east-1", now), healthy("us-west-2", now)].map(|h| (h.region.clone(), h)).into(),
            vetoes: BTreeMap::new(),
            listed: None,
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

    pub(super) fn fault(&self, fault: Fault, operation: Operation) {
        self.running
            .with(|twin, _| twin.faults_mut().inject(fault, Scope::of(operation), Span::NextCalls(1)));
    }

    pub(super) async fn change(&self, batch: &Batch) -> Result<understudy::ports::ChangeId, ChangeError> {
        self.world.change(&self.plan.applications[0].zone, batch).await
    }
}

/// Keeps the access key of each call.
fn keep(callers: Arc<Mutex<Vec<String>>>) -> Hook {
    Arc::new(move |call| {
        if call.phase == Phase::Before {
            callers.lock().unwrap().push(call.caller.access_key.clone().unwrap_or_default());
        }
        HookAction::Continue
    })
}

fn prepare(twin: &mut Twin, policy: &str) -> (String, BTreeMap<Region, String>) {
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
        let set = match policy {
            "weighted" => set.weighted(region, 100),
            "latency" => set.latency(region, region),
            _ => set.failover(role.as_str(), role),
        };
        batch = batch.create(set.checked_by(&check.id));
        checks.insert(Region::from(*region), check.id.to_string());
    }
    twin.call(Request::ChangeResourceRecordSets { zone: zone.clone(), batch }, Duration::ZERO).unwrap();
    (zone.to_string(), checks)
}

fn plan(zone: &str, checks: &BTreeMap<Region, String>, policy: &str) -> Plan {
    let region = |(name, address): &(&str, &str), role: &str| {
        let check = &checks[&Region::from(*name)];
        let role = if policy == "failover" { format!("role = \"{role}\"\n") } else { String::new() };
        format!(
            "[[application.shop.region]]\nregion = \"{name}\"\n{role}health_check = \"{check}\"\n\
             record = {{ a = [\"{address}\"] }}\nsignals = [{{ probe = \"http://{name}.example.net/health\" }}]\n"
        )
    };
    let text = format!(
        "[application.shop]\nname = \"{SERVED}\"\nzone = {{ id = \"{zone}\", name = \"example.com\" }}\n\
         policy = \"{policy}\"\nrto = \"10m\"\n{}{}",
        region(&ADDRESSES[0], "primary"),
        region(&ADDRESSES[1], "standby")
    );
    Plan::parse(&text, "wire").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The real adapters, with further variables.
pub(super) fn world(endpoint: &str, name_server: SocketAddr, more: &[(&str, &str)]) -> AwsWorld {
    let settings = Settings::read(|name| match name {
        "AWS_REGION" => Some("us-west-2".into()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "UNDERSTUDY_TABLE" => Some("test".into()),
        "AWS_ENDPOINT_URL" => Some(endpoint.to_owned()),
        "UNDERSTUDY_NAMESERVERS" => Some(name_server.to_string()),
        _ => more.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned()),
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
