//! What `understudy params` computes is what the template takes, and what the functions need.

use regex::Regex;
use understudy::dns::RecordType::{A, Aaaa};
use understudy::names::{DnsName, Region};
use understudy::plan::Plan;
use understudy::provision::{Stacks, parameters};

use super::calls::{Permissions, batch, call, change, document, sweep, zone};
use super::stack::{ACCOUNT, REGION, STACK, Stack};

const CHANGERS: &[&str] = &["alarm", "provision", "tick"];

/// A managed policy's limit, white space not counted (IAM User Guide, "IAM and AWS STS quotas").
const POLICY_LIMIT: usize = 6_144;

fn examples() -> Vec<(String, Plan)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let plans: Vec<(String, Plan)> = files
        .filter(|file| file.extension().is_some_and(|end| end == "toml"))
        .map(|file| {
            let name = file.display().to_string();
            let plan = Plan::read_bytes(&std::fs::read(&file).unwrap(), &name);
            (name, plan.unwrap_or_else(|faults| panic!("{faults}")).0)
        })
        .collect();
    assert!(plans.len() >= 5);
    plans
}

/// So many names that each alone would fill a policy.
fn fleet() -> Plan {
    let application = |number: usize| {
        let region = |name: &str, place: u8| {
            format!(
                "[[application.app{number}.region]]\nregion = \"{name}\"\nrecord = {{ a = [\"192.0.2.{place}\"] }}\nsignals = [{{ probe = \"https://app{number}.{name}.example.net/\" }}]\n"
            )
        };
        let served = if number == 0 { "example.com".to_owned() } else { format!("app{number}.example.com") };
        format!(
            "[application.app{number}]\nname = \"{served}\"\nzone = {{ id = \"Z0123456789ABCDEFGHIJ\", name = \"example.com\" }}\npolicy = \"weighted\"\nrto = \"10m\"\n{}{}",
            region("us-east-1", 1),
            region("us-west-2", 2)
        )
    };
    let text: String = (0..100).map(application).collect();
    Plan::parse(&text, "fleet").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"))
}

fn stack(plan: &Plan, region: &Region) -> Stack {
    Stack::of(parameters(plan, Stacks { account: ACCOUNT, name: STACK }, region))
}

#[test]
fn each_parameter_is_one_that_the_template_takes() {
    let plans = examples().into_iter().chain([("fleet".to_owned(), fleet())]);
    for (name, plan) in plans {
        for region in &plan.controllers {
            let given = parameters(&plan, Stacks { account: ACCOUNT, name: STACK }, region);
            let stack = Stack::of(given.clone());
            for (key, value) in &given {
                let declared = stack.declared(key);
                if let Some(pattern) = declared["AllowedPattern"].as_str() {
                    let pattern = Regex::new(&format!("^(?:{pattern})$")).unwrap();
                    // Whether lists are matched as a whole or item by item is not documented.
                    for text in value.split(',').chain([value.as_str()]) {
                        assert!(pattern.is_match(text), "{name}: {key} is {text}, not {pattern}");
                    }
                }
                if let Some(allowed) = declared["AllowedValues"].as_array() {
                    assert!(allowed.iter().any(|word| word == value.as_str()), "{name}: {key} is {value}");
                }
                // The shell and SAM take it as one word.
                assert!(
                    !value.contains(char::is_whitespace) && !value.contains(['"', '\'']),
                    "{name}: {value}"
                );
            }
            for function in stack.resources("AWS::Serverless::Function") {
                let length = document(&stack, function).to_string().len();
                assert!(length <= POLICY_LIMIT, "{name} {function}: {length} characters");
            }
        }
    }
}

#[test]
fn each_application_can_be_moved_and_provisioned_with_them() {
    let plans = examples().into_iter().chain([("fleet".to_owned(), fleet())]);
    for (name, plan) in plans {
        let region = Region::from(REGION);
        if !plan.controllers.contains(&region) {
            continue;
        }
        let permissions = Permissions::of(&stack(&plan, &region));
        let may_provision = plan.provision_from.as_ref() == Some(&region)
            && plan.applications.iter().any(|application| application.provision);
        for application in plan.applications.iter().filter(|application| application.zone.role.is_none()) {
            let (served, id) = (&application.served, application.zone.id.as_str());
            let movers: Vec<&str> =
                CHANGERS.iter().copied().filter(|name| may_provision || *name != "provision").collect();
            let moved = change(id, &batch(served, 7, &[A, Aaaa]));
            assert_eq!(permissions.allowed_to(&moved), movers, "{name} {served}");
            assert_eq!(permissions.allowed_to(&change(id, &[sweep(served, 7)])), ["tick"], "{name} {served}");
            let listed = permissions.allowed_to(&call("route53:ListResourceRecordSets", zone(id)));
            assert!(listed.contains(&"provision") && listed.contains(&"alarm"), "{name}: {listed:?}");
            let up = DnsName::new(&format!("up-ap-south-1._understudy.{served}"));
            let made = permissions.allowed_to(&change(id, &[("CREATE", up, "TXT")]));
            assert_eq!(made.contains(&"provision"), may_provision, "{name} {served}");
        }
        for (service, rest) in
            [("dynamodb", "table/understudy-state"), ("lambda", "function:understudy-tick")]
        {
            for peer in plan.controllers.iter().filter(|peer| **peer != region) {
                let arn = format!("arn:aws:{service}:{peer}:{ACCOUNT}:{rest}");
                let action = if service == "dynamodb" { "dynamodb:Query" } else { "lambda:InvokeFunction" };
                assert!(permissions.allowed_to(&call(action, arn)).contains(&"operate"), "{name} {peer}");
            }
        }
        for topic in plan.topics.values().flatten() {
            let told = permissions.allowed_to(&call("sns:Publish", topic.as_str()));
            assert_eq!(told, ["advise", "alarm", "tick"], "{name} {topic}");
        }
    }
}

#[test]
fn one_region_provisions_and_the_others_verify() {
    let plan = fleet();
    let mode = |region: &str| {
        parameters(&plan, Stacks { account: ACCOUNT, name: STACK }, &region.into())["Provision"].clone()
    };
    assert_eq!(plan.provision_from, Some("us-east-1".into()));
    assert_eq!([mode("us-east-1"), mode("us-west-2")], ["on", "verify"]);
}
