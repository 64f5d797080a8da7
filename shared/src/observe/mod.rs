//! Observing: the newest epoch first, then every signal of every region at once.
//!
//! Each question has its own timeout, so that a black-holed region costs one of them, not their sum.

mod alarms;
mod answer;
mod epoch;
mod signals;

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use futures_util::future::{join_all, join4};
use jiff::Timestamp;

pub use alarms::read_alarms;
pub use answer::{answered, answered_by};
pub(crate) use epoch::RECENT;
pub use epoch::{newest_epoch, recent_moves};
use signals::planned_probes;
pub use signals::{read_checkers, read_control, read_probes};

use crate::decide::{Answered, EpochReading};
use crate::dns::RecordType;
use crate::health::{Health, Reading};
use crate::in_order::InOrder;
use crate::names::{Arn, DnsName, Region, SignalId};
use crate::plan::{Application, Probe, RegionPlan, Signal};
use crate::ports::{Alarms, Clock, DnsAnswer, NameServers, PortError, Probes, Random};

/// How closely name servers are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// One name server: all was well when we last looked.
    Glance,
    /// Every name server: something is wrong, or a move is wanted.
    Close,
}

/// The readings of one round: for each region, each signal's.
pub type Readings = BTreeMap<Region, Vec<(SignalId, Reading)>>;

/// What one round saw of one application.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// When the round began.
    pub at: Timestamp,
    /// The newest epoch, read before all else.
    pub epoch: EpochReading,
    /// What each signal said.
    pub readings: Readings,
    /// Whom the served name answers.
    pub answered: Answered,
    /// Each region's readiness alarms that are in ALARM.
    pub vetoes: BTreeMap<Region, Vec<Arn>>,
}

/// One round: looks at all these applications at once.
///
/// The epoch comes before any other observation: a number that is too low merely loses its
/// CREATE, while one that is read later could belong to a change that the observations never saw.
pub async fn observe<W>(world: &W, applications: &[&Application], depth: Depth) -> Vec<Sample>
where
    W: Clock + Random + Probes + Alarms + NameServers,
{
    let at = world.now();
    let servers =
        join_all(applications.iter().map(|application| servers_of(world, application, depth))).await;
    let with_servers = || applications.iter().zip(&servers);
    let epochs =
        join_all(with_servers().map(|(app, servers)| newest_epoch(world, app, servers, depth))).await;
    let patience = applications.iter().map(|app| app.timing.timeout).max().unwrap_or_default();
    let (alarms, probes, readings, answers) = join4(
        read_alarms(world, &planned_alarms(applications), patience),
        read_probes(world, applications.iter().flat_map(|app| planned_probes(app))),
        join_all(with_servers().map(|(app, servers)| read_checkers(world, app, servers, depth))),
        join_all(with_servers().map(|(app, servers)| answered(world, app, servers, depth))),
    )
    .await;
    let parts = applications.iter().zip(epochs).zip(readings).zip(answers);
    parts
        .map(|(((app, epoch), mut readings), answered)| {
            add_own(app, &alarms, &probes, &mut readings);
            Sample { at, epoch, readings, answered, vetoes: vetoes(app, &alarms) }
        })
        .collect()
}

/// The zone's name servers, in the order in which this round asks them.
async fn servers_of<W>(world: &W, application: &Application, depth: Depth) -> Vec<SocketAddr>
where
    W: NameServers + Random,
{
    let mut servers = world.name_servers(&application.zone.name).await.unwrap_or_default();
    if depth == Depth::Glance && !servers.is_empty() {
        let count = u64::try_from(servers.len()).unwrap_or(1);
        servers.rotate_left(usize::try_from(world.bits() % count).unwrap_or(0));
    }
    servers
}

fn planned_alarms(applications: &[&Application]) -> Vec<Arn> {
    let regions = || applications.iter().flat_map(|application| &application.regions);
    let signals = regions().flat_map(|region| &region.signals).filter_map(|signal| match signal {
        Signal::Alarm(arn) => Some(arn.clone()),
        Signal::Probe(_) => None,
    });
    let readiness = regions().flat_map(|region| region.readiness.iter().cloned());
    let mut arns: Vec<_> = signals.chain(readiness).collect();
    arns.sort();
    arns.dedup();
    arns
}

/// What speaks against each region as a target: silence does not.
fn vetoes(application: &Application, alarms: &BTreeMap<Arn, Reading>) -> BTreeMap<Region, Vec<Arn>> {
    let in_alarm = |arn: &&Arn| alarms.get(*arn).is_some_and(|reading| reading.health == Health::Unhealthy);
    let of = |region: &RegionPlan| region.readiness.iter().filter(in_alarm).cloned().collect();
    application.regions.iter().map(|region| (region.name.clone(), of(region))).in_order()
}

/// Adds what was read once for all applications: the probes and the alarms of each region.
fn add_own(
    application: &Application,
    alarms: &BTreeMap<Arn, Reading>,
    probes: &HashMap<&Probe, Reading>,
    readings: &mut Readings,
) {
    for region in &application.regions {
        let own = region.signals.iter().filter_map(|signal| {
            let reading = match signal {
                Signal::Alarm(arn) => alarms.get(arn),
                Signal::Probe(probe) => probes.get(probe),
            };
            Some((signal.id(), reading?.clone()))
        });
        readings.entry(region.name.clone()).or_default().extend(own);
    }
}

/// Asks for a TXT record: one server after another until one answers, or all at once.
async fn ask_servers<W: NameServers>(
    world: &W,
    name: &DnsName,
    servers: &[SocketAddr],
    depth: Depth,
) -> Vec<Result<DnsAnswer, PortError>> {
    if depth == Depth::Close {
        return join_all(servers.iter().map(|server| world.ask(*server, name, RecordType::Txt))).await;
    }
    let mut answers = Vec::new();
    for server in servers {
        answers.push(world.ask(*server, name, RecordType::Txt).await);
        if answers.last().is_some_and(Result::is_ok) {
            break;
        }
    }
    answers
}
