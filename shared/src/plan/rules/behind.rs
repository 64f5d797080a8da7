//! Records of ours between the served name and the regions: the pairs of backups, and the shadow.

use crate::plan::draft::{BackupDraft, Draft};
use crate::plan::report::Report;
use crate::plan::rule::{BACKUP_KIND, BACKUP_NATIVE_OFF, NOT_PROVISIONED};
use crate::plan::types::{Native, RecordValue};

use super::records::types;

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    let made = draft.is_provisioned();
    if draft.shadow && !made {
        let message = "nobody makes the shadow: the application is not provisioned";
        report.raise(NOT_PROVISIONED, &draft.path.key("shadow"), message, "write provision = true");
    }
    for region in draft.regions.iter().filter(|region| draft.all_serve() && region.backup.is_some()) {
        let Some(BackupDraft { path, .. }) = &region.backup else { continue };
        if !made {
            let message = "nobody makes the backup's records: the application is not provisioned";
            report.raise(NOT_PROVISIONED, path, message, "write provision = true");
        }
        if draft.native == Native::Off {
            let message = "native is off, so that Route 53 never answers the backup";
            let remedy = "write native = \"backstop\", or do without the backup";
            report.raise(BACKUP_NATIVE_OFF, path, message, remedy);
        }
        for (path, record) in region.records() {
            kind(record, &path, report);
        }
    }
}

fn kind(record: &RecordValue, path: &crate::plan::path::Path, report: &mut Report<'_>) {
    let kind = types(record);
    if matches!(kind, "CNAME" | "AAAA") {
        let message = format!("a region with a backup cannot answer with {kind} alone");
        let remedy = "write { a = [..] } or { alias = \"..\" }, with IPv6 beside it where there is some";
        report.raise(BACKUP_KIND, path, message, remedy);
    }
}
