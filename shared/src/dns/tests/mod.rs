//! Record sets on small worlds: what a plan's regions put into them, and what can be read from them.

mod epochs;
mod listings;
mod policies;
mod records;

use super::*;
use crate::names::{DnsName, Epoch, HealthCheckId, Region};
use crate::plan::{Application, Plan};

const EAST: &str = "us-east-1";
const WEST: &str = "us-west-2";
const SERVED: &str = "shop.example.com";

/// An application in two regions, with the record and further keys of each.
fn application(policy: &str, east: &str, west: &str) -> Application {
    let region = |name: &str, keys: &str| {
        format!(
            "[[application.shop.region]]\nregion = \"{name}\"\n{keys}\n\
             signals = [{{ probe = \"https://{name}.example.net/\" }}]\n"
        )
    };
    let role = |role: &str| if policy == "failover" { format!("\nrole = \"{role}\"") } else { String::new() };
    let text = format!(
        "[application.shop]\nname = \"{SERVED}\"\nzone = {{ id = \"Z0123456789\", name = \"example.com\" }}\n\
         policy = \"{policy}\"\nrto = \"10m\"\n{}{}",
        region(EAST, &format!("{east}{}", role("primary"))),
        region(WEST, &format!("{west}{}", role("standby")))
    );
    let plan = Plan::parse(&text, "test").map(|(plan, _)| plan);
    plan.unwrap_or_else(|faults| panic!("{faults}")).applications.remove(0)
}

/// The regions answer 203.0.113.1 and .2.
fn plain(policy: &str) -> Application {
    application(policy, "record = { a = [\"203.0.113.1\"] }", "record = { a = [\"203.0.113.2\"] }")
}

fn values(list: &[&str]) -> Content {
    Content::Values { ttl: 60, values: list.iter().map(|value| (*value).to_owned()).collect() }
}

fn alias(target: &str) -> Content {
    Content::Alias { zone: "Z35SXDOTRQ7X7K".into(), target: target.into(), evaluate_target_health: true }
}

fn record_set(name: &str, kind: RecordType, routing: Routing, content: Content) -> RecordSet {
    RecordSet { name: name.into(), kind, routing, content, health_check: None }
}

fn listing(sets: Vec<RecordSet>) -> Listing {
    Listing { private_zone: false, sets }
}

fn units(application: &Application, live: Option<&Listing>) -> Units {
    let unit = |region| ServingUnit::of(application, region, live);
    application.regions.iter().map(|region| (region.name.clone(), unit(region))).collect()
}

fn epoch_record(epoch: u64, from: &str, to: &str) -> EpochRecord {
    EpochRecord {
        epoch: Epoch(epoch),
        run: "r-1".into(),
        from: from.into(),
        to: to.into(),
        kind: MoveKind::Evacuate,
        out: Shares::new(),
        at: "2026-11-22T12:00:00Z".parse().unwrap(),
        plan: "0123456789ab".into(),
    }
}
