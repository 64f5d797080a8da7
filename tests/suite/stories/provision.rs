//! Provisioning: from nothing to what the plan says, again and again, whatever Route 53 does meanwhile.

use std::rc::Rc;
use std::time::Duration;

use suite::world::{Cloud, Controller, Crash, EAST, EU, Story, WEST, address};
use twin::model::records::{ChangeBatch, FailoverRole, RecordSetInput};
use twin::model::{Config, Fault, Operation, Propagation, Scope, Span};
use understudy::dns::{Content, RecordSet};
use understudy::plan::Plan;
use understudy::ports::Clock;
use understudy::provision::{
    Adopted, Brought, Change, Consent, Difference, Refusal, SHARE, Task, Terms, Trouble, bring, look,
};
use understudy::time::after;

const REGIONS: [&str; 3] = [EAST, WEST, EU];

/// A region in which provisioning is at work.
pub(super) fn maker(cloud: &Cloud) -> Controller {
    Controller { cloud: cloud.clone(), region: "us-west-2".into(), crash: Crash::never() }
}

pub(super) fn cloud() -> Cloud {
    let propagation = Propagation::between(Duration::from_secs(1), Duration::from_secs(8));
    Cloud::bare(Config::default().propagation(propagation).checkers(4))
}

/// shop.example.com in some regions; `lines` stand in the application, `of_region` in each region.
pub(super) fn plan(cloud: &Cloud, policy: &str, regions: usize, lines: &str, of_region: &str) -> Plan {
    let region = |(place, name): (usize, &&str)| {
        let role = match (policy, place) {
            ("failover", 0) => "role = \"primary\"",
            ("failover", _) => "role = \"standby\"",
            _ => "",
        };
        format!(
            r#"
[[application.shop.region]]
region = "{name}"
{role}
record = {{ a = ["{}"] }}
signals = [{{ probe = "http://{name}.example.net/health", contains = "OK" }}]
{}
"#,
            address(name),
            of_region.replace("REGION", name)
        )
    };
    let regions: String = REGIONS.iter().take(regions).enumerate().map(region).collect();
    let text = format!(
        r#"
[topics]
ops-team = ["arn:aws:sns:us-west-2:123456789012:ops-team"]

[application.shop]
name = "shop.example.com"
zone = {{ id = "{}", name = "example.com" }}
policy = "{policy}"
rto = "10m"
notify = {{ critical = ["ops-team"], info = ["ops-team"] }}
{lines}
{regions}"#,
        cloud.zone.as_str()
    );
    Plan::parse(&text, "story").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"))
}

pub(super) fn task(world: &Controller, consent: Consent) -> Task {
    Task {
        terms: Terms { consent, share: SHARE },
        adopted: Adopted::new(),
        run: "20261122T120000Z-provision".into(),
        until: after(world.now(), Duration::from_secs(900)),
    }
}

pub(super) async fn bring_it(world: &Controller, plan: &Plan) -> Result<Brought, Trouble> {
    bring(world, plan, &task(world, Consent::ToCreate)).await
}

pub(super) async fn difference(world: &Controller, plan: &Plan) -> Difference {
    Difference::between(plan, &look(world, plan).await.expect("readable"), &Adopted::new())
}

/// Calls that change something.
pub(super) fn writes(cloud: &Cloud) -> usize {
    let reads = ["List", "Get", "Describe"];
    let is_write = |name: &str| !reads.iter().any(|verb| name.starts_with(verb));
    cloud.state.borrow().calls.iter().filter(|(_, name)| is_write(name)).count()
}

#[test]
fn from_nothing_to_the_plan_and_then_nothing_is_left_to_do() {
    let data = r#"data_check = { alarm = "arn:aws:cloudwatch:REGION:123456789012:alarm:db", missing = "unhealthy" }"#;
    for policy in ["failover", "weighted", "latency"] {
        for (native, of_region) in [("backstop", ""), ("off", ""), ("backstop", data), ("off", data)] {
            let cloud = cloud();
            let plan = plan(&cloud, policy, 3, &format!("native = \"{native}\""), of_region);
            let world = maker(&cloud);
            let (brought, before, again) = cloud.run(async {
                let brought = bring_it(&world, &plan).await.expect("allowed");
                let before = writes(&cloud);
                (brought, before, bring_it(&world, &plan).await.expect("allowed"))
            });
            assert_eq!(brought.applied.failed, Vec::<String>::new(), "{policy} {native}");
            assert!(brought.rest.is_empty(), "{policy} {native}: {:?}", brought.rest.changes);
            assert!(brought.applied.pending.is_empty(), "{policy} {native}");
            assert!(again.rest.is_empty() && again.applied.done.is_empty(), "{policy} {native}");
            assert_eq!(writes(&cloud), before, "{policy} {native}: the second time nothing is sent");
        }
    }
}

#[test]
fn what_a_served_name_answers_is_what_the_plan_says() {
    let cloud = cloud();
    let plan = plan(&cloud, "failover", 2, "", "");
    let world = maker(&cloud);
    cloud.run(async { bring_it(&world, &plan).await.map(drop) }).expect("allowed");
    let answers = suite::world::standing(&cloud, "shop.example.com");
    assert_eq!(answers.len(), 2);
    assert!(answers.iter().all(|set| set.health_check.is_some()), "{answers:?}");
}

#[test]
fn busy_silent_and_forgetful_answers_only_take_time() {
    use Operation::{ChangeResourceRecordSets, ChangeTagsForResource, CreateHealthCheck};
    for operation in [CreateHealthCheck, ChangeTagsForResource, ChangeResourceRecordSets] {
        for fault in [Fault::Throttled, Fault::Unavailable, Fault::AppliedButFailed, Fault::AppliedButLost] {
            let cloud = cloud();
            let plan = plan(&cloud, "failover", 3, "", "");
            let world = maker(&cloud);
            let (scope, span) = (Scope::of(operation), Span::NextCalls(2));
            cloud.state.borrow_mut().twin.faults_mut().inject(fault.clone(), scope, span);
            let brought = cloud.run(async { bring_it(&world, &plan).await.expect("allowed") });
            assert!(brought.rest.is_empty(), "{operation:?} {fault:?}: {brought:?}");
        }
    }
}

#[test]
fn records_of_people_are_left_alone_until_they_are_adopted() {
    let cloud = cloud();
    let plan = plan(&cloud, "failover", 2, "", "");
    let theirs = RecordSetInput::simple("shop.example.com", "A", 300, &["203.0.113.9"]);
    let batch = ChangeBatch::new().create(theirs);
    cloud
        .state
        .borrow_mut()
        .twin
        .change_resource_record_sets(&cloud.zone, &batch, Duration::ZERO)
        .expect("taken");
    let world = maker(&cloud);
    let brought = cloud.run(async { bring_it(&world, &plan).await.expect("allowed") });
    let said = brought.rest.foreign.iter().map(|foreign| foreign.what.as_str()).collect::<Vec<_>>();
    assert!(said.iter().any(|what| what.contains("203.0.113.9")), "{said:?}");
    assert_eq!(suite::world::standing(&cloud, "shop.example.com").len(), 1, "nothing was touched");
}

#[test]
fn what_exists_is_changed_by_its_digest_only() {
    let cloud = cloud();
    let world = maker(&cloud);
    let first = plan(&cloud, "failover", 2, "", "");
    let second = plan(&cloud, "failover", 2, "ttl = \"30s\"", "");
    cloud.run(async {
        bring_it(&world, &first).await.expect("allowed");
        let refused = bring_it(&world, &second).await;
        let Err(Trouble::Refused(Refusal::Changes { digest, .. })) = refused else { panic!("{refused:?}") };
        let shown = difference(&world, &second).await;
        assert_eq!(shown.digest(), digest);
        let wrong = bring(&world, &second, &task(&world, Consent::To("000000000000".into()))).await;
        assert!(matches!(wrong, Err(Trouble::Refused(Refusal::Differs { .. }))), "{wrong:?}");
        let brought = bring(&world, &second, &task(&world, Consent::To(digest))).await.expect("agreed");
        assert!(brought.rest.is_empty(), "{brought:?}");
    });
    let sets = suite::world::standing(&cloud, "shop.example.com");
    assert!(sets.iter().all(|set| set.content.ttl() == Some(30)), "{sets:?}");
}

#[test]
fn a_move_that_comes_between_the_look_and_the_change_is_not_undone() {
    let story = provisioned("failover", 2);
    let off = "native = \"off\"\nttl = \"30s\"";
    let check =
        r#"check = { endpoint = "http://REGION.example.net/health", contains = "OK", threshold = 2 }"#;
    let changed = plan(&story.cloud, "failover", 2, off, check);
    let world = maker(&story.cloud);
    story.cloud.run(async {
        let digest = difference(&world, &changed).await.digest();
        let task = task(&world, Consent::To(digest));
        let moving = async {
            story.cloud.time.sleep(Duration::from_millis(300)).await;
            story.send(swapped(&story).create(Story::txt("e00000001", MOVED)));
        };
        let (brought, ()) = futures_util::future::join(bring(&world, &changed, &task), moving).await;
        assert!(!brought.expect("agreed").rest.is_empty(), "people look at it again");
        story.pause(60).await;
    });
    assert_eq!(story.answers(), [WEST; 4], "who took over still serves");
    assert_eq!(story.moves(), ["us-east-1>us-west-2"], "nobody else claimed an epoch");
}

/// What an epoch record says of a move to us-west-2.
const MOVED: &str = "understudy v=1 epoch=1 run=r-1 from=us-east-1 to=us-west-2 at=2026-11-22T12:00:00Z plan=000000000000 kind=evacuate";

/// A batch that seats each region's unit in the other's set.
fn swapped(story: &Story) -> ChangeBatch {
    let sets = suite::world::standing(&story.cloud, "shop.example.com");
    let seat = |batch: ChangeBatch, (name, role, region): (&str, FailoverRole, &str)| {
        let whose = |set: &&RecordSet| matches!(&set.content, Content::Values { values, .. } if *values == [address(region)]);
        let check = sets.iter().find(whose).and_then(|set| set.health_check.clone()).expect("checked");
        let set = RecordSetInput::simple("shop.example.com", "A", 60, &[address(region)]);
        batch.upsert(set.failover(name, role).checked_by(check))
    };
    let seats = [("primary", FailoverRole::Primary, WEST), ("secondary", FailoverRole::Secondary, EAST)];
    seats.into_iter().fold(ChangeBatch::new(), seat)
}

#[test]
fn a_check_that_was_deleted_is_made_again_under_its_next_reference() {
    let cloud = cloud();
    let plan = plan(&cloud, "failover", 2, "", "");
    let world = maker(&cloud);
    cloud.run(async {
        bring_it(&world, &plan).await.expect("allowed");
        let live = look(&world, &plan).await.expect("readable");
        let gone = live.checks.first().expect("some").id.as_str().into();
        cloud.state.borrow_mut().twin.delete_health_check(&gone).expect("there");
        let shown = difference(&world, &plan).await;
        assert!(shown.changes.iter().any(|change| matches!(change, Change::CreateCheck { .. })));
        let brought = bring(&world, &plan, &task(&world, Consent::To(shown.digest()))).await.expect("agreed");
        assert!(brought.rest.is_empty(), "{brought:?}");
    });
}

/// A story on what provisioning made, in so many regions.
pub(super) fn provisioned(policy: &str, regions: usize) -> Story {
    provisioned_with(policy, regions, "")
}

/// The same with further lines in the application.
fn provisioned_with(policy: &str, regions: usize, lines: &str) -> Story {
    let mut cloud = cloud();
    let plan = plan(&cloud, policy, regions, &format!("native = \"off\"\n{lines}"), "");
    let world = maker(&cloud);
    let live = cloud.run(async {
        bring_it(&world, &plan).await.expect("allowed");
        look(&world, &plan).await.expect("readable")
    });
    let endpoint = |region: &&str| {
        let told = format!("shop/{region}/endpoint");
        let check = live.checks.iter().find(|check| check.tags.get("understudy:check") == Some(&told));
        ((*region).into(), check.expect("made").id.as_str().into())
    };
    cloud.checks = REGIONS.iter().take(regions).map(endpoint).collect();
    let controllers = REGIONS.into_iter().take(regions).collect();
    Story { cloud, plan, other_plans: [].into(), controllers, summaries: Rc::default() }
}

#[test]
fn what_provisioning_made_is_moved_and_provisioning_keeps_to_the_move() {
    for (policy, regions) in [("failover", 2), ("weighted", 3), ("latency", 3)] {
        let story = provisioned(policy, regions);
        story.play(Duration::from_secs(720), async {
            story.pause(190).await;
            story.cloud.lose(EAST);
        });
        assert_eq!(story.moves(), ["us-east-1>us-west-2"], "{policy}");
        let world = maker(&story.cloud);
        let after_it = story.cloud.run(async { difference(&world, &story.plan).await });
        assert!(after_it.is_empty(), "{policy}: {:?}", after_it.changes);
    }
}

/// No plan that is provisioned names a health check: which one a region's unit has, only a listing tells.
#[test]
fn what_provisioning_made_is_given_back() {
    let lines = "restore = \"auto\"\ntiming = { soak = \"2m\", cooldown_unacknowledged = \"20m\" }";
    for (policy, moves) in [("failover", 2), ("weighted", 5), ("latency", 2)] {
        let story = provisioned_with(policy, 3, lines);
        story.play(Duration::from_secs(5_400), async {
            story.pause(190).await;
            story.cloud.lose(EAST);
            story.pause(600).await;
            story.cloud.regain(EAST);
        });
        assert_eq!(story.moves().len(), moves, "{policy}: {:?} {:?}", story.moves(), story.told());
        assert_eq!(story.moves().last().map(String::as_str), Some("us-west-2>us-east-1"), "{policy}");
        let world = maker(&story.cloud);
        let after_it = story.cloud.run(async { difference(&world, &story.plan).await });
        assert!(after_it.is_empty(), "{policy}: {:?}", after_it.changes);
    }
}

#[test]
fn people_are_asked_whether_what_provisioning_made_may_be_given_back() {
    let lines = "timing = { soak = \"2m\", cooldown_unacknowledged = \"20m\" }";
    let story = provisioned_with("failover", 2, lines);
    story.play(Duration::from_secs(5_400), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(600).await;
        story.cloud.regain(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    let asked = story.told().into_iter().filter(|event| event == "asked").count();
    assert_eq!(asked, 1, "{:?}", story.told());
}

#[test]
fn a_region_that_sits_in_no_served_set_takes_its_check_along() {
    let story = provisioned("failover", 3);
    story.play(Duration::from_secs(1_800), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(600).await;
        story.cloud.lose(WEST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2", "us-west-2>eu-west-1"]);
    assert_eq!(story.answers(), [EU; 4]);
    let world = Controller { cloud: story.cloud.clone(), region: EU.into(), crash: Crash::never() };
    let after_it = story.cloud.run(async { difference(&world, &story.plan).await });
    assert!(after_it.is_empty(), "{:?}", after_it.changes);
}

#[test]
fn what_is_changed_after_a_move_claims_an_epoch_and_moves_nobody() {
    let mut story = provisioned("failover", 2);
    story.play(Duration::from_secs(720), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
    });
    story.plan = plan(&story.cloud, "failover", 2, "native = \"off\"\nttl = \"30s\"", "");
    let world = maker(&story.cloud);
    story.cloud.run(async {
        let digest = difference(&world, &story.plan).await.digest();
        let brought = bring(&world, &story.plan, &task(&world, Consent::To(digest))).await.expect("agreed");
        assert!(brought.rest.is_empty(), "{brought:?}");
    });
    let told = story.told().len();
    story.play(Duration::from_secs(600), async { story.pause(1).await });
    assert_eq!(story.moves(), ["us-east-1>us-west-2", "us-west-2>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
    let since: Vec<String> = story.told().into_iter().skip(told).collect();
    assert!(since.iter().all(|event| event == "hold-reminder"), "{since:?}");
}

const STANDBY: &str =
    r#"data_check = { endpoint = "http://REGION.away.example.net/away", interval = "10s", inverted = true }"#;

/// When each call of a name was made to Route 53, as an index of all calls.
fn places(cloud: &Cloud, name: &str) -> Vec<usize> {
    let calls = &cloud.state.borrow().calls;
    calls.iter().enumerate().filter(|(_, (_, call))| *call == name).map(|(place, _)| place).collect()
}

#[test]
fn an_inverted_check_settles_before_anything_hangs_on_it() {
    let cloud = cloud();
    let hosts = [EAST, WEST].map(|region| format!("{region}.away.example.net"));
    cloud.state.borrow_mut().refusing.extend(hosts);
    let plan = plan(&cloud, "failover", 2, "", STANDBY);
    let world = maker(&cloud);
    let brought = cloud.run(async { bring_it(&world, &plan).await.expect("allowed") });
    assert!(brought.rest.is_empty() && !brought.applied.unfinished, "{brought:?}");
    let (asked, created) = (places(&cloud, "GetHealthCheckStatus"), places(&cloud, "CreateHealthCheck"));
    // The leaves, then the question until the checkers have reported, then what is calculated from them.
    let [.., first_calculated, _] = created[..] else { panic!("{created:?}") };
    assert!((2..20).contains(&asked.len()) && asked[0] < first_calculated, "{asked:?} {created:?}");
    assert!(brought.applied.failed.is_empty(), "{brought:?}");
}

#[test]
fn what_would_hang_on_a_check_that_does_not_settle_is_left_to_a_later_call() {
    let cloud = cloud();
    // Its object is there: "away from this region" is said already.
    let plan = plan(&cloud, "failover", 2, "", STANDBY);
    let world = maker(&cloud);
    let first = cloud.run(async { bring_it(&world, &plan).await.expect("allowed") });
    assert!(first.applied.unfinished && first.applied.failed.is_empty(), "{first:?}");
    assert!(!first.rest.is_empty());
    assert_eq!(suite::world::standing(&cloud, "shop.example.com").len(), 0, "nobody is served by half of it");
    let hosts = [EAST, WEST].map(|region| format!("{region}.away.example.net"));
    cloud.state.borrow_mut().refusing.extend(hosts);
    cloud.run(cloud.time.sleep(Duration::from_secs(60)));
    let second = cloud.run(async { bring_it(&world, &plan).await.expect("allowed") });
    assert!(second.rest.is_empty(), "{second:?}");
}
