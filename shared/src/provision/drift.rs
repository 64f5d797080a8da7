//! Drift: what of a difference a move would stumble over, and what only is not as planned.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::change::{Change, SetChange, said};
use super::difference::{Difference, Owner, ids, key, listings, owner};
use super::live::{Listings, Live};
use super::name::{CheckName, digits};
use super::records;
use super::standing::Standing;
use crate::dns::{HealthCheck, Listing, RecordSet, Routing, Watches, unit_name, up_name};
use crate::event::tidy;
use crate::names::{DnsName, HealthCheckId, ZoneId};
use crate::plan::{Application, Plan};
use crate::state::{Drift, Findings};

/// So many findings are kept in words; the others are counted.
const KEPT: usize = 5;
/// Characters of one finding that are kept.
const LONGEST: usize = 300;

/// What one look found of one application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    critical: Vec<String>,
    minor: Vec<String>,
}

impl Found {
    /// As it is kept, with the time until which it says something.
    pub fn keep(&self, seen: Timestamp, until: Timestamp) -> Drift {
        Drift { critical: findings(&self.critical), minor: findings(&self.minor), seen, until }
    }
}

fn findings(all: &[String]) -> Findings {
    let first = all.iter().take(KEPT).map(|one| tidy(one, LONGEST)).collect();
    Findings { count: all.len(), first, digest: digits(&all.join("\n"), 12) }
}

/// What was looked at, once for all applications.
pub(super) struct Look<'a> {
    plan: &'a Plan,
    live: &'a Live,
    difference: &'a Difference,
    ids: BTreeMap<CheckName, HealthCheckId>,
    listings: BTreeMap<&'a ZoneId, Listings<'a>>,
}

impl<'a> Look<'a> {
    pub fn of(plan: &'a Plan, live: &'a Live, difference: &'a Difference) -> Self {
        Self { plan, live, difference, ids: ids(plan, live), listings: listings(live) }
    }
}

/// What is not as planned of an application. None where nobody has said that its records are ours to make:
/// what people made by hand, the plan does not judge. `was_ours` tells that they were, when last looked at.
pub(super) fn found(look: &Look<'_>, application: &Application, was_ours: bool) -> Option<Found> {
    let Look { plan, live, difference, ids, listings } = look;
    let listings = listings.get(&application.zone.id).filter(|_| application.provision)?;
    let listing = listings.of(&application.served);
    let whose = owner(plan, application, &listing);
    if matches!(whose, Owner::Nobody) && !was_ours {
        return None;
    }
    let mut found = Found::default();
    for change in difference.changes.iter().filter(|change| change.application() == &application.name) {
        let id = |set: &SetChange| set.check.as_ref().and_then(|name| ids.get(name)).cloned();
        let critical = match change {
            Change::CreateCheck { .. } => true,
            // The checks have copied its settings.
            Change::PutAlarm(_) | Change::TagCheck { .. } => false,
            Change::UpdateCheck { id, to, .. } => {
                let stands = live.checks.iter().find(|check| &check.id == id);
                let stands = stands.and_then(|check| check.check.as_ref());
                let wanted = to.with_children(|child| ids.get(child).cloned());
                is_another(stands, wanted.as_ref())
            }
            Change::CreateSet(to) => is_needed(application, to),
            Change::ChangeSet { from, to } => {
                is_needed(application, to) && says_else(from, to, id(to).as_ref())
            }
        };
        if critical { &mut found.critical } else { &mut found.minor }.push(change.to_string());
    }
    let foreign = difference.foreign.iter().filter(|foreign| foreign.application == application.name);
    found.critical.extend(foreign.map(|foreign| foreign.what.clone()));
    found.critical.extend(strangers(plan, application, &listing));
    found.critical.sort();
    found.critical.dedup();
    Some(found)
}

/// Whether a move, or the answer to users, needs a record set.
fn is_needed(application: &Application, to: &SetChange) -> bool {
    let is_of = |name: fn(&DnsName, &crate::names::Region) -> DnsName| {
        application.regions.iter().any(|region| to.set.name == name(&application.served, &region.name))
    };
    to.serves || is_of(up_name) || is_of(unit_name)
}

/// Whether a set says something else than how long it may be kept, and how often it is answered: those are
/// somebody's choice.
fn says_else(from: &RecordSet, to: &SetChange, check: Option<&HealthCheckId>) -> bool {
    let alike = match (&from.routing, &to.set.routing) {
        (Routing::Weighted { set, .. }, Routing::Weighted { set: wanted, .. }) => set == wanted,
        (routing, wanted) => routing == wanted,
    };
    let content = &from.content;
    let answers = content.answers_like(&to.set.content) && content.alias() == to.set.content.alias();
    let checked = from.health_check.as_ref() == check && to.check.is_some() == check.is_some();
    !(alike && answers && checked)
}

/// Whether a check asks something else, not only more or less patiently.
fn is_another(
    stands: Option<&HealthCheck<HealthCheckId>>,
    wanted: Option<&HealthCheck<HealthCheckId>>,
) -> bool {
    let (Some(stands), Some(wanted)) = (stands, wanted) else { return true };
    let mut as_patient = stands.clone();
    if let (Watches::Endpoint(stands), Watches::Endpoint(wanted)) = (&mut as_patient.watches, &wanted.watches)
    {
        stands.threshold = wanted.threshold;
        stands.checkers.clone_from(&wanted.checkers);
    }
    as_patient != *wanted
}

/// Record sets at the served name that the plan does not know: who moves traffic would leave them behind.
fn strangers(plan: &Plan, application: &Application, listing: &Listing) -> Vec<String> {
    let Ok(epochs) = listing.epochs(&application.served) else { return Vec::new() };
    let standing = Standing::of(application, listing, epochs.first());
    let wanted = records::of(application, &plan.deployment, &standing);
    let known: BTreeSet<_> = wanted.iter().map(|wanted| key(&wanted.set)).collect();
    let served = listing.sets.iter().filter(|set| set.name == application.served && set.kind.is_answer());
    served
        .filter(|set| !known.contains(&key(set)))
        .map(|set| format!("nobody planned {}", said(set)))
        .collect()
}
