//! The plan file as its authors meet it.

mod fixtures;
mod hostile;
mod plans;
mod policies;
mod shown;
mod times;

use std::collections::BTreeMap;
use std::path::Path;

use super::{Application, Fault, Faults, Plan};
use crate::names::ApplicationName;

/// A small plan without a fault.
const SMALL: &str = r#"
[topics]
ops = ["arn:aws:sns:us-west-2:123456789012:ops"]

[application.shop]
name = "shop.example.com"
zone = { id = "Z0123456789ABCDEFGHIJ", name = "example.com" }
rto = "5m"
notify = { critical = ["ops"] }

[[application.shop.region]]
region = "us-east-1"
role = "primary"
record = { a = ["192.0.2.1"] }
signals = [{ probe = "https://shop-us-east-1.example.com/health", contains = "OK", timeout = "2s" }]

[[application.shop.region]]
region = "us-west-2"
role = "standby"
record = { a = ["198.51.100.1"] }
signals = [{ probe = "https://shop-us-west-2.example.com/health" }]
"#;

/// Every example, by its file's name.
fn examples() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let files = std::fs::read_dir(folder).expect("the examples are there");
    let files = files.map(|entry| entry.expect("readable").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    files.map(|path| (name(&path), std::fs::read_to_string(&path).expect("readable"))).collect()
}

fn example(name: &str) -> String {
    examples().remove(name).expect("the example is there")
}

/// The same under another policy, where every region serves; its topics are in both regions.
fn all_serve(policy: &str) -> String {
    let topics = r#"["arn:aws:sns:us-east-1:123456789012:ops", "arn:aws:sns:us-west-2:123456789012:ops"]"#;
    SMALL
        .replace("role = \"primary\"\n", "")
        .replace("role = \"standby\"\n", "")
        .replace(r#"["arn:aws:sns:us-west-2:123456789012:ops"]"#, topics)
        .replace("rto =", &format!("policy = \"{policy}\"\nrto ="))
}

/// A line of an application put before its `rto`.
fn with(text: &str, line: &str) -> String {
    text.replace("rto =", &format!("{line}\nrto ="))
}

fn parse(text: &str) -> Result<(Plan, Vec<Fault>), Faults> {
    Plan::parse(text, "failover.toml")
}

/// The plan of a text without fault or warning.
fn good(text: &str) -> Plan {
    let (plan, warnings) = parse(text).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(warnings, [], "warnings");
    plan
}

/// The shop of such a plan.
fn shop(text: &str) -> Application {
    good(text).application(&ApplicationName::new("shop")).expect("the shop").clone()
}

/// The rules that a text breaks, without their places.
fn rules(text: &str) -> Vec<&'static str> {
    broken(text).into_iter().map(|(rule, _)| rule).collect()
}

/// The rules that a text breaks, each with its line, in the order of the file.
fn broken(text: &str) -> Vec<(&'static str, usize)> {
    let faults = match parse(text) {
        Ok((_, warnings)) => warnings,
        Err(faults) => faults.faults,
    };
    faults.iter().map(|fault| (fault.rule, fault.line)).collect()
}
