//! The hosted zone of an application, and the role by which another account's zone is changed.

use super::value;
use crate::plan::draft::ZoneDraft;
use crate::plan::fault::seen;
use crate::plan::reader::Entry;
use crate::plan::report::Report;
use crate::plan::rule::{MALFORMED_ACCOUNT, PRIVATE_ZONE};

pub(super) fn read(entry: Option<Entry<'_>>, report: &mut Report<'_>) -> ZoneDraft {
    let Some(mut table) = entry.and_then(|entry| entry.table(report)) else {
        return ZoneDraft::default();
    };
    let zone = ZoneDraft {
        id: table.require("id", report).and_then(|entry| value::zone_id(&entry, report)),
        name: table.require("name", report).and_then(|entry| value::name(&entry, report)),
        account: table.take("account").and_then(|entry| account(&entry, report)),
        role: table.take("role").and_then(|entry| value::role(&entry, report)),
    };
    let private = table.take("private");
    if let Some(entry) = private
        && entry.flag(report) == Some(true)
    {
        let name = zone.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        let message = format!("the zone{name} is private");
        report.raise(PRIVATE_ZONE, &entry.path, message, "serve the application from a public zone");
    }
    table.finish(report);
    zone
}

fn account(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = entry.text(report)?;
    if value::is_account(text) {
        return Some(text.to_owned());
    }
    let message = format!("{} is not an account's number", seen(text));
    report.raise(MALFORMED_ACCOUNT, &entry.path, message, "write its 12 digits, between double quotes");
    None
}
