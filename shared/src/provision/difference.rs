//! What stands against what is wanted: create, change, leave, foreign.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::alarms::{self, AlarmPlace};
use super::change::{Change, SetChange, said};
use super::checks::{self, WantedChecks};
use super::live::{Adopted, Listings, Live, LiveCheck, LiveZone};
use super::name::{self, CheckName, Reference};
use super::records::{self, WantedSet, owner_name, owner_text};
use super::standing::Standing;
use crate::dns::{Content, HealthCheck, Listing, RecordSet};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, HealthCheckId, ZoneId};
use crate::plan::{Application, Plan};

/// What provisioning would do, and what it would not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it would do, in this order.
    pub changes: Vec<Change>,
    /// How much is as it is wanted.
    pub same: usize,
    /// What it would not touch, and why.
    pub foreign: Vec<Foreign>,
    /// Checks of ours that the plan wants no longer. They stay: what a record uses must not be deleted.
    pub left_over: Vec<LeftOver>,
    /// What the account lacks, and provisioning does not give it.
    pub notes: Vec<String>,
}

/// What provisioning does not touch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Foreign {
    /// Whose records would be changed.
    pub application: ApplicationName,
    /// What stands there.
    pub what: String,
    /// What can be done about it.
    pub remedy: String,
}

/// A check of ours that nothing wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOver {
    /// Which one.
    pub id: HealthCheckId,
    /// What it is, in words.
    pub what: String,
    /// Whether a record set of the plan's names uses it.
    pub used: bool,
}

impl Difference {
    /// Between a plan and what stands. Both are compared as a whole: nothing here asks or changes anything.
    pub fn between(plan: &Plan, live: &Live, adopted: &Adopted) -> Self {
        let provisioned = || plan.applications.iter().filter(|application| application.provision);
        let wanted = wanted_checks(plan);
        let found = Found::of(&plan.deployment, &wanted, live);
        let mut difference = Self::default();
        difference.alarms(plan, live);
        difference.checks(plan, &wanted, live, &found);
        let listings = listings(live);
        for application in provisioned() {
            let Some(listings) = listings.get(&application.zone.id) else { continue };
            let records = Records::of(plan, application, listings.of(&application.served), &found);
            difference.records(application, records, adopted);
        }
        difference.left_over = left_over(plan, live, &found);
        difference.notes = live.zones.iter().filter_map(note).chain(unreadable(plan, live)).collect();
        difference
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Names exactly these changes: what is applied is what was shown.
    pub fn digest(&self) -> String {
        // Cannot fail: every key of every map is a text.
        let canonical = serde_json::to_string(&self.changes).unwrap_or_default();
        name::digits(&canonical, 12)
    }

    /// Before the checks, which copy their settings.
    fn alarms(&mut self, plan: &Plan, live: &Live) {
        let wanted = alarms::wanted(plan).into_iter();
        for alarm in wanted.filter(|alarm| !live.unread.contains(&alarm.place.region)) {
            if live.alarms.get(&alarm.place) == Some(&alarm.settings()) {
                self.same += 1;
            } else {
                self.changes.push(Change::PutAlarm(alarm));
            }
        }
    }

    /// Leaves first: what is calculated needs the ids of what it is calculated from.
    fn checks(&mut self, plan: &Plan, wanted: &WantedChecks, live: &Live, found: &Found<'_>) {
        let newest = alarms::newest(plan, live);
        let is_leaf =
            |check: &HealthCheck<CheckName>| !matches!(check.watches, crate::dns::Watches::Calculated { .. });
        for leaves in [true, false] {
            for (name, check) in wanted.iter().filter(|(_, check)| is_leaf(check) == leaves) {
                match found.checks.get(name) {
                    Some(live) => self.check(name, check, (live, alarms::is_stale(&newest, live)), found),
                    None => self.changes.push(Change::CreateCheck {
                        name: name.clone(),
                        reference: Reference::of(&plan.deployment, name, check),
                        check: check.clone(),
                    }),
                }
                self.tags(&plan.deployment, name, found);
            }
        }
    }

    fn check(
        &mut self,
        name: &CheckName,
        wanted: &HealthCheck<CheckName>,
        (live, is_stale): (&LiveCheck, bool),
        found: &Found<'_>,
    ) {
        let id = |child: &CheckName| found.checks.get(child).map(|live| live.id.clone());
        let by_id = wanted.with_children(id);
        let is_same = by_id.is_some() && by_id == live.check;
        if is_same && !is_stale {
            self.same += 1;
            return;
        }
        let from = match &live.check {
            Some(_) if is_same => "settings that its alarm no longer has".to_owned(),
            Some(check) => check.to_string(),
            None => "something unknown".to_owned(),
        };
        self.changes.push(Change::UpdateCheck {
            name: name.clone(),
            id: live.id.clone(),
            version: live.version,
            from,
            to: wanted.clone(),
        });
    }

    fn tags(&mut self, deployment: &str, name: &CheckName, found: &Found<'_>) {
        let tags = tags(deployment, name);
        let has_all = |live: &&LiveCheck| tags.iter().all(|(key, value)| live.tags.get(key) == Some(value));
        if !found.checks.get(name).is_some_and(has_all) {
            self.changes.push(Change::TagCheck { name: name.clone(), tags });
        }
    }

    fn records(&mut self, application: &Application, records: Result<Records, Foreign>, adopted: &Adopted) {
        match records {
            Ok(records) => {
                let foreign = records.foreign(application, adopted.contains(&application.name));
                if foreign.is_empty() {
                    self.same += records.same;
                    self.changes.extend(records.changes);
                }
                self.foreign.extend(foreign);
            }
            Err(foreign) => self.foreign.push(foreign),
        }
    }
}

/// Every tag that a check of ours has. `Name` is what the console shows.
fn tags(deployment: &str, name: &CheckName) -> BTreeMap<String, String> {
    [
        ("Name".to_owned(), format!("{deployment} {name}")),
        ("understudy:deployment".to_owned(), deployment.to_owned()),
        ("understudy:check".to_owned(), name.to_string()),
    ]
    .into_iter()
    .in_order()
}

/// The record sets of every application, by zone.
pub(super) fn listings(live: &Live) -> BTreeMap<&ZoneId, Listings<'_>> {
    live.zones.iter().map(|(id, zone)| (id, zone.listings())).in_order()
}

/// The ids of the checks that exist already.
pub(super) fn ids(plan: &Plan, live: &Live) -> BTreeMap<CheckName, HealthCheckId> {
    let wanted = wanted_checks(plan);
    let found = Found::of(&plan.deployment, &wanted, live);
    found.checks.into_iter().map(|(name, live)| (name, live.id.clone())).in_order()
}

pub(super) fn wanted_checks(plan: &Plan) -> WantedChecks {
    let provisioned = plan.applications.iter().filter(|application| application.provision);
    provisioned.flat_map(|application| checks::of(plan, application)).in_order()
}

/// The live checks that are ours.
struct Found<'a> {
    checks: BTreeMap<CheckName, &'a LiveCheck>,
}

impl<'a> Found<'a> {
    /// Of several generations of one check the newest counts: it was made because the older one was gone.
    fn of(deployment: &str, wanted: &WantedChecks, live: &'a Live) -> Self {
        let mut newest: BTreeMap<&str, (u32, &LiveCheck)> = BTreeMap::new();
        for check in &live.checks {
            let Some((reference, generation)) = name::generation_of(&check.reference) else { continue };
            let known = newest.entry(reference).or_insert((generation, check));
            if generation >= known.0 {
                *known = (generation, check);
            }
        }
        let found = wanted.iter().filter_map(|(name, check)| {
            let reference = Reference::of(deployment, name, check);
            Some((name.clone(), newest.get(reference.as_str())?.1))
        });
        Self { checks: found.in_order() }
    }

    fn id(&self, name: &CheckName) -> Option<&HealthCheckId> {
        self.checks.get(name).map(|live| &live.id)
    }
}

/// The record sets of one application, compared.
struct Records {
    changes: Vec<Change>,
    same: usize,
    /// Sets that differ from what is wanted, and sets at the served name that nobody wants.
    strange: Vec<RecordSet>,
    owner: Owner,
    private: bool,
}

/// Whose the records of an application are.
pub(super) enum Owner {
    /// This deployment's.
    Us,
    /// Nobody's yet: there are none, or people made them.
    Nobody,
    /// Another deployment's, or somebody's who wrote something else there.
    Other(String),
}

impl Records {
    fn of(
        plan: &Plan,
        application: &Application,
        listing: Listing,
        found: &Found<'_>,
    ) -> Result<Self, Foreign> {
        let newest = listing.epochs(&application.served).map_err(|unreadable| Foreign {
            application: application.name.clone(),
            what: unreadable.to_string(),
            remedy: "find out who wrote it: nothing is changed while it cannot be read".to_owned(),
        })?;
        let standing = Standing::of(application, &listing, newest.first());
        let wanted = records::of(application, &plan.deployment, &standing);
        let mut records = Self {
            changes: Vec::new(),
            same: 0,
            strange: Vec::new(),
            owner: owner(plan, application, &listing),
            private: listing.private_zone,
        };
        let mut met = BTreeSet::new();
        for one in &wanted {
            met.insert(key(&one.set));
            records.compare(application, one, &listing, found);
        }
        let unwanted =
            listing.sets.iter().filter(|set| set.name == application.served && set.kind.is_answer());
        records.strange.extend(unwanted.filter(|set| !met.contains(&key(set))).cloned());
        Ok(records)
    }

    fn compare(
        &mut self,
        application: &Application,
        wanted: &WantedSet,
        listing: &Listing,
        found: &Found<'_>,
    ) {
        let WantedSet { set, check, serves } = wanted.clone();
        let live = listing.sets.iter().find(|live| key(live) == key(&set));
        let id = check.as_ref().and_then(|name| found.id(name));
        let is_known = check.is_none() || id.is_some();
        if is_known && live.is_some_and(|live| is_like(live, &set, id)) {
            self.same += 1;
            return;
        }
        if let Some(live) = live {
            self.strange.push(live.clone());
        }
        let to = SetChange {
            application: application.name.clone(),
            zone: application.zone.id.clone(),
            set,
            check,
            serves,
        };
        self.changes.push(match live {
            None => Change::CreateSet(to),
            Some(live) => Change::ChangeSet { from: live.clone(), to },
        });
    }

    /// What keeps us from touching anything of this application.
    fn foreign(&self, application: &Application, adopted: bool) -> Vec<Foreign> {
        let foreign = |what: String, remedy: &str| Foreign {
            application: application.name.clone(),
            what,
            remedy: remedy.to_owned(),
        };
        if self.private {
            let what = format!("the zone {} is private", application.zone.id);
            return vec![foreign(what, "name the public zone of that name")];
        }
        match &self.owner {
            Owner::Other(text) => {
                let what = format!("{} says {text}", owner_name(&application.served));
                vec![foreign(what, "let that deployment keep it, or delete that record if it is no more")]
            }
            Owner::Us => Vec::new(),
            Owner::Nobody if adopted => Vec::new(),
            Owner::Nobody => {
                let strange = self.strange.iter().map(|set| {
                    foreign(
                        said(set),
                        "adopt the application to have it changed, or change the plan to say the same",
                    )
                });
                strange.collect()
            }
        }
    }
}

pub(super) fn owner(plan: &Plan, application: &Application, listing: &Listing) -> Owner {
    let name = owner_name(&application.served);
    match listing.sets.iter().find(|set| set.name == name).map(|set| &set.content) {
        None => Owner::Nobody,
        Some(Content::Values { values, .. }) if *values == [owner_text(&plan.deployment)] => Owner::Us,
        Some(Content::Values { values, .. }) => Owner::Other(values.join(" ")),
        Some(Content::Alias { target, .. }) => Owner::Other(format!("alias of {target}")),
    }
}

/// What makes a record set this one and no other (Route 53 API, `ResourceRecordSet`).
pub(super) fn key(set: &RecordSet) -> (&crate::names::DnsName, crate::dns::RecordType, Option<&str>) {
    (&set.name, set.kind, set.routing.set())
}

/// Whether a live set says what is wanted, whatever the order and spelling of its values.
fn is_like(live: &RecordSet, wanted: &RecordSet, check: Option<&HealthCheckId>) -> bool {
    live.routing == wanted.routing
        && live.health_check.as_ref() == check
        && live.content.answers_like(&wanted.content)
        && live.content.ttl() == wanted.content.ttl()
        && live.content.alias() == wanted.content.alias()
}

/// The alarms of the plan's own checks that Route 53 cannot read.
fn unreadable(plan: &Plan, live: &Live) -> Vec<String> {
    let why = |place: &AlarmPlace| match live.alarms.get(place) {
        Some(settings) => settings.unreadable(),
        None => Some("there is no metric alarm of that name"),
    };
    let told = |place: AlarmPlace| {
        let why = why(&place)?;
        Some(format!("a health check is to read the data of the alarm {place}, and Route 53 cannot: {why}"))
    };
    let known = |place: &AlarmPlace| !live.unread.contains(&place.region);
    let unread = live.unread.iter();
    let unread =
        unread.map(|region| format!("the alarms of {region} that health checks read could not be read"));
    alarms::read(plan).into_iter().filter(known).filter_map(told).chain(unread).collect()
}

/// Records of a public zone that cannot be changed while us-east-1 is gone are what this product must live with; where
/// AWS offers better, people should know.
fn note((id, zone): (&ZoneId, &LiveZone)) -> Option<String> {
    let told = || {
        format!(
            "accelerated recovery is not enabled for the zone {id}: while us-east-1 is impaired, its records may not be changed for hours; enable it by UpdateHostedZoneFeatures (not in GovCloud and China)"
        )
    };
    (!zone.accelerated && !zone.private).then(told)
}

fn left_over(plan: &Plan, live: &Live, found: &Found<'_>) -> Vec<LeftOver> {
    let kept: BTreeSet<&HealthCheckId> = found.checks.values().map(|check| &check.id).collect();
    let sets = || live.zones.values().flat_map(|zone| &zone.sets);
    let prefix = name::prefix(&plan.deployment);
    let ours = live.checks.iter().filter(|check| check.reference.starts_with(&prefix));
    ours.filter(|check| !kept.contains(&check.id))
        .map(|check| LeftOver {
            id: check.id.clone(),
            what: check.check.as_ref().map_or_else(|| "something unknown".to_owned(), ToString::to_string),
            used: sets().any(|set| set.health_check.as_ref() == Some(&check.id)),
        })
        .collect()
}
