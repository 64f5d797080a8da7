//! Hosted zones: whose they are, and that all applications say the same of one.

use std::collections::BTreeMap;

use crate::names::ZoneId;
use crate::plan::draft::Draft;
use crate::plan::report::Report;
use crate::plan::rule::{ZONE_ACCOUNT_DIFFERS, ZONE_DIFFERS, ZONE_ROLE_MISSING};

pub(super) fn check(drafts: &[Draft], report: &mut Report<'_>) {
    for draft in drafts {
        role_of_account(draft, report);
    }
    alike(drafts, report);
}

fn role_of_account(draft: &Draft, report: &mut Report<'_>) {
    let Some(account) = &draft.zone.account else { return };
    let path = draft.path.key("zone");
    let Some(role) = &draft.zone.role else {
        if !report.holds(&path.key("role")) {
            let message = format!("the zone belongs to the account {account}, but no role is named");
            let remedy =
                format!("add role = \"arn:aws:iam::{account}:role/<name>\", a role that may change the zone");
            report.raise(ZONE_ROLE_MISSING, &path, message, remedy);
        }
        return;
    };
    // `arn:<partition>:iam::<account>:role/<name>`: the reader has seen to its shape.
    let owner = role.as_str().split(':').nth(4).unwrap_or_default();
    if owner != account {
        let message = format!("the zone belongs to the account {account}, the role to {owner}");
        let remedy = "name a role of the account that owns the zone";
        report.raise(ZONE_ACCOUNT_DIFFERS, &path.key("role"), message, remedy);
    }
}

fn alike(drafts: &[Draft], report: &mut Report<'_>) {
    let mut first: BTreeMap<&ZoneId, &Draft> = BTreeMap::new();
    for draft in drafts {
        let Some(id) = &draft.zone.id else { continue };
        let other = *first.entry(id).or_insert(draft);
        differs(draft, other, id, report);
    }
}

fn differs(draft: &Draft, other: &Draft, id: &ZoneId, report: &mut Report<'_>) {
    let (path, theirs) = (draft.path.key("zone"), other.path.key("zone"));
    if let (Some(name), Some(known)) = (&draft.zone.name, &other.zone.name)
        && name != known
    {
        let message = format!("the zone {id} is named {name} here, but {known} by {}", other.name);
        report.raise(
            ZONE_DIFFERS,
            &path.key("name"),
            message,
            "write the apex that Route 53 shows for this id",
        );
    }
    let unread = report.is_broken(&path.key("role")) || report.is_broken(&theirs.key("role"));
    let missing = report.is_broken(&path) || report.is_broken(&theirs);
    if draft.zone.role != other.zone.role && !unread && !missing {
        let message = format!("the zone {id} is changed by another role here than by {}", other.name);
        report.raise(ZONE_DIFFERS, &path.key("role"), message, "name the same role, or none, in both");
    }
}
