//! What the domain needs of the world: small traits, one or two verbs each.
//!
//! A function that takes `&impl NameServers` can ask name servers and nothing else.
//! Every adapter bounds each call by a timeout of its own; no port call hangs.

#![allow(async_fn_in_trait, reason = "one task per wake on one thread: no Send bound is wanted")]

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use jiff::Timestamp;

use crate::away::Away;
use crate::dns::{Batch, Groundwork, HealthCheck, Listing, RecordType, Sweep};
use crate::health::Reading;
use crate::names::{Arn, DnsName, HealthCheckId, Region};
use crate::plan::{Overrides, Probe, Zone};
use crate::provision::{AlarmPlace, AlarmSettings, CheckerReport, LiveCheck, LiveZone};

/// All that may be looked at, and written down: what a rehearsal needs. It cannot change a record.
pub trait Watching:
    Clock + Random + Probes + Alarms + NameServers + ReadRecords + Store + Peers + Topics + Metrics
{
}

impl<T> Watching for T where
    T: Clock + Random + Probes + Alarms + NameServers + ReadRecords + Store + Peers + Topics + Metrics
{
}

/// All ports together: what a whole wake needs.
pub trait World: Watching + ChangeRecords + Overriding {}

impl<T: Watching + ChangeRecords + Overriding> World for T {}

/// What the function that provisions needs.
pub trait Provisioning:
    Clock
    + Random
    + NameServers
    + ReadEstate
    + ReadRecords
    + CheckMetrics
    + ChangeEstate
    + ChangeRecords
    + Store
    + Respond
{
}

impl<T> Provisioning for T where
    T: Clock
        + Random
        + NameServers
        + ReadEstate
        + ReadRecords
        + CheckMetrics
        + ChangeEstate
        + ChangeRecords
        + Store
        + Respond
{
}

/// Time.
pub trait Clock {
    /// The wall clock.
    fn now(&self) -> Timestamp;
    /// Waits.
    async fn sleep(&self, time: Duration);
}

/// What a task gives within a time; none when it takes longer. Adapters bound their own calls:
/// this holds a port to its promise.
pub(crate) async fn within<T>(
    clock: &impl Clock,
    time: Duration,
    task: impl Future<Output = T>,
) -> Option<T> {
    match select(pin!(task), pin!(clock.sleep(time))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// Chance, for ids and jitter.
pub trait Random {
    /// 64 uniformly random bits.
    fn bits(&self) -> u64;
}

/// Questions to an application's endpoints.
pub trait Probes {
    /// Asks the probe's target, or the same question at a given address instead of the resolved one.
    async fn probe(&self, probe: &Probe, at: Option<IpAddr>) -> Reading;
}

/// The state of CloudWatch alarms.
pub trait Alarms {
    /// Reads alarms of one region (the region of the first one), in one call for up to 100.
    /// An alarm that does not exist is absent from the reply.
    async fn alarm_states(&self, alarms: &[Arn]) -> Result<BTreeMap<Arn, Reading>, PortError>;
}

/// Authoritative name servers: Route 53's data plane.
pub trait NameServers {
    /// The addresses of a zone's authoritative name servers.
    async fn name_servers(&self, zone: &DnsName) -> Result<Vec<SocketAddr>, PortError>;
    /// One non-recursive question to one server, by TCP where the UDP answer was truncated.
    async fn ask(&self, server: SocketAddr, name: &DnsName, kind: RecordType)
    -> Result<DnsAnswer, PortError>;
    /// The addresses of a name, by the resolver.
    async fn resolve(&self, name: &DnsName) -> Result<Vec<IpAddr>, PortError>;
}

/// What an authoritative server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DnsAnswer {
    /// Values of the type that was asked for.
    Values(Vec<DnsValue>),
    /// The name exists, but not with that type; or it does not exist.
    Nothing,
}

/// One value of a DNS answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DnsValue {
    /// Of an A or AAAA record.
    Address(IpAddr),
    /// Of a CNAME record.
    Name(DnsName),
    /// Of a TXT record, its strings joined.
    Text(String),
}

/// Reading by Route 53's API: the control plane, in us-east-1.
pub trait ReadRecords {
    /// The record sets of a served name and of the names below `_understudy.<served>`,
    /// the newest version, pending changes included; as many pages as it takes.
    async fn list(&self, zone: &Zone, served: &DnsName) -> Result<Listing, PortError>;
    /// The same, and the listings of those others that were seen whole on the way, without a request
    /// more: a page of a large zone holds the names of dozens of applications.
    async fn list_along(
        &self,
        zone: &Zone,
        served: &DnsName,
        _others: &[&DnsName],
    ) -> Result<(Listing, BTreeMap<DnsName, Listing>), PortError> {
        self.list(zone, served).await.map(|listing| (listing, BTreeMap::new()))
    }
    /// Whether all name servers have a change.
    async fn in_sync(&self, zone: &Zone, change: &ChangeId) -> Result<bool, PortError>;
}

/// Writing by Route 53's API. A rehearsal has no such port.
pub trait ChangeRecords {
    /// Sends one batch, once: no retry below this line.
    async fn change(&self, zone: &Zone, batch: &Batch) -> Result<ChangeId, ChangeError>;
    /// Deletes old epoch records, once. That some are gone already is an error, and harmless.
    async fn sweep(&self, zone: &Zone, sweep: &Sweep) -> Result<(), ChangeError>;
}

/// Overrides, said from this region: what Route 53's checkers read needs no call to Route 53.
pub trait Overriding {
    /// Says it once, unless something is said already of that application and region.
    async fn say_away(&self, overrides: &Overrides, away: &Away) -> Result<Said, PortError>;
    /// Says again what stands and would fade.
    async fn keep_saying(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError>;
    /// What is said of that application and region; none where nothing is, nothing of ours, or where what
    /// stands does not tell whose it is.
    async fn said(&self, overrides: &Overrides, away: &Away) -> Result<Option<Away>, PortError>;
    /// Takes back what that very run said. It is well if that is gone already, or another run's now.
    async fn unsay(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError>;
}

/// How saying an override ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Said {
    /// It is said.
    Now,
    /// Something was said before, by us or by another run.
    Before,
}

/// Health checks and whole zones, by Route 53's API: what provisioning looks at.
pub trait ReadEstate {
    /// Every health check of the account, without its tags; as many pages as it takes.
    async fn health_checks(&self) -> Result<Vec<LiveCheck>, PortError>;
    /// The tags of some checks. A check that is gone is absent from the reply.
    async fn check_tags(
        &self,
        checks: &[HealthCheckId],
    ) -> Result<BTreeMap<HealthCheckId, BTreeMap<String, String>>, PortError>;
    /// What the checkers of an endpoint's check last said; nothing while none has. It is meant for looking, not
    /// for deciding, and its quota is one a second (API reference, `GetHealthCheckStatus`).
    async fn checker_reports(&self, check: &HealthCheckId) -> Result<Vec<CheckerReport>, PortError>;
    /// Metric alarms of a region by their names, those that exist. Composite ones have no metric.
    async fn alarms(
        &self,
        region: &Region,
        names: &[String],
    ) -> Result<BTreeMap<String, AlarmSettings>, PortError>;
    /// A whole zone: its sets counted, and those kept that stand at `served` names or below
    /// `_understudy` of them.
    async fn zone(&self, zone: &Zone, served: &[&DnsName]) -> Result<LiveZone, PortError>;
}

/// Route 53's own metrics of health checks (CloudWatch, us-east-1 only).
pub trait CheckMetrics {
    /// Whether each check was healthy all through the newest minute that is known, of the last few. A check
    /// without data is absent from the reply.
    async fn check_metrics(
        &self,
        checks: &[HealthCheckId],
    ) -> Result<BTreeMap<HealthCheckId, bool>, PortError>;
}

/// Making what a plan wants, by Route 53's API. Each call is sent once: no retry below this line.
pub trait ChangeEstate {
    /// Creates a check. A repetition, the same reference with the same settings, gives the check that exists.
    async fn create_check(
        &self,
        reference: &str,
        check: &HealthCheck<HealthCheckId>,
    ) -> Result<HealthCheckId, ChangeError>;
    /// Brings a check of a known version to other settings.
    async fn update_check(
        &self,
        id: &HealthCheckId,
        version: i64,
        check: &HealthCheck<HealthCheckId>,
    ) -> Result<(), ChangeError>;
    /// Makes an alarm, or sets it to something else; nobody is told of its state.
    async fn put_alarm(&self, place: &AlarmPlace, settings: AlarmSettings) -> Result<(), ChangeError>;
    /// Adds tags to a check, or changes their values.
    async fn tag_check(&self, id: &HealthCheckId, tags: &BTreeMap<String, String>)
    -> Result<(), ChangeError>;
    /// Lays the ground for moves: one batch.
    async fn lay(&self, zone: &Zone, groundwork: &Groundwork) -> Result<ChangeId, ChangeError>;
}

/// Route 53's id of a change, without `/change/`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ChangeId(pub String);

/// Why a batch was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// A record that the batch CREATEs exists: of racing writers, another one won; or it was us, earlier.
    #[error("the epoch's record exists already: {0}")]
    Exists(String),
    /// Route 53 asks to come again: throttling, an earlier request of the zone in progress.
    #[error("Route 53 is busy ({code})")]
    Busy {
        /// Route 53's error code.
        code: String,
    },
    /// Nothing was sent: no connection could be made.
    #[error("Route 53 could not be reached: {0}")]
    NotSent(String),
    /// The batch may have been applied: the answer was lost, or was an error of the service's own.
    #[error("the outcome is unknown: {0}")]
    OutcomeUnknown(String),
    /// Route 53 refuses this batch for good.
    #[error("Route 53 refuses the change ({code}): {message}")]
    Refused {
        /// Route 53's error code.
        code: String,
        /// Route 53's words.
        message: String,
    },
}

/// A port could not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct PortError {
    /// What was tried.
    pub operation: &'static str,
    /// What happened instead.
    pub message: String,
}

impl PortError {
    /// Names what was tried, and what happened instead.
    pub fn new(operation: &'static str, message: impl Into<String>) -> Self {
        Self { operation, message: message.into() }
    }
}

/// This region's table: rows of JSON text with a version each.
pub trait Store {
    /// The rows of a partition whose sort key begins with `prefix`, in order of sort key
    /// (consistent read), as many pages as it takes.
    async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError>;
    /// Writes all rows or none. A repeated commit whose first attempt succeeded unseen is `Done`.
    async fn commit(&self, writes: &[Write]) -> Result<Commit, PortError>;
}

/// The tables of the controllers in other regions. A region that is down answers nothing, and
/// bounds nobody: each call has a timeout of its own.
pub trait Peers {
    /// As [`Store::query`], on a peer's table.
    async fn peer_query(&self, peer: &Region, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError>;
    /// As [`Store::commit`], on a peer's table.
    async fn peer_commit(&self, peer: &Region, writes: &[Write]) -> Result<Commit, PortError>;
}

/// A peer's table as a store, so that rows there are written as they are here.
#[derive(Clone, Copy, Debug)]
pub struct PeerTable<'a, W> {
    /// Who can reach it.
    pub world: &'a W,
    /// Whose it is.
    pub peer: &'a Region,
}

impl<W: Peers> Store for PeerTable<'_, W> {
    async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        self.world.peer_query(self.peer, partition, prefix).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Commit, PortError> {
        self.world.peer_commit(self.peer, writes).await
    }
}

/// Where a row stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The partition key, `pk`.
    pub partition: String,
    /// The sort key, `sk`.
    pub sort: String,
}

impl Key {
    /// A key of those two parts.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

/// A row as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub key: Key,
    /// Grows by one with each write; the first is 1.
    pub version: u64,
    /// JSON text.
    pub body: String,
}

/// One row to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where it goes.
    pub key: Key,
    /// JSON text.
    pub body: String,
    /// What must be there before; the write is refused otherwise.
    pub expect: Expect,
    /// When the row may be removed by the table's own expiry.
    pub expires: Option<Timestamp>,
}

/// What must stand at a key for a write to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No row.
    Absent,
    /// A row of that version.
    Version(u64),
    /// Anything.
    Anything,
}

impl Expect {
    /// The version that the write leaves behind.
    pub fn next_version(self) -> u64 {
        match self {
            Self::Absent | Self::Anything => 1,
            Self::Version(version) => version.saturating_add(1),
        }
    }
}

/// How a commit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Commit {
    /// All rows are written.
    Done,
    /// Another writer was first: nothing is written.
    Conflict,
}

/// Notification topics (SNS).
pub trait Topics {
    /// Publishes once.
    async fn publish(&self, topic: &Arn, message: &Message) -> Result<(), PortError>;
}

/// A message as a topic takes it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// At most 100 printable ASCII characters.
    pub subject: String,
    /// What a person reads.
    pub text: String,
    /// The same facts for a machine: JSON text.
    pub json: String,
    /// For subscription filters: severity, application, region, event.
    pub attributes: BTreeMap<String, String>,
}

/// An answer to who waits for it at a URL of its own.
pub trait Respond {
    /// Puts the answer there, again and again for a short time where it is not taken.
    async fn respond(&self, url: &str, answer: &str) -> Result<(), PortError>;
}

/// Our own functions.
pub trait Functions {
    /// Wakes the `tick` function of a region, without waiting for what it does.
    async fn wake_tick(&self, region: &Region) -> Result<(), PortError>;
}

/// Metrics (CloudWatch). Nothing here can fail or wait.
pub trait Metrics {
    /// Writes down some measures that share their dimensions.
    fn measure(&self, dimensions: &[(&'static str, &str)], measures: &[Measure]);
}

/// One measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Its name.
    pub name: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// How much.
    pub value: f64,
}

/// What a measure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Seconds.
    Seconds,
}

impl Measure {
    /// A number of things.
    pub fn count(name: &'static str, value: f64) -> Self {
        Self { name, unit: Unit::Count, value }
    }

    /// A time.
    pub fn seconds(name: &'static str, time: Duration) -> Self {
        Self { name, unit: Unit::Seconds, value: time.as_secs_f64() }
    }
}
