//! For any plan: each call that a function makes is allowed to it in its region's stack, and nothing is allowed that
//! no function does.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::ready;
use proptest::prelude::*;
use serde_json::json;
use suite::world::{ACCOUNT, Asked, Cloud, Controller, Crash, STACK, Story, WEST};
use twin::model::records::{ChangeBatch, RecordSetInput};
use twin::model::{Config, Propagation};
use understudy::advise;
use understudy::drill::drill;
use understudy::event;
use understudy::names::Region;
use understudy::operate::operate;
use understudy::plan::Plan;
use understudy::ports::Clock;
use understudy::provision::{
    Adopted, AlarmPlace, AlarmSettings, Call, Difference, Stacks, look, parameters, serve,
};
use understudy::time::after;

use super::calls::Permissions;
use super::iam::Grant;
use super::stack::Stack;
use crate::stories::estates::{self, ApplicationDraw, REGIONS, RegionDraw, application};

/// A plan, deployed: the world, what its stacks allow, and what of that was used.
struct Deployed {
    cloud: Cloud,
    plan: Plan,
    allowed: BTreeMap<Region, Permissions>,
    used: BTreeSet<(String, Grant)>,
}

impl Deployed {
    fn of(drawn: &[ApplicationDraw]) -> Self {
        // Slow enough that Route 53 is asked, too, whether every name server has a change.
        let propagation = Propagation::exactly(Duration::from_secs(20));
        let cloud = Cloud::bare(Config::default().propagation(propagation).checkers(4));
        estates::stand(&cloud, drawn);
        let plan = estates::plan(&cloud, drawn, 0);
        let stacks = Stacks { account: ACCOUNT, name: STACK };
        let allowed = |region: &Region| {
            let stack = Stack::in_region(region.as_str(), parameters(&plan, stacks, region));
            (region.clone(), Permissions::of(&stack))
        };
        let allowed = plan.controllers.iter().map(allowed).collect();
        Self { cloud, plan, allowed, used: BTreeSet::new() }
    }

    fn at(&self, region: &Region) -> Controller {
        Controller { cloud: self.cloud.clone(), region: region.clone(), crash: Crash::never() }
    }

    /// All that was asked since is allowed to a function.
    fn judge(&mut self, function: &str) {
        let asked: Vec<(Region, Asked)> = std::mem::take(&mut self.cloud.state.borrow_mut().asked);
        for (region, asked) in asked {
            let grant = self.allowed[&region].of_function(function).granting(&asked);
            let grant = grant.unwrap_or_else(|| panic!("{function} in {region} may not {asked:?}"));
            self.used.insert((function.to_owned(), grant));
        }
    }

    /// The custom resource of each stack, the schedule, and a person who looks.
    fn provision(&mut self) {
        let live =
            self.cloud.run(async { look(&self.at(&WEST.into()), &self.plan).await.expect("readable") });
        let digest = Difference::between(&self.plan, &live, &Adopted::new()).digest();
        self.cloud.state.borrow_mut().asked.clear();
        for region in self.plan.controllers.clone() {
            let mode = if self.plan.provision_from.as_ref() == Some(&region) { "on" } else { "verify" };
            let resource = json!({
                "RequestType": "Create", "ResponseURL": "https://example.com/", "RequestId": "r-1",
                "LogicalResourceId": "Provisioning", "ResourceProperties": { "Mode": mode, "Digest": digest, "Share": "100" },
                "StackId": "arn:aws:cloudformation:us-west-2:123456789012:stack/understudy/guid",
            });
            let schedule = json!({ "understudy": "provision", "every_minutes": 15 });
            let status = json!({ "understudy": "provision", "show": "status", "observations": true });
            let world = self.at(&region);
            for payload in [resource, schedule, status] {
                let payload = payload.to_string();
                let deadline = after(world.now(), Duration::from_secs(900));
                let call = Call { plan: Ok(&self.plan), here: &region, payload: &payload, deadline };
                self.cloud.run(serve(&world, &call));
            }
        }
        self.judge("provision");
    }

    /// Epochs that are so old that they are swept.
    fn age(&self) {
        let served = &self.plan.applications[0].served;
        let text = |epoch: u32| {
            let moved = "from=us-west-2 to=us-east-1 at=2026-10-01T00:00:00Z plan=p";
            format!("\"understudy v=1 epoch={epoch} run=r-{epoch} {moved}\"")
        };
        let record = |label: &str, epoch: u32| {
            let name = format!("{label}._understudy.{served}");
            RecordSetInput::simple(&name, "TXT", 5, &[&text(epoch)])
        };
        let batch = (1..=40)
            .map(|epoch| record(&format!("e{epoch:08}"), epoch))
            .fold(ChangeBatch::new(), ChangeBatch::create)
            .upsert(record("now", 40));
        let now = self.cloud.time.elapsed();
        let made =
            self.cloud.state.borrow_mut().twin.change_resource_record_sets(&self.cloud.zone, &batch, now);
        made.expect("taken");
        self.cloud.run(self.cloud.time.sleep(Duration::from_secs(60)));
    }

    fn story(&self) -> Story {
        let is_here = |region: &&str| self.plan.controllers.contains(&Region::from(*region));
        Story {
            cloud: self.cloud.clone(),
            plan: self.plan.clone(),
            other_plans: BTreeMap::new(),
            controllers: REGIONS.into_iter().filter(is_here).collect(),
            summaries: Rc::default(),
        }
    }

    fn tick(&mut self, minutes: u64) {
        self.story().play(Duration::from_secs(60 * minutes), ready(()));
        self.judge("tick");
    }

    /// Neither users nor checkers reach a region.
    fn lose(&self, region: &str) {
        self.cloud.kill(region);
        let hosts = (0..self.plan.applications.len()).map(|index| estates::host(index, region));
        self.cloud.state.borrow_mut().refusing.extend(hosts);
    }

    fn regain(&self, region: &str) {
        self.cloud.heal(region);
        self.cloud.state.borrow_mut().refusing.retain(|host| !host.starts_with(region));
    }

    /// An alarm wakes a controller of each region. One finds its table down, pages, and has a peer remember that.
    fn alarm(&mut self) {
        let story = self.story();
        let at = self.cloud.time.now();
        let event = json!({
            "version": "0", "id": "1", "detail-type": "CloudWatch Alarm State Change", "source": "aws.cloudwatch",
            "account": ACCOUNT, "time": at.to_string(), "region": "us-west-2",
            "resources": [estates::ALARM],
            "detail": { "alarmName": "errors", "state": { "value": "ALARM", "reason": "r", "timestamp": at.to_string() } },
        });
        let event = event::read(&event.to_string());
        self.cloud.run(async {
            for region in &story.controllers {
                story.wake(region, &event, Crash::never()).await;
            }
            let down = story.controllers.last().expect("one");
            self.cloud.state.borrow_mut().tables_down.insert((*down).into());
            story.wake(down, &event, Crash::never()).await;
            self.cloud.state.borrow_mut().tables_down.remove(&Region::from(*down));
        });
        self.judge("alarm");
    }

    fn rehearse(&mut self) {
        let payload =
            json!({ "understudy": "drill", "application": estates::name(0), "lose": REGIONS[0] }).to_string();
        for region in self.plan.controllers.clone() {
            let world = self.at(&region);
            self.cloud.run(drill(&world, &self.plan, &region, &payload));
        }
        self.judge("drill");
    }

    /// A week is over.
    fn advise(&mut self) {
        for region in self.plan.controllers.clone() {
            let world = self.at(&region);
            let served = advise::serve(&world, Ok(&self.plan), &region, r#"{"understudy":"advise"}"#);
            self.cloud.run(served);
        }
        self.judge("advise");
    }

    /// A person asks and orders, in each region.
    fn operate(&mut self, commands: &[serde_json::Value]) {
        for region in self.plan.controllers.clone() {
            let world = self.at(&region);
            for command in commands {
                let mut command = command.clone();
                command["application"] = json!(estates::name(0));
                command["author"] = json!("alice");
                command["reason"] = json!("as agreed");
                let deadline = after(world.now(), Duration::from_secs(60));
                self.cloud.run(operate(&world, &self.plan, &region, &command.to_string(), deadline));
            }
        }
        self.judge("operate");
    }

    /// A person says something that one table cannot hear: the others pass it on.
    fn say(&mut self) {
        let deaf = self.plan.controllers.last().cloned().expect("one");
        self.cloud.state.borrow_mut().tables_down.insert(deaf.clone());
        self.operate(&[json!({"command": "pause", "for": "1h"}), json!({"command": "resume"})]);
        self.cloud.state.borrow_mut().tables_down.remove(&deaf);
    }

    /// Somebody changes the alarms that checks read.
    fn set_alarms(&self, threshold: f64) {
        let all = 0..self.plan.applications.len();
        for (index, place) in all.flat_map(|index| REGIONS.map(|place| (index, place))) {
            let place = AlarmPlace { region: place.into(), name: estates::data_alarm(index) };
            let settings = AlarmSettings {
                namespace: Some("Data".to_owned()),
                metric: Some("Writable".to_owned()),
                statistic: Some("Minimum".to_owned()),
                period: 60,
                periods: 1,
                threshold: Some(threshold),
                comparison: "LessThanThreshold".to_owned(),
                ..AlarmSettings::default()
            };
            self.cloud.state.borrow_mut().put_alarm(&place, settings);
        }
    }

    /// A day in which everything happens.
    fn live(&mut self, by_alarm: bool) {
        self.set_alarms(1.0);
        self.provision();
        self.age();
        self.tick(4);
        self.rehearse();
        self.advise();
        self.operate(&[
            json!({"command": "status"}),
            json!({"command": "history"}),
            json!({"command": "explain"}),
        ]);
        self.say();
        self.lose(REGIONS[0]);
        if by_alarm {
            // Until Route 53's checkers have seen it, too.
            self.cloud.run(self.cloud.time.sleep(Duration::from_secs(100)));
            self.alarm();
        }
        self.tick(8);
        self.regain(REGIONS[0]);
        self.tick(30);
        self.operate(&[json!({"command": "fail-back", "to": REGIONS[0]})]);
        self.tick(10);
        self.set_alarms(2.0);
        self.provision();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn what_a_function_calls_is_allowed_to_it(
        drawn in prop::collection::vec(application(), 1..=3), by_alarm in any::<bool>(),
    ) {
        Deployed::of(&drawn).live(by_alarm);
    }
}

#[test]
fn what_is_allowed_is_called() {
    let (mut granted, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (drawn, by_alarm) in ways().into_iter().flat_map(|way| [(way.clone(), true), (way, false)]) {
        let mut deployed = Deployed::of(&[drawn]);
        deployed.live(by_alarm);
        granted.extend(deployed.allowed.values().flat_map(Permissions::all));
        used.extend(deployed.used);
    }
    let idle: Vec<String> = granted
        .difference(&used)
        .map(|(function, (statement, action))| format!("{function} {statement} {action}"))
        .collect();
    assert_eq!(idle, IDLE);
}

/// An application for each way in which traffic is moved.
fn ways() -> Vec<ApplicationDraw> {
    let region = RegionDraw { data: true, ..RegionDraw::plain() };
    let of = |(overrides, metric)| ApplicationDraw {
        ipv6: true,
        shadow: true,
        overrides,
        metric,
        ..ApplicationDraw::plain(vec![region.clone(); 3])
    };
    let ways: [(&'static [&'static str], bool); 4] =
        [(&[], false), (&["override"], false), (&["override"], true), (&["arc"], false)];
    ways.map(of).into()
}

/// What is allowed and not called as such.
const IDLE: [&str; 2] = [
    // With it an object that is not there is told from one that may not be read.
    "alarm Missing s3:ListBucket",
    "tick Missing s3:ListBucket",
];
