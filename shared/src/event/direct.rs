//! An alarm that invokes the function itself (principal `lambda.alarms.cloudwatch.amazonaws.com`).
//!
//! Shape: CloudWatch User Guide, "Invoke a Lambda function from an alarm". It resembles the
//! EventBridge event but has `alarmData` for `detail`, `alarmArn` for `resources`, `accountId` for
//! `account`, and no `detail-type`. Samples are about that mix `alarmData` with the EventBridge
//! envelope, so those members are read too.

use serde::Deserialize;
use serde_json::Value;

use super::loose::{self, Loose, Object, State};
use super::{AlarmRef, Event};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Action {
    alarm_arn: Loose<String>,
    resources: Loose<Vec<Loose<String>>>,
    account_id: Loose<String>,
    account: Loose<String>,
    region: Loose<String>,
    time: Loose<String>,
    alarm_data: Object<AlarmData>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AlarmData {
    alarm_name: Loose<String>,
    state: Object<State>,
}

/// Reads an object that has `alarmData` or `alarmArn`.
pub(super) fn read(object: &Value) -> Event {
    let action: Action = loose::object(object);
    match named_by(&action) {
        Some(alarm) => Event::Alarms(vec![action.alarm_data.0.state.0.change(alarm, action.time.time())]),
        None => Event::not_mine("alarm action that names no alarm"),
    }
}

fn named_by(action: &Action) -> Option<AlarmRef> {
    let resources = action.resources.0.iter().flatten();
    let mut arns = std::iter::once(&action.alarm_arn).chain(resources).filter_map(Loose::text);
    arns.find_map(AlarmRef::by_arn).or_else(|| {
        let account = action.account_id.text().or(action.account.text());
        AlarmRef::by_name(action.alarm_data.0.alarm_name.text()?, account, action.region.text())
    })
}
