//! Publishing to SNS topics.

use aws_sdk_sns::types::MessageAttributeValue;
use serde_json::json;

use super::clients::Clients;
use super::sdk_error::port_error;
use crate::names::Arn;
use crate::ports::{Message, PortError};

const OPERATION: &str = "SNS Publish";

/// What a message may weigh (API reference, `Publish.Message`: 262,144 bytes), less a reserve for
/// its attributes, which count as well.
const MOST: usize = 262_144 - 8_192;

/// Stands where text was cut.
const CUT: &str = "\n[cut: the message was too long; the whole is in the log]";

/// Publishes once, in the topic's own region.
pub(super) async fn publish(clients: &Clients, topic: &Arn, message: &Message) -> Result<(), PortError> {
    let mut request = clients
        .sns(topic.region())
        .publish()
        .topic_arn(topic.as_str())
        .set_subject(subject(&message.subject))
        .message_structure("json")
        .message(structured(message));
    // SNS refuses a whole message for one empty attribute.
    for (name, value) in message.attributes.iter().filter(|(_, value)| !value.is_empty()) {
        let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
        let value = value.map_err(|error| PortError::new(OPERATION, error.to_string()))?;
        request = request.message_attributes(name, value);
    }
    request.send().await.map(|_| ()).map_err(|error| port_error(OPERATION, &error))
}

/// A subject that SNS takes: ASCII without line breaks, at most 100 characters (API reference,
/// `Publish.Subject`). A wrong one would cost the whole message.
fn subject(text: &str) -> Option<String> {
    let printable = text.chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { ' ' });
    let subject: String = printable.collect::<String>().trim().chars().take(100).collect();
    (!subject.is_empty()).then_some(subject)
}

/// The message by protocol: text for people, JSON for machines, the subject for phones.
/// Text is cut until the whole fits; where the JSON alone is too much, all get the text.
fn structured(message: &Message) -> String {
    let with_json = by_protocol(message, CUT, true).len() <= MOST - 2_048;
    let whole = by_protocol(message, &message.text, with_json);
    if whole.len() <= MOST {
        return whole;
    }
    // How much a character weighs depends on how JSON writes it: halve until the whole fits.
    let mut keep = MOST;
    loop {
        keep /= 2;
        let text: String = message.text.chars().take(keep).chain(CUT.chars()).collect();
        let fitting = by_protocol(message, &text, with_json);
        if fitting.len() <= MOST || keep == 0 {
            return fitting;
        }
    }
}

fn by_protocol(message: &Message, text: &str, with_json: bool) -> String {
    let mut parts = json!({ "default": text, "sms": message.subject });
    if let (true, Some(parts)) = (with_json, parts.as_object_mut()) {
        parts.insert("email".to_owned(), text.into());
        for protocol in ["lambda", "sqs", "http", "https", "firehose"] {
            parts.insert(protocol.to_owned(), message.json.as_str().into());
        }
    }
    parts.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: String, json: String) -> Message {
        Message { subject: "shop: moved".to_owned(), text, json, attributes: [].into() }
    }

    fn read(structured: &str) -> serde_json::Value {
        assert!(structured.len() <= MOST, "{} bytes", structured.len());
        serde_json::from_str(structured).unwrap()
    }

    #[test]
    fn people_get_text_and_machines_get_json() {
        let parts = read(&structured(&message("It moved.".to_owned(), "{\"a\":1}".to_owned())));
        assert_eq!(parts["default"], "It moved.");
        assert_eq!(parts["email"], "It moved.");
        assert_eq!(parts["sqs"], "{\"a\":1}");
        assert_eq!(parts["sms"], "shop: moved");
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        for text in ["x".repeat(300_000), "\u{1}".repeat(300_000), "ß".repeat(200_000)] {
            let parts = read(&structured(&message(text, "{\"a\":1}".to_owned())));
            assert!(parts["email"].as_str().unwrap().ends_with(CUT));
            assert!(parts["email"].as_str().unwrap().len() > 10_000);
            assert_eq!(parts["lambda"], "{\"a\":1}");
        }
    }

    #[test]
    fn too_much_json_leaves_the_text() {
        let parts = read(&structured(&message("It moved.".to_owned(), "\"".repeat(100_000))));
        assert_eq!(parts["default"], "It moved.");
        assert_eq!(parts.get("lambda"), None);
    }

    #[test]
    fn a_subject_is_made_fit() {
        assert_eq!(subject("shop:\nmoved – now").as_deref(), Some("shop: moved   now"));
        assert_eq!(subject(&"x".repeat(120)).map(|s| s.len()), Some(100));
        assert_eq!(subject(" \n "), None);
    }
}
