//! Figures of plans.

use serde_json::{Value, json};

use super::ask;
use crate::advise::planned::{Judged, Optimization, Recovery};
use crate::plan::Plan;

const SHOP: &str = r#"
[topics]
ops-team = ["arn:aws:sns:us-west-2:123456789012:ops"]

[application.shop]
name = "shop.example.com"
zone = { id = "Z0123456789ABCDEFGHIJ", name = "example.com" }
policy = "failover"
provision = true
rto = "5m"
notify = { critical = ["ops-team"] }

[[application.shop.region]]
region = "us-east-1"
role = "primary"
record = { a = ["192.0.2.1"] }
signals = [{ probe = "https://east.example.net/health", contains = "OK" }]

[[application.shop.region]]
region = "us-west-2"
role = "standby"
record = { a = ["192.0.2.2"] }
signals = [{ probe = "https://west.example.net/health", contains = "OK" }]
"#;

fn plan(text: &str) -> Plan {
    Plan::parse(text, "plan").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"))
}

fn shop() -> Plan {
    plan(SHOP)
}

fn with(change: &str) -> Plan {
    plan(&SHOP.replacen("rto = \"5m\"\n", &format!("{change}\n"), 1))
}

fn of_plan(analysis: &str, input: Value, plan: &Plan) -> Value {
    ask(&json!({"analysis": analysis, "input": input}), Some(plan))
        .unwrap_or_else(|faults| panic!("{faults}"))
}

fn recovery(plan: &Plan) -> Recovery {
    Recovery::of(plan, &plan.applications[0])
}

/// The name of each phase with its seconds.
fn phases(recovery: &Recovery, way: usize) -> Vec<(&'static str, f64, f64, f64)> {
    let phases = recovery.ways[way].phases.iter();
    let told = phases.filter_map(|phase| {
        let span = phase.seconds?;
        Some((phase.phase, span.best.get(), span.typical.get(), span.worst.get()))
    });
    told.collect()
}

#[test]
fn the_way_of_a_controller_is_counted_phase_by_phase() {
    assert_eq!(
        phases(&recovery(&shop()), 0),
        [
            ("until a wake looks", 0.0, 30.0, 120.0),
            // Three samples, ten seconds apart, and a dwell of twenty.
            ("detect", 20.0, 20.0, 30.0),
            // A check with a text: two intervals of 30 s, and until the 14th of 16 checkers has asked; three of 30 s + 8 s
            // at worst. Then three samples of what it says.
            ("a second vantage agrees", 60.0, 59.706, 0.0),
            ("wait for those before", 0.0, 0.0, 0.0),
            ("change the records", 0.0, 1.0, 5.0),
            ("propagate", 0.0, 30.0, 60.0),
            ("caches", 0.0, 30.0, 60.0),
        ]
    );
}

#[test]
fn route_53_itself_needs_no_change_and_no_tick() {
    assert_eq!(
        phases(&recovery(&shop()), 1),
        [
            ("Route 53 detects", 60.0, 84.706, 114.0),
            ("name servers follow", 0.0, 0.0, 0.0),
            ("caches", 0.0, 30.0, 60.0),
        ]
    );
    assert_eq!(recovery(&with("rto = \"10m\"\nnative = \"off\"")).ways.len(), 1);
}

#[test]
fn fewer_checkers_need_fewer_to_agree() {
    let typical = |checkers: &str| {
        let check =
            format!("check = {{ endpoint = \"https://east.example.net/\", {checkers} }}\nrole = \"primary\"");
        let plan = plan(&SHOP.replacen("role = \"primary\"", &check, 1));
        phases(&recovery(&plan), 1)[0].2
    };
    // Of six at least five: the mean of the fifth of six draws.
    assert_eq!(typical("checkers = [\"us-east-1\", \"us-west-2\", \"eu-west-1\"]"), 81.429);
    assert_eq!(typical("threshold = 3"), 84.706);
}

#[test]
fn what_clients_keep_is_the_answer_of_the_region_that_is_lost() {
    let caches = |lost: &str, other: &str| {
        let alias = "{ alias = \"shop-1.us-east-1.elb.amazonaws.com\" }";
        let text = SHOP.replacen("record = { a = [\"192.0.2.1\"] }", &lost.replace("ALIAS", alias), 1);
        let alias = alias.replace("east-1", "west-2");
        let text = text.replacen("record = { a = [\"192.0.2.2\"] }", &other.replace("ALIAS", &alias), 1);
        let plan = plan(&text.replacen("rto", "ttl = \"20s\"\nrto", 1));
        phases(&recovery(&plan), 0).last().map(|(.., worst)| *worst)
    };
    let own = |host: u8| format!("record = {{ a = [\"192.0.2.{host}\"] }}");
    assert_eq!(caches("record = ALIAS", &own(2)), Some(60.0));
    assert_eq!(caches(&own(1), "record = ALIAS"), Some(20.0));
}

#[test]
fn nobody_can_tell_when_an_alarm_turns_and_peers_testify_by_probes_alone() {
    let probe = "signals = [{ probe = \"https://east.example.net/health\", contains = \"OK\" }]";
    let alarm = "signals = [{ alarm = \"arn:aws:cloudwatch:us-west-2:123456789012:alarm:east\" }]\n\
                 check = { endpoint = \"https://east.example.net/health\" }";
    let text = SHOP.replacen(probe, alarm, 1).replacen(
        "rto",
        "reach = { probe = \"https://shop.example.com/\" }\nrto",
        1,
    );
    let text = format!("[controller]\nregions = [\"us-east-1\", \"us-west-2\", \"eu-west-1\"]\n{text}");
    let recovery = recovery(&plan(&text));
    assert_eq!(recovery.unknown(), ["an alarm turns"]);
    assert_eq!(phases(&recovery, 0)[2].1, 60.0, "the checkers agree, and no peer");
}

#[test]
fn whoever_has_a_lower_priority_waits_for_the_fleet() {
    let other = SHOP.split("[application.shop]").nth(1).unwrap().replace("shop", "web");
    let plan = plan(&format!("[fleet]\npace = 4\n{SHOP}[application.web]{other}"));
    let waits: Vec<Option<f64>> = plan
        .applications
        .iter()
        .map(|one| {
            let all = phases(&Recovery::of(&plan, one), 0);
            all.iter().find(|(phase, ..)| *phase == "wait for the fleet").map(|(.., worst)| *worst)
        })
        .collect();
    assert_eq!(waits, [None, Some(0.25)]);
}

#[test]
fn a_controller_in_a_third_region_agrees_sooner_than_the_checkers() {
    let text = format!("[controller]\nregions = [\"us-east-1\", \"us-west-2\", \"eu-west-1\"]\n{SHOP}");
    let agrees = phases(&recovery(&plan(&text)), 0)[2];
    assert_eq!(agrees, ("a second vantage agrees", 0.0, 10.0, 0.0));
}

#[test]
fn where_nobody_else_can_see_it_nobody_can_tell() {
    let recovery = recovery(&plan(&SHOP.replace("provision = true", "provision = false")));
    assert_eq!((recovery.unknown(), recovery.judged), (&["a second vantage agrees"][..], Judged::Unknown));
    let alone = recovery_of("rto = \"10m\"\ntiming = { quorum = 1 }");
    assert_eq!(alone.unknown(), [] as [&str; 0]);
}

fn recovery_of(change: &str) -> Recovery {
    recovery(&with(change))
}

#[test]
fn data_that_people_promote_make_the_rto_unknown_or_missed() {
    let kept = recovery_of("rto = \"10m\"\nrpo = \"1m\"\nnative = \"off\"\ndata = { kind = \"aurora\" }");
    assert_eq!(
        (kept.unknown(), kept.judged),
        (&["a person decides", "promote the data"][..], Judged::Unknown)
    );
    let late = recovery_of("rto = \"3m\"\nrpo = \"1m\"\nnative = \"off\"\ndata = { kind = \"aurora\" }");
    assert_eq!(late.judged, Judged::Missed, "what is known is too long already");
}

#[test]
fn where_a_person_is_asked_nobody_can_tell() {
    for mode in ["approve", "advise"] {
        let recovery = recovery_of(&format!("rto = \"10m\"\nmode = \"{mode}\""));
        assert_eq!((recovery.unknown(), recovery.judged), (&["a person decides"][..], Judged::Unknown));
    }
}

#[test]
fn the_rto_is_judged_by_the_worst_case() {
    let shop = recovery(&shop());
    assert_eq!((shop.total().worst.get(), shop.judged), (275.0, Judged::Met));
    assert_eq!(recovery_of("rto = \"274s\"").judged, Judged::Missed);
}

#[test]
fn an_override_spares_the_propagation_but_for_the_worst_case() {
    let change = "rto = \"10m\"\nactuators = [\"override\", \"records\"]";
    let text = SHOP.replacen("rto = \"5m\"", change, 1);
    let plan = plan(&format!("[override]\nbucket = \"away\"\nwithin = \"20s\"\n{text}"));
    let moves: Vec<(&str, f64, f64, f64)> = phases(&recovery(&plan), 0)[4..7].to_vec();
    assert_eq!(
        moves,
        [
            ("override", 0.0, 1.765, 20.0),
            ("change the records", 0.0, 0.0, 5.0),
            ("propagate", 0.0, 0.0, 60.0)
        ]
    );
}

#[test]
fn a_loss_is_what_the_replication_promises_or_unknown() {
    let judged = |kind: &str| {
        let plan =
            with(&format!("rto = \"10m\"\nrpo = \"1m\"\nnative = \"off\"\ndata = {{ kind = \"{kind}\" }}"));
        of_plan("rpo", json!({}), &plan)["result"][0].clone()
    };
    let strong = judged("DynamoDB (MRSC)");
    assert_eq!((&strong["worst"], &strong["judged"]), (&json!(0), &json!("met")));
    let eventual = judged("dynamodb");
    assert_eq!(
        (&eventual["typical"], &eventual["worst"], &eventual["judged"]),
        (&json!(1), &json!(null), &json!("unknown"))
    );
    assert_eq!(judged("dynamodb, strongly consistent reads")["judged"], "unknown", "of one region");
    assert_eq!(judged("postgres shards")["source"], "the plan", "that is no RDS");
    assert_eq!(judged("aurora-global")["judged"], "unknown");
    assert_eq!(judged("floppy disks")["judged"], "unknown");
    let plan = with("rto = \"10m\"\nrpo = \"1m\"\nnative = \"off\"\ndata = { kind = \"aurora\" }");
    let measured =
        |lag: f64| of_plan("rpo", json!({"measured_lag": lag}), &plan)["result"][0]["judged"].clone();
    assert_eq!([measured(60.0), measured(60.5)], ["met", "missed"]);
}

#[test]
fn rto_and_rpo_are_judged_apart() {
    let plan = with("rto = \"10m\"\nrpo = \"1m\"\ndata = { kind = \"dynamodb\" }\nnative = \"off\"");
    let business = json!({
        "hourly_revenue": 3600,
        "compliance_requirements": {
            "strict": {"rto_limit": 10, "rpo_limit": 10},
            "lax": {"rto_limit": 10_000},
        },
    });
    let impact = of_plan("impact", json!({"business": business}), &plan)["result"][0].clone();
    let strict = &impact["compliance"]["strict"];
    assert_eq!((&strict["rto"]["judged"], &strict["rpo"]["judged"]), (&json!("missed"), &json!("unknown")));
    let lax = &impact["compliance"]["lax"];
    assert_eq!((&lax["rto"]["judged"], &lax["rpo"]["judged"]), (&json!("unknown"), &json!("no-target")));
    assert_eq!(impact["outage"]["worst"], impact["downtime_cost"]["worst"], "a dollar a second");
}

#[test]
fn the_cheapest_settings_that_meet_a_target_are_found() {
    let shop = shop();
    let optimise = |target: f64| Optimization::of(&shop, &shop.applications[0], target, Judged::NoTarget);
    let nothing = optimise(275.0);
    assert_eq!((nothing.steps.len(), nothing.rto), (0, Judged::Met));
    let ttl = optimise(250.0);
    let told: Vec<(&str, u64, u64)> =
        ttl.steps.iter().map(|step| (step.setting.as_str(), step.from, step.to)).collect();
    assert_eq!(told, [("application.shop.ttl", 60, 30)]);
    assert_eq!((ttl.worst_then.get(), ttl.monthly.get()), (245.0, 0.0));
    assert_eq!(ttl.toml, "[application.shop]\nttl = \"30s\"\n");
    let all = optimise(1.0);
    assert_eq!(all.rto, Judged::Missed);
    assert!(all.worst_then.get() < 210.0, "{all:?}");
}

#[test]
fn what_costs_nothing_goes_before_what_costs() {
    let shop = shop();
    let optimised = Optimization::of(&shop, &shop.applications[0], 230.0, Judged::NoTarget);
    assert_eq!(optimised.rto, Judged::Met, "{optimised:?}");
    assert_eq!(optimised.monthly.get(), 0.0, "{optimised:?}");
}

#[test]
fn costs_are_told_with_what_they_pay_for() {
    let business = json!({"hourly_revenue": 10_000});
    let input = json!({"business": business, "standby_monthly_cost": 1200, "outage_duration": 3600});
    let answer = of_plan("cost", input, &shop());
    let case = &answer["result"];
    let outages = &case["outages"];
    let monthly = case["monthly"].as_f64().unwrap();
    assert!((5.0..15.0).contains(&monthly), "{case}");
    assert_eq!(case["total_monthly"].as_f64().unwrap(), monthly + 1200.0);
    let yearly = (monthly + 1200.0) * 12.0;
    let minutes = outages["break_even_minutes"].as_f64().unwrap();
    assert!((minutes - yearly / 10_000.0 * 60.0).abs() < 1e-6, "{outages}");
    assert_eq!(outages["pays"], false, "an hour a year is worth less than the standby");
    let kept = with("rto = \"10m\"\nrpo = \"1m\"\nnative = \"off\"\ndata = { kind = \"aurora\" }");
    let untold =
        of_plan("cost", json!({"business": {"hourly_revenue": 10_000}}), &kept)["result"]["outages"].clone();
    assert_eq!((&untold["with_failover"], &untold["pays"]), (&Value::Null, &Value::Null));
    let request = json!({"analysis": "cost", "input": {"outages_per_year": 1000, "outage_duration": 86_400}});
    assert!(ask(&request, Some(&shop())).unwrap_err().contains("more than a year"));
    let silent = of_plan("cost", json!({}), &shop());
    assert_eq!(silent["result"].get("outages"), None);
}

#[test]
fn a_plan_file_comes_with_a_pattern() {
    let side = |name: &str, endpoint: &str| json!({"name": name, "endpoint": endpoint});
    let pair = json!({
        "domain_name": "api.example.com",
        "database_type": "rds",
        "primary_region": side("us-east-1", "203.0.113.1"),
        "secondary_region": side("us-west-2", "api-2087164493.us-west-2.elb.amazonaws.com"),
    });
    let asked = |analysis: &str, input: &Value| ask(&json!({"analysis": analysis, "input": input}), None);
    let answer = asked("active-passive", &pair).unwrap();
    let text = answer["result"]["failover_toml"].as_str().unwrap();
    insta::assert_snapshot!(text);
    assert!(Plan::parse(text, "failover.toml").is_ok());
    let private = json!({"domain_name": "nowhere", "primary_region": side("moon", "10.0.0.1"), "secondary_region": side("x", "y z")});
    let refused = asked("active-passive", &private).unwrap_err();
    assert!(refused.contains("no plan comes of it"), "{refused}");
    let regions = json!({
        "eu-west-1": {"weight": 60, "endpoint": "203.0.113.1"},
        "us-east-1": {"weight": 40, "endpoint": "203.0.113.2"},
    });
    let all = json!({"domain_name": "api.example.com", "regions": regions, "database_type": "dynamodb"});
    let answer = asked("active-active", &all).unwrap();
    insta::assert_snapshot!(answer["result"]["failover_toml"].as_str().unwrap());
}

#[test]
fn a_single_writer_speaks_against_serving_everywhere() {
    let advised = |change: &str, needs: Value| {
        let plan = with(&format!("rto = \"10m\"\n{change}"));
        of_plan("compare", needs, &plan)["result"][0]["advised"].clone()
    };
    let data = "rpo = \"1m\"\nnative = \"off\"\ndata = { kind = \"aurora\" }";
    assert_eq!(advised(data, json!({"global_user_distribution": true})), "active-passive");
    assert_eq!(advised(&data.replace("aurora", "dynamodb"), json!({})), "active-active");
    assert_eq!(advised("", json!({"consistency_requirement": "strong"})), "active-passive");
}

#[test]
fn one_application_can_be_asked_about() {
    let answer = of_plan("rto", json!({"application": "shop"}), &shop());
    assert_eq!(answer["result"].as_array().unwrap().len(), 1);
    let refused =
        ask(&json!({"analysis": "rto", "input": {"application": "shp"}}), Some(&shop())).unwrap_err();
    assert_eq!(refused, "input.application: the plan has no such application (allowed: shop)");
}
