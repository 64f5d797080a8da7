//! Events from EventBridge, straight or wrapped in SNS.
//!
//! Shape: CloudWatch User Guide, "Alarm events and EventBridge" (metric, metric math, anomaly
//! detection, composite with and without a suppressor); EventBridge User Guide, "Events".

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::loose::{self, Loose, Object, State};
use super::{AlarmRef, Event, schedule};

const ALARM_SOURCE: &str = "aws.cloudwatch";
const ALARM_CHANGE: &str = "CloudWatch Alarm State Change";

/// What we read of an alarm's `detail`. Its `configuration` (which differs by kind of alarm),
/// `previousState` and `alarmTags` are left alone: the plan and a fresh look say all that matters.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Detail {
    alarm_name: Loose<String>,
    state: Object<State>,
}

/// Reads an object that has a `detail-type`.
pub(super) fn read(object: &Value) -> Event {
    let Some(event) = envelope(object) else {
        return Event::not_mine("like an EventBridge event, but its detail-type or source is no text");
    };
    match (event.source.as_str(), event.detail_type.as_str()) {
        (ALARM_SOURCE, ALARM_CHANGE) => alarm(&event),
        (source, kind) if schedule::is_schedule(source, kind) => {
            Event::Tick { scheduled_at: sent_at(&event) }
        }
        (source, kind) => Event::not_mine(format!(
            "EventBridge event {:?} from {:?}",
            loose::tidy(kind, 80),
            loose::tidy(source, 80)
        )),
    }
}

fn alarm(event: &EventBridgeEvent) -> Event {
    let detail: Detail = loose::object(&event.detail);
    match named_by(event, &detail) {
        Some(alarm) => Event::Alarms(vec![detail.state.0.change(alarm, sent_at(event))]),
        None => Event::not_mine("EventBridge alarm change that names no alarm"),
    }
}

/// The alarm's ARN is the event's only resource; its name stands in `detail` as well.
fn named_by(event: &EventBridgeEvent, detail: &Detail) -> Option<AlarmRef> {
    let by_arn = event.resources.iter().flatten().find_map(|text| AlarmRef::by_arn(text));
    by_arn.or_else(|| {
        AlarmRef::by_name(detail.alarm_name.text()?, event.account.as_deref(), event.region.as_deref())
    })
}

fn sent_at(event: &EventBridgeEvent) -> Option<Timestamp> {
    let time = event.time?;
    let nanoseconds = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default();
    Timestamp::new(time.timestamp(), nanoseconds).ok()
}

/// The envelope, if its kind and source can be read.
fn envelope(object: &Value) -> Option<EventBridgeEvent> {
    EventBridgeEvent::deserialize(object).ok().or_else(|| mended(object.as_object()?))
}

/// The crate's envelope refuses the whole event for one optional member of a wrong type (a `time`
/// that is no time), and for a missing `detail`. An alarm is worth more than that: leave out the
/// members that it refuses, and take the rest.
fn mended(members: &Map<String, Value>) -> Option<EventBridgeEvent> {
    let mut kept = members.clone();
    kept.retain(|name, value| fits(name, value));
    kept.entry("detail").or_insert(Value::Null);
    EventBridgeEvent::deserialize(Value::Object(kept)).ok()
}

/// Whether the envelope takes this member, all others being right.
fn fits(name: &str, value: &Value) -> bool {
    let mut probe = json!({ "detail-type": "", "source": "", "detail": null });
    if name != "detail" {
        probe[name] = value.clone();
    }
    EventBridgeEvent::<Value>::deserialize(probe).is_ok()
}
