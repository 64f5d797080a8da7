//! What the things that a plan asks for cost a month: list prices in US cents, read on a date.

use std::fmt;

use serde::Serialize;

use crate::dns::{Endpoint, HealthCheck, Interval, Page, Protocol, Watches};
use crate::plan::Plan;
use crate::provision::{self, CheckName};

/// When the prices were read (aws.amazon.com/route53/pricing). They are AWS's to change.
pub const PRICES_READ: &str = "2026-09-20";

/// A check of an AWS endpoint, of other checks, or of an alarm's data.
const CHECK: u32 = 50;
/// So many of those are free in an account.
const FREE_CHECKS: u32 = 50;
/// Each of HTTPS, string matching, the 10 s interval and measured latency, for an AWS endpoint.
const OPTION: u32 = 100;

/// A standard alarm (aws.amazon.com/cloudwatch/pricing, as tools that estimate costs repeat it).
const ALARM: u32 = 10;

/// What something costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What, and how many.
    pub what: String,
    /// In US cents a month.
    pub cents: u32,
}

/// What a plan's provisioned things cost a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Each kind of them.
    pub lines: Vec<Line>,
    /// What was assumed.
    pub notes: Vec<String>,
}

impl Cost {
    /// In US cents a month.
    pub fn cents(&self) -> u32 {
        self.lines.iter().map(|line| line.cents).fold(0, u32::saturating_add)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ${}.{:02}", self.what, self.cents / 100, self.cents % 100)
    }
}

/// What the health checks that provisioning makes cost a month. None where it makes none.
pub fn monthly_cost(plan: &Plan) -> Option<Cost> {
    let provisioned = plan.applications.iter().filter(|application| application.provision);
    let checks: Vec<(CheckName, HealthCheck<CheckName>)> =
        provisioned.flat_map(|application| provision::checks::of(plan, application)).collect();
    if checks.is_empty() {
        return None;
    }
    let count = u32::try_from(checks.len()).unwrap_or(u32::MAX);
    let options: u32 = checks.iter().map(|(_, check)| options(check)).sum();
    let mut lines = vec![
        Line {
            what: format!("{count} health checks, of which {FREE_CHECKS} in an account are free"),
            cents: count.saturating_sub(FREE_CHECKS).saturating_mul(CHECK),
        },
        Line {
            what: format!("{options} options of them (HTTPS, text, 10 s, latency)"),
            cents: options.saturating_mul(OPTION),
        },
    ];
    let mut notes = vec![
        format!("List prices of {PRICES_READ}."),
        "Endpoints are taken to be in AWS; elsewhere a check costs $0.75, and an option $2.".to_owned(),
        "The free checks are taken to be unused by others in the account.".to_owned(),
    ];
    let alarms = u32::try_from(provision::alarms::wanted(plan).len()).unwrap_or(u32::MAX);
    if alarms > 0 {
        let what = format!("{alarms} alarms by which checks read overrides");
        lines.push(Line { what, cents: alarms.saturating_mul(ALARM) });
        let note = "The metric of an override costs something in the hours in which it is said: $0.30 for a month of them.";
        notes.push(note.to_owned());
    }
    Some(Cost { lines, notes })
}

/// How many features of a check are paid for by themselves.
fn options(check: &HealthCheck<CheckName>) -> u32 {
    let Watches::Endpoint(Endpoint { protocol, interval, measure_latency, .. }) = &check.watches else {
        return 0;
    };
    let matches = |page: &Page| page.contains.is_some();
    let of_protocol = match protocol {
        Protocol::Tcp => 0,
        Protocol::Http(page) => u32::from(matches(page)),
        Protocol::Https { page, .. } => 1 + u32::from(matches(page)),
    };
    of_protocol + u32::from(*interval == Interval::Fast) + u32::from(*measure_latency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Place;
    use crate::names::DnsName;

    #[test]
    fn https_with_a_text_every_ten_seconds_are_three_options() {
        let page = Page { path: "/".to_owned(), contains: Some("OK".to_owned()) };
        let endpoint = Endpoint {
            protocol: Protocol::Https { page, sni: true },
            target: Place::Name(DnsName::new("a.example.com")),
            port: 443,
            interval: Interval::Fast,
            threshold: 3,
            measure_latency: false,
            checkers: [].into(),
        };
        assert_eq!(options(&HealthCheck::of(Watches::Endpoint(endpoint))), 3);
        assert_eq!(options(&HealthCheck::of(Watches::Calculated { threshold: 0, children: vec![] })), 0);
    }

    #[test]
    fn an_override_by_a_metric_costs_an_alarm_in_each_region_that_may_take_over() {
        let region = |name: &str, role: &str, host: u8| {
            format!(
                "[[application.shop.region]]\nregion = \"{name}\"\nrole = \"{role}\"\n\
                 record = {{ a = [\"192.0.2.{host}\"] }}\nsignals = [{{ probe = \"http://{name}.example.net/\" }}]\n"
            )
        };
        let text = format!(
            "[override]\nmetric = \"Away\"\nwithin = \"20s\"\n[application.shop]\nname = \"shop.example.com\"\npolicy = \"failover\"\n\
             zone = {{ id = \"Z1\", name = \"example.com\" }}\nrto = \"30m\"\nprovision = true\n\
             actuators = [\"override\", \"records\"]\n{}{}",
            region("us-east-1", "primary", 1),
            region("us-west-2", "standby", 2)
        );
        let plan =
            Plan::parse(&text, "plan").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"));
        let cost = monthly_cost(&plan).unwrap();
        let alarms = cost.lines.iter().find(|line| line.what.contains("alarms")).unwrap();
        assert_eq!(alarms.to_string(), "2 alarms by which checks read overrides: $0.20");
    }
}
