//! What all controllers share: Route 53, the regions' endpoints, the tables, the topics.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use twin::model::health::{HealthCheckInput, ProbeOutcome};
use twin::model::records::ChangeBatch;
use twin::model::{Config, HealthCheckId, NewZone, Request, Response, Twin, ZoneId};
use understudy::names::Region;
use understudy::ports::{Key, Message, Row, Write};
use understudy::provision::{AlarmPlace, AlarmSettings};

use super::asked::Asked;
use super::estate::{By, Estate, ServedChecks};
use super::overrides::Series;
use super::story::address;
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

/// Rows that a table took, all at once.
#[derive(Clone, Debug)]
pub struct Written {
    /// Whose controller wrote them.
    pub by: Region,
    /// Whose table took them.
    pub table: Region,
    /// The rows.
    pub writes: Vec<Write>,
}

/// A batch that Route 53 accepted.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// When, since the story's start.
    pub at: Duration,
    /// Whose controller sent it.
    pub by: Region,
    /// What.
    pub batch: ChangeBatch,
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
    /// Regions whose table can be read and not written.
    pub read_only: BTreeSet<Region>,
    /// Checks whose endpoint does not answer, whatever its region does.
    pub failing: BTreeSet<HealthCheckId>,
    /// Whether Route 53's checkers take everything for healthy.
    pub blind: bool,
    /// Regions that Route 53's checkers cannot reach, though users can.
    pub out_of_checkers_sight: BTreeSet<Region>,
    /// Hosts that refuse Route 53's checkers, by the names that they ask.
    pub refusing: BTreeSet<String>,
    /// Regions in which no controller runs.
    pub lost: BTreeSet<Region>,
    /// Each controller region's table.
    pub tables: BTreeMap<Region, BTreeMap<Key, Row>>,
    /// The objects of overrides, by the region of their bucket and their key.
    pub objects: BTreeMap<(Region, String), String>,
    /// Regions whose buckets answer nobody, Route 53's checkers included.
    pub buckets_down: BTreeSet<Region>,
    /// What was written to metrics of overrides, by their region and the key of the override.
    pub metrics: BTreeMap<(Region, String), Series>,
    /// The alarms that health checks read.
    pub alarms: BTreeMap<AlarmPlace, AlarmSettings>,
    /// The regions that have a routing control.
    pub controls_known: BTreeSet<Region>,
    /// The routing controls that are Off.
    pub controls_off: BTreeSet<Region>,
    /// Whether no endpoint of the cluster of routing controls answers.
    pub controls_down: bool,
    /// What was published.
    pub published: Vec<Published>,
    /// What was measured.
    pub measured: Vec<Measured>,
    /// Changes of served names that Route 53 accepted: when, and of which name.
    pub changes: Vec<(Duration, String)>,
    /// Every write that a table took.
    pub written: Vec<Written>,
    /// Every batch of a controller that Route 53 accepted, whatever it answered.
    pub accepted: Vec<Accepted>,
    /// Answers that were put at URLs.
    pub answers: Vec<(String, String)>,
    /// Ticks that were woken: by whom, and whose.
    pub woken: Vec<(Region, Region)>,
    /// AWS calls: who, and what.
    pub calls: Vec<(Region, &'static str)>,
    /// The same as IAM sees it.
    pub asked: Vec<(Region, Asked)>,
    /// Requests that Route 53 refused, and why.
    pub refused: Vec<(&'static str, String)>,
    /// Whether topics refuse.
    pub topics_down: bool,
    /// How long a topic takes to answer.
    pub topics_take: Duration,
    /// Processes stand still at their next call, until then.
    pub frozen_until: Duration,
    random: u64,
}

impl State {
    fn of(twin: Twin) -> Self {
        Self {
            twin,
            dead: BTreeSet::new(),
            isolated: BTreeSet::new(),
            cut_off: BTreeSet::new(),
            tables_down: BTreeSet::new(),
            read_only: BTreeSet::new(),
            failing: BTreeSet::new(),
            blind: false,
            out_of_checkers_sight: BTreeSet::new(),
            refusing: BTreeSet::new(),
            lost: BTreeSet::new(),
            tables: BTreeMap::new(),
            objects: BTreeMap::new(),
            buckets_down: BTreeSet::new(),
            metrics: BTreeMap::new(),
            alarms: BTreeMap::new(),
            controls_known: BTreeSet::new(),
            controls_off: BTreeSet::new(),
            controls_down: false,
            published: Vec::new(),
            measured: Vec::new(),
            changes: Vec::new(),
            written: Vec::new(),
            accepted: Vec::new(),
            answers: Vec::new(),
            woken: Vec::new(),
            calls: Vec::new(),
            asked: Vec::new(),
            refused: Vec::new(),
            topics_down: false,
            topics_take: Duration::ZERO,
            frozen_until: Duration::ZERO,
            random: 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// Whether a region's bucket says, to whoever can ask it, that shop is to leave another one.
    pub fn is_said(&self, there: &Region, left: &Region) -> bool {
        let key = understudy::away::key(&"shop".into(), left);
        !self.buckets_down.contains(there) && self.objects.contains_key(&(there.clone(), key))
    }
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
    /// The checks that hang on the served record sets, by region.
    pub served_checks: BTreeMap<Region, HealthCheckId>,
    /// The inverted checks of overrides: each with the region in which it looks, and the one that is left.
    pub override_checks: BTreeMap<HealthCheckId, (Region, Region)>,
}

impl Cloud {
    /// A world with a zone of example.com in which nothing stands yet.
    pub fn bare(route53: Config) -> Self {
        let mut twin = Twin::new(route53);
        let zone = zone(&mut twin);
        let (checks, served_checks, override_checks) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self {
            time: Scheduler::default(),
            state: Rc::new(RefCell::new(State::of(twin))),
            zone,
            checks,
            served_checks,
            override_checks,
        }
    }

    /// A world with a zone, the estate's record sets, and an endpoint check and `up` pairs for each
    /// region, as an operator would make them by hand.
    pub fn new(estate: &Estate) -> Self {
        let mut twin = Twin::new(estate.route53.clone());
        let zone = zone(&mut twin);
        let checks = estate.regions.iter();
        let checks =
            checks.map(|region| (Region::from(*region), endpoint_check(&mut twin, region, address(region))));
        let checks: BTreeMap<_, _> = checks.collect();
        let mut override_checks = BTreeMap::new();
        let served_checks = match estate.served_checks {
            ServedChecks::Endpoint => checks.clone(),
            ServedChecks::Overridable(by) | ServedChecks::OverrideAlone(by) => checks
                .iter()
                .map(|(region, check)| {
                    (
                        region.clone(),
                        overridable(&mut twin, &mut override_checks, (region, check), by, estate),
                    )
                })
                .collect(),
            ServedChecks::AlwaysHealthy => checks
                .iter()
                .map(|(region, check)| (region.clone(), always_healthy(&mut twin, region, check)))
                .collect(),
        };
        let (time, state) = (Scheduler::default(), Rc::new(RefCell::new(State::of(twin))));
        let controlled = [ServedChecks::Overridable(By::Control), ServedChecks::OverrideAlone(By::Control)];
        if controlled.contains(&estate.served_checks) {
            state.borrow_mut().controls_known = checks.keys().cloned().collect();
        }
        let cloud = Self { time, state, zone, checks, served_checks, override_checks };
        // One after another, since a zone takes its time over each.
        for (second, batch) in (0..).zip(estate.records(&cloud)) {
            let at = Duration::from_secs(second);
            let made = cloud.state.borrow_mut().twin.change_resource_record_sets(&cloud.zone, &batch, at);
            made.expect("the twin takes what an operator would make");
        }
        cloud
    }

    /// A whole region is lost: its endpoint, its table, its controller.
    pub fn lose(&self, region: &str) {
        self.kill(region);
        let mut state = self.state.borrow_mut();
        state.tables_down.insert(region.into());
        state.buckets_down.insert(region.into());
        state.lost.insert(region.into());
    }

    /// Route 53's checkers see nothing wrong any more, whatever happens.
    pub fn blind_checkers(&self) {
        self.state.borrow_mut().blind = true;
    }

    /// It is back.
    pub fn regain(&self, region: &str) {
        self.heal(region);
        let mut state = self.state.borrow_mut();
        state.tables_down.remove(&Region::from(region));
        state.buckets_down.remove(&Region::from(region));
        state.lost.remove(&Region::from(region));
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
            state.follow_overrides(at);
            for probe in state.twin.probes_due(at) {
                let region =
                    self.checks.iter().find(|(_, check)| **check == probe.check).map(|(region, _)| region);
                let dead = region.is_some_and(|region| state.dead.contains(region)) && !state.blind;
                let unseen = region.is_some_and(|region| state.out_of_checkers_sight.contains(region));
                let looked_for = self.override_checks.get(&probe.check);
                let missing = looked_for.is_some_and(|(there, left)| !state.is_said(there, left));
                let refuses = probe.name.as_ref().is_some_and(|name| state.refusing.contains(name));
                let fails = dead || unseen || missing || refuses || state.failing.contains(&probe.check);
                let outcome = if fails { ProbeOutcome::refused() } else { ProbeOutcome::success() };
                state.twin.probe_finished(&probe.check, probe.checker, outcome, at);
            }
        }
        state.follow_overrides(until);
    }

    /// Runs a story to its end.
    pub fn run<F: Future>(&self, story: F) -> F::Output {
        self.run_with(story, || ())
    }

    /// The same; `step` is called whenever nothing more goes on at a moment.
    pub fn run_with<F: Future>(&self, story: F, mut step: impl FnMut()) -> F::Output {
        self.time.run(story, |until| {
            step();
            self.pass(until);
        })
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

fn zone(twin: &mut Twin) -> ZoneId {
    match twin.call(Request::CreateHostedZone(NewZone::public("example.com")), Duration::ZERO) {
        Ok(Response::ZoneCreated { zone, .. }) => zone.id,
        other => panic!("{other:?}"),
    }
}

/// A CALCULATED check with threshold 0: always healthy (Route 53 API reference, `HealthThreshold`).
fn always_healthy(twin: &mut Twin, region: &Region, endpoint: &HealthCheckId) -> HealthCheckId {
    let config = HealthCheckInput::calculated(0, [endpoint]);
    create_check(twin, &format!("{region}-always"), config)
}

/// What is calculated of a region's endpoint check, and of those of overrides.
fn overridable(
    twin: &mut Twin,
    override_checks: &mut BTreeMap<HealthCheckId, (Region, Region)>,
    (region, endpoint): (&Region, &HealthCheckId),
    by: By,
    estate: &Estate,
) -> HealthCheckId {
    let alone = matches!(estate.served_checks, ServedChecks::OverrideAlone(_));
    let mut children = if alone { Vec::new() } else { vec![endpoint.clone()] };
    let others = estate.regions.iter().filter(|there| **there != region.as_str());
    match by {
        By::Control => {
            twin.set_routing_control(region.as_str(), true, Duration::ZERO);
            let control = HealthCheckInput::recovery_control(region.as_str());
            children.push(create_check(twin, &format!("{region}-control"), control));
        }
        By::Metric => {
            for there in others {
                let reading = HealthCheckInput::metric(there, region.as_str(), "LastKnownStatus");
                children.push(create_check(twin, &format!("{region}-by-{there}"), reading));
            }
        }
        By::Object => {
            for there in others {
                let check = create_check(twin, &format!("{region}-by-{there}"), looking(region));
                override_checks.insert(check.clone(), ((*there).into(), region.clone()));
                children.push(check);
            }
        }
    }
    let count = i64::try_from(children.len()).expect("a few");
    create_check(twin, &format!("{region}-serving"), HealthCheckInput::calculated(count, &children))
}

/// An inverted check that looks for an object; where it is, the world tells.
fn looking(region: &Region) -> HealthCheckInput {
    let path = format!("/{}", understudy::away::key(&"shop".into(), region));
    HealthCheckInput {
        request_interval: Some(10),
        failure_threshold: Some(1),
        inverted: Some(true),
        ..HealthCheckInput::http("203.0.113.1", 80, &path)
    }
}

fn endpoint_check(twin: &mut Twin, region: &str, address: &str) -> HealthCheckId {
    let config =
        HealthCheckInput { request_interval: Some(10), ..HealthCheckInput::http(address, 80, "/health") };
    create_check(twin, region, config)
}

fn create_check(twin: &mut Twin, reference: &str, config: HealthCheckInput) -> HealthCheckId {
    let request = Request::CreateHealthCheck { caller_reference: reference.to_owned(), config };
    match twin.call(request, Duration::ZERO) {
        Ok(Response::HealthCheckCreated(check)) => check.id,
        other => panic!("{other:?}"),
    }
}
