//! The alarms whose data health checks read: those that overrides need, and what Route 53 makes of the plan's own.
//!
//! Route 53 copies an alarm's settings when a check of it is made, and reads the metric by them; the alarm's
//! state is nothing to it (Developer Guide, "How Route 53 determines the status of health checks that monitor
//! CloudWatch alarms").

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::live::{Live, LiveCheck};
use super::name::digits;
use crate::away::{METRIC, METRIC_DIMENSIONS};
use crate::dns::Watches;
use crate::in_order::InOrder;
use crate::names::{ApplicationName, Region};
use crate::plan::{Actuator, Application, OverrideKind, Plan};

/// An alarm's place: its region and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AlarmPlace {
    /// Where it is.
    pub region: Region,
    /// What it is called.
    pub name: String,
}

/// The metric by which the controller of a region says that another one is to be left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OverrideAlarm {
    /// The application.
    pub application: ApplicationName,
    /// Who is left.
    pub from: Region,
    /// The alarm, in the taker's region.
    pub place: AlarmPlace,
    /// The metric's namespace.
    pub namespace: String,
}

/// A metric alarm's settings, as far as a health check could read its data.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AlarmSettings {
    /// The namespace, where it is an alarm of one metric.
    pub namespace: Option<String>,
    /// The metric's name.
    pub metric: Option<String>,
    /// The metric's dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// A plain statistic: `Average`, `Minimum`, `Maximum`, `Sum`, `SampleCount`.
    pub statistic: Option<String>,
    /// In seconds.
    pub period: i32,
    /// How many periods are looked at.
    pub periods: i32,
    /// How many of them must breach, where that is said.
    pub datapoints: Option<i32>,
    /// Against what the statistic is compared.
    pub threshold: Option<f64>,
    /// How, in CloudWatch's words.
    pub comparison: String,
}

/// The shortest period of a metric of standard resolution, in seconds.
const STANDARD: i32 = 60;
/// What a check can compare by (Route 53 API, `CloudWatchAlarmConfiguration.ComparisonOperator`).
const COMPARISONS: [&str; 4] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
];

impl OverrideAlarm {
    /// What the alarm is set to. The lowest of a minute counts, so that what is taken back is gone at once.
    pub fn settings(&self) -> AlarmSettings {
        let values = [self.application.to_string(), self.from.to_string()];
        AlarmSettings {
            namespace: Some(self.namespace.clone()),
            metric: Some(METRIC.to_owned()),
            dimensions: METRIC_DIMENSIONS.map(str::to_owned).into_iter().zip(values).in_order(),
            statistic: Some("Minimum".to_owned()),
            period: STANDARD,
            periods: 1,
            datapoints: Some(1),
            threshold: Some(1.0),
            comparison: "GreaterThanOrEqualToThreshold".to_owned(),
        }
    }
}

/// Whether a check reads its metric by settings that its alarm no longer has, or is about to lose: Route 53 copies
/// them when a check is made or updated, and never between (Developer Guide, "Updating health checks when you change
/// CloudWatch alarm settings").
pub(super) fn is_stale(newest: &BTreeMap<AlarmPlace, AlarmSettings>, check: &LiveCheck) -> bool {
    let Some((Watches::Metric { region, alarm, .. }, copied)) =
        check.check.as_ref().map(|check| &check.watches).zip(check.copied.as_ref())
    else {
        return false;
    };
    let place = AlarmPlace { region: region.clone(), name: alarm.clone() };
    newest.get(&place).is_some_and(|newest| newest.unreadable().is_none() && !copied.is_copy_of(newest))
}

/// What the alarms are set to, once those of overrides are as they should be.
pub(super) fn newest(plan: &Plan, live: &Live) -> BTreeMap<AlarmPlace, AlarmSettings> {
    let known = wanted(plan).into_iter().filter(|alarm| !live.unread.contains(&alarm.place.region));
    let ours = known.map(|alarm| (alarm.place.clone(), alarm.settings()));
    live.alarms.clone().into_iter().chain(ours).in_order()
}

impl fmt::Display for AlarmPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.name, self.region)
    }
}

impl AlarmSettings {
    /// Whether these are the other's, as far as Route 53 copies them: how many datapoints must breach is not.
    fn is_copy_of(&self, other: &Self) -> bool {
        let copied = Self { datapoints: self.datapoints, ..other.clone() };
        *self == copied
    }

    /// Why Route 53 cannot read its data, if that is so (Developer Guide, "Values that you specify when you
    /// create or update health checks", monitoring a CloudWatch alarm).
    pub fn unreadable(&self) -> Option<&'static str> {
        let several = self.datapoints.is_some_and(|datapoints| datapoints != self.periods);
        let known = COMPARISONS.contains(&self.comparison.as_str());
        [
            (self.metric.is_none(), "it computes on metrics, and a check reads one metric"),
            (self.statistic.is_none(), "it compares a percentile, and a check knows plain statistics only"),
            (self.period < STANDARD, "its period is shorter than a minute"),
            (several, "it breaches by M out of N datapoints, and a check knows N out of N only"),
            (!known || self.threshold.is_none(), "it compares with a band, and a check with a number only"),
        ]
        .into_iter()
        .find_map(|(is_so, why)| is_so.then_some(why))
    }
}

/// The name of the alarm by which a taker's region says "away". Another namespace makes another alarm: a check
/// keeps the settings that it copied.
pub(super) fn override_alarm(
    plan: &Plan,
    application: &ApplicationName,
    (from, taker): (&Region, &Region),
) -> Option<OverrideAlarm> {
    let OverrideKind::Metric { namespace } = &plan.overrides.as_ref()?.kind else { return None };
    let name = format!("understudy-{}-away-{application}-{from}-{}", plan.deployment, digits(namespace, 8));
    let place = AlarmPlace { region: taker.clone(), name };
    Some(OverrideAlarm {
        application: application.clone(),
        from: from.clone(),
        place,
        namespace: namespace.clone(),
    })
}

/// The alarms that the plan's overrides need.
pub(crate) fn wanted(plan: &Plan) -> BTreeSet<OverrideAlarm> {
    let provisioned = plan.applications.iter().filter(|application| application.provision);
    provisioned.flat_map(|application| of(plan, application)).in_order()
}

fn of(plan: &Plan, application: &Application) -> Vec<OverrideAlarm> {
    if !application.actuators.contains(&Actuator::Override) {
        return Vec::new();
    }
    let left = application.regions.iter().map(|region| &region.name);
    let pairs = left.flat_map(|from| takers(plan, application, from).map(move |taker| (from, taker)));
    pairs.filter_map(|pair| override_alarm(plan, &application.name, pair)).collect()
}

/// The other regions whose controllers may take over, and say so.
pub(super) fn takers<'a>(
    plan: &'a Plan,
    application: &'a Application,
    from: &'a Region,
) -> impl Iterator<Item = &'a Region> {
    let others = application.regions.iter().map(|other| &other.name);
    others.filter(move |other| *other != from && plan.controllers.contains(other))
}

/// The alarms that the plan's own checks read.
pub(super) fn read(plan: &Plan) -> BTreeSet<AlarmPlace> {
    let provisioned = plan.applications.iter().filter(|application| application.provision);
    let regions = provisioned.flat_map(|application| &application.regions);
    let checks = regions.flat_map(|region| [region.check.as_ref(), region.data_check.as_ref()]);
    let place = |watches: &Watches<_>| match watches {
        Watches::Metric { region, alarm, .. } => {
            Some(AlarmPlace { region: region.clone(), name: alarm.clone() })
        }
        _ => None,
    };
    checks.flatten().filter_map(|check| place(&check.watches)).in_order()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> AlarmSettings {
        let place = AlarmPlace { region: "us-west-2".into(), name: "away".to_owned() };
        let (application, from) = ("shop".into(), "us-east-1".into());
        OverrideAlarm { application, from, place, namespace: "Understudy".to_owned() }.settings()
    }

    #[test]
    fn route_53_can_read_what_overrides_need() {
        assert_eq!(ours().unreadable(), None);
        let whole = AlarmSettings { periods: 3, datapoints: Some(3), ..ours() };
        assert_eq!(whole.unreadable(), None);
        assert_eq!(AlarmSettings { datapoints: None, ..ours() }.unreadable(), None);
    }

    #[test]
    fn each_kind_of_alarm_that_it_cannot_read_is_told_apart() {
        for (settings, why) in [
            (AlarmSettings { metric: None, statistic: None, ..ours() }, "computes on metrics"),
            (AlarmSettings { statistic: None, ..ours() }, "percentile"),
            (AlarmSettings { period: 10, ..ours() }, "shorter than a minute"),
            (AlarmSettings { periods: 3, datapoints: Some(2), ..ours() }, "M out of N"),
            (AlarmSettings { threshold: None, ..ours() }, "a band"),
            (AlarmSettings { comparison: "GreaterThanUpperThreshold".to_owned(), ..ours() }, "a band"),
        ] {
            assert!(settings.unreadable().is_some_and(|told| told.contains(why)), "{why}: {settings:?}");
        }
    }
}
