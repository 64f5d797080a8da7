//! The function that provisions: for CloudFormation, by its schedule, and for people.

use std::time::Duration;

use serde_json::{Value, json};
use suite::world::{Cloud, Controller, Crash, EAST, EU, Estate, Story, WEST, address, tick};
use twin::model::records::{ChangeBatch, FailoverRole, RecordSetInput};
use twin::model::{Fault, Operation, Scope, Span};
use understudy::names::Region;
use understudy::plan::Plan;
use understudy::ports::Clock;
use understudy::provision::{Answer, Call, Looked, Shown, serve};
use understudy::state::{ApplicationRow, Drift, Home};
use understudy::time::after;

use super::provision::{cloud, difference, maker, plan, provisioned, writes};

const SCHEDULE: &str = r#"{"understudy":"provision","every_minutes":15}"#;
const URL: &str = "https://bucket.s3.us-west-2.amazonaws.com/stack?X-Amz-Signature=1";

/// What CloudFormation sends.
fn resource(kind: &str, properties: &Value) -> String {
    json!({
        "RequestType": kind, "ResponseURL": URL, "RequestId": "r-1", "LogicalResourceId": "Provisioning",
        "StackId": "arn:aws:cloudformation:us-west-2:123456789012:stack/understudy/guid",
        "ResourceProperties": properties,
    })
    .to_string()
}

/// The function of a region, with so many seconds left.
async fn served_within(cloud: &Cloud, plan: &Plan, region: &str, payload: &str, seconds: u64) -> Answer {
    let world = Controller { cloud: cloud.clone(), region: region.into(), crash: Crash::never() };
    let deadline = after(world.now(), Duration::from_secs(seconds));
    let here = &world.region;
    serve(&world, &Call { plan: Ok(plan), here, payload, deadline }).await
}

async fn served(cloud: &Cloud, plan: &Plan, region: &str, payload: &str) -> Answer {
    served_within(cloud, plan, region, payload, 900).await
}

/// What CloudFormation was told last.
fn told(cloud: &Cloud) -> Value {
    let state = cloud.state.borrow();
    let (url, body) = state.answers.last().expect("an answer");
    assert_eq!(url, URL);
    assert!(body.len() < 4_096, "{} bytes", body.len());
    serde_json::from_str(body).expect("JSON")
}

fn status(told: &Value) -> (&str, &str) {
    (told["Status"].as_str().expect("a text"), told["Reason"].as_str().expect("a text"))
}

/// CloudFormation asks the function in us-west-2, which provisions.
fn asked(cloud: &Cloud, plan: &Plan, kind: &str, properties: &Value) -> Value {
    cloud.run(served(cloud, plan, WEST, &resource(kind, properties)));
    told(cloud)
}

fn looked(answer: Answer) -> Looked {
    match answer {
        Answer::Looked(looked) => looked,
        other => panic!("{other:?}"),
    }
}

fn on() -> Value {
    json!({ "Mode": "on" })
}

/// So many applications in two regions.
fn many(cloud: &Cloud, count: usize, ttl: u32) -> Plan {
    let application = |number: usize| {
        let region = |name: &str, role: &str| {
            format!(
                "[[application.app{number}.region]]\nregion = \"{name}\"\nrole = \"{role}\"\nrecord = {{ a = [\"{}\"] }}\nsignals = [{{ probe = \"http://app{number}.{name}.example.net/health\" }}]\n",
                address(name)
            )
        };
        format!(
            "[application.app{number}]\nname = \"app{number}.example.com\"\nzone = {{ id = \"{}\", name = \"example.com\" }}\npolicy = \"failover\"\nrto = \"10m\"\nttl = \"{ttl}s\"\n{}{}",
            cloud.zone.as_str(),
            region(EAST, "primary"),
            region(WEST, "standby")
        )
    };
    let text: String = (0..count).map(application).collect();
    Plan::parse(&text, "story").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn a_stack_that_is_made_has_everything_made_and_is_told_so() {
    let cloud = cloud();
    let plan = plan(&cloud, "failover", 2, "native = \"off\"", "");
    let told = asked(&cloud, &plan, "Create", &on());
    assert_eq!(status(&told).0, "SUCCESS", "{told}");
    assert_eq!(
        (told["RequestId"].as_str(), told["LogicalResourceId"].as_str()),
        (Some("r-1"), Some("Provisioning"))
    );
    let ids = told["Data"]["HealthCheckIds"].as_str().expect("a text");
    assert_eq!(ids.split(' ').count(), 4, "an endpoint's and a serving check in each region: {ids}");
    assert_eq!(
        (&told["Data"]["HealthCheckIdsLeftOut"], &told["Data"]["DifferenceLeft"]),
        (&json!("0"), &json!(""))
    );
    let world = maker(&cloud);
    assert!(cloud.run(difference(&world, &plan)).is_empty());
    let before = changing(&cloud);
    let again = asked(&cloud, &plan, "Update", &on());
    assert_eq!(status(&again).0, "SUCCESS", "{again}");
    assert_eq!(again["PhysicalResourceId"], told["PhysicalResourceId"]);
    assert_eq!(changing(&cloud), before, "the second time nothing is sent");
}

/// Calls that change something in Route 53.
fn changing(cloud: &Cloud) -> usize {
    let is_change =
        |name: &str| ["Create", "Change", "Update", "Delete"].iter().any(|verb| name.starts_with(verb));
    cloud.state.borrow().calls.iter().filter(|(_, name)| is_change(name)).count()
}

#[test]
fn the_stacks_of_other_regions_only_verify() {
    for (region, properties) in [(EAST, on()), (WEST, json!({ "Mode": "verify" })), (WEST, json!({}))] {
        let cloud = cloud();
        let plan = plan(&cloud, "failover", 2, "", "");
        cloud.run(served(&cloud, &plan, region, &resource("Create", &properties)));
        let told = told(&cloud);
        let (status, reason) = status(&told);
        assert_eq!(status, "SUCCESS");
        assert!(
            reason.contains("to create, 0 to change")
                && !told["Data"]["DifferenceLeft"].as_str().unwrap().is_empty(),
            "{told}"
        );
        assert_eq!(changing(&cloud), 0, "{region}");
    }
}

#[test]
fn without_an_answer_of_route_53_who_only_verifies_keeps_nobody_from_deploying() {
    let cloud = cloud();
    let plan = plan(&cloud, "failover", 2, "", "");
    cloud.state.borrow_mut().twin.faults_mut().inject(
        Fault::Unavailable,
        Scope::All,
        Span::From(Duration::ZERO),
    );
    cloud.run(served(&cloud, &plan, EAST, &resource("Create", &on())));
    assert_eq!(status(&told(&cloud)).0, "SUCCESS");
    cloud.run(served(&cloud, &plan, WEST, &resource("Create", &on())));
    let told = told(&cloud);
    let (status, reason) = status(&told);
    assert!(status == "FAILED" && reason.contains("nothing was done; deploy again"), "{told}");
}

#[test]
fn permissions_that_are_not_in_force_yet_are_waited_for() {
    let cloud = cloud();
    let plan = plan(&cloud, "failover", 2, "", "");
    let span = Span::Between(Duration::ZERO, Duration::from_secs(25));
    cloud.state.borrow_mut().twin.faults_mut().inject(Fault::Unavailable, Scope::All, span);
    let told = asked(&cloud, &plan, "Create", &on());
    assert_eq!(status(&told).0, "SUCCESS", "{told}");
}

#[test]
fn a_stack_that_is_deleted_deletes_nothing_and_its_schedule_makes_nothing_any_more() {
    let cloud = cloud();
    let plan = plan(&cloud, "failover", 2, "", "");
    asked(&cloud, &plan, "Create", &on());
    let gone = asked(&cloud, &plan, "Delete", &json!({ "Mode": "nonsense" }));
    let (status, reason) = status(&gone);
    assert!(status == "SUCCESS" && reason.contains("nothing was deleted in Route 53"), "{gone}");
    assert_eq!(suite::world::standing(&cloud, "shop.example.com").len(), 2);
    let larger = plan_with_a_third_region(&cloud);
    let looked = looked(cloud.run(served(&cloud, &larger, EU, SCHEDULE)));
    assert_eq!(looked.brought, None);
}

fn plan_with_a_third_region(cloud: &Cloud) -> Plan {
    plan(cloud, "failover", 3, "", "")
}

#[test]
fn bad_input_is_answered_with_what_is_wrong() {
    let cloud = cloud();
    let plan = plan(&cloud, "failover", 2, "", "");
    for (kind, properties, word) in [
        ("Recreate", on(), "Create, Update and Delete are known"),
        ("Create", json!({ "Mode": "on", "Digest": "yes" }), "Digest is"),
        ("Create", json!({ "Mode": "on", "Share": "0" }), "Share is"),
        ("Create", json!({ "Mode": ["on"] }), "Mode is no text"),
    ] {
        let told = asked(&cloud, &plan, kind, &properties);
        let (status, reason) = status(&told);
        assert!(status == "FAILED" && reason.contains(word), "{told}");
    }
    let world = maker(&cloud);
    let (payload, deadline) = (resource("Create", &on()), after(world.now(), Duration::from_secs(900)));
    let call = Call {
        plan: Err("error[unknown-key]: no such key"),
        here: &world.region,
        payload: &payload,
        deadline,
    };
    cloud.run(serve(&world, &call));
    assert!(status(&told(&cloud)).1.contains("unknown-key"));
}

#[test]
fn a_stack_is_told_in_time_whatever_hangs() {
    for seconds in [40, 300, 900] {
        let cloud = cloud();
        let plan = many(&cloud, 20, 60);
        cloud.state.borrow_mut().twin.faults_mut().inject(
            Fault::Hang,
            Scope::All,
            Span::From(Duration::ZERO),
        );
        let event = resource("Create", &on());
        cloud.run(served_within(&cloud, &plan, WEST, &event, seconds));
        let told = told(&cloud);
        assert_eq!(status(&told).0, "FAILED", "{told}");
        assert!(
            cloud.time.elapsed() < Duration::from_secs(seconds - 5),
            "{:?} of {seconds} s",
            cloud.time.elapsed()
        );
    }
}

#[test]
fn what_there_was_no_time_for_the_schedule_does() {
    let cloud = cloud();
    let plan = many(&cloud, 40, 60);
    let event = resource("Create", &on());
    cloud.run(served_within(&cloud, &plan, WEST, &event, 60));
    let first = told(&cloud);
    let (status, reason) = status(&first);
    assert!(status == "SUCCESS" && reason.contains("the schedule goes on with it"), "{first}");
    assert!(!first["Data"]["DifferenceLeft"].as_str().unwrap().is_empty(), "{first}");
    cloud.run(cloud.time.sleep(Duration::from_secs(900)));
    let looked = looked(cloud.run(served(&cloud, &plan, WEST, SCHEDULE)));
    let brought = looked.brought.expect("it goes on");
    assert!(brought.rest.is_empty() && brought.applied.failed.is_empty(), "{brought:?}");
    let calls = &cloud.state.borrow().calls;
    let made = calls.iter().filter(|(_, name)| *name == "CreateHealthCheck").count();
    assert_eq!(made, 80, "each check is made once");
}

#[test]
fn what_exists_is_changed_by_its_digest_and_what_is_left_of_it_later() {
    let cloud = cloud();
    let (before, wanted) = (many(&cloud, 30, 60), many(&cloud, 30, 30));
    assert_eq!(status(&asked(&cloud, &before, "Create", &on())).0, "SUCCESS");
    let refused = asked(&cloud, &wanted, "Update", &on());
    let digest = cloud.run(difference(&maker(&cloud), &wanted)).digest();
    let (state, reason) = status(&refused);
    assert!(state == "FAILED" && reason.contains(&digest) && reason.contains("ProvisionDigest"), "{refused}");
    assert_eq!(drifted(&cloud), 0, "what differs from a plan that was refused is no drift");
    // CloudFormation returns to the plan that stood before.
    let returned = asked(&cloud, &before, "Update", &on());
    assert_eq!(status(&returned).0, "SUCCESS", "{returned}");
    let agreed = json!({ "Mode": "on", "Digest": digest, "Share": "100" });
    let event = resource("Update", &agreed);
    cloud.run(served_within(&cloud, &wanted, WEST, &event, 20));
    let part = told(&cloud);
    assert!(status(&part).1.contains("the schedule goes on with it"), "{part}");
    let rest = looked(cloud.run(served(&cloud, &wanted, WEST, SCHEDULE))).brought.expect("it goes on").rest;
    assert!(rest.is_empty(), "{rest:?}");
    // The digest that is still in the template says nothing of the next difference.
    let third = many(&cloud, 30, 20);
    assert_eq!(status(&asked(&cloud, &third, "Update", &agreed)).0, "FAILED");
    let returned = asked(&cloud, &wanted, "Update", &agreed);
    assert_eq!(status(&returned).0, "SUCCESS", "{returned}");
}

#[test]
fn the_schedule_does_nothing_for_a_plan_that_nobody_agreed_to() {
    let cloud = cloud();
    let (before, wanted) = (many(&cloud, 1, 60), many(&cloud, 2, 60));
    asked(&cloud, &before, "Create", &on());
    let looked = looked(cloud.run(served(&cloud, &wanted, WEST, SCHEDULE)));
    assert_eq!(looked.brought, None);
    assert_eq!(suite::world::standing(&cloud, "app1.example.com").len(), 0);
}

#[test]
fn people_see_the_difference_and_the_ids_and_nothing_is_changed() {
    let cloud = cloud();
    let plan = plan(&cloud, "failover", 2, "", "");
    let show = |what: &str| {
        cloud.run(served(
            &cloud,
            &plan,
            WEST,
            &json!({ "understudy": "provision", "show": what }).to_string(),
        ))
    };
    let Answer::Shown(Shown { digest, difference, .. }) = show("difference") else { panic!() };
    assert_eq!((digest, difference.is_empty()), (difference.digest(), false));
    assert_eq!(writes(&cloud), 0);
    asked(&cloud, &plan, "Create", &on());
    let Answer::Ids { checks, env } = show("ids") else { panic!() };
    let json = serde_json::to_value(&checks).expect("JSON");
    let id = json["shop"]["us-east-1"]["endpoint"].as_str().expect("an id");
    assert!(env.contains(&format!("UNDERSTUDY_CHECK_SHOP_US_EAST_1_ENDPOINT={id}\n")), "{env}");
}

/// How many applications have drifted, by the table of the region that provisions.
fn drifted(cloud: &Cloud) -> usize {
    let state = cloud.state.borrow();
    let rows = state.tables.get(&Region::from(WEST)).into_iter().flatten();
    let rows = rows.filter_map(|(_, row)| serde_json::from_str::<ApplicationRow>(&row.body).ok());
    let differs = |drift: &Drift| drift.critical.count + drift.minor.count > 0;
    rows.filter(|row| row.drift.as_ref().is_some_and(differs)).count()
}

/// What a region's table says of drift.
fn drift(cloud: &Cloud, region: &str) -> Option<Drift> {
    let state = cloud.state.borrow();
    let row = state.tables.get(&Region::from(region))?.get(&ApplicationRow::key(&"shop".into()))?;
    serde_json::from_str::<ApplicationRow>(&row.body).expect("a row").drift
}

/// The two sets of the `up` pair of us-east-1, of which people may take the first away.
fn up(story: &Story) -> RecordSetInput {
    let check = &story.cloud.checks[&Region::from(EAST)];
    let name = "up-us-east-1._understudy.shop.example.com";
    RecordSetInput::simple(name, "TXT", 1, &["\"up\""])
        .failover("up", FailoverRole::Primary)
        .checked_by(check)
}

async fn look_everywhere(story: &Story) {
    for region in &story.controllers {
        looked(served(&story.cloud, &story.plan, region, SCHEDULE).await);
    }
}

/// The events of drift that people heard of.
fn heard(story: &Story) -> Vec<String> {
    story.told().into_iter().filter(|event| event.starts_with("drift")).collect()
}

#[test]
fn what_a_move_needs_is_missed_told_once_and_holds_until_it_is_mended() {
    let story = provisioned("failover", 2);
    story.play(Duration::from_secs(3_600), async {
        look_everywhere(&story).await;
        story.send(ChangeBatch::new().delete(up(&story)));
        story.pause(30).await;
        for _ in 0..2 {
            look_everywhere(&story).await;
            story.pause(300).await;
        }
        assert_eq!(heard(&story), ["drift"], "once, by one region");
        for region in [EAST, WEST] {
            let drift = drift(&story.cloud, region).expect("noted");
            assert_eq!((drift.critical.count, drift.minor.count), (1, 0), "{region}: {drift:?}");
            assert!(story.ledger(region).contains(&"drift".to_owned()), "{region}");
        }
        story.cloud.kill(EAST);
        story.pause(300).await;
        assert_eq!(story.moves(), [] as [&str; 0]);
        assert!(story.subjects().iter().any(|subject| subject.contains("drift")), "{:?}", story.subjects());
        story.send(ChangeBatch::new().create(up(&story)));
        story.pause(30).await;
        look_everywhere(&story).await;
        story.pause(300).await;
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(heard(&story), ["drift", "drift-over"]);
}

#[test]
fn a_finding_that_nobody_renews_holds_nothing_after_two_periods() {
    let story = provisioned("failover", 2);
    story.play(Duration::from_secs(3_600), async {
        look_everywhere(&story).await;
        story.send(ChangeBatch::new().delete(up(&story)));
        story.pause(30).await;
        look_everywhere(&story).await;
        story.cloud.kill(EAST);
        story.pause(25 * 60).await;
        assert_eq!(story.moves(), [] as [&str; 0]);
        story.pause(10 * 60).await;
        assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    });
}

#[test]
fn a_ttl_that_people_changed_is_told_and_holds_nothing() {
    let story = provisioned("failover", 2);
    story.play(Duration::from_secs(1_800), async {
        look_everywhere(&story).await;
        let set = suite::world::standing(&story.cloud, "shop.example.com")
            .into_iter()
            .find(|set| set.routing.set() == Some("primary"))
            .expect("there");
        let check = set.health_check.clone().expect("checked");
        let other = RecordSetInput::simple("shop.example.com", "A", 20, &[address(EAST)])
            .failover("primary", FailoverRole::Primary)
            .checked_by(check);
        story.send(ChangeBatch::new().upsert(other));
        story.pause(30).await;
        look_everywhere(&story).await;
        let drift = drift(&story.cloud, WEST).expect("noted");
        assert_eq!((drift.critical.count, drift.minor.count), (0, 1), "{drift:?}");
        story.cloud.kill(EAST);
        story.pause(300).await;
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(heard(&story), ["drift"], "told once, as something that is good to know");
    assert!(story.ledger(WEST).contains(&"drift".to_owned()));
}

#[test]
fn a_move_is_no_drift_and_costs_a_calm_tick_no_call_more() {
    let calm = |looks: bool| {
        let story = provisioned("failover", 2);
        let count = story.play(Duration::from_secs(900), async {
            if looks {
                look_everywhere(&story).await;
            }
            story.pause(400).await;
            let before = story.cloud.state.borrow().calls.len();
            story.wake(WEST, &tick(), Crash::never()).await;
            story.cloud.state.borrow().calls.len() - before
        });
        (count, story)
    };
    let ((without, _), (with, story)) = (calm(false), calm(true));
    assert_eq!(with, without);
    story.play(Duration::from_secs(720), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(400).await;
        looked(served(&story.cloud, &story.plan, WEST, SCHEDULE).await);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    let drift = drift(&story.cloud, WEST).expect("noted");
    assert_eq!((drift.critical.count, drift.minor.count), (0, 0), "{drift:?}");
}

#[test]
fn records_that_people_made_are_nobodys_drift() {
    let story = Story::of(&Estate::default());
    story.cloud.run(async {
        look_everywhere(&story).await;
        story.settle().await;
    });
    assert_eq!(drift(&story.cloud, WEST), None);
    assert_eq!(heard(&story), [] as [&str; 0]);
}

#[test]
fn a_move_between_two_pages_of_a_listing_is_no_drift() {
    let story = provisioned("failover", 2);
    story.cloud.run(async {
        look_everywhere(&story).await;
        // The first look misses a set that the second one sees.
        story.send(ChangeBatch::new().delete(up(&story)));
        let mended = async {
            story.pause(1).await;
            story.send(ChangeBatch::new().create(up(&story)));
        };
        let slow = Fault::Slow(Duration::from_secs(3));
        let (scope, span) = (Scope::of(Operation::ListResourceRecordSets), Span::NextCalls(1));
        story.cloud.state.borrow_mut().twin.faults_mut().inject(slow, scope, span);
        let look = served(&story.cloud, &story.plan, WEST, SCHEDULE);
        let (answer, ()) = futures_util::future::join(look, mended).await;
        looked(answer);
    });
    assert_eq!(drift(&story.cloud, WEST).expect("noted").critical.count, 0);
}

#[test]
fn the_status_tells_what_everybody_thinks_and_where_they_differ() {
    let story = provisioned("failover", 2);
    let ask = r#"{"understudy":"provision","show":"status","observations":true}"#;
    let status = |answer| match answer {
        Answer::Status(status) => status,
        other => panic!("{other:?}"),
    };
    let (calm, apart) = story.cloud.run(async {
        story.settle().await;
        let calm = status(served(&story.cloud, &story.plan, WEST, ask).await);
        // Route 53's checkers lose sight of what its users reach.
        story.cloud.state.borrow_mut().out_of_checkers_sight.insert(EAST.into());
        for _ in 0..3 {
            story.pause(60).await;
            story.wake(WEST, &tick(), Crash::never()).await;
        }
        (calm, status(served(&story.cloud, &story.plan, WEST, ask).await))
    });
    assert!(calm.is_well(), "{calm:?}");
    let of =
        |status: &understudy::provision::Status| status.applications[&"shop".into()][&EAST.into()].clone();
    let (calm, east) = (of(&calm), of(&apart));
    assert!(
        calm.checks["endpoint"].checkers.is_some() && calm.checks["serving"].checkers.is_none(),
        "{calm:?}"
    );
    assert!(!apart.is_well() && !east.checks["endpoint"].reports.is_empty(), "{apart:?}");
    assert_eq!(east.differ, ["healthy to the controller in us-west-2, and unhealthy by the name servers"]);
}
