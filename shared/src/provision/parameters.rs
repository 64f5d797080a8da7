//! The parameters of `template.yaml`, computed from the plan: what a deployer would read off it.

use std::collections::{BTreeMap, BTreeSet};

use crate::in_order::InOrder;
use crate::names::{DnsName, Region};
use crate::plan::{Application, OverrideKind, Plan};

/// What the lists of names may weigh together: a managed policy holds 6,144 characters without white space
/// (IAM User Guide, "IAM and AWS STS quotas"), and the template tells what else stands in it.
const NAMES: usize = 2_700;

/// Where the stacks are.
#[derive(Clone, Copy, Debug)]
pub struct Stacks<'a> {
    /// The account, 12 digits.
    pub account: &'a str,
    /// The stacks' one name.
    pub name: &'a str,
}

/// The parameters of the stack in one region, by name. What has its default is left out.
pub fn parameters(plan: &Plan, stacks: Stacks<'_>, region: &Region) -> BTreeMap<&'static str, String> {
    let arn = |service: &str, region: &Region, rest: &str| {
        format!("arn:aws:{service}:{region}:{}:{rest}", stacks.account)
    };
    let name = stacks.name;
    let others = plan.controllers.iter().filter(|other| *other != region);
    let peers: Vec<String> =
        others.map(|other| arn("dynamodb", other, &format!("table/{name}-state"))).collect();
    let ticks = plan.controllers.iter().map(|of| arn("lambda", of, &format!("function:{name}-tick")));
    let own = ["ops-team", "management"].map(|topic| arn("sns", region, &format!("{name}-{topic}")));
    let topics: BTreeSet<&str> = plan.topics.values().flatten().map(crate::names::Arn::as_str).in_order();
    let topics = topics.into_iter().filter(|topic| !own.iter().any(|own| own == topic));
    let roles: BTreeSet<&str> = plan
        .applications
        .iter()
        .filter_map(|application| Some(application.zone.role.as_ref()?.as_str()))
        .in_order();
    let Names { served, epochs, sweeps } = Names::of(plan);
    let lists = [
        ("HostedZoneIds", zones(plan)),
        ("ServedNames", served),
        ("EpochNames", epochs),
        ("SweepNames", sweeps),
        ("ZoneRoles", roles.into_iter().map(str::to_owned).collect()),
        ("Peers", peers),
        ("PeerTickFunctions", ticks.collect()),
        ("RoutingControls", controls(plan)),
        ("TopicArns", topics.map(str::to_owned).collect()),
    ];
    let mut parameters: BTreeMap<&'static str, String> = lists
        .into_iter()
        .filter(|(_, items)| !items.is_empty())
        .map(|(key, items)| (key, items.join(",")))
        .in_order();
    match plan.overrides.as_ref().map(|overrides| &overrides.kind) {
        Some(OverrideKind::Object { bucket }) => drop(parameters.insert("OverrideBucket", bucket.clone())),
        Some(OverrideKind::Metric { namespace }) => {
            drop(parameters.insert("OverrideNamespace", namespace.clone()));
        }
        Some(OverrideKind::Control { .. }) | None => {}
    }
    if plan.applications.iter().any(|application| application.provision) {
        let mode = if plan.provision_from.as_ref() == Some(region) { "on" } else { "verify" };
        parameters.insert("Provision", mode.to_owned());
    }
    parameters
}

/// The routing controls that this plan's runs set.
fn controls(plan: &Plan) -> Vec<String> {
    let Some(OverrideKind::Control { controls, .. }) = plan.arc.as_ref().map(|arc| &arc.kind) else {
        return Vec::new();
    };
    controls.values().flat_map(|of| of.values().cloned()).collect()
}

/// The applications whose zones belong to this account; a plan with none has its policies for nothing, and the
/// template asks for one zone at least.
fn own(plan: &Plan) -> Vec<&Application> {
    let own: Vec<&Application> =
        plan.applications.iter().filter(|application| application.zone.role.is_none()).collect();
    if own.is_empty() { plan.applications.iter().collect() } else { own }
}

fn zones(plan: &Plan) -> Vec<String> {
    let zones: BTreeSet<&str> = own(plan).iter().map(|application| application.zone.id.as_str()).in_order();
    zones.into_iter().map(str::to_owned).collect()
}

/// The names that may be written, as they stand in conditions.
struct Names {
    served: Vec<String>,
    epochs: Vec<String>,
    sweeps: Vec<String>,
}

impl Names {
    /// One by one; where those are too many for a policy, folded to one suffix for each zone.
    fn of(plan: &Plan) -> Self {
        let own = own(plan);
        let served: BTreeSet<String> =
            own.iter().map(|application| normalised(&application.served)).in_order();
        let exact = Self {
            epochs: served
                .iter()
                .flat_map(|name| [format!("now._understudy.{name}"), format!("e*._understudy.{name}")])
                .collect(),
            sweeps: served.iter().map(|name| format!("e*._understudy.{name}")).collect(),
            served: served.into_iter().collect(),
        };
        if exact.weight() <= NAMES { exact } else { Self::folded(&own) }
    }

    fn folded(own: &[&Application]) -> Self {
        let zones: BTreeSet<String> =
            own.iter().map(|application| normalised(&application.zone.name)).in_order();
        let apexes = own.iter().filter(|application| application.served == application.zone.name);
        let apexes: BTreeSet<String> = apexes.map(|application| normalised(&application.served)).in_order();
        Self {
            served: apexes.into_iter().chain(zones.iter().map(|zone| format!("*.{zone}"))).collect(),
            epochs: zones.iter().map(|zone| format!("*._understudy.*{zone}")).collect(),
            sweeps: zones.iter().map(|zone| format!("e*._understudy.*{zone}")).collect(),
        }
    }

    fn weight(&self) -> usize {
        let all = [&self.served, &self.epochs, &self.sweeps];
        all.iter().flat_map(|names| names.iter()).map(|name| name.len() + 1).sum()
    }
}

/// A name as Route 53 puts it into condition keys: other characters than letters, digits, `-`, `_` and `.` as
/// three octal digits (Developer Guide, "Using IAM policy conditions for fine-grained access control").
fn normalised(name: &DnsName) -> String {
    let mut text = String::new();
    for byte in name.as_str().bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => text.push(char::from(byte)),
            other => text.push_str(&format!("\\{other:03o}")),
        }
    }
    text
}
