//! The plan file of a lab: written as an operator would, read by the product's own parser.

use std::fmt::Write as _;
use std::net::SocketAddr;

use understudy::plan::{Plan, Severity};

use super::Settings;
use super::alarms::AlarmName;
use super::duration::show;
use super::names::{APPLICATION, GROUPS, PRIMARY, REGIONS, SERVED, ZONE, topic};
use super::zone::Seeded;
use crate::LabError;

/// The plan's text, and what the product makes of it.
///
/// # Errors
/// The product's parser finds an error in it.
pub(super) fn write(settings: &Settings, seeded: &Seeded, port: u16) -> Result<(String, Plan), LabError> {
    let text = text(settings, seeded, port);
    match Plan::parse(&text, "failover.toml") {
        Ok((plan, _warnings)) => Ok((text, plan)),
        Err(faults) => {
            let errors = faults.faults.iter().filter(|fault| fault.severity == Severity::Error);
            let why = errors.map(ToString::to_string).collect::<Vec<_>>().join("\n");
            Err(LabError::Refused { what: "the plan", why })
        }
    }
}

fn text(settings: &Settings, seeded: &Seeded, port: u16) -> String {
    let regions: Vec<String> = REGIONS.iter().map(|(region, _)| format!("\"{region}\"")).collect();
    let mut text = format!("[controller]\nregions = [{}]\n\n[topics]\n", regions.join(", "));
    for group in GROUPS {
        let topics: Vec<String> =
            REGIONS.iter().map(|(region, _)| format!("\"{}\"", topic(group, region))).collect();
        let _ = writeln!(text, "{group} = [{}]", topics.join(", "));
    }
    let Settings { mode, native, restore, rto, ttl, .. } = settings;
    let _ = write!(
        text,
        r#"
[application.{APPLICATION}]
name = "{SERVED}"
zone = {{ id = "{}", name = "{ZONE}" }}
mode = "{mode}"
native = "{native}"
restore = "{restore}"
rto = "{}"
ttl = "{}"
notify = {{ critical = ["ops-team", "management"], info = ["ops-team"] }}
reach = {{ probe = "http://{SERVED}:{port}/health", contains = "OK", private = true }}
"#,
        seeded.zone,
        show(*rto),
        show(*ttl),
    );
    text += &timing(settings);
    for (region, ip) in REGIONS {
        text += &region_text(region, SocketAddr::from((ip, port)), seeded);
    }
    text
}

fn timing(settings: &Settings) -> String {
    let counts = [
        ("fall", settings.fall),
        ("rise", settings.rise),
        ("quorum", settings.quorum),
        ("flap_limit", settings.flap_limit),
    ];
    let times = [
        ("interval", settings.interval),
        ("timeout", settings.timeout),
        ("dwell", settings.dwell),
        ("freshness", settings.freshness),
        ("cooldown", settings.cooldown),
        ("cooldown_unacknowledged", settings.cooldown_unacknowledged),
        ("soak", settings.soak),
        ("stale_event", settings.stale_event),
        ("validity", settings.validity),
    ];
    let mut text = format!("\n[application.{APPLICATION}.timing]\n");
    counts.iter().for_each(|(key, count)| text += &format!("{key} = {count}\n"));
    times.iter().for_each(|(key, time)| text += &format!("{key} = \"{}\"\n", show(*time)));
    text
}

fn region_text(region: &str, address: SocketAddr, seeded: &Seeded) -> String {
    let role = if region == PRIMARY { "primary" } else { "standby" };
    let check = seeded.checks.get(region).map(String::as_str).unwrap_or_default();
    let alarm = AlarmName::about(region);
    format!(
        r#"
[[application.{APPLICATION}.region]]
region = "{region}"
role = "{role}"
health_check = "{check}"
record = {{ a = ["{}"] }}
signals = [
  {{ probe = "http://{address}/health", contains = "OK", private = true }},
  {{ alarm = "{}" }},
]
"#,
        address.ip(),
        alarm.arn(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded() -> Seeded {
        let check = |region: &str, digit: &str| {
            (region.to_owned(), format!("{}-2222-3333-4444-555555555555", digit.repeat(8)))
        };
        Seeded {
            zone: "Z0123456789ABCDEFGHIJ".to_owned(),
            checks: [check("us-east-1", "1"), check("us-west-2", "2")].into(),
        }
    }

    #[test]
    fn the_product_accepts_every_plan_of_a_lab() {
        for (key, value) in [("native", "off"), ("mode", "advise"), ("quorum", "1"), ("restore", "ask")] {
            let mut settings = Settings::default();
            settings.set(key, value).unwrap();
            let (_, plan) = write(&settings, &seeded(), 8080).unwrap();
            assert_eq!(plan.applications.len(), 1, "{key} = {value}");
        }
    }

    #[test]
    fn what_the_product_refuses_stops_the_lab() {
        let mut settings = Settings::default();
        settings.set("mode", "sometimes").unwrap();
        assert!(write(&settings, &seeded(), 8080).unwrap_err().to_string().contains("sometimes"));
    }
}
