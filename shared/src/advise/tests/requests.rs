//! What is wrong with a request is told, all at once.

use serde_json::{Value, json};

use super::{answer, ask, rule};

#[test]
fn all_faults_are_told_at_once_with_their_paths() {
    let input = json!({
        "rto_rpo": {"total_rto": -1, "manual_steps": "two"},
        "business": {
            "hourly_revenue": 1e300,
            "total_users": null,
            "compliance_requirements": {"SOX": {"rto_limit": true}, "GDPR": 7},
        },
    });
    insta::assert_snapshot!(rule("impact", input).unwrap_err());
}

#[test]
fn words_that_nobody_knows_are_told_with_what_was_meant() {
    let faults =
        rule("rto", json!({"strategy": "dns_failovr", "failure_threshold": 0, "health_check_interval": 0}));
    insta::assert_snapshot!(faults.unwrap_err());
    insta::assert_snapshot!(rule("rpo", json!({"type": "magic", "frequency": 0})).unwrap_err());
    insta::assert_snapshot!(ask(&json!({"analysis": "rtp", "basis": "thumb"}), None).unwrap_err());
}

#[test]
fn what_must_be_there_is_asked_for() {
    for (analysis, paths) in [
        ("impact", vec!["input.rto_rpo", "input.business"]),
        ("optimize", vec!["input.current", "input.targets"]),
        ("active-active", vec!["input.domain_name", "input.regions"]),
        ("active-passive", vec!["input.domain_name", "input.primary_region", "input.secondary_region"]),
        ("cost", vec!["input"]),
    ] {
        let told = rule(analysis, json!({})).unwrap_err();
        let found: Vec<&str> = told.lines().filter_map(|line| line.split(':').next()).collect();
        assert_eq!(found, paths, "{told}");
    }
}

#[test]
fn what_is_no_request_is_refused() {
    for text in
        ["", "7", "[]", "null", "{\"analysis\": \"rto\"", "{\"analysis\": \"rto\", \"input\": []}", "1e999"]
    {
        let refused = answer(text, None).unwrap_err();
        assert_eq!(refused.faults.len(), 1, "{text}: {refused}");
    }
}

#[test]
fn a_member_that_means_nothing_is_noted_and_not_refused() {
    let answer = rule("rto", json!({"dns_tll": 10})).unwrap();
    assert_eq!(answer["result"]["total_rto"], 300);
    let notes = answer["notes"].as_array().unwrap();
    let noted = |text: &str| notes.iter().any(|note| note.as_str().unwrap().contains(text));
    assert!(noted("input.dns_tll means nothing here; did you mean \"dns_ttl\"?"), "{notes:?}");
}

#[test]
fn a_replication_without_a_type_is_no_promise() {
    let answer = rule("rpo", json!({})).unwrap();
    assert_eq!(answer["result"]["total_rpo"], 0);
    assert!(answer["notes"][0].as_str().unwrap().contains("no promise"));
}

#[test]
fn a_violation_that_the_verdict_hides_is_noted() {
    let requirements = json!({"ours": {"rto_limit": 1, "rpo_limit": 1}});
    let input = json!({"rto_rpo": {"total_rto": 5, "total_rpo": 5}, "business": {"compliance_requirements": requirements}});
    let answer = rule("impact", input).unwrap();
    assert_eq!(answer["result"]["compliance_impact"]["ours"], "RTO_VIOLATION");
    assert_eq!(answer["notes"][0], "ours is violated by the RPO, too; basis plan judges both");
}

#[test]
fn of_members_of_one_name_the_last_one_counts_in_the_place_of_the_first() {
    let regions = r#""regions":{"b":{"weight":1,"endpoint":"x"},"a":{"weight":2,"endpoint":"x"},"b":{"weight":3,"endpoint":"x"}}"#;
    let request = format!(
        r#"{{"analysis":"active-active","basis":"rule-of-thumb","input":{{"domain_name":"d",{regions}}}}}"#
    );
    let answer = serde_json::to_value(answer(&request, None).unwrap()).unwrap();
    let records =
        answer["result"]["implementation_steps"][0]["config"]["regions"].as_array().unwrap().clone();
    let told: Vec<(&Value, &Value)> =
        records.iter().map(|record| (&record["region"], &record["weight"])).collect();
    assert_eq!(told, [(&json!("b"), &json!(3)), (&json!("a"), &json!(2))]);
}

#[test]
fn null_is_a_database_of_no_kind() {
    let input =
        json!({"domain_name": "d", "database_type": null, "regions": {"a": {"weight": 1, "endpoint": "x"}}});
    let answer = rule("active-active", input).unwrap();
    assert_eq!(answer["result"]["implementation_steps"][1]["config"]["database_type"], Value::Null);
}

#[test]
fn basis_plan_needs_a_plan() {
    let told = ask(&json!({"analysis": "rto"}), None).unwrap_err();
    assert!(told.contains("there is no plan to compute from"), "{told}");
}
