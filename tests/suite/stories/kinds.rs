//! What regions can be reached by: every kind of alias, records of ours between the served name and a region,
//! backups, and the shadow that rehearsals move.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use suite::world::{Cloud, EAST, EU, Story, WEST, address, standing};
use twin::model::health::Health;
use twin::model::records::RecordType;
use twin::model::{AnswerContext, HealthCheckId};
use understudy::dns::{Content, RecordSet, Routing};
use understudy::names::Region;
use understudy::plan::Plan;
use understudy::provision::{Adopted, Consent, Difference, look};

use super::provision::{bring_it, cloud, difference, maker, task, writes};

const SERVED: &str = "shop.example.com";

/// A kind of target: a region's name of it, and the zone that holds that.
type Kind = (fn(&str) -> String, fn(&str) -> &'static str);

fn alb(region: &str) -> String {
    format!("shop-1.{region}.elb.amazonaws.com")
}

fn alb_zone(region: &str) -> &'static str {
    match region {
        EAST => "Z35SXDOTRQ7X7K",
        WEST => "Z1H1FL5HABSF5",
        _ => "Z32O12XQLNTSW2",
    }
}

fn nlb(region: &str) -> String {
    format!("shop-1.elb.{region}.amazonaws.com")
}

fn nlb_zone(region: &str) -> &'static str {
    match region {
        EAST => "Z26RNL4JYFTOTI",
        WEST => "Z18D5FSROUN65G",
        _ => "Z2IFOLAFXWLO4F",
    }
}

fn api(region: &str) -> String {
    format!("d-1a2b3c.execute-api.{region}.amazonaws.com")
}

fn api_zone(region: &str) -> &'static str {
    match region {
        EAST => "Z1UJRXOUMOOFQ8",
        WEST => "Z2OJLYMUO9EFXC",
        _ => "ZLY8HYME6SFDD",
    }
}

fn accelerator(region: &str) -> String {
    format!("{}.awsglobalaccelerator.com", region.replace('-', ""))
}

fn accelerator_zone(_: &str) -> &'static str {
    "Z2BJ6XQ5FK7U4H"
}

const KINDS: [Kind; 4] = [(alb, alb_zone), (nlb, nlb_zone), (api, api_zone), (accelerator, accelerator_zone)];

/// Puts a region's target into the world, answering the region's address.
fn stands(cloud: &Cloud, (name, zone): Kind, region: &str) {
    let (dns_name, zone) = (name(region), zone(region).into());
    let addresses = [address(region).parse().expect("an address")];
    let twin = &mut cloud.state.borrow_mut().twin;
    let added = if dns_name.contains("execute-api") {
        twin.add_named_target(&dns_name, zone, addresses, SERVED)
    } else {
        twin.add_load_balancer(&dns_name, zone, addresses, Health::Healthy)
    };
    added.expect("a name");
}

/// shop.example.com; `lines` stand in the application, and in each region what is given for it.
fn plan(cloud: &Cloud, policy: &str, lines: &str, regions: &[(&str, String)]) -> Plan {
    let region = |(place, (name, of_region)): (usize, &(&str, String))| {
        let role = match (policy, place) {
            ("failover", 0) => "role = \"primary\"",
            ("failover", _) => "role = \"standby\"",
            _ => "",
        };
        format!(
            "[[application.shop.region]]\nregion = \"{name}\"\n{role}\n{of_region}\n\
             signals = [{{ probe = \"http://{name}.example.net/health\", contains = \"OK\" }}]\n"
        )
    };
    let regions: String = regions.iter().enumerate().map(region).collect();
    let text = format!(
        "[topics]\nops-team = [\"arn:aws:sns:us-west-2:123456789012:ops-team\"]\n\
         [application.shop]\nname = \"{SERVED}\"\n\
         zone = {{ id = \"{}\", name = \"example.com\" }}\npolicy = \"{policy}\"\nrto = \"10m\"\n\
         notify = {{ critical = [\"ops-team\"] }}\n{lines}\n{regions}",
        cloud.zone.as_str()
    );
    Plan::parse(&text, "story").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Each region answers by its load balancer.
fn balanced(cloud: &Cloud, policy: &str, lines: &str, regions: &[&'static str]) -> Plan {
    let of = |region: &&'static str| {
        stands(cloud, (alb, alb_zone), region);
        (*region, format!("record = {{ alias = \"{}\" }}", alb(region)))
    };
    let regions: Vec<(&str, String)> = regions.iter().map(of).collect();
    plan(cloud, policy, lines, &regions)
}

/// A story on what provisioning made.
fn provisioned(mut cloud: Cloud, plan: Plan) -> Story {
    let world = maker(&cloud);
    cloud.run(async {
        let brought = bring_it(&world, &plan).await.expect("allowed");
        assert!(brought.rest.is_empty(), "{brought:?}");
    });
    cloud.checks = checks(&cloud, &plan, "endpoint");
    let controllers = [EAST, WEST, EU].into_iter().take(plan.applications[0].regions.len()).collect();
    Story { cloud, plan, other_plans: [].into(), controllers, summaries: Rc::default() }
}

/// The ids of the checks of one role, by region.
fn checks(cloud: &Cloud, plan: &Plan, role: &str) -> BTreeMap<Region, HealthCheckId> {
    let world = maker(cloud);
    let live = cloud.run(async { look(&world, plan).await.expect("readable") });
    let of = |region: &Region| {
        let told = format!("shop/{region}/{role}");
        let check = live.checks.iter().find(|check| check.tags.get("understudy:check") == Some(&told))?;
        Some((region.clone(), check.id.as_str().into()))
    };
    plan.applications[0].regions.iter().filter_map(|region| of(&region.name)).collect()
}

fn nothing_is_left_to_do(story: &Story) {
    let world = maker(&story.cloud);
    let rest = story.cloud.run(async { difference(&world, &story.plan).await });
    assert!(rest.is_empty() && rest.foreign.is_empty(), "{:?} {:?}", rest.changes, rest.foreign);
}

/// What the first name server answers for a name right now.
fn told(cloud: &Cloud, name: &str) -> Vec<String> {
    let (state, at) = (cloud.state.borrow(), cloud.time.elapsed());
    let answer = state.twin.answer(0, name, RecordType::A, at, &AnswerContext::seeded(1));
    answer.addresses().iter().map(ToString::to_string).collect()
}

fn evaluate(sets: &[RecordSet]) -> Vec<bool> {
    let alias = |set: &RecordSet| set.content.alias().map(|(_, evaluates)| evaluates);
    sets.iter().filter_map(alias).collect()
}

#[test]
fn every_kind_of_alias_is_made_under_every_policy_and_then_nothing_is_left_to_do() {
    for kind in KINDS {
        for policy in ["failover", "weighted", "latency"] {
            for native in ["backstop", "off"] {
                let (cloud, shown) = (cloud(), format!("{} {policy} {native}", kind.0(EAST)));
                let of = |region: &&'static str| {
                    stands(&cloud, kind, region);
                    (*region, format!("record = {{ alias = \"{}\" }}", kind.0(region)))
                };
                let regions: Vec<(&str, String)> = [EAST, WEST, EU].iter().map(of).collect();
                let plan = plan(&cloud, policy, &format!("native = \"{native}\""), &regions);
                let story = provisioned(cloud, plan);
                let before = writes(&story.cloud);
                nothing_is_left_to_do(&story);
                assert_eq!(writes(&story.cloud), before, "{shown}");
                let has_health = !kind.0(EAST).contains("execute-api");
                let expected = policy == "failover" || (native == "backstop" && has_health);
                let sets = standing(&story.cloud, SERVED);
                assert!(evaluate(&sets).iter().all(|evaluates| *evaluates == expected), "{shown}: {sets:?}");
                assert_eq!(evaluate(&sets).len(), if policy == "failover" { 2 } else { 3 }, "{shown}");
                assert!(sets.iter().all(|set| set.health_check.is_some()), "{shown}: {sets:?}");
            }
        }
    }
}

#[test]
fn one_website_and_one_distribution_stand_beside_other_kinds() {
    let website = ("s3-website-us-east-1.amazonaws.com", "Z3AQBSTGFYJSTF");
    let distribution = ("d111111abcdef8.cloudfront.net", "Z2FDTNDATAQYW2");
    for (policy, (target, zone)) in [("failover", website), ("latency", website), ("weighted", distribution)]
    {
        let cloud = cloud();
        let addresses = [address(EAST).parse().expect("an address")];
        cloud
            .state
            .borrow_mut()
            .twin
            .add_named_target(target, zone.into(), addresses, SERVED)
            .expect("a name");
        stands(&cloud, (alb, alb_zone), WEST);
        let regions = [
            (EAST, format!("record = {{ alias = \"{target}\" }}")),
            (WEST, format!("record = {{ alias = \"{}\" }}", alb(WEST))),
        ];
        let plan = plan(&cloud, policy, "", &regions);
        let story = provisioned(cloud, plan);
        nothing_is_left_to_do(&story);
        let kept = standing(&story.cloud, "unit-us-east-1._understudy.shop.example.com");
        assert!(
            matches!(kept.as_slice(), [set] if set.health_check.is_some() && set.content.alias().is_none()),
            "its check is kept where it cannot be answered: {kept:?}"
        );
    }
}

#[test]
fn a_region_bound_to_one_name_comes_back_with_its_check() {
    let cloud = cloud();
    let of = |region: &&'static str| {
        stands(&cloud, (api, api_zone), region);
        (*region, format!("record = {{ alias = \"{}\" }}", api(region)))
    };
    let regions: Vec<(&str, String)> = [EAST, WEST, EU].iter().map(of).collect();
    let lines = "restore = \"auto\"\ntiming = { soak = \"2m\", cooldown_unacknowledged = \"20m\" }";
    let plan = plan(&cloud, "latency", lines, &regions);
    let story = provisioned(cloud, plan);
    story.play(Duration::from_secs(3_600), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(600).await;
        story.cloud.regain(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2", "us-west-2>us-east-1"]);
    nothing_is_left_to_do(&story);
}

#[test]
fn where_native_is_off_an_unhealthy_load_balancer_moves_nobody_but_a_run_does() {
    let cloud = cloud();
    let plan = balanced(&cloud, "failover", "native = \"off\"", &[EAST, WEST]);
    let story = provisioned(cloud, plan);
    let origin = standing(&story.cloud, "origin-us-east-1._understudy.shop.example.com");
    assert_eq!(evaluate(&origin), [false], "{origin:?}");
    let fails = |story: &Story| {
        story.cloud.state.borrow_mut().twin.set_load_balancer_health(&alb(EAST), Health::Unhealthy)
    };
    assert!(fails(&story));
    story.cloud.run(async { story.pause(120).await });
    assert_eq!(story.answers(), [EAST; 4], "Route 53 moves nobody");
    story.play(Duration::from_secs(720), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
    nothing_is_left_to_do(&story);
}

#[test]
fn as_a_backstop_route_53_leaves_an_unhealthy_load_balancer() {
    let cloud = cloud();
    let plan = balanced(&cloud, "failover", "", &[EAST, WEST]);
    let story = provisioned(cloud, plan);
    story.cloud.state.borrow_mut().twin.set_load_balancer_health(&alb(EAST), Health::Unhealthy);
    story.cloud.run(async { story.pause(120).await });
    assert_eq!(story.answers(), [WEST; 4]);
}

#[test]
fn a_record_of_ours_that_comes_between_moves_nobody() {
    for policy in ["failover", "latency"] {
        let cloud = cloud();
        let plan = balanced(&cloud, policy, "", &[EAST, WEST]);
        let mut story = provisioned(cloud, plan);
        story.play(Duration::from_secs(720), async {
            story.pause(190).await;
            story.cloud.lose(EAST);
        });
        assert_eq!(story.moves(), ["us-east-1>us-west-2"], "{policy}");
        for native in ["off", "backstop"] {
            let lines = format!("native = \"{native}\"");
            story.plan = balanced(&story.cloud, policy, &lines, &[EAST, WEST]);
            agree(&story);
            assert_eq!(story.answers(), [WEST; 4], "{policy} {native}");
        }
    }
}

/// Applies whatever the plan wants changed, by its digest.
fn agree(story: &Story) {
    let world = maker(&story.cloud);
    story.cloud.run(async {
        let live = look(&world, &story.plan).await.expect("readable");
        let shown = Difference::between(&story.plan, &live, &Adopted::new());
        let task = task(&world, Consent::To(shown.digest()));
        let brought = understudy::provision::bring(&world, &story.plan, &task).await.expect("agreed");
        assert!(brought.rest.is_empty(), "{brought:?}");
    });
}

const BACKUP: &str = "198.51.100.9";

/// us-east-1 has a backup; the others have none.
fn backed(cloud: &Cloud, policy: &str) -> Plan {
    let backup = format!(
        "backup = {{ record = {{ a = [\"{BACKUP}\"] }}, check = {{ endpoint = \"http://{BACKUP}/health\" }} }}"
    );
    let of = |region: &&'static str| {
        let record = format!("record = {{ a = [\"{}\"] }}", address(region));
        (*region, if *region == EAST { format!("{record}\n{backup}") } else { record })
    };
    let regions: Vec<(&str, String)> = [EAST, WEST, EU].iter().map(of).collect();
    plan(cloud, policy, "", &regions)
}

const PAIR: &str = "pair-us-east-1._understudy.shop.example.com";

#[test]
fn a_backup_answers_for_its_own_region_alone() {
    for policy in ["weighted", "latency"] {
        let cloud = cloud();
        let plan = backed(&cloud, policy);
        let story = provisioned(cloud, plan);
        nothing_is_left_to_do(&story);
        assert_eq!(told(&story.cloud, PAIR), [address(EAST)], "{policy}");
        // Only Route 53's checkers find the region's own endpoint down: its controllers would leave it.
        let own = checks(&story.cloud, &story.plan, "endpoint")[&Region::from(EAST)].clone();
        let backup = checks(&story.cloud, &story.plan, "backup")[&Region::from(EAST)].clone();
        story.cloud.state.borrow_mut().failing.insert(own);
        story.cloud.run(async { story.pause(240).await });
        assert_eq!(told(&story.cloud, PAIR), [BACKUP], "{policy}");
        assert!(reached(&story.cloud).contains(BACKUP), "{policy}: it serves its region's share");
        story.cloud.state.borrow_mut().failing.insert(backup);
        story.cloud.run(async { story.pause(240).await });
        let reached = reached(&story.cloud);
        assert!(
            !reached.is_empty() && !reached.contains(BACKUP) && !reached.contains(address(EAST)),
            "{policy}: where both fail the others serve: {reached:?}"
        );
    }
}

/// Every address that users get, from many places.
fn reached(cloud: &Cloud) -> std::collections::BTreeSet<String> {
    let (state, at) = (cloud.state.borrow(), cloud.time.elapsed());
    let seen = |seed: u64| {
        let mut client = AnswerContext::seeded(seed);
        client.region = Some([EAST, WEST, EU][usize::try_from(seed % 3).expect("small")].to_owned());
        state.twin.answer(0, SERVED, RecordType::A, at, &client).addresses()
    };
    (0..120).flat_map(seen).map(|address| address.to_string()).collect()
}

#[test]
fn a_region_with_a_backup_is_left_and_given_back_like_any_other() {
    for policy in ["weighted", "latency"] {
        let cloud = cloud();
        let plan = backed(&cloud, policy);
        let story = provisioned(cloud, plan);
        story.play(Duration::from_secs(720), async {
            story.pause(190).await;
            story.cloud.lose(EAST);
        });
        assert_eq!(story.moves(), ["us-east-1>us-west-2"], "{policy}");
        assert!(!reached(&story.cloud).contains(address(EAST)), "{policy}");
        assert!(!reached(&story.cloud).contains(BACKUP), "{policy}");
        nothing_is_left_to_do(&story);
    }
}

#[test]
fn a_backup_that_is_added_and_taken_away_moves_nobody() {
    let cloud = cloud();
    let without = |cloud: &Cloud| {
        let of = |region: &&'static str| (*region, format!("record = {{ a = [\"{}\"] }}", address(region)));
        let regions: Vec<(&str, String)> = [EAST, WEST, EU].iter().map(of).collect();
        plan(cloud, "weighted", "", &regions)
    };
    let plan = without(&cloud);
    let mut story = provisioned(cloud, plan);
    story.play(Duration::from_secs(720), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
    });
    assert_eq!(story.weights(), [(EAST, 0), (WEST, 100), (EU, 100)]);
    story.plan = backed(&story.cloud, "weighted");
    agree(&story);
    assert_eq!(story.weights(), [(EAST, 0), (WEST, 100), (EU, 100)]);
    story.plan = without(&story.cloud);
    agree(&story);
    assert_eq!(story.weights(), [(EAST, 0), (WEST, 100), (EU, 100)]);
}

const SHADOW: &str = "shadow._understudy.shop.example.com";

#[test]
fn the_shadow_is_a_copy_that_stays_as_planned_whoever_serves() {
    for policy in ["failover", "weighted", "latency"] {
        let cloud = cloud();
        let plan = balanced(&cloud, policy, "native = \"off\"\nshadow = true", &[EAST, WEST]);
        let story = provisioned(cloud, plan);
        let copied = |sets: Vec<RecordSet>| -> Vec<(Routing, Content, bool)> {
            let bare = |set: RecordSet| (unnamed(&set.routing), set.content, set.health_check.is_some());
            sets.into_iter().map(bare).collect()
        };
        let before = copied(standing(&story.cloud, SHADOW));
        assert_eq!(before, copied(standing(&story.cloud, SERVED)), "{policy}");
        let names = |name| {
            standing(&story.cloud, name)
                .into_iter()
                .filter_map(|set| set.routing.set().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        assert!(
            names(SHADOW).iter().all(|name| !names(SERVED).contains(name)),
            "{policy}: identifiers of its own"
        );
        story.play(Duration::from_secs(720), async {
            story.pause(190).await;
            story.cloud.lose(EAST);
        });
        assert_eq!(story.moves(), ["us-east-1>us-west-2"], "{policy}");
        assert_eq!(copied(standing(&story.cloud, SHADOW)), before, "{policy}: a move leaves it alone");
        nothing_is_left_to_do(&story);
    }
}

/// How a set takes part, whatever it is called.
fn unnamed(routing: &Routing) -> Routing {
    let set = String::new();
    match routing.clone() {
        Routing::Simple => Routing::Simple,
        Routing::Failover { side, .. } => Routing::Failover { set, side },
        Routing::Weighted { weight, .. } => Routing::Weighted { set, weight },
        Routing::Latency { region, .. } => Routing::Latency { set, region },
        Routing::Other { .. } => Routing::Other { set },
    }
}

/// What examples/comprehensive.toml leads to: a target, its zone, its address, and the one name that it answers for.
const ESTATE: [(&str, &str, &str, Option<&str>); 9] = [
    ("shop-1469375012.us-east-1.elb.amazonaws.com", "Z35SXDOTRQ7X7K", "192.0.2.11", None),
    ("shop-2087164493.us-west-2.elb.amazonaws.com", "Z1H1FL5HABSF5", "192.0.2.12", None),
    ("web-1469375012.us-east-1.elb.amazonaws.com", "Z35SXDOTRQ7X7K", "192.0.2.21", None),
    ("web-spare-771204513.us-east-1.elb.amazonaws.com", "Z35SXDOTRQ7X7K", "192.0.2.29", None),
    ("web-2087164493.us-west-2.elb.amazonaws.com", "Z1H1FL5HABSF5", "192.0.2.22", None),
    (
        "d-1a2b3c4d5e.execute-api.us-east-1.amazonaws.com",
        "Z1UJRXOUMOOFQ8",
        "192.0.2.31",
        Some("api.example.com"),
    ),
    (
        "d-6f7g8h9i0j.execute-api.eu-west-1.amazonaws.com",
        "ZLY8HYME6SFDD",
        "192.0.2.33",
        Some("api.example.com"),
    ),
    ("docs-318820457.elb.us-east-1.amazonaws.com", "Z26RNL4JYFTOTI", "192.0.2.41", None),
    ("s3-website-us-west-2.amazonaws.com", "Z3BJ6K6RIION7M", "192.0.2.42", Some("docs.example.com")),
];

fn comprehensive(cloud: &Cloud) -> Plan {
    for (target, zone, address, only_for) in ESTATE {
        let addresses = [address, "2001:db8::1"].map(|address| address.parse().expect("an address"));
        let twin = &mut cloud.state.borrow_mut().twin;
        let added = match only_for {
            Some(name) => twin.add_named_target(target, zone.into(), addresses, name),
            None => twin.add_load_balancer(target, zone.into(), addresses, Health::Healthy),
        };
        added.expect("a name");
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/comprehensive.toml");
    let text = std::fs::read_to_string(file).expect("the example is there");
    let text = text.replace("Z0123456789ABCDEFGHIJ", cloud.zone.as_str());
    Plan::parse(&text, "example").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Every address that users near a region get for a name.
fn users_get(cloud: &Cloud, name: &str, near: &str) -> Vec<String> {
    let (state, at) = (cloud.state.borrow(), cloud.time.elapsed());
    let seen = |seed: u64| {
        let mut client = AnswerContext::seeded(seed);
        client.region = Some(near.to_owned());
        state.twin.answer(0, name, RecordType::A, at, &client).addresses()
    };
    let all: std::collections::BTreeSet<String> =
        (0..60).flat_map(seen).map(|address| address.to_string()).collect();
    all.into_iter().collect()
}

#[test]
fn every_policy_at_once_outlives_the_load_balancers_of_a_region() {
    let cloud = cloud();
    let plan = comprehensive(&cloud);
    let world = maker(&cloud);
    let brought = cloud.run(async { bring_it(&world, &plan).await.expect("allowed") });
    assert!(brought.rest.is_empty() && brought.applied.failed.is_empty(), "{brought:?}");
    let before = writes(&cloud);
    let again = cloud.run(async { bring_it(&world, &plan).await.expect("allowed") });
    assert!(again.rest.is_empty() && writes(&cloud) == before, "the second time nothing is sent");
    let users = |name: &str, near: &str| users_get(&cloud, &format!("{name}.example.com"), near);
    assert_eq!(users("shop", EAST), ["192.0.2.11"]);
    assert_eq!(users("www", EAST), ["192.0.2.21", "192.0.2.22"]);
    assert_eq!(
        (users("api", EAST), users("api", EU)),
        (vec!["192.0.2.31".into()], vec!["192.0.2.33".into()])
    );
    assert_eq!(users("docs", EAST), ["192.0.2.41"]);

    for (target, ..) in ESTATE.iter().filter(|(target, ..)| target.contains("us-east-1")) {
        if !target.contains("spare") {
            cloud.state.borrow_mut().twin.set_load_balancer_health(target, Health::Unhealthy);
        }
    }
    let live = cloud.run(async { look(&world, &plan).await.expect("readable") });
    let api = live.checks.iter().find(|check| {
        check.tags.get("understudy:check").is_some_and(|told| told == "api/us-east-1/endpoint")
    });
    let api = api.expect("made").id.as_str().into();
    cloud.state.borrow_mut().failing.insert(api);
    cloud.run(cloud.time.sleep(Duration::from_secs(180)));
    assert_eq!(users("shop", EAST), ["192.0.2.11"], "its data must be promoted: only a run moves it");
    assert_eq!(users("www", EAST), ["192.0.2.22", "192.0.2.29"], "the spare has its region's share");
    assert_eq!(users("api", EAST), ["192.0.2.33"], "the next nearest that is healthy");
    assert_eq!(users("docs", EAST), ["192.0.2.42"], "the bucket says so");
    assert!(difference_of(&cloud, &plan).is_empty(), "and nothing of it is to be changed");
}

fn difference_of(cloud: &Cloud, plan: &Plan) -> Difference {
    let world = maker(cloud);
    cloud.run(async { difference(&world, plan).await })
}
