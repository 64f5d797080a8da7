//! An application as far as it could be read: what could not be is absent, and rules pass over it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::path::Path;
use super::types::{
    Actuator, Application, Data, Fleet, Mode, Native, Notify, Policy, Probe, RecordValue, RegionPlan,
    Restore, Role, SetNames, Signal, Target, Timing, Zone,
};
use crate::names::{ApplicationName, Arn, DnsName, HealthCheckId, Region, TopicName, ZoneId};

pub(super) struct PlanDraft {
    /// Absent where the plan names none or they could not be read.
    pub(super) controllers: Option<Vec<Region>>,
    pub(super) control_targets: Vec<Probe>,
    pub(super) fleet: Fleet,
    pub(super) topics: BTreeMap<TopicName, Vec<Arn>>,
    pub(super) applications: Vec<Draft>,
}

pub(super) struct Draft {
    pub(super) path: Path,
    pub(super) name: ApplicationName,
    pub(super) served: Option<DnsName>,
    pub(super) zone_id: Option<ZoneId>,
    pub(super) zone_name: Option<DnsName>,
    pub(super) policy: Option<Policy>,
    pub(super) mode: Mode,
    pub(super) native: Native,
    pub(super) restore: Restore,
    pub(super) priority: u32,
    pub(super) rto: Option<Duration>,
    pub(super) rpo: Option<Duration>,
    pub(super) ttl: Duration,
    pub(super) sets: SetNames,
    pub(super) actuators: Vec<Actuator>,
    pub(super) notify: Notify,
    pub(super) reach: ReachDraft,
    pub(super) timing: Timing,
    pub(super) data: Option<Data>,
    pub(super) regions: Vec<RegionDraft>,
}

/// How users reach the application.
pub(super) enum ReachDraft {
    /// As a probe of the primary region, but at the served name.
    Derived,
    /// As the plan says, if that could be read.
    Given(Option<Probe>),
}

pub(super) struct RegionDraft {
    pub(super) path: Path,
    pub(super) name: Option<Region>,
    pub(super) role: Option<Role>,
    pub(super) health_check: Option<HealthCheckId>,
    pub(super) record: Option<RecordValue>,
    pub(super) signals: Vec<SignalDraft>,
}

pub(super) struct SignalDraft {
    pub(super) path: Path,
    pub(super) signal: Option<Signal>,
}

impl Draft {
    pub(super) fn primary(&self) -> Option<&RegionDraft> {
        self.regions.iter().find(|region| region.role == Some(Role::Primary))
    }

    /// The first HTTP probe of the primary region, else its first TCP probe, at the served name.
    pub(super) fn derived_reach(&self) -> Option<Probe> {
        let probes = || self.primary().into_iter().flat_map(RegionDraft::probes);
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
        let derived = self.derived_reach();
        let reach = match self.reach {
            ReachDraft::Derived => derived,
            ReachDraft::Given(probe) => probe,
        };
        Some(Application {
            name: self.name,
            served: self.served?,
            zone: Zone { id: self.zone_id?, name: self.zone_name?, role: None },
            policy: self.policy?,
            mode: self.mode,
            native: self.native,
            restore: self.restore,
            priority: self.priority,
            rto: self.rto?,
            rpo: self.rpo,
            ttl: self.ttl,
            sets: self.sets,
            two_person: false,
            accept_degraded: false,
            minimum_capacity: 100,
            ramp: vec![5, 25, 50, 100],
            maintenance: Vec::new(),
            drill: None,
            actuators: self.actuators,
            notify: self.notify,
            reach: reach?,
            timing: self.timing,
            data: self.data,
            regions: self.regions.into_iter().map(RegionDraft::finish).collect::<Option<_>>()?,
        })
    }
}

impl RegionDraft {
    /// The probes that could be read, with their places.
    pub(super) fn probes(&self) -> impl Iterator<Item = (&Path, &Probe)> {
        self.signals.iter().filter_map(|draft| match &draft.signal {
            Some(Signal::Probe(probe)) => Some((&draft.path, probe)),
            _ => None,
        })
    }

    fn finish(self) -> Option<RegionPlan> {
        let name = self.name?;
        Some(RegionPlan {
            set: name.to_string(),
            weight: 100,
            capacity: 100,
            readiness: Vec::new(),
            name,
            role: self.role?,
            health_check: self.health_check,
            record: self.record?,
            signals: self.signals.into_iter().map(|draft| draft.signal).collect::<Option<_>>()?,
        })
    }
}
