//! An application as far as it could be read: what could not be is absent, and rules pass over it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::overrides::{OverrideKind, Overrides};
use super::path::Path;
use super::types::{
    Actuator, Application, Behind, Data, DrillKind, DrillPlan, Fleet, Mode, Native, Notify, Pair, Policy,
    Probe, RecordValue, RegionPlan, Restore, Role, SetNames, Signal, Target, Timing, Zone,
};
use super::window::{Weekly, Window};
use crate::dns::{HealthCheck, NoChild, TargetKind};
use crate::names::{ApplicationName, Arn, DnsName, HealthCheckId, Region, RoleArn, TopicName, ZoneId};

pub(super) struct PlanDraft {
    /// Absent where the plan names none or they could not be read.
    pub(super) controllers: Option<Vec<Region>>,
    pub(super) deployment: String,
    /// Absent where the plan leaves it to the default.
    pub(super) provision_from: Option<Region>,
    pub(super) control_targets: Vec<ControlDraft>,
    pub(super) fleet: Fleet,
    /// Absent where the plan has none, or they could not be read.
    pub(super) overrides: Option<Overrides>,
    pub(super) arc: Option<ArcDraft>,
    pub(super) topics: BTreeMap<TopicName, Vec<Arn>>,
    pub(super) applications: Vec<Draft>,
}

/// What a controller can always reach.
pub(super) struct ControlDraft {
    pub(super) path: Path,
    pub(super) probe: Option<Probe>,
}

pub(super) struct Draft {
    pub(super) path: Path,
    pub(super) name: ApplicationName,
    pub(super) served: Option<DnsName>,
    pub(super) zone: ZoneDraft,
    pub(super) policy: Option<Policy>,
    /// Absent where the plan leaves it to the default.
    pub(super) provision: Option<bool>,
    pub(super) shadow: bool,
    pub(super) mode: Mode,
    pub(super) native: Native,
    pub(super) restore: Restore,
    pub(super) priority: u32,
    pub(super) rto: Option<Duration>,
    pub(super) rpo: Option<Duration>,
    pub(super) ttl: Duration,
    pub(super) sets: SetNames,
    pub(super) two_person: bool,
    pub(super) accept_degraded: bool,
    pub(super) minimum_capacity: u32,
    pub(super) ramp: Vec<u8>,
    pub(super) maintenance: Vec<WindowDraft>,
    pub(super) drill: Option<DrillDraft>,
    pub(super) actuators: Vec<Actuator>,
    pub(super) notify: Notify,
    pub(super) reach: ReachDraft,
    pub(super) timing: Timing,
    pub(super) data: Option<Data>,
    pub(super) regions: Vec<RegionDraft>,
}

#[derive(Default)]
pub(super) struct ZoneDraft {
    pub(super) id: Option<ZoneId>,
    pub(super) name: Option<DnsName>,
    /// The account that owns the zone, where the plan says so.
    pub(super) account: Option<String>,
    pub(super) role: Option<RoleArn>,
}

/// A cluster of ARC routing controls. Which control is whose stands with the regions.
pub(super) struct ArcDraft {
    pub(super) endpoints: BTreeMap<Region, String>,
    pub(super) within: Duration,
}

pub(super) struct WindowDraft {
    pub(super) path: Path,
    pub(super) window: Option<Window>,
}

pub(super) struct DrillDraft {
    pub(super) kind: DrillKind,
    /// Absent where the plan leaves it to the default.
    pub(super) lose: Option<Region>,
    pub(super) when: Option<Weekly>,
}

/// How users reach the application.
pub(super) enum ReachDraft {
    /// As a probe of a region, but at the served name.
    Derived,
    /// As the plan says, if that could be read.
    Given(Option<Probe>),
}

pub(super) struct RegionDraft {
    pub(super) path: Path,
    pub(super) name: Option<Region>,
    pub(super) role: Option<Role>,
    pub(super) health_check: Option<HealthCheckId>,
    pub(super) check: Option<CheckDraft>,
    pub(super) data_check: Option<CheckDraft>,
    pub(super) routing_control: Option<String>,
    pub(super) record: Option<RecordValue>,
    pub(super) backup: Option<BackupDraft>,
    pub(super) signals: Vec<SignalDraft>,
    /// Absent where the plan leaves it to the default.
    pub(super) set: Option<String>,
    pub(super) weight: u8,
    pub(super) capacity: u32,
    pub(super) readiness: Vec<Arn>,
}

/// A health check that Route 53 is to have.
pub(super) struct CheckDraft {
    pub(super) path: Path,
    /// Of the alarm that it watches.
    #[cfg(any(feature = "provision", test))]
    pub(super) account: Option<String>,
    pub(super) check: Option<HealthCheck<NoChild>>,
}

/// What a region answers while its own record is unhealthy.
pub(super) struct BackupDraft {
    pub(super) path: Path,
    pub(super) record: Option<RecordValue>,
    pub(super) check: Option<CheckDraft>,
}

pub(super) struct SignalDraft {
    pub(super) path: Path,
    pub(super) signal: Option<Signal>,
}

impl Draft {
    pub(super) fn primary(&self) -> Option<&RegionDraft> {
        self.regions.iter().find(|region| region.role == Some(Role::Primary))
    }

    /// Whether every region serves when all is well. Not where the policy could not be read.
    pub(super) fn all_serve(&self) -> bool {
        matches!(self.policy, Some(Policy::Weighted | Policy::Latency))
    }

    /// Whether provisioning makes its checks and records: as the plan says, else where no check that
    /// people made is named, there is something to check in every region, and the zone is in this account.
    pub(super) fn is_provisioned(&self) -> bool {
        let can_be = |region: &RegionDraft| {
            region.health_check.is_none() && (region.check.is_some() || region.public_probe().is_some())
        };
        self.provision.unwrap_or_else(|| self.zone.role.is_none() && self.regions.iter().all(can_be))
    }

    /// Whether a record of ours must stand between the served name and an alias's target: a failover alias takes
    /// its target's health for its own, which would move traffic although the plan says that only a run does.
    pub(super) fn needs_origin(&self, target: &DnsName, zone: &ZoneId) -> bool {
        self.policy == Some(Policy::Failover)
            && self.native == Native::Off
            && self.zone.id.as_ref().is_some_and(|own| own != zone)
            && TargetKind::of(target).has_health()
    }

    /// The regions of which a probe may say how users come: where all serve all, else the primary one.
    pub(super) fn models(&self) -> impl Iterator<Item = &RegionDraft> {
        let all_serve = self.all_serve();
        self.regions.iter().filter(move |region| all_serve || region.role == Some(Role::Primary))
    }

    /// The first HTTP probe of the first such region that has a probe, else its first TCP probe,
    /// at the served name.
    pub(super) fn derived_reach(&self) -> Option<Probe> {
        let model = self.models().find(|region| region.probes().next().is_some())?;
        let probes = || model.probes();
        let http = probes().find(|(_, probe)| matches!(probe.target, Target::Http { .. }));
        let (_, probe) = http.or_else(|| probes().next())?;
        let served = self.served.as_ref()?.as_str().to_owned();
        let target = match probe.target.clone() {
            Target::Http { tls, port, path, .. } => Target::Http { tls, host: served, port, path },
            Target::Tcp { port, .. } => Target::Tcp { host: served, port },
        };
        Some(Probe { target, ..probe.clone() })
    }

    /// The application, if all of it could be read.
    pub(super) fn finish(self) -> Option<Application> {
        let provision = self.is_provisioned();
        let derived = self.derived_reach();
        let origin = |region: &RegionDraft| match &region.record {
            Some(record @ RecordValue::Alias { target, zone, .. }) if self.needs_origin(target, zone) => {
                provision.then(|| Behind::Origin(record.clone()))
            }
            _ => None,
        };
        let origins: Vec<Option<Behind>> = self.regions.iter().map(origin).collect();
        let reach = match self.reach {
            ReachDraft::Derived => derived,
            ReachDraft::Given(probe) => probe,
        };
        let (served, own) = (self.served?, self.zone.id?);
        let finish = |(region, origin): (RegionDraft, Option<Behind>)| region.finish(&served, &own, origin);
        let regions: Vec<RegionPlan> =
            self.regions.into_iter().zip(origins).map(finish).collect::<Option<_>>()?;
        let drill = match self.drill {
            Some(drill) => Some(drill.finish(&regions)?),
            None => None,
        };
        Some(Application {
            name: self.name,
            served,
            zone: Zone { id: own, name: self.zone.name?, role: self.zone.role },
            policy: self.policy?,
            provision,
            shadow: self.shadow,
            mode: self.mode,
            native: self.native,
            restore: self.restore,
            priority: self.priority,
            rto: self.rto?,
            rpo: self.rpo,
            ttl: self.ttl,
            sets: self.sets,
            two_person: self.two_person,
            accept_degraded: self.accept_degraded,
            minimum_capacity: self.minimum_capacity,
            ramp: self.ramp,
            maintenance: self.maintenance.into_iter().map(|draft| draft.window).collect::<Option<_>>()?,
            drill,
            actuators: self.actuators,
            notify: self.notify,
            reach: reach?,
            timing: self.timing,
            data: self.data,
            regions,
        })
    }
}

impl DrillDraft {
    /// Without a region of its own, the drill is for the one that serves, else for the first.
    fn finish(self, regions: &[RegionPlan]) -> Option<DrillPlan> {
        let preferred = regions.iter().find(|region| region.role == Role::Primary).or(regions.first());
        let lose = self.lose.or_else(|| preferred.map(|region| region.name.clone()))?;
        Some(DrillPlan { kind: self.kind, lose, when: self.when? })
    }
}

impl RegionDraft {
    /// The identifier of its record set where every region has one, if that is known.
    pub(super) fn set_name(&self) -> Option<&str> {
        self.set.as_deref().or(self.name.as_ref().map(Region::as_str))
    }

    /// Everything that the region may answer, with its places.
    pub(super) fn records(&self) -> impl Iterator<Item = (Path, &RecordValue)> {
        let own = self.record.as_ref().map(|record| (self.path.key("record"), record));
        let backup = self.backup.as_ref().and_then(|backup| Some((&backup.path, backup.record.as_ref()?)));
        own.into_iter().chain(backup.map(|(path, record)| (path.key("record"), record)))
    }

    /// The probes that could be read, with their places.
    pub(super) fn probes(&self) -> impl Iterator<Item = (&Path, &Probe)> {
        self.signals.iter().filter_map(|draft| match &draft.signal {
            Some(Signal::Probe(probe)) => Some((&draft.path, probe)),
            _ => None,
        })
    }

    /// The first probe that Route 53's checkers could make, too.
    pub(super) fn public_probe(&self) -> Option<&Probe> {
        self.probes().map(|(_, probe)| probe).find(|probe| probe.is_public())
    }

    fn finish(self, served: &DnsName, own: &ZoneId, origin: Option<Behind>) -> Option<RegionPlan> {
        let name = self.name?;
        let planned = self.record?;
        let behind = match self.backup {
            Some(backup) => Some(Behind::Pair(backup.finish(planned.clone())?)),
            None => origin,
        };
        let record = behind.as_ref().map_or(planned, |behind| between(behind, served, own, &name));
        // A check that could not be read is a fault, so that its plan is refused anyway.
        let checks = [self.check, self.data_check].map(|draft| draft.and_then(|draft| draft.check));
        let [check, data_check] = checks;
        Some(RegionPlan {
            set: self.set.unwrap_or_else(|| name.to_string()),
            weight: self.weight,
            capacity: self.capacity,
            readiness: self.readiness,
            name,
            role: self.role?,
            health_check: self.health_check,
            check,
            data_check,
            routing_control: self.routing_control,
            record,
            behind,
            signals: self.signals.into_iter().map(|draft| draft.signal).collect::<Option<_>>()?,
        })
    }
}

impl ArcDraft {
    pub(super) fn finish(self, applications: &[Application]) -> Overrides {
        let control = |region: &RegionPlan| Some((region.name.clone(), region.routing_control.clone()?));
        let controls = |application: &Application| {
            let regions = application.regions.iter().filter_map(control);
            (application.name.clone(), regions.collect::<BTreeMap<_, _>>())
        };
        let controls = applications.iter().map(controls).filter(|(_, controls)| !controls.is_empty());
        let kind = OverrideKind::Control { endpoints: self.endpoints, controls: controls.collect() };
        Overrides { kind, within: self.within }
    }
}

impl BackupDraft {
    fn finish(self, record: RecordValue) -> Option<Pair> {
        Some(Pair { record, backup: self.record?, check: self.check?.check? })
    }
}

/// What the served name answers where a record of ours stands between it and the region: an alias of that.
fn between(behind: &Behind, served: &DnsName, own: &ZoneId, region: &Region) -> RecordValue {
    let (word, record) = match behind {
        Behind::Origin(record) => ("origin", record),
        Behind::Pair(pair) => ("pair", &pair.record),
    };
    let ipv6 = match record {
        RecordValue::Alias { ipv6, .. } => *ipv6,
        RecordValue::Addresses { v6, .. } => !v6.is_empty(),
        RecordValue::Cname(_) => false,
    };
    let target = served.child("_understudy").child(&format!("{word}-{region}"));
    RecordValue::Alias { target, zone: own.clone(), ipv6 }
}
