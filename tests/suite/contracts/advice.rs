//! Figures of any plan, the summary that people get, and what a tick uses against what it is said to cost.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::ready;
use proptest::prelude::*;
use serde_json::{Value, json};
use suite::world::{Controller, Crash, EAST, EU, Estate, Story, WEST};
use understudy::advise::planned::{Change, Judged, Optimization, Recovery, Span};
use understudy::advise::{ANALYSES, Answer, READS_A_TICK, Served, Usage, WRITES_A_TICK, answer, serve};
use understudy::dns::{Interval, Watches};
use understudy::names::Arn;
use understudy::plan::{Application, Plan};
use understudy::ports::{Message, PortError};
use understudy::provision;

use crate::stories::estates::{self, ApplicationDraw, RegionDraw, application};

const ZONE: &str = "Z0123456789ABCDEFGHIJ";
const SCHEDULE: &str = r#"{"understudy":"advise","scheduled_at":"2026-11-23T08:00:00Z"}"#;

fn drawn() -> impl Strategy<Value = Vec<ApplicationDraw>> {
    prop::collection::vec(application(), 1..=3)
}

/// Every number of an answer.
fn numbers(value: &Value, into: &mut Vec<f64>) {
    match value {
        Value::Number(number) => into.extend(number.as_f64()),
        Value::Array(items) => items.iter().for_each(|item| numbers(item, into)),
        Value::Object(members) => members.values().for_each(|member| numbers(member, into)),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn asked(analysis: &str, plan: &Plan) -> Answer {
    let business = json!({"hourly_revenue": 10_000, "data_loss_cost_per_hour": 1, "total_users": 5});
    let input = json!({"business": business, "standby_monthly_cost": 100});
    let request = json!({"analysis": analysis, "input": input}).to_string();
    answer(&request, Some(plan)).unwrap_or_else(|refused| panic!("{analysis}: {refused}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_figure_of_a_plan_is_a_number_that_is_not_negative(drawn in drawn()) {
        let plan = estates::parsed(&estates::text(ZONE, &drawn, 0));
        for analysis in ["rto", "rpo", "impact", "optimize", "compare", "cost"] {
            let told = serde_json::to_value(asked(analysis, &plan)).unwrap();
            let mut found = Vec::new();
            numbers(&told, &mut found);
            prop_assert!(found.iter().all(|number| number.is_finite() && *number >= 0.0), "{analysis}: {told}");
        }
    }

    #[test]
    fn the_worst_case_is_never_better_than_the_typical_one(drawn in drawn()) {
        let plan = estates::parsed(&estates::text(ZONE, &drawn, 0));
        for application in &plan.applications {
            let recovery = Recovery::of(&plan, application);
            for way in &recovery.ways {
                let Span { best, typical, worst } = way.total;
                prop_assert!(best <= typical && typical <= worst, "{way:?}");
                prop_assert!(way.phases.iter().all(|phase| !phase.because.is_empty() && !phase.source.is_empty()));
            }
        }
    }

    #[test]
    fn a_plan_with_the_steps_that_are_advised_is_taken_and_as_quick_as_promised(
        drawn in drawn(), target in 1.0..600.0_f64,
    ) {
        let text = estates::text(ZONE, &drawn, 0);
        let plan = estates::parsed(&text);
        for (index, application) in plan.applications.iter().enumerate() {
            let advised = Optimization::of(&plan, application, target, Judged::NoTarget);
            let changed = estates::parsed(&edited(&text, index, &advised.changes));
            let recovery = Recovery::of(&changed, &changed.applications[index]);
            prop_assert_eq!(recovery.total().worst, advised.worst_then, "{:?}", advised);
            prop_assert!(advised.worst_then <= advised.worst_now, "{:?}", advised);
            let shorter: f64 = advised.steps.iter().map(|step| step.shorter.get()).sum();
            prop_assert!((advised.worst_now.get() - shorter - advised.worst_then.get()).abs() < 1e-6, "{:?}", advised);
            if advised.worst_now.get() <= target {
                prop_assert!(advised.steps.is_empty(), "{:?}", advised);
            }
        }
    }

    /// Figures against the real core over the twin, on virtual time.
    #[test]
    fn no_region_is_left_sooner_than_the_best_case_says_nor_later_than_the_worst(
        fall in 1..=4_u32, dwell in 0..=40_u64, interval in 4..=10_u64, moment in 0..60_000_u64, third in any::<bool>(),
    ) {
        let lines = format!("timing = {{ fall = {fall}, dwell = \"{dwell}s\", interval = \"{interval}s\" }}");
        let witnesses = if third { vec![EU] } else { Vec::new() };
        let story = Story::of(&Estate { lines, witnesses, ..Estate::default() });
        let recovery = Recovery::of(&story.plan, &as_in_this_world(&story.plan.applications[0]));
        let phases = recovery.ways[0].phases.iter().take_while(|phase| phase.phase != "propagate");
        let said: Span = phases.filter_map(|phase| phase.seconds).sum();
        let lost = Duration::from_millis(300_000 + moment);
        story.play(Duration::from_secs(900), async {
            story.cloud.time.sleep(lost).await;
            story.cloud.lose(EAST);
        });
        let state = story.cloud.state.borrow();
        let (at, _) = state.changes.first().expect("users are moved");
        let took = (*at - lost).as_secs_f64();
        prop_assert!((said.best.get()..=said.worst.get()).contains(&took), "{took} s: {:?}", recovery.ways[0]);
    }

    #[test]
    fn no_request_brings_it_down(
        analysis in prop::sample::select(ANALYSES.map(|(name, _)| name).to_vec()),
        basis in prop::sample::select(vec!["plan", "rule-of-thumb"]),
        members in prop::collection::vec((member(), value()), 0..12),
    ) {
        let input: serde_json::Map<String, Value> = members.into_iter().collect();
        let request = json!({"analysis": analysis, "basis": basis, "input": input}).to_string();
        let plan = Story::new("").plan;
        match answer(&request, Some(&plan)) {
            Ok(answered) => {
                let mut found = Vec::new();
                numbers(&serde_json::to_value(&answered).unwrap(), &mut found);
                prop_assert!(found.iter().all(|number| number.is_finite()), "{request}");
            }
            Err(refused) => prop_assert!(!refused.faults.is_empty(), "{request}"),
        }
    }
}

/// The application with checks as people made them in this world: the plan names only their ids.
fn as_in_this_world(application: &Application) -> Application {
    let mut application = application.clone();
    for region in &mut application.regions {
        let mut check = provision::checks::endpoint(region).expect("a probe");
        if let Watches::Endpoint(endpoint) = &mut check.watches {
            endpoint.interval = Interval::Fast;
        }
        region.check = Some(check);
    }
    application
}

/// A plan file with some keys set, as a person would.
fn edited(text: &str, index: usize, changes: &[Change]) -> String {
    let head = format!("application.{}.", estates::name(index));
    let mut text = text.to_owned();
    for Change { path, value } in changes {
        let key = path.strip_prefix(&head).unwrap_or_else(|| panic!("{path} is another application's"));
        let start = text.find(&format!("[{}]\n", head.trim_end_matches('.'))).expect("its table");
        let (before, own) = text.split_at(start);
        let own = match key.strip_prefix("region[") {
            Some(of_region) => {
                let (place, key) = of_region.split_once("].").expect("a key of a region");
                let mark =
                    format!("region = \"{}\"\n", estates::REGIONS[place.parse::<usize>().expect("a number")]);
                own.replacen(&mark, &format!("{mark}{key} = {value}\n"), 1)
            }
            None => {
                let (header, rest) = own.split_once('\n').expect("a header");
                let without = rest.lines().scan(true, |above, line| {
                    *above &= !line.starts_with("[[");
                    Some((!*above || !line.starts_with(&format!("{key} = "))).then(|| format!("{line}\n")))
                });
                format!("{header}\n{key} = {value}\n{}", without.flatten().collect::<String>())
            }
        };
        text = format!("{before}{own}");
    }
    text
}

/// A member that some analysis knows, or none.
fn member() -> impl Strategy<Value = String> {
    let known = [
        "health_check_interval",
        "failure_threshold",
        "strategy",
        "dns_ttl",
        "type",
        "frequency",
        "checkpoint_interval",
        "rto_rpo",
        "business",
        "current",
        "targets",
        "regions",
        "primary_region",
        "secondary_region",
        "domain_name",
        "measured_lag",
        "application",
        "standby_monthly_cost",
        "outages_per_year",
        "outage_duration",
        "budget_factor",
        "consistency_requirement",
        "global_user_distribution",
        "rto_requirement",
        "zone_id",
        "health_path",
    ];
    prop_oneof![4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"]
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(Value::from),
        (0.0..1e6_f64).prop_map(|number| json!(number)),
        prop::sample::select(vec![
            "low",
            "strong",
            "dns_failover",
            "asynchronous",
            "shop",
            "api.example.com",
            "1.2.3.4"
        ])
        .prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 24, 4, |inner| {
        let names = prop_oneof![
            prop::sample::select(vec![
                "total_rto",
                "total_rpo",
                "hourly_revenue",
                "rto",
                "rpo",
                "rto_target",
                "rpo_target",
                "weight",
                "endpoint",
                "name",
                "compliance_requirements",
                "us-east-1",
                "eu-west-1",
                "rto_limit",
            ])
            .prop_map(str::to_owned),
            ".{0,8}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((names, inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

#[test]
fn every_example_can_be_analysed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    for file in std::fs::read_dir(folder).unwrap() {
        let plan = estates::parsed(&std::fs::read_to_string(file.unwrap().path()).unwrap());
        for analysis in ["rto", "rpo", "impact", "optimize", "compare", "cost"] {
            asked(analysis, &plan);
        }
    }
}

fn at(story: &Story, region: &str) -> Controller {
    Controller { cloud: story.cloud.clone(), region: region.into(), crash: Crash::never() }
}

fn served(story: &Story, region: &str) -> Served {
    let world = at(story, region);
    story.cloud.run(serve(&world, Ok(&story.plan), &world.region, SCHEDULE))
}

#[test]
fn the_summary_is_sent_once_a_week_by_one_controller() {
    let story = Story::new("");
    // Not by the one that goes with the primary region.
    assert_eq!(served(&story, EAST), Served::Elsewhere { sent_from: WEST.into() });
    let Served::Summary { summary, told, failed } = served(&story, WEST) else { panic!("it is not sent") };
    assert_eq!((summary.applications.len(), failed.len()), (story.plan.applications.len(), 0));
    let state = story.cloud.state.borrow();
    let topics: BTreeSet<String> = state.published.iter().map(|published| published.topic.clone()).collect();
    let expected: BTreeSet<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(topics, expected, "each topic that is told of what is not urgent");
    assert_eq!(state.published.len(), topics.len(), "once");
    assert!(!topics.is_empty());
    for message in state.published.iter().map(|published| &published.message) {
        assert!(
            message.subject.starts_with("Understudy: ") && message.subject.len() <= 100,
            "{}",
            message.subject
        );
        assert!(message.text.contains("RTO") && message.text.contains("RPO"), "{}", message.text);
        assert_eq!(message.attributes["event"], "advice");
    }
}

/// Topics, of which those of some regions answer nothing.
struct Topics(&'static [&'static str]);

impl understudy::ports::Topics for Topics {
    async fn publish(&self, topic: &Arn, _: &Message) -> Result<(), PortError> {
        let is_down = self.0.contains(&topic.region().as_str());
        if is_down { Err(PortError::new("publish", "down")) } else { Ok(()) }
    }
}

#[test]
fn topics_of_a_region_that_is_down_have_nobody_else_told_twice() {
    let plan =
        estates::parsed(&estates::text(ZONE, &[ApplicationDraw::plain(vec![RegionDraw::plain(); 2])], 0));
    let sender = plan.provision_from.clone().expect("some region is no primary one");
    let served =
        |down| serve(&Topics(down), Ok(&plan), &sender, SCHEDULE).now_or_never().expect("no topic waits");
    let Served::Summary { told, failed, .. } = served(&[EAST]) else { panic!("it fails, and is sent again") };
    assert_eq!((told.len(), failed.len()), (3, 1));
    assert!(matches!(served(&[EAST, WEST, EU]), Served::Untold { .. }), "nobody was told: it is sent again");
}

/// DynamoDB counts a write by the KB of each item, twice in a transaction, and a query by the 4 KB of all that it reads
/// (DynamoDB Developer Guide, "Read and write operations"). Names and keys of an item are taken to be 150 bytes.
fn units(size: usize, of: usize) -> f64 {
    f64::from(u32::try_from((size + 150).div_ceil(of)).unwrap())
}

#[test]
fn what_a_calm_tick_uses_is_within_what_it_is_said_to_cost() {
    const TICKS: u64 = 10;
    for count in [1, 4, 16] {
        let applications = (0..count).map(|index| format!("app{index}")).collect();
        let story = Story::of(&Estate { applications, ..Estate::default() });
        story.play(Duration::from_secs(180), ready(()));
        let start = (story.cloud.state.borrow().written.len(), story.cloud.state.borrow().asked.len());
        story.play(Duration::from_secs(60 * TICKS), ready(()));
        let state = story.cloud.state.borrow();
        let commits = state.written[start.0..].iter().filter(|written| written.by.as_str() == WEST);
        let written: f64 = commits
            .map(|commit| {
                let times = if commit.writes.len() > 1 { 2.0 } else { 1.0 };
                times * commit.writes.iter().map(|write| units(write.body.len(), 1024)).sum::<f64>()
            })
            .sum();
        let asked = state.asked[start.1..].iter();
        let queries =
            asked.filter(|(region, one)| region.as_str() == WEST && one.action == "dynamodb:Query").count();
        // At most each query reads all rows.
        let rows = state.tables[&WEST.into()].values().map(|row| row.body.len()).sum();
        let read = units(rows, 4096) * f64::from(u32::try_from(queries).unwrap());
        let ticks = 10.0;
        // Not a multiple of it either.
        let told = |used: f64, usage: Usage| (0.4..=1.0).contains(&(used / ticks / usage.of(count)));
        assert!(told(read, READS_A_TICK), "{count}: {read} read units");
        assert!(told(written, WRITES_A_TICK), "{count}: {written} write units");
    }
}
