//! The calls that the adapters make, as IAM sees them, and who may make them.

use std::collections::BTreeMap;

use understudy::dns::{EpochRecord, RecordType};
use understudy::names::{DnsName, Epoch};

use super::iam::{Policy, Request};
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
        Self(functions.map(|function| (short(function), Policy::read(&document(stack, function)))).collect())
    }

    /// The functions that may make the call, in alphabetical order.
    pub(super) fn allowed_to(&self, request: &Request) -> Vec<&str> {
        let allowed = self.0.iter().filter(|(_, policy)| policy.allows(request));
        allowed.map(|(function, _)| function.as_str()).collect()
    }
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
pub(super) fn call(action: &str, resource: impl Into<String>) -> Request {
    Request { action: action.to_owned(), resource: resource.into(), context: BTreeMap::new() }
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
type Part = fn(&Change) -> String;

/// ChangeResourceRecordSets with its three condition keys, each the set of what the batch holds.
pub(super) fn change(zone_id: &str, changes: &[Change]) -> Request {
    let keys: [(&str, Part); 3] = [
        ("Actions", |change| change.0.to_owned()),
        ("NormalizedRecordNames", |change| normalised(change.1.as_str())),
        ("RecordTypes", |change| change.2.to_owned()),
    ];
    let context = keys.into_iter().filter(|_| !changes.is_empty()).map(|(key, value)| {
        (format!("route53:ChangeResourceRecordSets{key}"), changes.iter().map(value).collect())
    });
    Request { context: context.collect(), ..call("route53:ChangeResourceRecordSets", zone(zone_id)) }
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

/// A name as Route 53 puts it into condition keys (Developer Guide, "Using IAM policy conditions for
/// fine-grained access control"): lower case, no trailing dot, characters other than a-z, 0-9, `-`,
/// `_` and `.` as three octal digits.
pub(super) fn normalised(name: &str) -> String {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name.bytes().fold(String::new(), |text, byte| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => text + &char::from(byte).to_string(),
        other => format!("{text}\\{other:03o}"),
    })
}
