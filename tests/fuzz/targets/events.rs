//! Whatever Lambda hands to a function: alarms by three ways, schedules, our own words, and what is none of them.

use fuzz::{Grammar, Input, Limit, Recorded};
use understudy::event::{AlarmChange, AlarmRef, Event, read};

/// A tree of JSON takes many times its text: `{"":0}` is seven bytes with its comma and 650 as a tree, of which parts
/// are there four times while an event is read.
const LIMIT: Limit = Limit { times: 512, base: 64 * 1024 };

/// Half of what `template.yaml` gives a function.
const HALF_OF_ALL: Limit = Limit { times: 0, base: 128 * 1024 * 1024 };

#[test]
fn events() {
    let recorded = Recorded::in_folders(Grammar::Json, &["tests/suite/fixtures/events"]);
    bolero::check!().with_type::<Input>().for_each(|input| {
        let payload = recorded.text(input);
        let event = LIMIT.hold(payload.len(), || read(&payload));
        assert_sound(&event);
        assert_eq!(read(&payload), event, "the same text is the same event");
        // What is no JSON is told with the place where it ends to be.
        if !matches!(event, Event::NotMine { .. }) {
            assert_eq!(read(&format!(" {payload}\n")), event, "blanks around it mean nothing");
        }
    });
}

/// The shapes that take the most memory for their length, as large as they are taken.
#[test]
fn no_payload_takes_more_than_half_of_a_functions_memory() {
    let shapes = [
        (r#"{"alarmData":{"state":{"value":["#, "]}}}"),
        (r#"{"Records":[{"Sns":["#, "]}]}"),
        (r#"{"detail-type":"a","source":"b","time":["#, "]}"),
    ];
    for item in ["0", "[]", r#"{"":0}"#, r#"{"":{"":{"":{"":{"":{"":{"":{"":0}}}}}}}}"#] {
        for (head, tail) in shapes {
            for count in [3_000, 5_500, 24_000, 49_000] {
                let payload = format!("{head}{}{tail}", vec![item; count].join(","));
                HALF_OF_ALL.hold(payload.len(), || read(&payload));
            }
        }
    }
}

/// What anybody may do with an event without a further look.
fn assert_sound(event: &Event) {
    assert!(is_plain(&event.in_words()), "{event:?}");
    match event {
        Event::Tick { .. } => {}
        Event::Alarms(changes) => changes.iter().for_each(assert_sound_change),
        Event::NotMine { why } => assert!((1..=200).contains(&why.chars().count()), "{why:?}"),
    }
}

fn assert_sound_change(change: &AlarmChange) {
    let name = match &change.alarm {
        AlarmRef::Arn(arn) => arn.alarm_name().expect("the ARN of an alarm"),
        AlarmRef::Named { name, .. } => name,
    };
    assert!((1..=255).contains(&name.chars().count()), "{change:?}");
    assert!(change.reason.chars().count() <= 512 && is_plain(&change.reason), "{change:?}");
    assert!(change.state.as_str().chars().count() <= 32 && is_plain(change.state.as_str()), "{change:?}");
    assert!(is_plain(&change.key()), "{change:?}");
    assert!(change.age(jiff::Timestamp::MIN).is_none_or(|age| age.is_zero()), "{change:?}");
}

/// A line of a log is one line.
fn is_plain(text: &str) -> bool {
    !text.contains(|c: char| c.is_ascii_control())
}
