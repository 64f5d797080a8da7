//! The plan: the validated content of `failover.toml`.
//!
//! [`Plan::parse`] either gives a whole plan (with warnings), or every fault at once.
//!
//! The way of a plan: TOML with the place of each value, then `read` into drafts (what cannot be read is
//! a fault and absent), then `rules` between what was read. No step stops at its first fault.

mod digest;
mod draft;
mod duration;
mod fault;
mod near;
mod overrides;
mod path;
mod read;
mod reader;
mod report;
mod rule;
mod rules;
mod source;
#[cfg(test)]
mod tests;
mod types;
mod view;
mod window;

use std::collections::BTreeSet;

use toml::de::DeTable;

pub(crate) use duration::parse as parse_duration;
pub use fault::{Excerpt, Fault, Faults, Severity};
pub(crate) use near::closest;
pub use overrides::{OverrideKind, Overrides};
pub use rule::{RULES, Rule};
pub use types::*;
pub use view::PlanView;
pub use window::{Weekly, Window, day_name};

use draft::PlanDraft;
use reader::Table;
use report::Report;
use rule::{EMPTY_FILE, NOT_UTF8, SYNTAX, TOO_LARGE};

use crate::in_order::InOrder;
use crate::names::{PlanDigest, Region};

/// The largest plan file.
const MOST_BYTES: usize = 1 << 20;

impl Plan {
    /// Reads a plan from the bytes of a file; `file` is the name to show in faults.
    ///
    /// # Errors
    /// As [`Plan::parse`], and when the bytes are not UTF-8.
    pub fn read_bytes(bytes: &[u8], file: &str) -> Result<(Self, Vec<Fault>), Faults> {
        if bytes.len() > MOST_BYTES {
            return Err(too_large(bytes.len(), file));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(text, file),
            Err(error) => {
                let head = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let head = String::from_utf8_lossy(head);
                let mut report = Report::new(file, &head);
                let message = format!("the file is not UTF-8 from byte {} on", error.valid_up_to());
                report.raise_at(NOT_UTF8, head.len(), &message, "save it as UTF-8");
                Err(report.finish())
            }
        }
    }

    /// Reads a plan, with its warnings; `file` is the name to show in faults.
    ///
    /// # Errors
    /// Every fault of the file, warnings included, when at least one is an error.
    pub fn parse(text: &str, file: &str) -> Result<(Self, Vec<Fault>), Faults> {
        if text.len() > MOST_BYTES {
            return Err(too_large(text.len(), file));
        }
        let mut report = Report::new(file, text);
        let document = match DeTable::parse(text) {
            Ok(document) => document,
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                report.raise_at(SYNTAX, offset, error.message(), "mend it as TOML asks (toml.io)");
                return Err(report.finish());
            }
        };
        if document.get_ref().is_empty() {
            report.raise_at(
                EMPTY_FILE,
                0,
                "the plan is empty",
                "ship the plan, or write one from the example",
            );
            return Err(report.finish());
        }
        report.set_root(document.get_ref());
        let draft = read::plan(Table::root(document.get_ref()), &mut report);
        rules::check(&draft, &mut report);
        let refused = report.refuses();
        let faults = report.finish();
        match finish(draft) {
            Some(plan) if !refused => Ok((plan, faults.faults)),
            _ => Err(faults),
        }
    }
}

fn too_large(size: usize, file: &str) -> Faults {
    let mut report = Report::new(file, "");
    let message = format!("the plan has {size} bytes, more than {MOST_BYTES}");
    report.raise_at(TOO_LARGE, 0, &message, "ship the plan itself and nothing else");
    report.finish()
}

/// The plan, if all of it could be read.
fn finish(draft: PlanDraft) -> Option<Plan> {
    let applications: Option<Vec<Application>> =
        draft.applications.into_iter().map(|one| one.finish()).collect();
    let mut applications = applications?;
    applications.sort_by(|a, b| (a.priority, &a.name).cmp(&(b.priority, &b.name)));
    let everywhere = || applications.iter().flat_map(|application| &application.regions);
    let everywhere = || everywhere().map(|region| region.name.clone()).in_order();
    // The order of controllers means nothing, so that it must not change the digest.
    let controllers: BTreeSet<Region> =
        draft.controllers.map_or_else(everywhere, |regions| regions.into_iter().in_order());
    let targets: Option<Vec<Probe>> = draft.control_targets.into_iter().map(|target| target.probe).collect();
    let provision_from =
        draft.provision_from.or_else(|| safe_from_loss(&controllers, &applications).cloned());
    let mut plan = Plan {
        digest: PlanDigest::new(""),
        controllers: controllers.into_iter().collect(),
        deployment: draft.deployment,
        provision_from,
        control_targets: targets?,
        fleet: draft.fleet,
        overrides: draft.overrides,
        arc: draft.arc.map(|arc| arc.finish(&applications)),
        topics: draft.topics,
        applications,
    };
    plan.digest = digest::digest(&plan);
    Some(plan)
}

/// The first controller whose region is no application's primary one: what makes checks and records must
/// not be lost with the region that they are to leave.
fn safe_from_loss<'a>(controllers: &'a BTreeSet<Region>, applications: &[Application]) -> Option<&'a Region> {
    let is_primary = |region: &&Region| {
        let roles = applications.iter().filter_map(|application| application.region(region));
        roles.into_iter().any(|region| region.role == Role::Primary)
    };
    controllers.iter().find(|region| !is_primary(region))
}
