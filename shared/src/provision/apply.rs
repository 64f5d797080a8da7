//! Doing what was shown.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tracing::{info, warn};

use super::change::{Change, SetChange};
use super::difference::Difference;
use super::live::Live;
use super::name::{CheckName, Reference};
use super::sets;
use super::settle::{self, Settling};
use crate::dns::{HealthCheck, Watches};
use crate::names::{HealthCheckId, RunId, ZoneId};
use crate::plan::{Application, Plan};
use crate::ports::{
    ChangeError, ChangeEstate, ChangeId, ChangeRecords, CheckMetrics, Clock, ReadEstate, ReadRecords,
};
use crate::time::after;

/// Between two requests to Route 53: 5 a second are advised of the 10 that an account has.
pub(super) const GAP: Duration = Duration::from_millis(200);
/// CreateHealthCheck: 50 at once, then one in two seconds (Developer Guide, API request throttling).
const CREATES_AT_ONCE: usize = 50;
const CREATE_GAP: Duration = Duration::from_secs(2);
/// How often a request that Route 53 was too busy for is sent.
const ATTEMPTS: u32 = 4;
/// References of checks that were deleted cannot be used again, for days: so many deletions are lived with.
const GENERATIONS: u32 = 10;
/// GetHealthCheckStatus: four at once, then one a second (Developer Guide, API request throttling).
const STATUS_GAP: Duration = Duration::from_secs(1);
/// How long new checks are waited for, all in all: a checker asks three times, every 30 s at most, and a metric is
/// told each minute.
const SETTLING: Duration = Duration::from_secs(180);
/// Between two looks whether all name servers have the changes.
const SYNC_GAP: Duration = Duration::from_secs(5);

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// What was done, in words.
    pub done: Vec<String>,
    /// What was not, and why: what comes after it may be undone, too, and is done when it is applied again.
    pub failed: Vec<String>,
    /// Changes that not all name servers have yet.
    pub pending: Vec<ChangeId>,
    /// What waits for something, in words: the next call makes it, once that is so.
    pub waiting: BTreeSet<String>,
    /// Whether the end was not reached. The next call goes on where this one stopped.
    pub unfinished: bool,
}

impl Applied {
    /// This, and then another round. What failed at first and was mended has not failed.
    pub(super) fn and(mut self, next: Self) -> Self {
        self.done.extend(next.done);
        Self { done: self.done, ..next }
    }
}

/// Does what a difference says, as far as there is time. Whether it may is asked before.
pub(super) async fn apply<W>(world: &W, plan: &Plan, live: &Live, order: &Order<'_>) -> Applied
where
    W: Clock + ReadEstate + ReadRecords + CheckMetrics + ChangeEstate + ChangeRecords,
{
    let mut work = Work::begin(world, plan, live, order);
    work.checks().await;
    work.sets().await;
    work.settle().await;
    work.applied
}

/// What is to be applied, and until when.
#[derive(Clone, Debug)]
pub(super) struct Order<'a> {
    pub difference: &'a Difference,
    /// Names this work in the epochs that it claims.
    pub run: &'a RunId,
    pub until: Timestamp,
}

struct Work<'a, W> {
    world: &'a W,
    plan: &'a Plan,
    live: &'a Live,
    order: &'a Order<'a>,
    ids: BTreeMap<CheckName, HealthCheckId>,
    created: usize,
    /// New checks on which nothing hangs before they have settled.
    unsettled: BTreeMap<CheckName, Settling>,
    /// How long it was waited for those.
    waited: Duration,
    /// Checks that are not made yet because they wait for one of those.
    left: BTreeSet<CheckName>,
    sent: Vec<(ZoneId, ChangeId)>,
    applied: Applied,
}

impl<'a, W> Work<'a, W>
where
    W: Clock + ReadEstate + ReadRecords + CheckMetrics + ChangeEstate + ChangeRecords,
{
    fn begin(world: &'a W, plan: &'a Plan, live: &'a Live, order: &'a Order<'a>) -> Self {
        let ids = super::difference::ids(plan, live);
        let unsettled = settle::to_settle(&super::difference::wanted_checks(plan));
        let (created, waited) = (0, Duration::ZERO);
        let (sent, applied) = (Vec::new(), Applied::default());
        let left = BTreeSet::new();
        Self { world, plan, live, order, ids, created, unsettled, waited, left, sent, applied }
    }

    /// Whether there is no time for one more request.
    fn is_over(&mut self) -> bool {
        let over = self.world.now() >= self.order.until;
        self.applied.unfinished |= over;
        over
    }

    fn done(&mut self, change: &Change) {
        info!("done: {change}");
        self.applied.done.push(change.to_string());
    }

    fn failed(&mut self, change: &Change, why: &ChangeError) {
        warn!("failed: {change}: {why}");
        self.applied.failed.push(format!("{change}: {why}"));
    }

    async fn checks(&mut self) {
        for change in &self.order.difference.changes {
            if matches!(change, Change::CreateSet(_) | Change::ChangeSet { .. }) {
                continue;
            }
            if self.is_over() {
                return;
            }
            if self.must_wait(&[change]).await {
                continue;
            }
            let outcome = match change {
                Change::PutAlarm(alarm) => {
                    self.patiently(|world| world.put_alarm(&alarm.place, alarm.settings())).await
                }
                Change::CreateCheck { name, reference, check } => self.create(name, reference, check).await,
                Change::UpdateCheck { id, version, to, .. } => self.update(id, *version, to).await,
                Change::TagCheck { name, tags } => self.tag(name, tags).await,
                Change::CreateSet(_) | Change::ChangeSet { .. } => Ok(()),
            };
            match outcome {
                Ok(()) => self.done(change),
                Err(why) => self.failed(change, &why),
            }
        }
    }

    /// The first generation that can be had: those before it belong to checks that were deleted.
    async fn create(
        &mut self,
        name: &CheckName,
        reference: &Reference,
        check: &HealthCheck<CheckName>,
    ) -> Result<(), ChangeError> {
        let check = self.by_id(check)?;
        self.created += 1;
        if self.created > CREATES_AT_ONCE {
            self.world.sleep(CREATE_GAP).await;
        }
        let mut generation = 0;
        loop {
            let reference = reference.generation(generation);
            let created = self.patiently(|world| world.create_check(&reference, &check)).await;
            match created {
                Ok(id) => {
                    self.ids.insert(name.clone(), id);
                    return Ok(());
                }
                Err(ChangeError::Exists(_)) if generation + 1 < GENERATIONS => generation += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether something of this is left to the next call: a check that it would hang on has not settled,
    /// however long it was waited for, or is left itself.
    async fn must_wait(&mut self, changes: &[&Change]) -> bool {
        for (name, is_new) in changes.iter().flat_map(|change| self.needed(change)).collect::<Vec<_>>() {
            let Some(id) = self.ids.get(&name).cloned() else {
                // One that could not be made is told where that failed.
                if self.left.contains(&name) {
                    return self.leave(changes);
                }
                continue;
            };
            if is_new && !self.settles(&name, &id).await {
                return self.leave(changes);
            }
        }
        false
    }

    fn leave(&mut self, changes: &[&Change]) -> bool {
        self.applied.unfinished = true;
        self.left.extend(changes.iter().filter_map(|change| match change {
            Change::CreateCheck { name, .. } => Some(name.clone()),
            _ => None,
        }));
        true
    }

    /// The checks that a change needs, and whether something would hang on each for the first time.
    fn needed(&self, change: &Change) -> Vec<(CheckName, bool)> {
        let children = |check: &HealthCheck<CheckName>| match &check.watches {
            Watches::Calculated { children, .. } => children.clone(),
            _ => Vec::new(),
        };
        let hangs = |name: &CheckName, before: &[HealthCheckId]| {
            self.ids.get(name).is_some_and(|id| before.contains(id))
        };
        let (names, before): (Vec<CheckName>, Vec<HealthCheckId>) = match change {
            Change::CreateCheck { check, .. } => (children(check), Vec::new()),
            Change::UpdateCheck { id, to, .. } => {
                let live = self.live.checks.iter().find(|live| &live.id == id);
                let before = match live.and_then(|live| live.check.as_ref()).map(|check| &check.watches) {
                    Some(Watches::Calculated { children, .. }) => children.clone(),
                    _ => Vec::new(),
                };
                (children(to), before)
            }
            Change::CreateSet(set) => (set.check.iter().cloned().collect(), Vec::new()),
            Change::ChangeSet { from, to } => {
                (to.check.iter().cloned().collect(), from.health_check.iter().cloned().collect())
            }
            Change::TagCheck { name, .. } => return vec![(name.clone(), false)],
            Change::PutAlarm(_) => return Vec::new(),
        };
        names.into_iter().map(|name| (name.clone(), !hangs(&name, &before))).collect()
    }

    /// Waits until a new check shows what it must, as long as there is time.
    async fn settles(&mut self, name: &CheckName, id: &HealthCheckId) -> bool {
        while let Some(settling) = self.unsettled.get(name).copied() {
            self.world.sleep(STATUS_GAP).await;
            if self.has_settled(id, settling).await {
                self.unsettled.remove(name);
            } else if self.waited >= SETTLING || self.is_over() {
                let waits = format!("{name}: what would hang on it waits {}", settling.waits_for());
                warn!("{waits}");
                self.applied.waiting.insert(waits);
                return false;
            } else {
                self.world.sleep(SYNC_GAP).await;
                self.waited += STATUS_GAP + SYNC_GAP;
            }
        }
        true
    }

    async fn has_settled(&self, id: &HealthCheckId, settling: Settling) -> bool {
        match settling {
            Settling::SeesNothing => {
                let reports = self.world.checker_reports(id).await;
                reports.is_ok_and(|reports| settle::has_settled(&reports))
            }
            Settling::IsOn => {
                let told = self.world.check_metrics(std::slice::from_ref(id)).await;
                told.is_ok_and(|told| told.get(id) == Some(&true))
            }
        }
    }

    async fn update(
        &self,
        id: &HealthCheckId,
        version: i64,
        to: &HealthCheck<CheckName>,
    ) -> Result<(), ChangeError> {
        let to = self.by_id(to)?;
        self.patiently(|world| world.update_check(id, version, &to)).await
    }

    async fn tag(&self, name: &CheckName, tags: &BTreeMap<String, String>) -> Result<(), ChangeError> {
        let id = self.id(name)?;
        self.patiently(|world| world.tag_check(id, tags)).await
    }

    fn id(&self, name: &CheckName) -> Result<&HealthCheckId, ChangeError> {
        self.ids.get(name).ok_or_else(|| ChangeError::NotSent(format!("the check {name} does not exist yet")))
    }

    fn by_id(&self, check: &HealthCheck<CheckName>) -> Result<HealthCheck<HealthCheckId>, ChangeError> {
        let missing =
            || ChangeError::NotSent("a check that it is calculated from does not exist yet".to_owned());
        check.with_children(|child| self.ids.get(child).cloned()).ok_or_else(missing)
    }

    /// Sends a request, and again while Route 53 is busy. Whatever it sets is absolute, so that an outcome
    /// that nobody knows is answered by sending it again, too.
    async fn patiently<T, F>(&self, request: impl Fn(&'a W) -> F) -> Result<T, ChangeError>
    where
        F: Future<Output = Result<T, ChangeError>>,
    {
        let mut attempt = 1;
        loop {
            self.world.sleep(GAP * attempt).await;
            match request(self.world).await {
                Err(ChangeError::Busy { .. } | ChangeError::OutcomeUnknown(_) | ChangeError::NotSent(_))
                    if attempt < ATTEMPTS =>
                {
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// One application after the other: each is one batch for what stands beside its name, or none exists of,
    /// and one that claims an epoch for what serves already.
    async fn sets(&mut self) {
        for application in self.plan.applications.iter().filter(|application| application.provision) {
            let changes: Vec<&Change> = self.of(application).collect();
            if changes.is_empty() {
                continue;
            }
            if self.is_over() {
                return;
            }
            if self.must_wait(&changes).await {
                continue;
            }
            match self.lay(application, &changes).await {
                Ok(()) => changes.iter().for_each(|change| self.done(change)),
                Err(why) => changes.iter().for_each(|change| self.failed(change, &why)),
            }
        }
    }

    fn of(&self, application: &Application) -> impl Iterator<Item = &'a Change> {
        let name = application.name.clone();
        self.order.difference.changes.iter().filter(move |change| match change {
            Change::CreateSet(set) | Change::ChangeSet { to: set, .. } => set.application == name,
            _ => false,
        })
    }

    async fn lay(&mut self, application: &Application, changes: &[&Change]) -> Result<(), ChangeError> {
        let fill = |set: &SetChange| {
            let mut filled = set.set.clone();
            if let Some(check) = &set.check {
                filled.health_check = Some(self.id(check)?.clone());
            }
            Ok(filled)
        };
        let parts = sets::parts(application, self.live, changes, fill)?;
        if !parts.ground.is_empty() {
            let sent = self.patiently(|world| world.lay(&application.zone, &parts.ground)).await?;
            self.sent.push((application.zone.id.clone(), sent));
        }
        if parts.serving.is_empty() {
            return Ok(());
        }
        let (looked, now) = ((self.live, parts.serving), self.world.now());
        let batch = sets::batch(self.plan, application, looked, self.order.run, now)?;
        let sent = self.patiently(|world| world.change(&application.zone, &batch)).await?;
        self.sent.push((application.zone.id.clone(), sent));
        Ok(())
    }

    /// Waits until every name server has every change, as long as there is time.
    async fn settle(&mut self) {
        let mut sent = std::mem::take(&mut self.sent);
        if !sent.is_empty() {
            info!("waiting for every name server to have {} changes", sent.len());
        }
        while !sent.is_empty() && after(self.world.now(), SYNC_GAP) < self.order.until {
            self.world.sleep(SYNC_GAP).await;
            let mut still = Vec::new();
            for (zone, change) in sent {
                let zone_of = self.plan.applications.iter().map(|one| &one.zone).find(|one| one.id == zone);
                let done = match zone_of {
                    Some(of) => self.world.in_sync(of, &change).await.unwrap_or(false),
                    None => true,
                };
                if !done {
                    still.push((zone, change));
                }
            }
            sent = still;
        }
        self.applied.pending = sent.into_iter().map(|(_, change)| change).collect();
    }
}
