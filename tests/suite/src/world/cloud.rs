//! What all controllers share: Route 53, the regions' endpoints, the tables, the topics.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use twin::model::health::{HealthCheckInput, ProbeOutcome};
use twin::model::records::{ChangeBatch, FailoverRole, RecordSetInput};
use twin::model::{Config, HealthCheckId, NewZone, Propagation, Request, Response, Twin, ZoneId};
use understudy::names::Region;
use understudy::ports::{Key, Message, Row};

use super::time::Scheduler;

/// A message that a topic took.
#[derive(Clone, Debug)]
pub struct Published {
    /// When, since the story's start.
    pub at: Duration,
    /// Where to.
    pub topic: String,
    /// What.
    pub message: Message,
}

/// A measure that a controller wrote down.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Whose controller.
    pub region: Region,
    /// Of what.
    pub dimensions: Vec<(&'static str, String)>,
    /// Its name.
    pub name: &'static str,
    /// How much.
    pub value: f64,
}

/// The state of the world.
pub struct State {
    /// Route 53.
    pub twin: Twin,
    /// Regions whose endpoint does not answer.
    pub dead: BTreeSet<Region>,
    /// Regions whose controllers' probes reach nothing; all else works there.
    pub isolated: BTreeSet<Region>,
    /// Who cannot reach whose table.
    pub cut_off: BTreeSet<(Region, Region)>,
    /// Regions whose table answers nobody, the controller there included.
    pub tables_down: BTreeSet<Region>,
    /// Each controller region's table.
    pub tables: BTreeMap<Region, BTreeMap<Key, Row>>,
    /// What was published.
    pub published: Vec<Published>,
    /// What was measured.
    pub measured: Vec<Measured>,
    /// Ticks that were woken: by whom, and whose.
    pub woken: Vec<(Region, Region)>,
    /// AWS calls: who, and what.
    pub calls: Vec<(Region, &'static str)>,
    /// Whether topics refuse.
    pub topics_down: bool,
    /// How long a topic takes to answer.
    pub topics_take: Duration,
    random: u64,
}

/// The world in which controllers run.
#[derive(Clone)]
pub struct Cloud {
    /// Time.
    pub time: Scheduler,
    /// All else.
    pub state: Rc<RefCell<State>>,
    /// The hosted zone of example.com.
    pub zone: ZoneId,
    /// The endpoint checks, by region.
    pub checks: BTreeMap<Region, HealthCheckId>,
}

impl Cloud {
    /// A world with a zone, a failover pair of addresses, and an endpoint check and an `up` pair
    /// for each region, as an operator would make them by hand.
    pub fn new(served: &str, regions: &[(&str, &str)]) -> Self {
        let config = Config::default()
            .propagation(Propagation::between(Duration::from_secs(1), Duration::from_secs(8)))
            .checkers(4);
        let mut twin = Twin::new(config);
        let zone = match twin.call(Request::CreateHostedZone(NewZone::public("example.com")), Duration::ZERO)
        {
            Ok(Response::ZoneCreated { zone, .. }) => zone.id,
            other => panic!("{other:?}"),
        };
        let checks: BTreeMap<Region, HealthCheckId> = regions
            .iter()
            .map(|(region, address)| (Region::from(*region), endpoint_check(&mut twin, region, address)))
            .collect();
        let mut batch = ChangeBatch::new();
        for ((region, address), role) in regions.iter().zip([FailoverRole::Primary, FailoverRole::Secondary])
        {
            let check = &checks[&Region::from(*region)];
            let set = RecordSetInput::simple(served, "A", 60, &[address]);
            batch = batch.create(set.failover(role.as_str(), role).checked_by(check));
            let up = format!("up-{region}._understudy.{served}");
            let word = |word| RecordSetInput::simple(&up, "TXT", 1, &[word]);
            batch = batch
                .create(word("\"up\"").failover("up", FailoverRole::Primary).checked_by(check))
                .create(word("\"down\"").failover("down", FailoverRole::Secondary));
        }
        let changed =
            twin.call(Request::ChangeResourceRecordSets { zone: zone.clone(), batch }, Duration::ZERO);
        changed.expect("the twin takes what an operator would make");
        let state = State {
            twin,
            dead: BTreeSet::new(),
            isolated: BTreeSet::new(),
            cut_off: BTreeSet::new(),
            tables_down: BTreeSet::new(),
            tables: BTreeMap::new(),
            published: Vec::new(),
            measured: Vec::new(),
            woken: Vec::new(),
            calls: Vec::new(),
            topics_down: false,
            topics_take: Duration::ZERO,
            random: 0x9e37_79b9_7f4a_7c15,
        };
        Self { time: Scheduler::default(), state: Rc::new(RefCell::new(state)), zone, checks }
    }

    /// The endpoint of a region no longer answers.
    pub fn kill(&self, region: &str) {
        self.state.borrow_mut().dead.insert(region.into());
    }

    /// It answers again.
    pub fn heal(&self, region: &str) {
        self.state.borrow_mut().dead.remove(&Region::from(region));
    }

    /// Lets Route 53's checkers look, up to a moment.
    pub fn pass(&self, until: Duration) {
        let state = &mut *self.state.borrow_mut();
        while let Some(at) = state.twin.next_probe_at().filter(|at| *at <= until) {
            for probe in state.twin.probes_due(at) {
                let dead = self
                    .checks
                    .iter()
                    .any(|(region, check)| *check == probe.check && state.dead.contains(region));
                let outcome = if dead { ProbeOutcome::refused() } else { ProbeOutcome::success() };
                state.twin.probe_finished(&probe.check, probe.checker, outcome, at);
            }
        }
    }

    /// Runs a story to its end.
    pub fn run<F: Future>(&self, story: F) -> F::Output {
        self.time.run(story, |until| self.pass(until))
    }

    /// 64 bits of a fixed sequence (splitmix64).
    pub fn bits(&self) -> u64 {
        let random = &mut self.state.borrow_mut().random;
        *random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = *random;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

fn endpoint_check(twin: &mut Twin, region: &str, address: &str) -> HealthCheckId {
    let config =
        HealthCheckInput { request_interval: Some(10), ..HealthCheckInput::http(address, 80, "/health") };
    let request = Request::CreateHealthCheck { caller_reference: region.to_owned(), config };
    match twin.call(request, Duration::ZERO) {
        Ok(Response::HealthCheckCreated(check)) => check.id,
        other => panic!("{other:?}"),
    }
}
