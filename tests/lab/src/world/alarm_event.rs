//! The event of an alarm's change, as EventBridge delivers it.

use jiff::Timestamp;
use serde_json::json;

use super::alarms::{AlarmName, reason};
use super::layout::Layout;
use super::names::{ACCOUNT, APPLICATION};

impl AlarmName {
    /// The event of a change.
    pub fn event(&self, layout: &Layout, state: &str, changed_at: Timestamp, delivery: u64) -> String {
        let before = if state == "ALARM" { "OK" } else { "ALARM" };
        let stamp = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string();
        let metric = json!({
            "namespace": "Lab",
            "name": "Errors",
            "dimensions": { "Region": self.region() },
        });
        json!({
            "version": "0",
            "id": format!("00000000-0000-4000-8000-{delivery:012}"),
            "detail-type": "CloudWatch Alarm State Change",
            "source": "aws.cloudwatch",
            "account": ACCOUNT,
            "time": changed_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": self.host(layout),
            "resources": [self.arn(layout)],
            "detail": {
                "alarmName": self.name(),
                "configuration": {
                    "description": format!("Answers with 5xx of the {APPLICATION} in {}", self.region()),
                    "metrics": [{
                        "id": "m1",
                        "metricStat": { "metric": metric, "period": 60, "stat": "Sum" },
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

#[cfg(test)]
mod tests {
    use understudy::event::{AlarmState, Event, read};

    use super::*;
    use crate::world::Settings;

    #[test]
    fn an_alarm_is_known_by_its_name() {
        let layout = Layout::of(&Settings::default());
        let alarm = AlarmName::about("us-east-1");
        assert_eq!(
            alarm.arn(&layout),
            "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors"
        );
        assert_eq!(AlarmName::parse("shop-us-east-1-errors"), Some(alarm));
        assert_eq!(AlarmName::parse("shop-eu-west-1-ready"), Some(AlarmName::ready("eu-west-1")));
        assert_eq!(AlarmName::parse("shop-errors"), None);
        assert_eq!(AlarmName::parse("shop-mars-north-1-errors"), None);
    }

    #[test]
    fn the_product_reads_the_event() {
        let layout = Layout::of(&Settings::default());
        let at: Timestamp = "2026-03-01T02:13:40.989Z".parse().unwrap();
        let alarm = AlarmName::about("us-east-1");
        let Event::Alarms(changes) = read(&alarm.event(&layout, "ALARM", at, 7)) else {
            panic!("not an alarm");
        };
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].state.clone(), changes[0].changed_at), (AlarmState::Alarm, Some(at)));
        let arn = alarm.arn(&layout).parse().unwrap();
        assert!(changes[0].alarm.matches(&arn));
    }
}
