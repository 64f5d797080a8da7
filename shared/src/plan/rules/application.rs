//! One application: its names, its sets, its regions.

use std::collections::BTreeSet;

use crate::plan::draft::Draft;
use crate::plan::fault::{counted, seen};
use crate::plan::path::Path;
use crate::plan::read::LONGEST_NAME;
use crate::plan::report::Report;
use crate::plan::rule::{
    DATA_WITHOUT_RPO, DERIVED_NAME_TOO_LONG, DUPLICATE_REGION, EQUAL_SETS, ONE_PRIMARY,
    SERVED_NAME_OUTSIDE_ZONE, SET_LENGTH, TOO_FEW_REGIONS, TOO_MANY_REGIONS,
};
use crate::plan::types::Role;

use super::unread;

/// The longest set identifier (Route 53 API, `ResourceRecordSet.SetIdentifier`).
const LONGEST_SET: usize = 128;
/// The most regions that an epoch record can name as out, beside all else that it tells.
const MOST_REGIONS: usize = 5;

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    served_name(draft, report);
    derived_names(draft, report);
    sets(draft, report);
    region_count(draft, report);
    regions_are_different(draft, report);
    one_primary(draft, report);
    if draft.data.is_some() && draft.rpo.is_none() && !report.holds(&draft.path.key("rpo")) {
        let message = "the application keeps data, but names no rpo";
        report.raise(
            DATA_WITHOUT_RPO,
            &draft.path.key("data"),
            message,
            "add rpo = \"1m\" to the application",
        );
    }
}

fn served_name(draft: &Draft, report: &mut Report<'_>) {
    let (Some(served), Some(zone)) = (&draft.served, &draft.zone.name) else { return };
    if !served.is_within(zone) {
        let message = format!("{served} does not lie within the zone {zone}");
        let remedy = "name the zone that holds the served name, with its id";
        report.raise(SERVED_NAME_OUTSIDE_ZONE, &draft.path.key("name"), message, remedy);
    }
}

/// The names that are put below the served name: the epoch, and what each region needs.
fn derived_names(draft: &Draft, report: &mut Report<'_>) {
    let Some(served) = &draft.served else { return };
    let regions = draft.regions.iter().filter_map(|region| region.name.as_ref());
    let labels = regions.map(|region| format!("origin-{region}")).chain(["e00000042".to_owned()]);
    let names = labels.map(|label| served.child("_understudy").child(&label));
    let Some(longest) = names.max_by_key(|name| name.as_str().len()) else { return };
    if longest.as_str().len() > LONGEST_NAME {
        let message = format!("{} would have {} characters", seen(longest.as_str()), longest.as_str().len());
        let remedy =
            format!("serve a shorter name: with what is put before it, at most {LONGEST_NAME} are allowed");
        report.raise(DERIVED_NAME_TOO_LONG, &draft.path.key("name"), message, remedy);
    }
}

fn sets(draft: &Draft, report: &mut Report<'_>) {
    if draft.all_serve() {
        sets_of_regions(draft, report);
        return;
    }
    let sets = &draft.sets;
    let path = draft.path.key("sets");
    for (key, set) in [("primary", &sets.primary), ("secondary", &sets.secondary)] {
        set_length(set, &path.key(key), report);
    }
    if sets.primary == sets.secondary {
        equal_sets(&sets.primary, &path, report);
    }
}

fn sets_of_regions(draft: &Draft, report: &mut Report<'_>) {
    let mut met = BTreeSet::new();
    for region in &draft.regions {
        let Some(set) = region.set_name() else { continue };
        set_length(set, &region.path.key("set"), report);
        // Where a region stands twice, that its default set does too is no fault of its own.
        if !met.insert(set) && draft.regions.iter().any(|other| other.set.as_deref() == Some(set)) {
            equal_sets(set, &region.path.key("set"), report);
        }
    }
}

fn set_length(set: &str, path: &Path, report: &mut Report<'_>) {
    let length = set.chars().count();
    if !(1..=LONGEST_SET).contains(&length) {
        let message = format!("the set identifier {} has {length} characters", seen(set));
        let remedy = format!("write 1 to {LONGEST_SET} characters, as the record set has it");
        report.raise(SET_LENGTH, path, message, remedy);
    }
}

fn equal_sets(set: &str, path: &Path, report: &mut Report<'_>) {
    let message = format!("two sets are named {}", seen(set));
    report.raise(EQUAL_SETS, path, message, "name each as its record set's identifier says");
}

fn region_count(draft: &Draft, report: &mut Report<'_>) {
    let path = draft.path.key("region");
    let count = draft.regions.len();
    // Where the list or an entry of it could not be read, that is the fault.
    if unread(&path, count, report) {
        return;
    }
    let message = format!("the application has {}", counted(count, "region"));
    if count < 2 {
        report.raise(
            TOO_FEW_REGIONS,
            &path,
            message,
            "add a [[application.<name>.region]] that can take over",
        );
    } else if count > MOST_REGIONS {
        let remedy = format!("keep at most {MOST_REGIONS}, or serve some from another application");
        // At the first one too many; not at the whole of it, which could be read.
        report.raise(TOO_MANY_REGIONS, &path.index(MOST_REGIONS).key("region"), message, remedy);
    }
}

fn regions_are_different(draft: &Draft, report: &mut Report<'_>) {
    let mut met = BTreeSet::new();
    for region in &draft.regions {
        let Some(name) = &region.name else { continue };
        if !met.insert(name) {
            let message = format!("the region {name} stands twice in {}", draft.name);
            report.raise(
                DUPLICATE_REGION,
                &region.path.key("region"),
                message,
                "name another region, or remove this one",
            );
        }
    }
}

fn one_primary(draft: &Draft, report: &mut Report<'_>) {
    if draft.all_serve() {
        return;
    }
    let unread = draft.regions.is_empty() || draft.regions.iter().any(|region| region.role.is_none());
    let primaries: Vec<_> =
        draft.regions.iter().filter(|region| region.role == Some(Role::Primary)).collect();
    if unread || primaries.len() == 1 {
        return;
    }
    let message = format!("the application has {} with the role primary", counted(primaries.len(), "region"));
    let path = primaries.get(1).map_or_else(|| draft.path.key("region"), |second| second.path.key("role"));
    report.raise(ONE_PRIMARY, &path, message, "give one region the role primary and the others standby");
}
