//! YAML as JSON, with CloudFormation's short tags in their long form: `!Ref a` is `{"Ref": "a"}`,
//! `!Join [..]` is `{"Fn::Join": [..]}` (CloudFormation Template Reference, "Intrinsic functions").

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value, json};

/// Reads the one document of a template.
pub(super) fn read(text: &str) -> Value {
    let mut events = Parser::new_from_str(text).map(|event| event.unwrap().0);
    loop {
        match events.next().expect("a document") {
            Event::StreamStart | Event::DocumentStart(_) => {}
            first => return node(first, &mut events),
        }
    }
}

fn node<'a>(first: Event<'a>, rest: &mut impl Iterator<Item = Event<'a>>) -> Value {
    match first {
        Event::Scalar(text, style, _, tag) => tagged(tag, scalar(&text, style)),
        Event::SequenceStart(_, tag) => {
            let mut items = Vec::new();
            loop {
                match rest.next().unwrap() {
                    Event::SequenceEnd => return tagged(tag, Value::Array(items)),
                    event => items.push(node(event, rest)),
                }
            }
        }
        Event::MappingStart(_, tag) => {
            let mut fields = Map::new();
            loop {
                match rest.next().unwrap() {
                    Event::MappingEnd => return tagged(tag, Value::Object(fields)),
                    Event::Scalar(key, ..) => {
                        let event = rest.next().unwrap();
                        let before = fields.insert(key.clone().into_owned(), node(event, rest));
                        assert!(before.is_none(), "{key} stands twice in one mapping");
                    }
                    other => panic!("{other:?} is no key"),
                }
            }
        }
        // "CloudFormation doesn't support YAML aliases" (User Guide, "Template format").
        other => panic!("{other:?} is not expected in a template"),
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    match text {
        "true" | "false" if style == ScalarStyle::Plain => json!(text == "true"),
        _ => match text.parse::<i64>() {
            Ok(number) if style == ScalarStyle::Plain => json!(number),
            _ => json!(text),
        },
    }
}

fn tagged(tag: Option<Cow<'_, Tag>>, value: Value) -> Value {
    let Some(tag) = tag else { return value };
    assert_eq!(tag.handle, "!", "of the tag {tag}");
    match (tag.suffix.as_str(), value) {
        ("Ref", name) => json!({ "Ref": name }),
        ("GetAtt", Value::String(name)) => {
            let (resource, attribute) = name.split_once('.').unwrap();
            json!({ "Fn::GetAtt": [resource, attribute] })
        }
        (function, argument) => Value::Object(Map::from_iter([(format!("Fn::{function}"), argument)])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_forms_are_the_same() {
        for (short, long) in [
            ("!Ref A", "Ref: A"),
            ("!GetAtt A.Arn", "Fn::GetAtt: [A, Arn]"),
            ("!Join [',', !Ref A]", "Fn::Join: [',', {Ref: A}]"),
            ("!If [C, 1, !Ref AWS::NoValue]", "Fn::If: [C, 1, {Ref: 'AWS::NoValue'}]"),
            ("!Sub \"${A}-x\"", "Fn::Sub: ${A}-x"),
        ] {
            assert_eq!(read(&format!("a: {short}"))["a"], read(long), "{short}");
        }
    }

    #[test]
    fn quoted_scalars_stay_text() {
        let read = read("{ a: 12, b: '12', c: true, d: \"false\", e: [x, {y: z}] }");
        assert_eq!(read, json!({ "a": 12, "b": "12", "c": true, "d": "false", "e": ["x", { "y": "z" }] }));
    }
}
