//! An estate: which applications there are, in which regions, under which policy; and the plan and
//! the record sets that an operator would make for it.

use std::time::Duration;

use twin::model::records::{ChangeBatch, FailoverRole, RecordSetInput};
use twin::model::{Config, Propagation};
use understudy::plan::Plan;

use super::cloud::Cloud;
use super::story::{EAST, WEST, address};

/// Record sets that one batch may create (Route 53 developer guide, "Quotas").
const BATCH: usize = 1_000;

/// Record sets of an application for each of its regions: its unit, and the `up` pair.
const SETS: usize = 3;

/// By what overrides are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By objects: for each other region an inverted check looks for one there.
    Object,
    /// By metrics: for each other region a check reads one there.
    Metric,
    /// By routing controls.
    Control,
}

/// Which checks hang on the served record sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServedChecks {
    /// The regions' endpoint checks: Route 53 moves traffic, too (`native = "backstop"`).
    Endpoint,
    /// What is calculated of the endpoint check and of those of overrides.
    Overridable(By),
    /// The same without the endpoint check: nothing moves but by a run.
    OverrideAlone(By),
    /// Checks that are always healthy: nothing moves but by a run (`native = "off"`).
    AlwaysHealthy,
}

/// What a story is about.
#[derive(Clone, Debug)]
pub struct Estate {
    /// The routing policy of every application.
    pub policy: &'static str,
    /// The regions, in the order in which they take over.
    pub regions: Vec<&'static str>,
    /// Regions with a controller that serve nothing.
    pub witnesses: Vec<&'static str>,
    /// The applications; each serves `<name>.example.com`.
    pub applications: Vec<String>,
    /// Top-level lines of the plan.
    pub top: String,
    /// Lines in every application's section.
    pub lines: String,
    /// Lines in a region's section.
    pub region_lines: fn(&str) -> String,
    /// Which checks hang on the served record sets.
    pub served_checks: ServedChecks,
    /// Further signals of the first region.
    pub first_signals: String,
    /// Settings of Route 53.
    pub route53: Config,
}

impl Default for Estate {
    /// shop.example.com, a failover pair in two regions.
    fn default() -> Self {
        let propagation = Propagation::between(Duration::from_secs(1), Duration::from_secs(8));
        Self {
            policy: "failover",
            regions: vec![EAST, WEST],
            witnesses: Vec::new(),
            applications: vec!["shop".to_owned()],
            top: String::new(),
            lines: String::new(),
            region_lines: |_| String::new(),
            served_checks: ServedChecks::Endpoint,
            first_signals: String::new(),
            route53: Config::default().propagation(propagation).checkers(4),
        }
    }
}

impl Estate {
    /// The record sets that an operator would make, in as few batches as Route 53 takes.
    pub(super) fn records(&self, cloud: &Cloud) -> Vec<ChangeBatch> {
        let sets_of = |batch, application: &String| self.sets_of(cloud, application, batch);
        let together = self.applications.chunks((BATCH / (SETS * self.regions.len())).max(1));
        together.map(|applications| applications.iter().fold(ChangeBatch::new(), sets_of)).collect()
    }

    fn sets_of(&self, cloud: &Cloud, application: &str, mut batch: ChangeBatch) -> ChangeBatch {
        let served = format!("{application}.example.com");
        for (index, region) in self.regions.iter().enumerate() {
            let (check, served_check) =
                (&cloud.checks[&(*region).into()], &cloud.served_checks[&(*region).into()]);
            let set = RecordSetInput::simple(&served, "A", 60, &[address(region)]);
            let set = match (self.policy, index) {
                ("failover", 0) => Some(set.failover("PRIMARY", FailoverRole::Primary)),
                ("failover", 1) => Some(set.failover("SECONDARY", FailoverRole::Secondary)),
                ("weighted", _) => Some(set.weighted(region, 100)),
                ("latency", _) => Some(set.latency(region, region)),
                _ => None,
            };
            if let Some(set) = set {
                batch = batch.create(set.checked_by(served_check));
            }
            let up = format!("up-{region}._understudy.{served}");
            let word = |word| RecordSetInput::simple(&up, "TXT", 1, &[word]);
            batch = batch
                .create(word("\"up\"").failover("up", FailoverRole::Primary).checked_by(check))
                .create(word("\"down\"").failover("down", FailoverRole::Secondary));
        }
        batch
    }

    /// The plan that every controller has.
    pub(super) fn plan(&self, cloud: &Cloud) -> Plan {
        let controllers: Vec<String> =
            self.regions.iter().chain(&self.witnesses).map(|region| format!("{region:?}")).collect();
        let applications = self.applications.iter().enumerate();
        let applications: String =
            applications.map(|(index, name)| self.application(cloud, name, index)).collect();
        let text = format!(
            r#"
[controller]
regions = [{}]
{}
[topics]
ops-team = ["arn:aws:sns:us-west-2:123456789012:ops-team"]
{applications}"#,
            controllers.join(", "),
            self.top
        );
        Plan::parse(&text, "story").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"))
    }

    fn application(&self, cloud: &Cloud, name: &str, index: usize) -> String {
        let sets = match self.policy {
            "failover" => r#"sets = { primary = "PRIMARY", secondary = "SECONDARY" }"#,
            _ => "",
        };
        let regions: String = self
            .regions
            .iter()
            .enumerate()
            .map(|(place, region)| self.region(cloud, name, region, place))
            .collect();
        format!(
            r#"
[application.{name}]
name = "{name}.example.com"
zone = {{ id = "{}", name = "example.com" }}
policy = "{}"
rto = "10m"
priority = {index}
{sets}
notify = {{ critical = ["ops-team"], info = ["ops-team"] }}
{}
{regions}"#,
            cloud.zone.as_str(),
            self.policy,
            self.lines
        )
    }

    fn region(&self, cloud: &Cloud, name: &str, region: &'static str, place: usize) -> String {
        let role = match (self.policy, place) {
            ("failover", 0) => r#"role = "primary""#,
            ("failover", _) => r#"role = "standby""#,
            _ => "",
        };
        let lines = (self.region_lines)(region);
        let signals = if place == 0 { self.first_signals.as_str() } else { "" };
        format!(
            r#"
[[application.{name}.region]]
region = "{region}"
{role}
health_check = "{}"
record = {{ a = ["{}"] }}
signals = [{{ probe = "http://{region}.example.net/health" }}{signals}]
{lines}
"#,
            cloud.served_checks[&region.into()],
            address(region)
        )
    }
}
