//! CloudWatch alarms about each region, hosted in the other one, and the events of their changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::names::{ACCOUNT, APPLICATION, REGIONS, other};
use crate::clock;
use crate::cloud::{Cloud, lock};
use crate::region::{Application, Mode};
use crate::runtime::Controllers;
use crate::timeline::Timeline;

/// Between two looks of CloudWatch at its data.
const LOOK: Duration = Duration::from_millis(200);

/// An alarm about one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmName {
    about: &'static str,
}

impl AlarmName {
    /// The alarm about a region. (An unknown region is taken for the standby.)
    pub fn about(region: &str) -> Self {
        Self { about: other(other(region)) }
    }

    /// The alarm of that name.
    pub fn parse(name: &str) -> Option<Self> {
        REGIONS.iter().map(|(about, _)| Self { about }).find(|alarm| alarm.name() == name)
    }

    /// Its name.
    pub fn name(&self) -> String {
        format!("{APPLICATION}-{}-errors", self.about)
    }

    /// The region that hosts it: it still speaks when the one that it is about is gone.
    pub fn host(&self) -> &'static str {
        other(self.about)
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:cloudwatch:{}:{ACCOUNT}:alarm:{}", self.host(), self.name())
    }

    /// The event of a change, as EventBridge delivers it.
    pub fn event(&self, state: &str, changed_at: Timestamp, delivery: u64) -> String {
        let before = if state == "ALARM" { "OK" } else { "ALARM" };
        let stamp = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string();
        json!({
            "version": "0",
            "id": format!("00000000-0000-4000-8000-{delivery:012}"),
            "detail-type": "CloudWatch Alarm State Change",
            "source": "aws.cloudwatch",
            "account": ACCOUNT,
            "time": changed_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": self.host(),
            "resources": [self.arn()],
            "detail": {
                "alarmName": self.name(),
                "configuration": {
                    "description": format!("Answers with 5xx of the {APPLICATION} in {}", self.about),
                    "metrics": [{
                        "id": "m1",
                        "metricStat": {
                            "metric": { "namespace": "Lab", "name": "Errors", "dimensions": { "Region": self.about } },
                            "period": 60,
                            "stat": "Sum",
                        },
                        "returnData": true,
                    }],
                },
                "previousState": { "value": before, "reason": "as before", "timestamp": stamp(changed_at) },
                "state": { "value": state, "reason": reason(state), "timestamp": stamp(changed_at) },
            },
        })
        .to_string()
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
    known: Mutex<BTreeMap<&'static str, Known>>,
    delivered: Mutex<u64>,
}

/// What the alarms look at and whom they wake.
#[derive(Clone)]
pub(super) struct Surroundings {
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
    pub(super) async fn create(cloud: &Cloud) -> Result<Self, String> {
        let alarms = Self::default();
        for (about, _) in REGIONS {
            let alarm = AlarmName { about };
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
            cloud.services().query("cloudwatch", alarm.host(), &fields).await?;
            set_state(cloud, &alarm, "OK").await?;
            lock(&alarms.known).insert(about, Known { state: "OK", contrary: None });
        }
        Ok(alarms)
    }

    /// Watches the regions for ever, and tells of each change.
    pub(super) async fn watch(self: Arc<Self>, around: Surroundings, after: Duration) {
        loop {
            tokio::time::sleep(LOOK).await;
            for (about, _) in REGIONS {
                let alarm = AlarmName { about };
                if let Some(state) = self.look(&alarm, &around, after) {
                    // A region whose services are lost is not looked at, so that this is never refused.
                    let _set = set_state(&around.cloud, &alarm, state).await;
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
        if around.controllers.as_ref().is_some_and(|controllers| controllers.is_lost(alarm.host())) {
            return None;
        }
        let bad = around.applications.get(alarm.about).is_some_and(|it| it.mode() != Mode::Healthy);
        let now = clock::now();
        let mut all = lock(&self.known);
        let known = all.get_mut(alarm.about)?;
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
            controllers.wake(&around.cloud, alarm.host(), "alarm", alarm.event(state, changed_at, number));
        }
    }
}

fn reason(state: &str) -> &'static str {
    if state == "ALARM" {
        "Threshold Crossed: 1 datapoint was greater than the threshold"
    } else {
        "Threshold Crossed: 1 datapoint was not greater than the threshold"
    }
}

async fn set_state(cloud: &Cloud, alarm: &AlarmName, state: &str) -> Result<(), String> {
    let name = alarm.name();
    let fields = [
        ("Action", "SetAlarmState"),
        ("Version", "2010-08-01"),
        ("AlarmName", name.as_str()),
        ("StateValue", state),
        ("StateReason", reason(state)),
    ];
    cloud.services().query("cloudwatch", alarm.host(), &fields).await
}

#[cfg(test)]
mod tests {
    use understudy::event::{AlarmState, Event, read};

    use super::*;

    #[test]
    fn an_alarm_is_hosted_where_it_still_speaks() {
        let alarm = AlarmName::about("us-east-1");
        assert_eq!(alarm.arn(), "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors");
        assert_eq!(AlarmName::parse("shop-us-east-1-errors"), Some(alarm));
        assert_eq!(AlarmName::parse("shop-errors"), None);
    }

    #[test]
    fn the_product_reads_the_event() {
        let at: Timestamp = "2026-03-01T02:13:40.989Z".parse().unwrap();
        let Event::Alarms(changes) = read(&AlarmName::about("us-east-1").event("ALARM", at, 7)) else {
            panic!("not an alarm");
        };
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].state.clone(), changes[0].changed_at), (AlarmState::Alarm, Some(at)));
        let arn = AlarmName::about("us-east-1").arn().parse().unwrap();
        assert!(changes[0].alarm.matches(&arn));
    }
}
