//! The record sets between the served name and what the plan names for a region.

use super::checks::{backup_check, serving_check};
use super::name::CheckName;
use super::records::WantedSet;
use crate::dns::{Content, RecordSet, RecordType, Routing, Side, contents};
use crate::names::DnsName;
use crate::plan::{Application, Behind, Pair, RecordValue, RegionPlan};

/// Those of one region: none where the served name leads straight to it.
pub(super) fn of(application: &Application, region: &RegionPlan) -> Vec<WantedSet> {
    // What stands behind is reached by its name alone, so that the plan has it as an alias.
    let (Some(behind), RecordValue::Alias { target, .. }) = (&region.behind, &region.record) else {
        return Vec::new();
    };
    match behind {
        Behind::Origin(record) => origin(application, record, target),
        Behind::Pair(pair) => both(application, region, pair, target),
    }
}

/// An alias whose target's health counts nowhere.
fn origin(application: &Application, record: &RecordValue, name: &DnsName) -> Vec<WantedSet> {
    let quiet = |content: Content| match content {
        Content::Alias { zone, target, .. } => Content::Alias { zone, target, evaluate_target_health: false },
        values @ Content::Values { .. } => values,
    };
    let contents = contents(application, record).into_iter();
    contents.map(|(kind, content)| set(name, kind, Routing::Simple, (quiet(content), None))).collect()
}

/// The region's own record while its check is healthy, else its backup.
fn both(application: &Application, region: &RegionPlan, pair: &Pair, name: &DnsName) -> Vec<WantedSet> {
    let sides = [
        ("own", Side::Primary, &pair.record, serving_check(application, region)),
        ("backup", Side::Secondary, &pair.backup, backup_check(application, region)),
    ];
    let mut sets = Vec::new();
    for (word, side, record, check) in sides {
        for (kind, content) in contents(application, record) {
            let routing = Routing::Failover { set: word.to_owned(), side };
            sets.push(set(name, kind, routing, (content, Some(check.clone()))));
        }
    }
    sets
}

fn set(
    name: &DnsName,
    kind: RecordType,
    routing: Routing,
    (content, check): (Content, Option<CheckName>),
) -> WantedSet {
    let set = RecordSet { name: name.clone(), kind, routing, content, health_check: None };
    WantedSet { set, check, serves: false }
}
