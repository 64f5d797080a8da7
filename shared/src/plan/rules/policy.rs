//! What belongs to a routing policy, and what it asks of the regions' records.

use crate::plan::draft::{Draft, RegionDraft};
use crate::plan::fault::counted;
use crate::plan::path::Path;
use crate::plan::report::Report;
use crate::plan::rule::{NEEDLESS_POLICY_KEY, NEEDLESS_ROLE, ONE_VALUE};
use crate::plan::types::{Policy, RecordValue};

/// The keys of an application that mean something under some policies only.
const KEYS: &[(&str, &[Policy])] = &[
    ("sets", &[Policy::Failover]),
    ("ramp", &[Policy::Weighted]),
    ("minimum_capacity", &[Policy::Weighted, Policy::Latency]),
];
/// The same of a region.
const REGION_KEYS: &[(&str, &[Policy])] = &[
    ("set", &[Policy::Weighted, Policy::Latency]),
    ("weight", &[Policy::Weighted]),
    ("backup", &[Policy::Weighted, Policy::Latency]),
];

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    let Some(policy) = draft.policy else { return };
    needless(&draft.path, KEYS, policy, report);
    for region in &draft.regions {
        needless(&region.path, REGION_KEYS, policy, report);
        if draft.all_serve() {
            no_role(region, policy, report);
            one_value(region, policy, report);
        }
    }
}

fn needless(place: &Path, keys: &[(&str, &[Policy])], policy: Policy, report: &mut Report<'_>) {
    for (key, meant) in keys.iter().filter(|(_, meant)| !meant.contains(&policy)) {
        let path = place.key(key);
        if report.holds(&path) {
            let message = format!("{key} means nothing under the policy {}", word(policy));
            let meant: Vec<&str> = meant.iter().map(|policy| word(*policy)).collect();
            let remedy = format!("remove it: it belongs to {}", meant.join(" and "));
            report.raise(NEEDLESS_POLICY_KEY, &path, message, remedy);
        }
    }
}

fn no_role(region: &RegionDraft, policy: Policy, report: &mut Report<'_>) {
    let path = region.path.key("role");
    if report.holds(&path) {
        let message = format!("under the policy {} every region serves", word(policy));
        report.raise(NEEDLESS_ROLE, &path, message, "remove the role, or write policy = \"failover\"");
    }
}

fn one_value(region: &RegionDraft, policy: Policy, report: &mut Report<'_>) {
    // With a backup the values stand in a failover pair, which takes any number.
    let own = region.record.as_ref().filter(|_| region.backup.is_none());
    let Some(RecordValue::Addresses { v4, v6 }) = own else { return };
    for (key, count) in [("a", v4.len()), ("aaaa", v6.len())].into_iter().filter(|(_, count)| *count > 1) {
        let message =
            format!("a record set of the policy {} cannot hold {}", word(policy), counted(count, "value"));
        let remedy = "keep one address, or name a load balancer that knows the others";
        report.raise(ONE_VALUE, &region.path.key("record").key(key), message, remedy);
    }
}

/// The policy as the plan file writes it.
fn word(policy: Policy) -> &'static str {
    match policy {
        Policy::Failover => "failover",
        Policy::Weighted => "weighted",
        Policy::Latency => "latency",
    }
}
