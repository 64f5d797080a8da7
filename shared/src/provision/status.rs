//! Status: what Route 53 thinks of every check, what the controllers think, and where they differ.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Serialize;

use super::checks;
use super::ids::CheckIds;
use super::live::{CheckerReport, Live};
use super::name::{CheckName, CheckRole};
use super::settle::opinion;
use crate::health::{Health, Reading, RegionSeries, Settled, checkers_signal};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, DnsName, HealthCheckId, Region};
use crate::observe::{Depth, read_checkers};
use crate::plan::Plan;
use crate::ports::{CheckMetrics, Clock, NameServers, PortError, ReadEstate};
use crate::state::Observations;
use crate::time::{since, span};

/// What a controller saw longer ago says nothing: it looks each minute.
const STALE: Duration = Duration::from_secs(5 * 60);

/// GetHealthCheckStatus: four at once, then one a second (Developer Guide, API request throttling).
const STATUS_GAP: Duration = Duration::from_secs(1);

/// How everything stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Status {
    /// By application and region.
    pub applications: BTreeMap<ApplicationName, BTreeMap<Region, RegionStatus>>,
    /// What could not be read, and why.
    pub unread: Vec<String>,
}

/// How one region of an application stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegionStatus {
    /// What the name servers answer at its `up` pair.
    pub up: Told,
    /// Its checks.
    pub checks: BTreeMap<String, CheckStatus>,
    /// What each controller that could be asked thinks, by what its own signals have settled on.
    pub controllers: BTreeMap<Region, Told>,
    /// Where they differ.
    pub differ: Vec<String>,
}

/// What somebody thinks, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// What.
    pub health: Health,
    /// By what.
    pub seen: String,
}

/// How one check stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckStatus {
    /// Which; none where it does not exist.
    pub id: Option<HealthCheckId>,
    /// By the newest minute of Route 53's metric.
    pub metric: Health,
    /// By what its checkers last said, where that was asked for and the check has checkers.
    pub checkers: Option<Told>,
    /// What they said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<CheckerReport>,
}

/// What to look at.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What stands.
    pub live: &'a Live,
    /// What the controllers have seen, by their regions, as far as their tables could be read.
    pub controllers: &'a BTreeMap<Region, Observations>,
    /// Whether each check's checkers are asked, too: one a second.
    pub checkers: bool,
}

impl Status {
    /// Whether everything is healthy, and everybody agrees.
    pub fn is_well(&self) -> bool {
        let well = |check: &CheckStatus| {
            check.metric == Health::Healthy
                && check.checkers.as_ref().is_none_or(|told| told.health == Health::Healthy)
        };
        self.unread.is_empty()
            && self.applications.values().flat_map(BTreeMap::values).all(|region| {
                region.up.health == Health::Healthy
                    && region.differ.is_empty()
                    && region.checks.values().all(well)
            })
    }
}

/// Looks at everything. What cannot be read is told, and unknown.
pub async fn status<W>(world: &W, watch: &Watch<'_>) -> Status
where
    W: Clock + NameServers + ReadEstate + CheckMetrics,
{
    let plan = watch.plan;
    let ids = CheckIds::of(plan, watch.live);
    let known: Vec<HealthCheckId> = ids.iter().map(|(_, id)| id.clone()).collect();
    let mut unread = Vec::new();
    let metrics = world.check_metrics(&known).await.unwrap_or_else(|error| {
        unread.push(error.to_string());
        BTreeMap::new()
    });
    let reports =
        if watch.checkers { reports(world, watch, &ids, &mut unread).await } else { BTreeMap::new() };
    let servers = servers(world, plan, &mut unread).await;
    let servers = &servers;
    let ups = plan.applications.iter().map(|application| async move {
        let servers = servers.get(&application.zone.name).map_or(&[][..], Vec::as_slice);
        (application, read_checkers(world, application, servers, Depth::Close).await)
    });
    let ups = join_all(ups).await;
    let (mut applications, now) = (BTreeMap::new(), world.now());
    for (application, ups) in ups {
        let wanted = checks::of(plan, application);
        let mut regions = BTreeMap::new();
        for region in &application.regions {
            let up = ups.get(&region.name).and_then(|readings| readings.first());
            let up = up.map_or_else(nobody, |(_, reading)| Told::by(reading));
            let mut checks = BTreeMap::new();
            for (name, check) in
                wanted.iter().filter(|(name, _)| application.provision && name.region == region.name)
            {
                let id = ids.iter().find(|(known, _)| *known == name).map(|(_, id)| id.clone());
                let metric = id.as_ref().and_then(|id| metrics.get(id)).copied();
                let reports = reports.get(name).cloned().unwrap_or_default();
                let checkers = opinion(&reports).map(|well| by_checkers(well != check.inverted, &reports));
                let metric = metric.map_or(Health::Unknown, of);
                checks.insert(name.role.to_string(), CheckStatus { id, metric, checkers, reports });
            }
            let of_controller = |(here, seen): (&Region, &Observations)| {
                let series = seen.applications.get(&application.name)?.get(&region.name)?;
                Some((here.clone(), thinks(series, now)))
            };
            let controllers: BTreeMap<Region, Told> =
                watch.controllers.iter().filter_map(of_controller).in_order();
            let differ = differ(&up, &checks, &controllers);
            regions.insert(region.name.clone(), RegionStatus { up, checks, controllers, differ });
        }
        applications.insert(application.name.clone(), regions);
    }
    Status { applications, unread }
}

fn of(healthy: bool) -> Health {
    if healthy { Health::Healthy } else { Health::Unhealthy }
}

fn nobody() -> Told {
    Told { health: Health::Unknown, seen: "nobody answered".to_owned() }
}

impl Told {
    fn by(reading: &Reading) -> Self {
        Self { health: reading.health, seen: reading.seen.clone() }
    }
}

fn by_checkers(healthy: bool, reports: &[CheckerReport]) -> Told {
    let content = reports.iter().filter(|report| report.success).count();
    Told { health: of(healthy), seen: format!("{content} of {} checkers say success", reports.len()) }
}

/// What the checkers of each endpoint's check say. Nobody can ask that of a calculated one.
async fn reports<W: Clock + ReadEstate>(
    world: &W,
    watch: &Watch<'_>,
    ids: &CheckIds,
    unread: &mut Vec<String>,
) -> BTreeMap<CheckName, Vec<CheckerReport>> {
    let mut all = BTreeMap::new();
    let has_checkers = |id: &HealthCheckId| {
        let live = watch.live.checks.iter().find(|live| &live.id == id);
        let watches = live.and_then(|live| live.check.as_ref()).map(|check| &check.watches);
        matches!(watches, Some(crate::dns::Watches::Endpoint(_)))
    };
    for (name, id) in ids.iter().filter(|(_, id)| has_checkers(id)) {
        world.sleep(STATUS_GAP).await;
        match world.checker_reports(id).await {
            Ok(reports) => drop(all.insert(name.clone(), reports)),
            Err(error) => unread.push(format!("{name}: {error}")),
        }
    }
    all
}

/// The name servers of each zone, asked for once.
async fn servers<W: NameServers>(
    world: &W,
    plan: &Plan,
    unread: &mut Vec<String>,
) -> BTreeMap<DnsName, Vec<std::net::SocketAddr>> {
    let mut all = BTreeMap::new();
    for application in &plan.applications {
        let zone = &application.zone.name;
        if all.contains_key(zone) {
            continue;
        }
        let servers: Result<_, PortError> = world.name_servers(zone).await;
        all.insert(
            zone.clone(),
            servers.unwrap_or_else(|error| {
                unread.push(format!("the name servers of {zone}: {error}"));
                Vec::new()
            }),
        );
    }
    all
}

/// What a controller thinks by its own signals: what Route 53's checkers say it only repeats.
fn thinks(series: &RegionSeries, now: Timestamp) -> Told {
    let own = series
        .iter()
        .filter(|(signal, series)| **signal != checkers_signal() && since(series.last, now) <= STALE);
    let mut told = Told { health: Health::Unknown, seen: "nothing that is settled and fresh".to_owned() };
    for (signal, series) in own {
        let (health, word) = match series.settled {
            Some(Settled::Bad) => (Health::Unhealthy, "bad"),
            Some(Settled::Good) if told.health != Health::Unhealthy => (Health::Healthy, "good"),
            _ => continue,
        };
        let ago = span(Duration::from_secs(since(series.last, now).as_secs()));
        told = Told { health, seen: format!("{signal} is {word}, {ago} ago: {}", series.seen) };
    }
    told
}

/// Where those who know something do not agree.
fn differ(
    up: &Told,
    checks: &BTreeMap<String, CheckStatus>,
    controllers: &BTreeMap<Region, Told>,
) -> Vec<String> {
    let apart = |a: Health, b: Health| a != Health::Unknown && b != Health::Unknown && a != b;
    let word = |health: Health| if health == Health::Healthy { "healthy" } else { "unhealthy" };
    let mut differ = Vec::new();
    for (role, check) in checks {
        if let Some(told) = check.checkers.as_ref().filter(|told| apart(told.health, check.metric)) {
            let (metric, checkers) = (word(check.metric), word(told.health));
            differ
                .push(format!("the {role} check is {metric} by its metric, and {checkers} by its checkers"));
        }
    }
    let endpoint = checks.get(&CheckRole::Endpoint.to_string());
    if let Some(check) = endpoint.filter(|check| apart(check.metric, up.health)) {
        let (metric, answered) = (word(check.metric), word(up.health));
        differ.push(format!(
            "the endpoint check is {metric} by its metric, and {answered} by the name servers"
        ));
    }
    for (here, told) in controllers.iter().filter(|(_, told)| apart(told.health, up.health)) {
        let (own, answered) = (word(told.health), word(up.health));
        differ.push(format!("{own} to the controller in {here}, and {answered} by the name servers"));
    }
    differ
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(health: Health) -> Told {
        Told { health, seen: String::new() }
    }

    fn check(metric: Health, checkers: Option<Health>) -> CheckStatus {
        CheckStatus { id: None, metric, checkers: checkers.map(told), reports: Vec::new() }
    }

    #[test]
    fn who_knows_nothing_differs_from_nobody() {
        use Health::{Healthy, Unhealthy, Unknown};
        let of = |up, metric, checkers, controller| {
            let checks = [("endpoint".to_owned(), check(metric, checkers))].into();
            differ(&told(up), &checks, &[("us-west-2".into(), told(controller))].into()).len()
        };
        assert_eq!(of(Healthy, Healthy, Some(Healthy), Healthy), 0);
        assert_eq!(of(Unknown, Healthy, None, Unhealthy), 0);
        assert_eq!(of(Healthy, Unknown, Some(Unhealthy), Unknown), 0);
        assert_eq!(of(Unhealthy, Healthy, None, Unhealthy), 1);
        assert_eq!(of(Healthy, Healthy, Some(Unhealthy), Unhealthy), 2);
    }

    #[test]
    fn what_only_a_serving_check_says_is_not_held_against_the_up_pair() {
        let checks = [("serving".to_owned(), check(Health::Unhealthy, None))].into();
        assert_eq!(differ(&told(Health::Healthy), &checks, &BTreeMap::new()), [] as [&str; 0]);
    }
}
