//! A batch of changes: all of it is done, or nothing (Route 53 API reference, `ChangeResourceRecordSets`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::input::RecordSetInput;
use super::record::{RecordData, RecordSet, RecordType, SetKey, Sets};
use super::{limits, parse, siblings, targets};
use crate::model::balancers::Balancers;
use crate::model::error::{ApiError, ErrorCode};
use crate::model::{DnsName, HealthCheckId, ZoneId};

/// What to do with a record set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Add it; it must not exist.
    Create,
    /// Add it, or replace the one with the same name, type and set identifier.
    Upsert,
    /// Remove it; every field must be as it is in the zone.
    Delete,
}

impl Action {
    /// As in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Upsert => "UPSERT",
            Self::Delete => "DELETE",
        }
    }

    /// The action of this text.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Create, Self::Upsert, Self::Delete].into_iter().find(|action| action.as_str() == text)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// One change of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What to do.
    pub action: Action,
    /// With which record set.
    pub record: RecordSetInput,
}

/// A list of changes, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeBatch {
    /// Free text, at most 256 characters.
    pub comment: Option<String>,
    /// At least one.
    pub changes: Vec<Change>,
}

impl ChangeBatch {
    /// A batch without changes, to add to.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a `CREATE`.
    #[must_use]
    pub fn create(self, record: RecordSetInput) -> Self {
        self.change(Action::Create, record)
    }

    /// The same with an `UPSERT`.
    #[must_use]
    pub fn upsert(self, record: RecordSetInput) -> Self {
        self.change(Action::Upsert, record)
    }

    /// The same with a `DELETE`.
    #[must_use]
    pub fn delete(self, record: RecordSetInput) -> Self {
        self.change(Action::Delete, record)
    }

    fn change(mut self, action: Action, record: RecordSetInput) -> Self {
        self.changes.push(Change { action, record });
        self
    }
}

/// What a batch is judged by beside the zone's record sets.
pub(in crate::model) struct World<'a> {
    pub zone: &'a ZoneId,
    pub apex: &'a DnsName,
    pub balancers: &'a Balancers,
    pub check_exists: &'a dyn Fn(&HealthCheckId) -> bool,
    pub max_records: usize,
}

/// The zone's record sets after the batch.
///
/// # Errors
/// `InvalidInput` for what is malformed, `NoSuchHealthCheck`, or `InvalidChangeBatch` with all messages.
pub(in crate::model) fn apply(sets: &Sets, batch: &ChangeBatch, world: &World<'_>) -> Result<Sets, ApiError> {
    if batch.changes.is_empty() {
        return Err(ApiError::invalid_input("Invalid request: the element 'Changes' has no Change"));
    }
    if batch.comment.as_ref().is_some_and(|comment| comment.chars().count() > 256) {
        return Err(ApiError::invalid_input("Invalid request: Comment has more than 256 characters"));
    }
    limits::check(batch)?;
    let mut faults = Vec::new();
    let parsed = parse_all(batch, &mut faults)?;
    check_repeats(&parsed, &mut faults);
    let mut after = sets.clone();
    for (action, set) in &parsed {
        siblings::check_place(set, world.apex, &mut faults);
        step(*action, set, &mut after, &mut faults);
    }
    let written: Vec<&RecordSet> =
        parsed.iter().filter(|(action, _)| *action != Action::Delete).map(|(_, set)| set).collect();
    siblings::check(&written, &after, world.apex, &mut faults);
    for set in &written {
        targets::check(set, &after, world, &mut faults);
    }
    check_apex(&after, world.apex, &mut faults);
    if after.len() > world.max_records {
        faults.push(format!("Number of records limit of {} exceeded.", world.max_records));
    }
    if !faults.is_empty() {
        return Err(ApiError::invalid_batch(faults));
    }
    check_health_checks(&written, world)?;
    Ok(after)
}

fn parse_all(batch: &ChangeBatch, faults: &mut Vec<String>) -> Result<Vec<(Action, RecordSet)>, ApiError> {
    let mut parsed = Vec::new();
    for change in &batch.changes {
        if let Some(set) = parse::parse(change.action, &change.record, faults)? {
            parsed.push((change.action, set));
        }
    }
    Ok(parsed)
}

/// One record set may be deleted and then written in one batch, and nothing else twice. Wording: issue
/// external-dns#4241.
fn check_repeats(parsed: &[(Action, RecordSet)], faults: &mut Vec<String>) {
    let mut seen: BTreeMap<SetKey, Vec<Action>> = BTreeMap::new();
    for (action, set) in parsed {
        seen.entry(set.key()).or_default().push(*action);
    }
    for (key, actions) in seen {
        if !matches!(actions[..], [_] | [Action::Delete, Action::Create | Action::Upsert]) {
            faults.push(format!(
                "The request contains an invalid set of changes for a resource record set '{} {}'",
                key.rtype, key.name
            ));
        }
    }
}

fn step(action: Action, set: &RecordSet, sets: &mut Sets, faults: &mut Vec<String>) {
    let key = set.key();
    let wording = |verb: &str| {
        let identifier =
            key.set_identifier.as_ref().map(|id| format!(", set-identifier='{id}'")).unwrap_or_default();
        format!("Tried to {verb} resource record set [name='{}', type='{}'{identifier}]", key.name, key.rtype)
    };
    match (action, sets.get(&key)) {
        (Action::Create, Some(_)) => faults.push(format!("{} but it already exists", wording("create"))),
        (Action::Delete, None) => faults.push(format!("{} but it was not found", wording("delete"))),
        (Action::Delete, Some(existing)) if !same(existing, set) => {
            faults.push(format!(
                "{} but the values provided do not match the current values",
                wording("delete")
            ));
        }
        (Action::Delete, Some(_)) => {
            sets.remove(&key);
        }
        (Action::Create | Action::Upsert, replaced) => {
            if let Some(replaced) = replaced {
                siblings::check_replacement(replaced, set, faults);
            }
            sets.insert(key, set.clone());
        }
    }
}

/// Every field counts; the order of the values does not.
fn same(one: &RecordSet, other: &RecordSet) -> bool {
    let data = match (&one.data, &other.data) {
        (RecordData::Values { ttl: a, values: x }, RecordData::Values { ttl: b, values: y }) => {
            let texts =
                |values: &[super::Value]| values.iter().map(|v| v.text.clone()).collect::<BTreeSet<_>>();
            a == b && x.len() == y.len() && texts(x) == texts(y)
        }
        (one, other) => one == other,
    };
    data && one.policy == other.policy && one.health_check == other.health_check
}

fn check_apex(after: &Sets, apex: &DnsName, faults: &mut Vec<String>) {
    let has = |rtype| after.contains_key(&SetKey { name: apex.clone(), rtype, set_identifier: None });
    if !has(RecordType::Soa) {
        faults.push("A HostedZone must contain exactly one SOA record.".to_owned());
    }
    if !has(RecordType::Ns) {
        faults.push("A HostedZone must contain at least one NS record for the zone itself.".to_owned());
    }
}

fn check_health_checks(written: &[&RecordSet], world: &World<'_>) -> Result<(), ApiError> {
    match written.iter().filter_map(|set| set.health_check.as_ref()).find(|id| !(world.check_exists)(id)) {
        None => Ok(()),
        Some(id) => Err(ApiError::new(
            ErrorCode::NoSuchHealthCheck,
            format!("No health check exists with the specified ID: {id}"),
        )),
    }
}
