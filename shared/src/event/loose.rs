//! Lenient building blocks: what does not fit is taken as missing, never as a fault.
//!
//! The typed alarm structs of `aws_lambda_events` refuse real alarms (metric math, composite alarms
//! without a suppressor, anomaly detection, a null description, a state that is new), so none is used
//! below the envelope; these read only what we act on.

use jiff::Timestamp;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;

use super::{AlarmChange, AlarmRef, AlarmState, REASON_CHARS, time};

/// A member that may be missing, null or of another type. Use it in a struct with `#[serde(default)]`.
pub(super) struct Loose<T>(pub(super) Option<T>);

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(source)?;
        Ok(Self(T::deserialize(value).ok()))
    }
}

/// An object of which every member may be missing; where it is none, all of them are.
///
/// A derived struct would also take a list, by position. No AWS shape is written like that.
#[derive(Default)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: DeserializeOwned + Default> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Ok(Self(object(&Value::deserialize(source)?)))
    }
}

/// Reads an object as [`Object`] does.
pub(super) fn object<T: DeserializeOwned + Default>(value: &Value) -> T {
    if !value.is_object() {
        return T::default();
    }
    T::deserialize(value).unwrap_or_default()
}

impl Loose<String> {
    /// The text, or nothing.
    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The time that it tells, or nothing.
    pub(super) fn time(&self) -> Option<Timestamp> {
        self.text().and_then(time::parse)
    }
}

/// The state object of an alarm, alike in EventBridge events (`detail.state`) and in direct actions
/// (`alarmData.state`).
#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct State {
    pub(super) value: Loose<String>,
    pub(super) reason: Loose<String>,
    pub(super) timestamp: Loose<String>,
    /// `WaitPeriod`, `ExtensionPeriod` or `Alarm`. Only its presence counts, so it may be anything.
    pub(super) actions_suppressed_by: Option<Value>,
}

impl State {
    /// The change of that alarm into this state. `sent_at` stands in where the state has no time of
    /// its own: it is at most a little later.
    pub(super) fn change(&self, alarm: AlarmRef, sent_at: Option<Timestamp>) -> AlarmChange {
        AlarmChange {
            alarm,
            state: AlarmState::from(self.value.text().unwrap_or_default()),
            changed_at: self.timestamp.time().or(sent_at),
            suppressed: self.actions_suppressed_by.is_some(),
            reason: tidy(self.reason.text().unwrap_or_default(), REASON_CHARS),
        }
    }
}

/// Cuts a foreign text to `limit` characters and blanks whatever could break or disguise a log line.
pub(crate) fn tidy(text: &str, limit: usize) -> String {
    text.chars().take(limit).map(|c| if is_unsafe_in_a_log(c) { ' ' } else { c }).collect()
}

/// Controls, the line and paragraph separators, and what turns the direction of writing.
fn is_unsafe_in_a_log(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a value is, in words.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The names of an object's first members, in alphabetical order: enough to recognise it by, and
/// none of its content.
pub(super) fn members(object: &Value) -> String {
    let mut names: Vec<&str> =
        object.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.as_slice() {
        [] => "no members".to_owned(),
        [..] => names.iter().take(8).map(|name| tidy(name, 24)).collect::<Vec<_>>().join(", "),
    }
}
