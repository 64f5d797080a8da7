//! The bucket of overrides: what the plan calls it, the template makes; who may write it, and who may read it.

use serde_json::{Value, json};
use understudy::names::Region;
use understudy::plan::Plan;
use understudy::provision::{Stacks, parameters};

use super::stack::{ACCOUNT, REGION, STACK, Stack};

const BUCKET: &str = "arn:aws:s3:::understudy-override-us-west-2";

fn stack(overrides: bool) -> Stack {
    stack_with(if overrides { "\n[override]\nbucket = \"understudy-override\"\n" } else { "" })
}

fn stack_with(lines: &str) -> Stack {
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/failover.toml");
    let text = std::fs::read_to_string(plan).unwrap() + lines;
    let plan = Plan::parse(&text, "failover.toml").map(|(plan, _)| plan).unwrap();
    Stack::of(parameters(&plan, Stacks { account: ACCOUNT, name: STACK }, &Region::from(REGION)))
}

fn statements(stack: &Stack, policy: &str) -> Vec<Value> {
    let document = stack.property(policy, "PolicyDocument").unwrap();
    document["Statement"].as_array().unwrap().clone()
}

#[test]
fn the_bucket_is_called_as_the_checks_read_it() {
    let name = stack(true).property("Overrides", "BucketName").unwrap();
    assert_eq!(json!(format!("arn:aws:s3:::{}", name.as_str().unwrap())), json!(BUCKET));
}

#[test]
fn a_plan_without_overrides_makes_no_bucket() {
    for resource in ["Overrides", "OverridesPublic", "OverridePolicy"] {
        assert!(stack(true).exists(resource) && !stack(false).exists(resource), "{resource}");
    }
}

#[test]
fn anybody_may_read_what_is_said_and_nothing_else() {
    let statements = statements(&stack(true), "OverridesPublic");
    let [one] = statements.as_slice() else { panic!("{statements:?}") };
    assert_eq!((&one["Principal"], &one["Action"]), (&json!("*"), &json!("s3:GetObject")));
    assert_eq!(one["Resource"], json!(format!("{BUCKET}/away/*")));
    assert!(understudy::away::key(&"shop".into(), &"us-east-1".into()).starts_with("away/"));
}

#[test]
fn who_moves_traffic_may_do_exactly_what_it_takes() {
    let statements = statements(&stack(true), "OverridePolicy");
    let may: Vec<(&Value, &Value)> =
        statements.iter().map(|one| (&one["Action"], &one["Resource"])).collect();
    let (objects, bucket) = (json!(format!("{BUCKET}/away/*")), json!(BUCKET));
    let calls = json!(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]);
    assert_eq!(may, [(&calls, &objects), (&json!("s3:ListBucket"), &bucket)]);
}

#[test]
fn a_metric_may_be_written_in_its_namespace_only() {
    let stack = stack_with("\n[override]\nmetric = \"Understudy/Overrides\"\n");
    let statements = statements(&stack, "OverrideMetricPolicy");
    let [one] = statements.as_slice() else { panic!("{statements:?}") };
    assert_eq!((&one["Action"], &one["Resource"]), (&json!("cloudwatch:PutMetricData"), &json!("*")));
    assert_eq!(
        one["Condition"],
        json!({ "StringEquals": { "cloudwatch:namespace": "Understudy/Overrides" } })
    );
    assert!(!stack.exists("OverridePolicy") && !stack_with("").exists("OverrideMetricPolicy"));
}

#[test]
fn the_routing_controls_of_the_plan_may_be_set_and_no_others() {
    let control = |name: &str| {
        format!("arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/{name}")
    };
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/plans/routing-control-missing.toml");
    let text = std::fs::read_to_string(plan).unwrap().replace("#+ ", "");
    let plan = Plan::parse(&text, "failover.toml").map(|(plan, _)| plan).unwrap();
    let stacks = Stacks { account: ACCOUNT, name: STACK };
    let stack = Stack::of(parameters(&plan, stacks, &Region::from(REGION)));
    let statements = statements(&stack, "RoutingControlPolicy");
    let [one] = statements.as_slice() else { panic!("{statements:?}") };
    let calls = ["UpdateRoutingControlStates", "GetRoutingControlState"];
    assert_eq!(one["Action"], json!(calls.map(|call| format!("route53-recovery-cluster:{call}"))));
    assert_eq!(one["Resource"], json!([control("east1"), control("west2")]));
    assert!(!stack_with("").exists("RoutingControlPolicy"));
}
