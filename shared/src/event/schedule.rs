//! Wakes without an alarm: schedules, and our own word.
//!
//! Sources: EventBridge User Guide, "Creating a rule that runs on a schedule"; EventBridge Scheduler
//! User Guide, "Adding context attributes". A schedule of Scheduler delivers whatever its Input says;
//! ours says [`read_own`]'s shape. Without an Input it sends an envelope like a rule's, whose
//! `detail` is the text `{}`.

use serde::Deserialize;
use serde_json::Value;

use super::Event;
use super::loose::{self, Loose};

const SCHEDULED: &str = "Scheduled Event";

/// Our own shape: `{"understudy": "tick", "scheduled_at": "<aws.scheduler.scheduled-time>"}`, where
/// Scheduler puts the time. By hand, `{"understudy": "tick"}` is enough.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Own {
    understudy: Loose<String>,
    scheduled_at: Loose<String>,
}

/// Whether an EventBridge envelope of that source and kind is a schedule's: of a rule
/// (`aws.events`), or of Scheduler (`aws.scheduler`).
pub(super) fn is_schedule(source: &str, kind: &str) -> bool {
    kind == SCHEDULED && matches!(source, "aws.events" | "aws.scheduler")
}

/// Reads an object that has `understudy`.
pub(super) fn read_own(object: &Value) -> Event {
    let own: Own = loose::object(object);
    match own.understudy.text() {
        // A time that was not substituted, or is none, is no reason to stay asleep.
        Some("tick") => Event::Tick { scheduled_at: own.scheduled_at.time() },
        Some(other) => Event::not_mine(format!("our own shape, but asks for {:?}", loose::tidy(other, 80))),
        None => Event::not_mine("our own shape, but what it asks for is no text"),
    }
}
