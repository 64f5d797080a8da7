//! What was published. The emulation keeps only a message's text, so the request itself is read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::form;

/// The longest subject (SNS API reference, `Publish.Subject`).
const LONGEST_SUBJECT: usize = 100;

/// One message to one topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// When SNS took it.
    pub at: Timestamp,
    /// The region whose SNS took it.
    pub region: String,
    /// The topic's ARN.
    pub topic: String,
    /// The subject.
    pub subject: String,
    /// `json`, or nothing.
    pub structure: String,
    /// What a person reads.
    pub text: String,
    /// What a machine reads.
    pub facts: Value,
    /// The attributes' texts.
    pub attributes: BTreeMap<String, String>,
}

impl Publication {
    pub(super) fn read(body: &[u8], region: &str, at: Timestamp) -> Self {
        let fields = form::fields(body);
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let message = field("Message");
        let parts: Value = serde_json::from_str(&message).unwrap_or_default();
        let part = |name: &str| parts.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let structured = field("MessageStructure") == "json";
        Self {
            at,
            region: region.to_owned(),
            topic: field("TopicArn"),
            subject: field("Subject"),
            structure: field("MessageStructure"),
            text: if structured { part("default") } else { message.clone() },
            facts: serde_json::from_str(&part("sqs")).unwrap_or_default(),
            attributes: attributes(&fields),
        }
    }

    /// A fact of the account, as text.
    pub fn fact(&self, name: &str) -> String {
        self.facts.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The topic's own name.
    pub fn topic_name(&self) -> &str {
        self.topic.rsplit(':').next().unwrap_or_default()
    }
}

fn attributes(fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    (1..)
        .map_while(|number| {
            let field = |part: &str| fields.get(&format!("MessageAttributes.entry.{number}.{part}"));
            Some((field("Name")?.clone(), field("Value.StringValue").cloned().unwrap_or_default()))
        })
        .collect()
}

/// What SNS refuses and the emulation takes (API reference, `Publish`): a refusal here is a notice that
/// nobody would get there.
pub(super) fn refusal(operation: &str, body: &[u8]) -> Option<String> {
    if operation != "Publish" {
        return None;
    }
    let fields = form::fields(body);
    if let Some(subject) = fields.get("Subject") {
        let printable = subject.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT || !printable {
            return Some("Invalid parameter: Subject".to_owned());
        }
    }
    if fields.get("MessageStructure").is_some_and(|structure| structure == "json") {
        let message = fields.get("Message").map_or("", String::as_str);
        let parts: Option<Value> = serde_json::from_str(message).ok();
        if parts.and_then(|parts| parts.get("default")?.as_str().map(drop)).is_none() {
            return Some(
                "Invalid parameter: Message Structure - No default entry in JSON message body".to_owned(),
            );
        }
    }
    let empty = attributes(&fields).into_iter().find(|(_, value)| value.is_empty());
    empty.map(|(name, _)| {
        format!("The message attribute '{name}' must contain non-empty message attribute value.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publication_is_read_from_the_request() {
        let body = form::body(&[
            ("Action", "Publish"),
            ("TopicArn", "arn:aws:sns:us-west-2:123456789012:ops"),
            ("Subject", "shop failed over"),
            ("MessageStructure", "json"),
            ("Message", r#"{"default":"It moved.","sqs":"{\"id\":\"n-1\",\"event\":\"failed-over\"}"}"#),
            ("MessageAttributes.entry.1.Name", "event"),
            ("MessageAttributes.entry.1.Value.DataType", "String"),
            ("MessageAttributes.entry.1.Value.StringValue", "failed-over"),
        ]);
        assert_eq!(refusal("Publish", body.as_bytes()), None);
        let read = Publication::read(body.as_bytes(), "us-west-2", Timestamp::UNIX_EPOCH);
        assert_eq!((read.topic_name(), read.subject.as_str()), ("ops", "shop failed over"));
        assert_eq!((read.text.as_str(), read.fact("id").as_str()), ("It moved.", "n-1"));
        assert_eq!(read.attributes["event"], "failed-over");
    }

    #[test]
    fn what_sns_refuses_is_refused() {
        for fields in [
            [("Subject", "two\nlines"), ("Message", "x")],
            [("MessageStructure", "json"), ("Message", "not json")],
            [("MessageStructure", "json"), ("Message", r#"{"email":"x"}"#)],
        ] {
            assert!(refusal("Publish", form::body(&fields).as_bytes()).is_some(), "{fields:?}");
        }
    }
}
