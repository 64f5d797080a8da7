//! CloudWatch alarms about each region, hosted in another one, and the events of their changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

use super::layout::Layout;
use super::names::{ACCOUNT, APPLICATION, is_region};
use crate::clock;
use crate::cloud::{Cloud, lock};
use crate::region::{Application, Mode};
use crate::runtime::Controllers;
use crate::timeline::Timeline;

/// Between two looks of CloudWatch at its data.
const LOOK: Duration = Duration::from_millis(200);

/// An alarm about one region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlarmName {
    about: String,
    ready: bool,
}

impl AlarmName {
    /// The alarm on the errors of a region.
    pub fn about(region: &str) -> Self {
        Self { about: region.to_owned(), ready: false }
    }

    /// The alarm by which a region says that it is not ready to take over.
    pub fn ready(region: &str) -> Self {
        Self { about: region.to_owned(), ready: true }
    }

    /// The alarm of that name.
    pub fn parse(name: &str) -> Option<Self> {
        let rest = name.strip_prefix(APPLICATION)?.strip_prefix('-')?;
        let errors = rest.strip_suffix("-errors").map(Self::about);
        errors
            .or_else(|| rest.strip_suffix("-ready").map(Self::ready))
            .filter(|alarm| is_region(&alarm.about))
    }

    /// The region that it is about.
    pub fn region(&self) -> &str {
        &self.about
    }

    /// Its name.
    pub fn name(&self) -> String {
        format!("{APPLICATION}-{}-{}", self.about, if self.ready { "ready" } else { "errors" })
    }

    /// The region that hosts it: an alarm on errors still speaks when the region is gone that it is about.
    pub fn host<'a>(&'a self, layout: &'a Layout) -> &'a str {
        if self.ready { &self.about } else { layout.host_of_alarm(&self.about) }
    }

    /// Its ARN.
    pub fn arn(&self, layout: &Layout) -> String {
        format!("arn:aws:cloudwatch:{}:{ACCOUNT}:alarm:{}", self.host(layout), self.name())
    }
}

/// What CloudWatch knows of one alarm.
#[derive(Clone, Debug)]
struct Known {
    state: &'static str,
    /// Since when the data say otherwise.
    contrary: Option<Timestamp>,
}

/// All alarms.
#[derive(Debug, Default)]
pub struct Alarms {
    known: Mutex<BTreeMap<String, Known>>,
    delivered: Mutex<u64>,
}

/// What the alarms look at and whom they wake.
#[derive(Clone)]
pub(super) struct Surroundings {
    pub layout: Arc<Layout>,
    pub applications: Arc<BTreeMap<String, Application>>,
    pub cloud: Arc<Cloud>,
    pub controllers: Option<Arc<Controllers>>,
    pub timeline: Arc<Timeline>,
}

impl Alarms {
    /// Creates every alarm, in state OK.
    ///
    /// # Errors
    /// The emulation's answer, where it refuses.
    pub(super) async fn create(cloud: &Cloud, layout: &Layout) -> Result<Self, String> {
        let alarms = Self::default();
        for (about, _) in layout.serving() {
            for alarm in [AlarmName::about(about), AlarmName::ready(about)] {
                put(cloud, layout, &alarm).await?;
                set_state(cloud, layout, &alarm, "OK").await?;
            }
            lock(&alarms.known).insert(about.to_owned(), Known { state: "OK", contrary: None });
        }
        Ok(alarms)
    }

    /// Watches the regions for ever, and tells of each change.
    pub(super) async fn watch(self: Arc<Self>, around: Surroundings, after: Duration) {
        loop {
            tokio::time::sleep(LOOK).await;
            for (about, _) in around.layout.serving() {
                let alarm = AlarmName::about(about);
                if let Some(state) = self.look(&alarm, &around, after) {
                    // A region whose services are lost is not looked at, so that this is never refused.
                    let _set = set_state(&around.cloud, &around.layout, &alarm, state).await;
                    let now = clock::now();
                    around.timeline.add(now, None, format!("the alarm {} is {state}", alarm.name()));
                    self.deliver(&around, &alarm, state, now);
                }
            }
        }
    }

    /// The state that an alarm changes to, if it does.
    fn look(&self, alarm: &AlarmName, around: &Surroundings, after: Duration) -> Option<&'static str> {
        // A lost region evaluates none of its alarms.
        let host = alarm.host(&around.layout);
        if around.controllers.as_ref().is_some_and(|controllers| controllers.is_lost(host)) {
            return None;
        }
        let bad = around.applications.get(&alarm.about).is_some_and(|it| it.mode() != Mode::Healthy);
        let now = clock::now();
        let mut all = lock(&self.known);
        let known = all.get_mut(&alarm.about)?;
        let says = if bad { "ALARM" } else { "OK" };
        if says == known.state {
            known.contrary = None;
            return None;
        }
        let since = *known.contrary.get_or_insert(now);
        (understudy::time::since(since, now) >= after).then(|| {
            known.state = says;
            known.contrary = None;
            says
        })
    }

    /// Delivers the event of a change to the region that hosts the alarm.
    pub(super) fn deliver(
        &self,
        around: &Surroundings,
        alarm: &AlarmName,
        state: &str,
        changed_at: Timestamp,
    ) {
        let number = {
            let mut delivered = lock(&self.delivered);
            *delivered += 1;
            *delivered
        };
        if let Some(controllers) = &around.controllers {
            let (host, event) =
                (alarm.host(&around.layout), alarm.event(&around.layout, state, changed_at, number));
            controllers.wake(&around.cloud, host, "alarm", event);
        }
    }
}

pub(super) fn reason(state: &str) -> &'static str {
    if state == "ALARM" {
        "Threshold Crossed: 1 datapoint was greater than the threshold"
    } else {
        "Threshold Crossed: 1 datapoint was not greater than the threshold"
    }
}

async fn put(cloud: &Cloud, layout: &Layout, alarm: &AlarmName) -> Result<(), String> {
    let name = alarm.name();
    let fields = [
        ("Action", "PutMetricAlarm"),
        ("Version", "2010-08-01"),
        ("AlarmName", name.as_str()),
        ("Namespace", "Lab"),
        ("MetricName", "Errors"),
        ("Statistic", "Sum"),
        ("Period", "60"),
        ("EvaluationPeriods", "1"),
        ("Threshold", "10"),
        ("ComparisonOperator", "GreaterThanThreshold"),
    ];
    cloud.services().query("cloudwatch", alarm.host(layout), &fields).await
}

/// Sets an alarm's state, as its own data or a person would.
pub(super) async fn set_state(
    cloud: &Cloud,
    layout: &Layout,
    alarm: &AlarmName,
    state: &str,
) -> Result<(), String> {
    let name = alarm.name();
    let fields = [
        ("Action", "SetAlarmState"),
        ("Version", "2010-08-01"),
        ("AlarmName", name.as_str()),
        ("StateValue", state),
        ("StateReason", reason(state)),
    ];
    cloud.services().query("cloudwatch", alarm.host(layout), &fields).await
}
