//! The calls that the adapters make, as IAM sees them, and who may make them.

use std::collections::BTreeMap;

use suite::world::{Asked, RecordChange, normalised};
use understudy::dns::{EpochRecord, RecordType};
use understudy::names::{DnsName, Epoch};

use super::iam::{Grant, Policy};
use super::stack::{ACCOUNT, REGION, STACK, Stack};

/// What a deployer reads off the plan and gives to the template.
#[derive(Clone, Debug, Default)]
pub(super) struct Deployment {
    pub(super) zones: Vec<String>,
    pub(super) served: Vec<DnsName>,
    pub(super) peers: Vec<String>,
    pub(super) ticks: Vec<String>,
    pub(super) topics: Vec<String>,
    pub(super) roles: Vec<String>,
}

impl Deployment {
    /// Two zones, one application with a plain name, a wildcard and an apex, and two peers.
    pub(super) fn example() -> Self {
        let arn =
            |service: &str, region: &str, rest: &str| format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}");
        let peers = ["us-east-1", "eu-west-1"];
        let in_peers = |service: &str, rest: &str| peers.map(|region| arn(service, region, rest)).to_vec();
        Self {
            zones: vec!["Z0SHOP".into(), "Z0OTHER".into()],
            served: ["shop.example.com", "*.example.com", "example.net"].map(DnsName::new).to_vec(),
            peers: in_peers("dynamodb", "table/understudy-state"),
            ticks: in_peers("lambda", "function:understudy-tick"),
            topics: in_peers("sns", "understudy-ops-team"),
            roles: vec!["arn:aws:iam::999999999999:role/dns/understudy".into()],
        }
    }

    pub(super) fn parameters(&self) -> Vec<(&'static str, String)> {
        let names = |labels: &[&str]| {
            let below = self.served.iter().map(|served| normalised(served.as_str()));
            let all = below.flat_map(|served| labels.iter().map(move |label| format!("{label}{served}")));
            all.collect::<Vec<_>>().join(",")
        };
        vec![
            ("HostedZoneIds", self.zones.join(",")),
            ("ServedNames", names(&[""])),
            ("EpochNames", names(&["now._understudy.", "e*._understudy."])),
            ("SweepNames", names(&["e*._understudy."])),
            ("Peers", self.peers.join(", ")),
            ("PeerTickFunctions", self.ticks.join(",")),
            ("TopicArns", self.topics.join(",")),
            ("ZoneRoles", self.roles.join(",")),
            ("Provision", "on".to_owned()),
        ]
    }

    pub(super) fn permissions(&self) -> Permissions {
        Permissions::of(&Stack::of(self.parameters()))
    }
}

/// What each function may do.
#[derive(Debug)]
pub(super) struct Permissions(BTreeMap<String, Policy>);

impl Permissions {
    pub(super) fn of(stack: &Stack) -> Self {
        let functions = stack.resources("AWS::Serverless::Function").into_iter();
        let of = |function: &str| {
            let own = Policy::read(&document(stack, function));
            attached(stack, function).iter().map(Policy::read).fold(own, Policy::and)
        };
        Self(functions.map(|function| (short(function), of(function))).collect())
    }

    /// The functions that may make the call, in alphabetical order.
    pub(super) fn allowed_to(&self, request: &Asked) -> Vec<&str> {
        let allowed = self.0.iter().filter(|(_, policy)| policy.allows(request));
        allowed.map(|(function, _)| function.as_str()).collect()
    }

    /// What a function may do.
    pub(super) fn of_function(&self, function: &str) -> &Policy {
        &self.0[function]
    }

    /// All that any function may do.
    pub(super) fn all(&self) -> Vec<(String, Grant)> {
        let of = |(function, policy): (&String, &Policy)| {
            policy.grants().into_iter().map(|grant| (function.clone(), grant)).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).collect()
    }
}

/// The policies that name a function's role themselves.
fn attached(stack: &Stack, function: &str) -> Vec<serde_json::Value> {
    let role = serde_json::Value::from(format!("{function}Role"));
    let names_it = |policy: &&str| {
        let roles = stack.property(policy, "Roles").unwrap_or_default();
        roles.as_array().is_some_and(|roles| roles.contains(&role)) && stack.exists(policy)
    };
    let policies = stack.resources("AWS::IAM::ManagedPolicy").into_iter().filter(names_it);
    policies.map(|policy| stack.property(policy, "PolicyDocument").unwrap()).collect()
}

/// The one policy of a function.
pub(super) fn document(stack: &Stack, function: &str) -> serde_json::Value {
    let policies = stack.property(function, "Policies").unwrap();
    let [policy] = policies.as_array().unwrap().as_slice() else {
        panic!("{function} has not one policy: {policies}")
    };
    stack.property(policy.as_str().unwrap(), "PolicyDocument").unwrap()
}

/// `alarm` of `AlarmFunction`.
pub(super) fn short(function: &str) -> String {
    function.strip_suffix("Function").unwrap().to_ascii_lowercase()
}

/// A call without condition keys of its own.
pub(super) fn call(action: &str, resource: impl Into<String>) -> Asked {
    Asked::of(action, resource)
}

/// An ARN in the stack's own region and account.
pub(super) fn own(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{}", rest.replace('~', STACK))
}

pub(super) fn zone(id: &str) -> String {
    format!("arn:aws:route53:::hostedzone/{id}")
}

/// One change of a batch: action, name, type.
pub(super) type Change = (&'static str, DnsName, &'static str);

/// A change of record sets with its three condition keys.
pub(super) fn change(zone_id: &str, changes: &[Change]) -> Asked {
    let part = |(action, name, kind): &Change| RecordChange {
        action: (*action).to_owned(),
        name: name.to_string(),
        kind: (*kind).to_owned(),
    };
    Asked::to_change(zone_id, &changes.iter().map(part).collect::<Vec<_>>())
}

/// The one shape of change that is ever sent: the claim, the moved record sets, the newest epoch.
pub(super) fn batch(served: &DnsName, epoch: u64, kinds: &[RecordType]) -> Vec<Change> {
    let text = RecordType::Txt.as_str();
    let moved = kinds.iter().flat_map(|kind| vec![("UPSERT", served.clone(), kind.as_str()); 2]);
    [("CREATE", EpochRecord::name_of(Epoch(epoch), served), text)]
        .into_iter()
        .chain(moved)
        .chain([("UPSERT", EpochRecord::now_name(served), text)])
        .collect()
}

/// The removal of an epoch record that is long past.
pub(super) fn sweep(served: &DnsName, epoch: u64) -> Change {
    ("DELETE", EpochRecord::name_of(Epoch(epoch), served), RecordType::Txt.as_str())
}
