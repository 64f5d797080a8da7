//! The settings of a plan that make a move sooner, and what each asks in return.

use std::time::Duration;

use crate::advise::planned::{checkers, phases};
use crate::dns::{Endpoint, Interval, Watches};
use crate::plan::{Application, Plan, RegionPlan, Signal};
use crate::provision;

/// One setting, and the values that may be tried beside its own.
pub(super) struct Lever {
    /// What it asks in return.
    pub price: &'static str,
    /// How much of that, against the other levers: of settings of one cost those that risk least are chosen.
    pub risk: u32,
    /// From gentle to bold.
    values: &'static [u64],
    /// What stands there; none where the lever does not apply.
    get: fn(&Plan, &Application) -> Option<u64>,
    set: fn(&mut Application, u64),
    /// The changes to the plan file by which it is set.
    write: fn(&Application, u64) -> Vec<Change>,
}

/// One change to the plan file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// The key, from the file's top.
    pub path: String,
    /// What is to stand there, as TOML.
    pub value: String,
}

impl Lever {
    /// What stands there.
    pub fn now(&self, plan: &Plan, application: &Application) -> Option<u64> {
        (self.get)(plan, application)
    }

    /// The bolder values that are allowed, from gentle to bold.
    pub fn bolder(&self, plan: &Plan, application: &Application) -> Vec<u64> {
        let now = self.now(plan, application).unwrap_or(0);
        self.values.iter().copied().filter(|value| *value < now).collect()
    }

    /// The application with another value.
    pub fn pull(&self, application: &Application, value: u64) -> Application {
        let mut changed = application.clone();
        (self.set)(&mut changed, value);
        changed
    }

    /// The changes to the plan file of an application to which the value is set already.
    pub fn written(&self, application: &Application, value: u64) -> Vec<Change> {
        (self.write)(application, value)
    }
}

/// All levers. Values are seconds, or how many.
pub(super) const LEVERS: [Lever; 7] = [
    Lever {
        price: "more questions to Route 53 ($0.40 a million); a TTL of at most 60 s is AWS's own advice",
        risk: 1,
        values: &[60, 30, 10],
        get: |_, app| (!phases::has_foreign_ttl(app)).then_some(app.ttl.as_secs()),
        set: |app, value| app.ttl = secs(value),
        write: |app, value| vec![of_application(app, "ttl", span(value))],
    },
    Lever {
        price: "two regions may both begin to move; only one of them wins the epoch",
        risk: 2,
        values: &[20, 10],
        get: |_, app| (app.regions.len() > 2).then_some(app.timing.rank_wait.as_secs()),
        set: |app, value| app.timing.rank_wait = secs(value),
        write: |app, value| vec![of_timing(app, "rank_wait", span(value))],
    },
    Lever {
        price: "more probes of every endpoint",
        risk: 2,
        values: &[5],
        get: |plan, app| (slowest_timeout(plan, app) < secs(5)).then_some(app.timing.interval.as_secs()),
        set: |app, value| app.timing.interval = secs(value),
        write: |app, value| vec![of_timing(app, "interval", span(value))],
    },
    Lever {
        price: "a check's interval cannot be changed: provisioning makes new checks, and $1 a month each",
        risk: 1,
        values: &[10],
        get: |_, app| watched(app).map(|(interval, _)| u64::from(interval.seconds())),
        set: |app, value| every_check(app, Interval::of(secs(value)), None),
        write: |app, _| of_checks(app, "interval", |asked| span(asked.interval.seconds().into())),
    },
    Lever {
        price: "a shorter disturbance suffices for Route 53's checkers",
        risk: 3,
        values: &[2, 1],
        get: |_, app| watched(app).map(|(_, threshold)| u64::from(threshold)),
        set: |app, value| every_check(app, None, u8::try_from(value).ok()),
        write: |app, _| of_checks(app, "threshold", |asked| asked.threshold.to_string()),
    },
    Lever {
        price: "a shorter disturbance suffices for a move",
        risk: 4,
        values: &[10, 5],
        get: |_, app| Some(app.timing.dwell.as_secs()),
        set: |app, value| app.timing.dwell = secs(value),
        write: |app, value| vec![of_timing(app, "dwell", span(value))],
    },
    Lever {
        price: "fewer bad samples suffice for a move",
        risk: 5,
        values: &[2],
        get: |_, app| Some(u64::from(app.timing.fall)),
        set: |app, value| app.timing.fall = u32::try_from(value).unwrap_or(app.timing.fall),
        write: |app, value| vec![of_timing(app, "fall", value.to_string())],
    },
];

fn secs(value: u64) -> Duration {
    Duration::from_secs(value)
}

fn span(value: u64) -> String {
    format!("\"{value}s\"")
}

fn of_application(application: &Application, key: &str, value: String) -> Change {
    Change { path: format!("application.{}.{key}", application.name), value }
}

fn of_timing(application: &Application, key: &str, value: String) -> Change {
    of_application(application, &format!("timing.{key}"), value)
}

/// A timeout must stay below the interval.
fn slowest_timeout(plan: &Plan, application: &Application) -> Duration {
    let signals = application.regions.iter().flat_map(|region| &region.signals);
    let probes = signals.filter_map(|signal| match signal {
        Signal::Probe(probe) => Some(probe.timeout),
        Signal::Alarm(_) => None,
    });
    let others = plan.control_targets.iter().map(|target| target.timeout);
    let own = [application.timing.timeout, application.reach.timeout];
    probes.chain(others).chain(own).max().unwrap_or_default()
}

/// The interval and the threshold of the check that judges the region that may be lost, where we make it.
fn watched(application: &Application) -> Option<(Interval, u8)> {
    checkers::turns(application).filter(|_| application.provision)
}

/// Makes checks quicker, none slower.
fn every_check(application: &mut Application, interval: Option<Interval>, threshold: Option<u8>) {
    for region in &mut application.regions {
        let Some(mut check) = provision::checks::endpoint(region) else { continue };
        if let Watches::Endpoint(endpoint) = &mut check.watches {
            endpoint.interval = interval.unwrap_or(endpoint.interval);
            endpoint.threshold = endpoint.threshold.min(threshold.unwrap_or(endpoint.threshold));
            region.check = Some(check);
        }
    }
}

/// The key of each check that asks an endpoint, as it stands there now.
fn of_checks(application: &Application, key: &str, value: fn(&Endpoint) -> String) -> Vec<Change> {
    let change = |(place, region): (usize, &RegionPlan)| match &region.check.as_ref()?.watches {
        Watches::Endpoint(endpoint) => {
            Some(of_application(application, &format!("region[{place}].check.{key}"), value(endpoint)))
        }
        Watches::Metric { .. } | Watches::RoutingControl(_) | Watches::Calculated { .. } => None,
    };
    application.regions.iter().enumerate().filter_map(change).collect()
}
