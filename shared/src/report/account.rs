//! An account of what happened: one set of facts, told to people as text and to machines as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use crate::names::{ApplicationName, DnsName, EffectDigest, Epoch, Region, RunId};
use crate::ports::Message;
use crate::time::clock;

/// The longest subject that SNS takes (API reference, Publish).
const SUBJECT_LENGTH: usize = 100;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happening {
    /// Traffic was moved away from a failing region, and users can be served.
    FailedOver,
    /// The records say what an override had done.
    Recorded,
    /// The records do not say yet what an override has done.
    Unrecorded,
    /// Traffic was handed back.
    Restored,
    /// A region serves a part of its share again.
    Stage,
    /// A wanted move needs a person's consent, and nothing else.
    Asked,
    /// A wanted move is not made.
    Held,
    /// The reasons of a hold changed.
    HoldChanged,
    /// A hold still stands.
    HoldReminder,
    /// A hold is over.
    HoldEnded,
    /// A run waits for Route 53.
    Waiting,
    /// Another run was first.
    Superseded,
    /// A run failed.
    Failed,
    /// Route 53 answers another region by itself.
    NativeMove,
    /// A person gave a run up.
    Cancelled,
    /// A drill is over.
    Drilled,
    /// A controller cannot use its state table: it does not act.
    StateTableDown,
    /// A pause has stood for long.
    PausedLong,
    /// Route 53 is not, or otherwise not, as the plan says.
    Drifted,
    /// It is as the plan says again.
    DriftOver,
}

impl Happening {
    /// As it stands in message attributes and ids.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FailedOver => "failed-over",
            Self::Recorded => "recorded",
            Self::Unrecorded => "unrecorded",
            Self::Restored => "restored",
            Self::Stage => "stage",
            Self::Asked => "asked",
            Self::Cancelled => "cancelled",
            Self::Drilled => "drilled",
            Self::StateTableDown => "state-table-down",
            Self::PausedLong => "paused-long",
            Self::Drifted => "drift",
            Self::DriftOver => "drift-over",
            Self::Held => "held",
            Self::HoldChanged => "hold-changed",
            Self::HoldReminder => "hold-reminder",
            Self::HoldEnded => "hold-ended",
            Self::Waiting => "waiting",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
            Self::NativeMove => "native-move",
        }
    }
}

/// How loudly it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Somebody should look now.
    Critical,
}

/// An account of what happened, complete for one message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Account {
    /// Names the message: the same happening has the same id, however often it is told.
    pub id: String,
    /// What happened.
    pub event: Happening,
    /// How loudly it is told.
    pub severity: Severity,
    /// The application.
    pub application: ApplicationName,
    /// Its served name.
    pub served: DnsName,
    /// When.
    pub at: Timestamp,
    /// The region whose controller tells it.
    pub told_by: Region,
    /// Who held traffic.
    pub from: Region,
    /// Who is to hold it, or does.
    pub to: Region,
    /// The run, where there is one.
    pub run: Option<RunId>,
    /// The epoch that it claimed or tried to claim.
    pub epoch: Option<Epoch>,
    /// What people are asked to consent to, by its digest.
    pub digest: Option<EffectDigest>,
    /// One line.
    pub headline: String,
    /// What happened, in sentences.
    pub what: Vec<String>,
    /// The evidence.
    pub why: Vec<String>,
    /// What was done, step by step.
    pub done: Vec<String>,
    /// How to check.
    pub check: Vec<String>,
    /// How to undo it, or what ends it.
    pub undo: Vec<String>,
    /// Seconds of each phase, and of the whole.
    pub seconds: BTreeMap<String, f64>,
}

impl Account {
    /// The account as a message.
    pub fn message(&self) -> Message {
        let attributes = [
            ("severity", if self.severity == Severity::Critical { "critical" } else { "info" }),
            ("application", self.application.as_str()),
            ("region", self.told_by.as_str()),
            ("event", self.event.as_str()),
        ];
        Message {
            subject: subject(&self.headline),
            text: self.text(),
            // Our own types always have a JSON form.
            json: serde_json::to_string(self).unwrap_or_default(),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n{}\n", self.headline, "=".repeat(self.headline.chars().count()));
        let sections = [
            ("What happened", &self.what),
            ("Why", &self.why),
            ("What was done", &self.done),
            ("How to check", &self.check),
            ("How to undo it, or what ends it", &self.undo),
        ];
        for (title, lines) in sections.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            let _ = write!(text, "\n{title}\n");
            for line in lines {
                let _ = writeln!(text, "  - {line}");
            }
        }
        let run = self.run.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        let epoch = self.epoch.map_or_else(|| "none".to_owned(), |epoch| epoch.to_string());
        let _ = write!(
            text,
            "\nApplication {} ({}), told by {} at {}.\nRun {run}, epoch {epoch}, notice {}.\n",
            self.application,
            self.served,
            self.told_by,
            clock(self.at),
            self.id
        );
        text
    }
}

/// At most 100 printable ASCII characters, as SNS asks for; what is neither becomes `?`.
pub(super) fn subject(headline: &str) -> String {
    let printable = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    let line: String = headline.chars().map(printable).collect();
    if line.len() <= SUBJECT_LENGTH {
        return line;
    }
    format!("{}...", &line[..SUBJECT_LENGTH - 3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_short_plain_ascii() {
        assert_eq!(subject("moved: shop"), "moved: shop");
        assert_eq!(subject("zw\u{f6}lf\nlines"), "zw?lf?lines");
        let long = subject(&"x".repeat(300));
        assert_eq!((long.len(), long.ends_with("...")), (100, true));
    }
}
