//! The template and the functions: what one sets, the other reads. And what keeps watch over them.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Value, json};
use understudy::advise::STACK_ALARMS;
use understudy::aws::Settings;
use understudy::names::Region;
use understudy::provision::{self, Mode, Properties, ResourceRequest};

use super::calls::{Deployment, own, short};
use super::stack::{ACCOUNT, Stack};

/// What Lambda itself sets (Lambda Developer Guide, "Defined runtime environment variables").
const BY_LAMBDA: [(&str, &str); 3] =
    [("AWS_REGION", "us-west-2"), ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret")];

const FUNCTION: &str = "AWS::Serverless::Function";

/// Of each function: its timeout, and the age at which an event of its is given up.
const FUNCTIONS: [(&str, u64, u64); 6] = [
    ("AdviseFunction", 120, 3_600),
    ("AlarmFunction", 120, 300),
    ("DrillFunction", 120, 600),
    ("OperateFunction", 60, 300),
    ("ProvisionFunction", 900, 1_800),
    ("TickFunction", 120, 60),
];

fn stack() -> Stack {
    Stack::of(Deployment::example().parameters())
}

/// The least that a deployer gives.
fn least() -> Stack {
    let names = ["HostedZoneIds", "ServedNames", "EpochNames", "SweepNames"];
    let given = Deployment::example().parameters();
    Stack::of(given.into_iter().filter(|(name, _)| names.contains(name)))
}

#[test]
fn the_environment_that_the_template_gives_is_enough() {
    for stack in [stack(), least()] {
        for function in stack.resources(FUNCTION) {
            let given = stack.environment(function);
            let lookup = |name: &str| {
                let by_lambda = BY_LAMBDA.iter().find(|(known, _)| *known == name);
                by_lambda.map(|(_, value)| (*value).to_owned()).or_else(|| given.get(name).cloned())
            };
            let settings = Settings::read(lookup).unwrap_or_else(|faults| panic!("{function}: {faults}"));
            assert_eq!(settings.region, Region::from("us-west-2"));
            assert_eq!(settings.table, "understudy-state");
            assert_eq!(settings.plan.to_str(), Some("/opt/failover.toml"));
        }
    }
}

#[test]
fn each_variable_that_the_template_sets_is_read() {
    let asked = RefCell::new(BTreeSet::new());
    let _ = Settings::read(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    });
    let stack = stack();
    for function in stack.resources(FUNCTION) {
        for variable in stack.environment(function).keys() {
            assert!(asked.borrow().contains(variable), "{function}: nobody reads {variable}");
        }
    }
}

#[test]
fn peers_and_ticks_are_joined_by_commas_and_may_be_none() {
    let plan = Deployment::example();
    let (stack, least) = (stack(), least());
    for function in stack.resources(FUNCTION) {
        assert_eq!(stack.environment(function)["UNDERSTUDY_PEERS"], plan.peers.join(","));
        assert_eq!(least.environment(function)["UNDERSTUDY_PEERS"], "");
        let takes_orders = function == "OperateFunction";
        assert_eq!(stack.environment(function).contains_key("UNDERSTUDY_TICKS"), takes_orders, "{function}");
    }
    assert_eq!(stack.environment("OperateFunction")["UNDERSTUDY_TICKS"], plan.ticks.join(","));
    assert_eq!(least.environment("OperateFunction")["UNDERSTUDY_TICKS"], own("lambda", "function:~-tick"));
}

#[test]
fn every_function_folder_has_its_resource() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let template = std::fs::read_to_string(format!("{root}/template.yaml")).unwrap();
    for folder in std::fs::read_dir(format!("{root}/functions")).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(template.contains(&format!("Binary: {name} ")), "functions/{name} is in no resource");
    }
}

#[test]
fn what_is_too_old_is_given_up_and_kept_for_people() {
    let stack = stack();
    assert_eq!(stack.resources(FUNCTION), FUNCTIONS.map(|(function, ..)| function));
    let queue = json!({ "Arn": own("sqs", "~-dead-letters") });
    for (function, timeout, age) in FUNCTIONS {
        assert_eq!(stack.common(function, "Timeout"), json!(timeout), "{function}");
        let invoked = stack.common(function, "EventInvokeConfig");
        assert_eq!(invoked["MaximumEventAgeInSeconds"], age, "{function}");
        let failed = &invoked["DestinationConfig"]["OnFailure"];
        assert_eq!(*failed, json!({ "Type": "SQS", "Destination": queue["Arn"] }), "{function}");
        for (name, event) in stack.property(function, "Events").unwrap().as_object().unwrap() {
            let event = &event["Properties"];
            assert_eq!(event["RetryPolicy"]["MaximumEventAgeInSeconds"], age, "{function} {name}");
            assert_eq!(event["DeadLetterConfig"], queue, "{function} {name}");
        }
    }
    assert_eq!(stack.property("DeadLetters", "SqsManagedSseEnabled"), Some(json!(true)));
    assert_eq!(stack.property("DeadLetters", "MessageRetentionPeriod"), Some(json!(14 * 24 * 3600)));
}

#[test]
fn schedules_and_alarms_reach_functions_for_this_account_only() {
    let stack = stack();
    let group = own("scheduler", "schedule-group/~");
    for (function, role) in [
        ("AdviseFunction", "AdviseScheduleRole"),
        ("TickFunction", "TickScheduleRole"),
        ("DrillFunction", "DrillScheduleRole"),
        ("ProvisionFunction", "ProvisionScheduleRole"),
    ] {
        let trust = &stack.property(role, "AssumeRolePolicyDocument").unwrap()["Statement"][0];
        let expected = json!({
            "StringEquals": { "aws:SourceAccount": ACCOUNT },
            "ArnEquals": { "aws:SourceArn": group },
        });
        assert_eq!(trust["Condition"], expected, "{role}");
        let events = stack.property(function, "Events").unwrap();
        let schedule = &events.as_object().unwrap().values().next().unwrap()["Properties"];
        assert_eq!(schedule["RoleArn"], format!("arn:aws:iam::{ACCOUNT}:role/{role}"));
        assert_eq!(schedule["GroupName"], "understudy");
        let input: Value = serde_json::from_str(schedule["Input"].as_str().unwrap()).unwrap();
        assert_eq!(input["understudy"], short(function), "{function}");
    }
    for permission in stack.resources("AWS::Lambda::Permission") {
        let property = |name| stack.property(permission, name).unwrap_or_default();
        // EventBridge could not invoke a function whose permission has a SourceAccount (EventBridge
        // User Guide, "Troubleshooting"): SAM writes the permissions for rules, without one.
        assert_ne!(property("Principal"), "events.amazonaws.com", "{permission}");
        assert_eq!(property("SourceAccount"), ACCOUNT, "{permission}");
        assert!(property("SourceArn").as_str().unwrap().contains(ACCOUNT), "{permission}");
    }
}

#[test]
fn what_the_custom_resource_says_is_what_the_function_reads() {
    let given = |mode: &str, more: &[(&'static str, &str)]| {
        let parameters = Deployment::example().parameters().into_iter();
        let parameters = parameters.filter(|(name, _)| *name != "Provision");
        let more = more.iter().map(|(name, text)| (*name, (*text).to_owned()));
        Stack::of(parameters.chain([("Provision", mode.to_owned())]).chain(more))
    };
    let read = |stack: &Stack| {
        let names = ["ServiceToken", "Mode", "Digest", "Share", "Plan"];
        let properties: serde_json::Map<String, Value> = names
            .iter()
            .map(|name| ((*name).to_owned(), stack.property("Provisioning", name).unwrap()))
            .collect();
        assert_eq!(properties["ServiceToken"], own("lambda", "function:~-provision"));
        assert!(
            properties["Plan"].as_str().unwrap().contains(":layer:PlanLayer"),
            "another plan, another text"
        );
        let request = json!({ "ResponseURL": "https://x.example/", "ResourceProperties": properties });
        ResourceRequest::read(&request).unwrap().properties.unwrap()
    };
    let plain = read(&given("on", &[]));
    assert_eq!(plain, Properties { mode: Mode::Provision, digest: None, share: 20 });
    let told = read(&given("verify", &[("ProvisionDigest", "0123456789ab"), ("ProvisionShare", "50")]));
    let digest = Some("0123456789ab".to_owned());
    assert_eq!(told, Properties { mode: Mode::Verify, digest, share: 50 });
    let condition = |mode: &str| given(mode, &[]).exists("Provisioning");
    assert_eq!(["on", "verify", "off"].map(condition), [true, true, false]);
}

#[test]
fn a_finding_counts_for_two_periods_of_the_schedule() {
    let parameters =
        Deployment::example().parameters().into_iter().chain([("DriftMinutes", "30".to_owned())]);
    let stack = Stack::of(parameters);
    let schedule = &stack.property("ProvisionFunction", "Events").unwrap()["Compare"]["Properties"];
    assert_eq!(schedule["ScheduleExpression"], "rate(30 minutes)");
    let every = std::time::Duration::from_secs(30 * 60);
    let input = schedule["Input"].as_str().unwrap();
    assert_eq!(provision::Request::read(input), provision::Request::Scheduled { every });
}

#[test]
fn whoever_watches_is_watched() {
    let stack = stack();
    let mut alarms: Vec<(String, String, String, String)> = Vec::new();
    for alarm in stack.resources("AWS::CloudWatch::Alarm") {
        let property = |name| stack.property(alarm, name).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let [dimension] = property("Dimensions").as_array().unwrap().clone().try_into().unwrap();
        assert_eq!(property("AlarmActions"), json!([own("sns", "~-ops-team")]), "{alarm}");
        alarms.push((
            text(&property("MetricName")),
            format!("{}={}", text(&dimension["Name"]), text(&dimension["Value"])),
            format!(
                "{} {} {}",
                text(&property("Statistic")),
                operator(&property("ComparisonOperator")),
                property("Threshold")
            ),
            text(&property("TreatMissingData")),
        ));
    }
    alarms.sort();
    assert_eq!(alarms.len(), usize::try_from(STACK_ALARMS).unwrap(), "each of them costs something");
    let here = "Controller=us-west-2";
    let row = |a: &str, b: &str, c: &str, d: &str| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned());
    let failures = ["advise", "alarm", "drill", "operate", "provision", "tick"]
        .map(|name| row("Errors", &format!("FunctionName=understudy-{name}"), "Sum >= 1", "notBreaching"));
    let mut expected = vec![
        row(
            "ApproximateNumberOfMessagesVisible",
            "QueueName=understudy-dead-letters",
            "Maximum >= 1",
            "notBreaching",
        ),
        row("Heartbeat", here, "Sum < 1", "breaching"),
        row("PauseAge", here, "Maximum > 86400", "notBreaching"),
        row("RunAge", here, "Maximum > 900", "notBreaching"),
        row("StateTableDown", here, "Maximum >= 1", "notBreaching"),
    ];
    expected.extend(failures);
    expected.sort();
    assert_eq!(alarms, expected);
}

fn operator(name: &Value) -> &str {
    match name.as_str().unwrap() {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => ">=",
        "LessThanThreshold" => "<",
        other => other,
    }
}
