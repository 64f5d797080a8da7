//! What a plan costs a month: what provisioning makes, and what the controllers use while all is well.

use std::fmt;

use serde::Serialize;

use super::prices::{
    ALARM, CHECK, CLUSTER, EMAIL, FREE_CHECKS, GIGABYTE_SECOND, INVOCATION, LOGS, METRIC, OPTION, PRICES,
    QUERY, READ, WRITE,
};
use crate::dns::{Endpoint, HealthCheck, Interval, Page, Protocol, Watches};
use crate::plan::{Application, Plan};
use crate::provision::{self, CheckName};

/// What something costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What, and how many.
    pub what: String,
    /// In US cents a month.
    pub cents: u32,
}

/// What several things cost a month.
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

impl Line {
    /// Rounded to the next whole cent above, so that nothing is free that is not.
    fn new(what: impl Into<String>, dollars: f64) -> Self {
        Self { what: what.into(), cents: cents(dollars) }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ${}.{:02}", self.what, self.cents / 100, self.cents % 100)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "as far as a u32 goes, and never below 0"
)]
fn cents(dollars: f64) -> u32 {
    // What is a cent but for the rounding of binary numbers is a cent.
    (dollars * 100.0 - 1e-6).ceil().clamp(0.0, f64::from(u32::MAX)) as u32
}

/// What the health checks that provisioning makes cost a month, with the alarms that they need. None where it makes none.
pub fn monthly_cost(plan: &Plan) -> Option<Cost> {
    let mut cost = checks_cost(plan, &plan.applications)?;
    let alarms = provision::alarms::wanted(plan).len();
    if alarms > 0 {
        cost.lines.push(Line::new(
            format!("{alarms} alarms by which checks read overrides"),
            many(alarms) * ALARM.dollars,
        ));
        let note = "The metric of an override costs something in the hours in which it is said: $0.30 for a month of them.";
        cost.notes.push(note.to_owned());
    }
    Some(cost)
}

/// What the checks of some applications cost.
pub(super) fn checks_cost<'a>(
    plan: &Plan,
    applications: impl IntoIterator<Item = &'a Application>,
) -> Option<Cost> {
    let provisioned = applications.into_iter().filter(|application| application.provision);
    let checks: Vec<(CheckName, HealthCheck<CheckName>)> =
        provisioned.flat_map(|application| provision::checks::of(plan, application)).collect();
    if checks.is_empty() {
        return None;
    }
    let count = u32::try_from(checks.len()).unwrap_or(u32::MAX);
    let options: u32 = checks.iter().map(|(_, check)| options(check)).sum();
    let paid = count.saturating_sub(FREE_CHECKS);
    let lines = vec![
        Line::new(
            format!("{count} health checks, of which {FREE_CHECKS} in an account are free"),
            f64::from(paid) * CHECK.dollars,
        ),
        Line::new(
            format!("{options} options of them (HTTPS, text, 10 s, latency)"),
            f64::from(options) * OPTION.dollars,
        ),
    ];
    let notes = vec![
        format!("List prices of {}.", CHECK.read),
        "Endpoints are taken to be in AWS; elsewhere a check costs $0.75, and an option $2.".to_owned(),
        "The free checks are taken to be unused by others in the account.".to_owned(),
    ];
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

/// Minutes of a month of 730 hours, as AWS counts one: the ticks.
const TICKS: f64 = 43_800.0;
/// Hours of such a month.
const HOURS: f64 = 730.0;
/// Wakes of `drill`, and of `provision` by default: every quarter of an hour.
const QUARTERS: f64 = 2_920.0;
/// Mondays of such a month.
const WEEKS: f64 = TICKS / (7.0 * 24.0 * 60.0);
/// Memory of a function, in GB (`template.yaml`).
const MEMORY: f64 = 0.25;
/// How long a calm wake lasts, in seconds: it waits for the slowest endpoint. An assumption.
const CALM_WAKE: f64 = 0.5;
/// Log of a calm wake, in bytes: a few lines. An assumption, on the safe side.
const LOG_OF_A_WAKE: f64 = 2_000.0;
/// Alarms of the stack itself (`template.yaml`).
pub const STACK_ALARMS: u32 = 11;
/// What a calm tick reads, in units: the whole house, and each application.
pub const READS_A_TICK: Usage = Usage { house: 2.0, each: 0.5 };
/// What it writes, in units. The rows of an application grow with its signals.
pub const WRITES_A_TICK: Usage = Usage { house: 1.5, each: 0.75 };
/// Questions that it asks Route 53's name servers, by zone's name servers and regions.
const QUESTIONS_A_REGION: f64 = 4.0;

/// How much of something a tick uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// Whatever the plan holds.
    pub house: f64,
    /// For each application besides.
    pub each: f64,
}

impl Usage {
    /// With so many applications.
    pub fn of(self, applications: usize) -> f64 {
        self.house + self.each * many(applications)
    }
}

/// What the controllers cost a month while all is well, all regions together.
pub fn running_cost(plan: &Plan) -> Cost {
    let controllers = many(plan.controllers.len());
    let applications = plan.applications.len();
    let regions: usize = plan.applications.iter().map(|application| application.regions.len()).sum();
    let provisions = plan.applications.iter().any(|application| application.provision);
    let wakes = controllers * (TICKS + QUARTERS + if provisions { QUARTERS } else { 0.0 });
    let ticks = controllers * TICKS;
    let topics = plan.topics.values().map(Vec::len).sum();
    let lines = vec![
        Line::new(
            format!("{wakes:.0} wakes of functions, {CALM_WAKE} s each with {MEMORY} GB"),
            wakes * (INVOCATION.dollars + CALM_WAKE * MEMORY * GIGABYTE_SECOND.dollars),
        ),
        Line::new("reads of the state tables", ticks * READS_A_TICK.of(applications) * READ.dollars),
        Line::new("writes of the state tables", ticks * WRITES_A_TICK.of(applications) * WRITE.dollars),
        Line::new(
            format!("{:.0} alarms of the stacks", controllers * f64::from(STACK_ALARMS)),
            controllers * f64::from(STACK_ALARMS) * ALARM.dollars,
        ),
        Line::new(format!("{controllers:.0} metrics (the heartbeats)"), controllers * METRIC.dollars),
        Line::new(
            format!("a summary by e-mail each week to somebody at each of {topics} topics"),
            WEEKS * many(topics) * EMAIL.dollars,
        ),
        Line::new("logs", wakes * LOG_OF_A_WAKE / 1e9 * LOGS.dollars),
        Line::new(
            "questions to Route 53's name servers",
            ticks * many(regions) * QUESTIONS_A_REGION * QUERY.dollars,
        ),
    ];
    let cluster = plan.arc.as_ref().map(|_| {
        Line::new("an ARC cluster, which is charged by the hour whatever it does", HOURS * CLUSTER.dollars)
    });
    let lines = lines.into_iter().chain(cluster).collect();
    let notes = vec![
        format!(
            "List prices of us-east-1, without any free tier, read {}; other regions may be a quarter dearer.",
            prices_read()
        ),
        format!(
            "A calm wake is taken to last {CALM_WAKE} s: as long as the slowest endpoint. While a region is ill, and in \
             runs, wakes last longer and write more metrics and messages: cents for an incident."
        ),
        "Messages (SNS, e-mail) cost $2 for 100,000; object storage of overrides less than a cent."
            .to_owned(),
    ];
    Cost { lines, notes }
}

/// From the first to the last day on which a price was read.
fn prices_read() -> String {
    let days = || PRICES.iter().map(|price| price.read);
    let (first, last) = (days().min().unwrap_or_default(), days().max().unwrap_or_default());
    if first == last { first.to_owned() } else { format!("{first} to {last}") }
}

#[allow(clippy::cast_precision_loss, reason = "there are fewer than 2^53 of anything in a plan")]
fn many(count: usize) -> f64 {
    count as f64
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
