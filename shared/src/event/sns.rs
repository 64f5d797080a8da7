//! Alarms delivered by SNS: `Records[].Sns.Message` is a text that holds JSON.
//!
//! Shape of the records: Lambda Developer Guide, "Using Lambda with Amazon SNS". Shape of the
//! message: SNS-delivered alarms of CloudWatch, for which no schema is published; a metric alarm has
//! a `Trigger`, a composite one an `AlarmRule` instead. A topic may carry other messages too, and
//! EventBridge events when it is the target of a rule.

use serde::Deserialize;
use serde_json::Value;

use super::json;
use super::loose::{self, Loose, Object, State};
use super::{AlarmRef, Event, eventbridge};
use crate::names::{Arn, Region};

/// Like `aws_lambda_events::event::sns::SnsEvent`, but nothing is required. That type refuses the
/// whole delivery, alarms and all, when one record lacks a member that we never look at, such as the
/// signature: topics are replayed and tested by hand with such records.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Delivery {
    records: Loose<Vec<Object<Record>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Record {
    sns: Object<Notification>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Notification {
    message: Loose<String>,
    topic_arn: Loose<String>,
    timestamp: Loose<String>,
}

/// What we read of an alarm's message. `Region` is not among it: there it is a display name such as
/// `US East (N. Virginia)`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Message {
    alarm_arn: Loose<String>,
    alarm_name: Loose<String>,
    #[serde(rename = "AWSAccountId")]
    account: Loose<String>,
    new_state_value: Loose<String>,
    new_state_reason: Loose<String>,
    state_change_time: Loose<String>,
}

/// Reads an object that has `Records`. Those that are no alarms do not hide those that are.
pub(super) fn read(object: &Value) -> Event {
    let delivery: Delivery = loose::object(object);
    let records = delivery.records.0.unwrap_or_default();
    let events = records.iter().map(|record| read_notification(&record.0.sns.0));
    events.reduce(together).unwrap_or_else(|| Event::not_mine("Records, but not a list with any"))
}

/// A tick looks at everything, so it covers the alarms beside it.
fn together(one: Event, other: Event) -> Event {
    match (one, other) {
        (tick @ Event::Tick { .. }, _) | (_, tick @ Event::Tick { .. }) => tick,
        (Event::Alarms(mut changes), Event::Alarms(more)) => {
            changes.extend(more);
            Event::Alarms(changes)
        }
        (alarms @ Event::Alarms(_), Event::NotMine { .. }) => alarms,
        (Event::NotMine { .. }, alarms @ Event::Alarms(_)) => alarms,
        (first @ Event::NotMine { .. }, Event::NotMine { .. }) => first,
    }
}

fn read_notification(notification: &Notification) -> Event {
    let Some(text) = notification.message.text() else {
        return Event::not_mine("a record without an SNS message");
    };
    match json::parse::<Value>(text) {
        Ok(body) if body.get("detail-type").is_some() => eventbridge::read(&body),
        Ok(body) if body.is_object() => read_alarm(&body, notification),
        _ => Event::not_mine(format!("an SNS message that is no JSON object: {text:.80}")),
    }
}

fn read_alarm(body: &Value, notification: &Notification) -> Event {
    let message: Message = loose::object(body);
    let Some(alarm) = named_by(&message, notification) else {
        return Event::not_mine(format!("an SNS message that is no alarm: {}", loose::members(body)));
    };
    let state = State {
        value: message.new_state_value,
        reason: message.new_state_reason,
        timestamp: message.state_change_time,
        // A suppressed action is not executed: what came this way was not suppressed.
        actions_suppressed_by: None,
    };
    Event::Alarms(vec![state.change(alarm, notification.timestamp.time())])
}

/// By the ARN, or else by the name: an alarm's topics lie in its own region, so the topic tells the
/// region that the message itself only shows.
fn named_by(message: &Message, notification: &Notification) -> Option<AlarmRef> {
    message.alarm_arn.text().and_then(AlarmRef::by_arn).or_else(|| {
        let topic: Option<Arn> = notification.topic_arn.text().and_then(|text| text.parse().ok());
        let region = topic.as_ref().map(Arn::region).map(Region::as_str);
        AlarmRef::by_name(message.alarm_name.text()?, message.account.text(), region)
    })
}
