//! The plan file as its authors meet it.

mod fixtures;
mod hostile;
mod plans;
mod shown;

use super::{Fault, Faults, Plan};

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

fn example() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/failover.toml");
    std::fs::read_to_string(path).expect("the example is there")
}

fn parse(text: &str) -> Result<(Plan, Vec<Fault>), Faults> {
    Plan::parse(text, "failover.toml")
}

/// The rules that a text breaks, each with its line, in the order of the file.
fn broken(text: &str) -> Vec<(&'static str, usize)> {
    let faults = match parse(text) {
        Ok((_, warnings)) => warnings,
        Err(faults) => faults.faults,
    };
    faults.iter().map(|fault| (fault.rule, fault.line)).collect()
}
