//! The calls to AWS that controllers make, as IAM sees them: what a policy must allow.

use std::collections::BTreeMap;

use twin::model::records::{Change, ChangeBatch};
use twin::model::{HealthCheckId, Request, ZoneId};
use understudy::names::Region;

use super::ports::Controller;

/// The account of all stacks.
pub const ACCOUNT: &str = "123456789012";

/// What the stacks are called, in every region.
pub const STACK: &str = "understudy";

/// One call, as IAM sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// The action, such as `dynamodb:Query`.
    pub action: String,
    /// What it is done to: an ARN, or `*` where the action takes none.
    pub resource: String,
    /// The condition keys of the request and their values.
    pub context: BTreeMap<String, Vec<String>>,
}

impl Asked {
    /// A call without condition keys of its own.
    pub fn of(action: &str, resource: impl Into<String>) -> Self {
        Self { action: action.to_owned(), resource: resource.into(), context: BTreeMap::new() }
    }

    /// A call about what is the stack's own in a region, such as `table/understudy-state`.
    pub fn in_region(action: &str, region: &Region, rest: &str) -> Self {
        let service = action.split(':').next().unwrap_or_default();
        Self::of(action, format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}"))
    }

    /// A change of record sets with its three condition keys, each the set of what the batch holds.
    pub fn to_change(zone: &str, parts: &[RecordChange]) -> Self {
        let keys: [(&str, Part); 3] = [
            ("Actions", |change| change.action.clone()),
            ("NormalizedRecordNames", |change| normalised(&change.name)),
            ("RecordTypes", |change| change.kind.clone()),
        ];
        let context = keys.into_iter().filter(|_| !parts.is_empty()).map(|(key, value)| {
            (format!("route53:ChangeResourceRecordSets{key}"), parts.iter().map(value).collect())
        });
        let action = "route53:ChangeResourceRecordSets";
        Self { context: context.collect(), ..Self::of(action, zone_arn(zone)) }
    }

    /// What a request of a controller to Route 53 asks for; with a listing, once, of what kind the zone is.
    pub(super) fn of_route53(request: &Request) -> Vec<Self> {
        let action = format!("route53:{}", request.operation().as_str());
        let one = |resource: String| vec![Self::of(&action, resource)];
        match request {
            Request::ListResourceRecordSets { zone, .. } => {
                let kind = Self::of("route53:GetHostedZone", zone_arn(zone.as_str()));
                [one(zone_arn(zone.as_str())), vec![kind]].concat()
            }
            Request::ChangeResourceRecordSets { zone, batch } => vec![changed(zone, batch)],
            Request::GetChange { id } => one(format!("arn:aws:route53:::change/{id}")),
            // What does not exist yet has no ARN, and all of them have none together.
            Request::CreateHealthCheck { .. } | Request::ListHealthChecks { .. } => one("*".to_owned()),
            Request::UpdateHealthCheck { id, .. } | Request::GetHealthCheckStatus { id } => {
                one(check_arn(id))
            }
            Request::ChangeTagsForResource { id, .. } => one(check_arn(&id.as_str().into())),
            Request::ListTagsForResources { ids, .. } => {
                ids.iter().flat_map(|id| one(check_arn(&id.as_str().into()))).collect()
            }
            other => panic!("no controller calls {}", other.operation().as_str()),
        }
    }
}

/// What of a change a condition key is about.
type Part = fn(&RecordChange) -> String;

/// One change of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordChange {
    /// `CREATE`, `UPSERT` or `DELETE`.
    pub action: String,
    /// The name of the record set.
    pub name: String,
    /// Its type.
    pub kind: String,
}

impl From<&Change> for RecordChange {
    fn from(change: &Change) -> Self {
        Self {
            action: change.action.to_string(),
            name: change.record.name.clone(),
            kind: change.record.rtype.clone(),
        }
    }
}

fn changed(zone: &ZoneId, batch: &ChangeBatch) -> Asked {
    let changes: Vec<RecordChange> = batch.changes.iter().map(RecordChange::from).collect();
    Asked::to_change(zone.as_str(), &changes)
}

fn zone_arn(id: &str) -> String {
    format!("arn:aws:route53:::hostedzone/{id}")
}

fn check_arn(id: &HealthCheckId) -> String {
    format!("arn:aws:route53:::healthcheck/{id}")
}

/// A name as Route 53 puts it into condition keys (Developer Guide, "Using IAM policy conditions for
/// fine-grained access control"): lower case, no trailing dot, characters other than a-z, 0-9, `-`,
/// `_` and `.` as three octal digits.
pub fn normalised(name: &str) -> String {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name.bytes().fold(String::new(), |text, byte| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => text + &char::from(byte).to_string(),
        other => format!("{text}\\{other:03o}"),
    })
}

impl Controller {
    /// Notes what is asked of AWS.
    pub(super) fn asks(&self, asked: impl IntoIterator<Item = Asked>) {
        let asked = asked.into_iter().map(|asked| (self.region.clone(), asked));
        self.cloud.state.borrow_mut().asked.extend(asked);
    }
}
