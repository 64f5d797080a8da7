//! What woke us: each foreign event shape becomes one of ours, in one place.
//!
//! [`read`] is total. An event that fails a Lambda function is delivered twice more and then lost,
//! and it is no better understood the third time; so whatever arrives is answered, and what is not
//! for us is a value ([`Event::NotMine`]) that says what was seen.
//!
//! An event is a hint, never evidence: the worst that a forged or mangled one can do is to make the
//! controller look. That is why the reading is lenient. A member that is missing, or of another type
//! than it should be, costs that member and nothing else; only an alarm that nothing names is lost.
//!
//! | woken by | source of the shape | read in |
//! | --- | --- | --- |
//! | an EventBridge rule for alarms | CloudWatch User Guide, "Alarm events and EventBridge" | `eventbridge` |
//! | an alarm's Lambda action | CloudWatch User Guide, "Invoke a Lambda function from an alarm" | `direct` |
//! | an alarm's SNS action | Lambda Developer Guide, "Using Lambda with Amazon SNS" | `sns` |
//! | a schedule, or ourselves | EventBridge and EventBridge Scheduler User Guides | `schedule` |

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::names::{Arn, Region};

mod direct;
mod eventbridge;
mod json;
mod loose;
mod schedule;
mod sns;
mod time;

pub(crate) use json::parse;
pub(crate) use loose::{kind, tidy};

#[cfg(test)]
mod tests;

/// Characters of an alarm's reason that are kept.
const REASON_CHARS: usize = 512;

/// Characters of [`Event::NotMine`]'s `why`.
const WHY_CHARS: usize = 200;

/// Characters of a state that we do not know.
const STATE_CHARS: usize = 32;

/// The longest alarm name (CloudWatch API reference, `PutMetricAlarm`).
const NAME_CHARS: usize = 255;

/// The longest alarm ARN (CloudWatch API reference, `MetricAlarm.AlarmArn`).
const ARN_BYTES: usize = 1600;

/// What woke us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Look at everything: a schedule, or an explicit wake.
    Tick {
        /// When the schedule wanted to wake us; `None` where it did not say.
        scheduled_at: Option<Timestamp>,
    },
    /// One or more alarms changed their state, in the order of delivery. A hint, never evidence.
    Alarms(Vec<AlarmChange>),
    /// Not for us.
    NotMine {
        /// What was seen, for the log: one short line without control characters.
        why: String,
    },
}

impl Event {
    /// What woke us, in a few words.
    pub fn in_words(&self) -> String {
        match self {
            Self::Tick { .. } => "tick".to_owned(),
            Self::Alarms(changes) => {
                let each: Vec<String> =
                    changes.iter().map(|c| format!("{} is {}", c.alarm, c.state)).collect();
                each.join(", ")
            }
            Self::NotMine { why } => format!("not mine: {why}"),
        }
    }

    fn not_mine(why: impl AsRef<str>) -> Self {
        Self::NotMine { why: loose::tidy(why.as_ref(), WHY_CHARS) }
    }
}

/// A change of one alarm's state, as its messenger tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmChange {
    /// Which alarm.
    pub alarm: AlarmRef,
    /// The state that it changed to.
    pub state: AlarmState,
    /// When it changed; where the change itself carries no time, when its messenger was sent.
    pub changed_at: Option<Timestamp>,
    /// Whether the alarm's own actions were suppressed. EventBridge tells of such changes all the
    /// same, so that honouring the suppression is left to us.
    pub suppressed: bool,
    /// CloudWatch's words for the change, at most 512 characters; empty where it gave none.
    pub reason: String,
}

impl AlarmChange {
    /// How long ago the alarm changed. A time in the future is a clock's error, not an age: zero.
    pub fn age(&self, now: Timestamp) -> Option<Duration> {
        self.changed_at.map(|at| crate::time::since(at, now))
    }

    /// The same for each delivery of one change: `alarm|time|state`.
    ///
    /// An event's `id` would not do, as it names the delivery. Where the time is unknown (`-`), all
    /// changes to one state share a key: do not drop an event for it.
    pub fn key(&self) -> String {
        let time = self.changed_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        format!("{}|{time}|{}", self.alarm, self.state)
    }
}

/// Which alarm an event speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AlarmRef {
    /// By its ARN; always that of a CloudWatch alarm.
    Arn(Arn),
    /// By what the event says where it carries no ARN. `None`: it does not say.
    Named {
        /// The account's 12 digits.
        account: Option<String>,
        /// The region that hosts the alarm.
        region: Option<Region>,
        /// The alarm's name, unique within account and region.
        name: String,
    },
}

impl AlarmRef {
    /// Whether this is the alarm with that ARN. What an event does not say is not held against it:
    /// a wake too many costs one look, a wake too few up to a minute.
    pub fn matches(&self, arn: &Arn) -> bool {
        match self {
            Self::Arn(own) => own == arn,
            Self::Named { account, region, name } => {
                arn.alarm_name() == Some(name)
                    && account.as_ref().is_none_or(|own| own == arn.account())
                    && region.as_ref().is_none_or(|own| own == arn.region())
            }
        }
    }

    /// An alarm's ARN. Others, and those that CloudWatch could not have made, are `None`.
    fn by_arn(text: &str) -> Option<Self> {
        if text.len() > ARN_BYTES || has_control(text) {
            return None;
        }
        let arn: Arn = text.parse().ok()?;
        arn.alarm_name().is_some_and(is_alarm_name).then_some(Self::Arn(arn))
    }

    /// An alarm by its name. An account or a region that cannot be one counts as not said.
    fn by_name(name: &str, account: Option<&str>, region: Option<&str>) -> Option<Self> {
        is_alarm_name(name).then(|| Self::Named {
            account: account.filter(|text| is_account(text)).map(str::to_owned),
            region: region.filter(|text| is_region(text)).map(Region::new),
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for AlarmRef {
    /// The ARN, or `account/region/name` with `-` for what is not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arn(arn) => arn.fmt(f),
            Self::Named { account, region, name } => {
                let account = account.as_deref().unwrap_or("-");
                let region = region.as_ref().map_or("-", Region::as_str);
                write!(f, "{account}/{region}/{name}")
            }
        }
    }
}

/// What CloudWatch lets an alarm be called: 1 to 255 characters, none of them an ASCII control.
/// This also bounds what a hostile event can make us keep.
fn is_alarm_name(text: &str) -> bool {
    (1..=NAME_CHARS).contains(&text.chars().count()) && !has_control(text)
}

fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_control())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Tells `us-east-1` from a display name such as `US East (N. Virginia)`.
fn is_region(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=32).contains(&text.len()) && text.contains('-') && text.bytes().all(allowed)
}

/// The state that an alarm changed to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AlarmState {
    /// Within its threshold.
    Ok,
    /// Beyond its threshold.
    Alarm,
    /// It cannot tell.
    InsufficientData,
    /// A state that we do not know, as it was written; empty where the event has none.
    Other(String),
}

impl AlarmState {
    /// CloudWatch's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
            Self::Other(text) => text,
        }
    }
}

impl From<&str> for AlarmState {
    fn from(text: &str) -> Self {
        match text {
            "OK" => Self::Ok,
            "ALARM" => Self::Alarm,
            "INSUFFICIENT_DATA" => Self::InsufficientData,
            other => Self::Other(loose::tidy(other, STATE_CHARS)),
        }
    }
}

impl fmt::Display for AlarmState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Reads what Lambda was given. Never an error and never a panic: the text may be anything.
pub fn read(payload: &str) -> Event {
    match json::parse(payload) {
        Ok(value) => read_json(&value),
        Err(why) => Event::not_mine(why),
    }
}

/// Tells the shapes apart by the members that only one of them has.
fn read_json(value: &Value) -> Event {
    let has = |member: &str| value.get(member).is_some();
    if !value.is_object() {
        Event::not_mine(format!("JSON, but {}", loose::kind(value)))
    } else if has("understudy") {
        schedule::read_own(value)
    } else if has("Records") {
        sns::read(value)
    } else if has("alarmData") || has("alarmArn") {
        direct::read(value)
    } else if has("detail-type") {
        eventbridge::read(value)
    } else {
        Event::not_mine(format!("an object of no known shape: {}", loose::members(value)))
    }
}
