//! Each source and each trouble is a fixture; each fixture is then broken in every single place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use aws_lambda_events::event::sns::SnsEvent;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::*;

/// What each fixture reads as, rendered by [`told`]. A line may end in `…`: what follows is the
/// parser's own wording.
const EXPECTED: &[(&str, &[&str])] = &[
    // CloudWatch, by an EventBridge rule.
    ("eventbridge-metric", &[ERRORS_ALARM]),
    ("eventbridge-alarm-tags", &[ERRORS_ALARM]),
    ("eventbridge-ok", &[ERRORS_OK]),
    ("eventbridge-math", &[ERROR_RATE_ALARM]),
    ("eventbridge-anomaly", &[LATENCY_ALARM]),
    ("eventbridge-composite", &[DOWN_ALARM]),
    ("eventbridge-composite-suppressed", &[DOWN_SUPPRESSED]),
    ("eventbridge-minimal", &["arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors|-|"]),
    (
        "eventbridge-no-resources",
        &["123456789012/us-west-2/shop-us-east-1-errors|2026-03-01T02:13:41Z|ALARM"],
    ),
    (
        "eventbridge-china",
        &[
            "arn:aws-cn:cloudwatch:cn-northwest-1:123456789012:alarm:shop-cn-north-1-errors|2026-03-01T02:13:40.989Z|ALARM",
        ],
    ),
    (
        "eventbridge-colons-in-name",
        &[
            "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop:us-east-1:errors|2026-03-01T02:13:40.989Z|ALARM",
        ],
    ),
    (
        "eventbridge-configuration-change",
        &[r#"not mine: EventBridge event "CloudWatch Alarm Configuration Change" from "aws.cloudwatch""#],
    ),
    ("eventbridge-rds", &[r#"not mine: EventBridge event "RDS DB Cluster Event" from "aws.rds""#]),
    ("eventbridge-health", &[r#"not mine: EventBridge event "AWS Health Event" from "aws.health""#]),
    (
        "eventbridge-of-another-source",
        &[r#"not mine: EventBridge event "CloudWatch Alarm State Change" from "com.example.shop""#],
    ),
    // CloudWatch, by an alarm's Lambda action.
    ("direct-metric", &[ERRORS_ALARM]),
    ("direct-composite", &[DOWN_ALARM]),
    ("direct-composite-suppressed", &[DOWN_SUPPRESSED]),
    ("direct-minimal", &["arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors|-|"]),
    ("direct-no-alarm-arn", &["123456789012/us-west-2/shop-us-east-1-errors|2026-03-01T02:13:40.989Z|ALARM"]),
    ("direct-in-eventbridge-envelope", &[DOWN_SUPPRESSED]),
    // CloudWatch, by SNS.
    ("sns-metric", &[ERRORS_ALARM]),
    ("sns-math", &[ERROR_RATE_ALARM]),
    ("sns-anomaly", &[LATENCY_ALARM]),
    ("sns-null-description", &[ERRORS_ALARM]),
    ("sns-composite", &[DOWN_ALARM]),
    (
        "sns-several-records",
        &[
            ERRORS_ALARM,
            "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-latency|2026-03-01T02:12:00.001Z|OK",
        ],
    ),
    ("sns-mixed-records", &[ERRORS_ALARM]),
    ("sns-no-alarm-arn", &["123456789012/us-west-2/shop-us-east-1-errors|2026-03-01T02:13:40.989Z|ALARM"]),
    ("sns-record-without-signature", &[ERRORS_ALARM]),
    ("sns-minimal", &["-/-/shop-us-east-1-errors|-|"]),
    ("sns-eventbridge", &[DOWN_SUPPRESSED]),
    ("sns-eventbridge-schedule", &["tick 2026-03-01T02:14:00Z"]),
    (
        "sns-plain-text",
        &["not mine: an SNS message that is no JSON object: Greetings,   this is a test from the console."],
    ),
    (
        "sns-test-notification",
        &[
            "not mine: an SNS message that is no alarm: AccountId, AutoScalingGroupARN, AutoScalingGroupName, \
           Event, RequestId, Service, Time",
        ],
    ),
    (
        "sns-subscription-confirmation",
        &["not mine: an SNS message that is no JSON object: You have chosen to subscribe to the topic \
           shop-alarms."],
    ),
    ("records-from-s3", &["not mine: a record without an SNS message"]),
    // Schedules, and our own word.
    ("schedule-rule", &["tick 2026-03-01T02:14:00Z"]),
    ("schedule-scheduler", &["tick 2026-03-01T02:14:00Z"]),
    ("schedule-own", &["tick 2026-03-01T02:14:00Z"]),
    ("schedule-own-by-hand", &["tick -"]),
    ("schedule-own-not-substituted", &["tick -"]),
    ("schedule-own-asks-for-something-else", &[r#"not mine: our own shape, but asks for "dance""#]),
    // What nobody should send.
    ("hostile-empty", &["not mine: not JSON that can be read: …"]),
    ("hostile-empty-object", &["not mine: an object of no known shape: no members"]),
    ("hostile-null", &["not mine: JSON, but null"]),
    ("hostile-number", &["not mine: JSON, but a number"]),
    ("hostile-string", &["not mine: JSON, but a text"]),
    ("hostile-array", &["not mine: JSON, but a list"]),
    ("hostile-truncated", &["not mine: not JSON that can be read: …"]),
    ("hostile-stranger", &["not mine: an object of no known shape: order  , shop"]),
    ("hostile-wrong-types", &["-/-/shop-us-east-1-errors|-|"]),
    (
        "hostile-detail-type-is-a-number",
        &["not mine: like an EventBridge event, but its detail-type or source is no text"],
    ),
    ("hostile-lists-for-objects", &["not mine: EventBridge alarm change that names no alarm"]),
    ("hostile-nothing-names-the-alarm", &["not mine: EventBridge alarm change that names no alarm"]),
    (
        "hostile-missing-state",
        &["arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors|2026-03-01T02:13:41Z|"],
    ),
    (
        "hostile-unknown-state",
        &["arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors|2026-03-01T02:13:40.989Z|\
           MUTED  [31m!!!!!!!!!!!!!!!!!!!!!"],
    ),
    (
        "hostile-absurd-timestamps",
        &["arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors|-|ALARM"],
    ),
    (
        "hostile-timestamp-without-offset",
        &["arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors|2026-03-01T02:13:41Z|ALARM"],
    ),
    (
        "hostile-timestamp-far-away",
        &[
            "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors|9999-12-30T21:59:59.999Z|ALARM",
        ],
    ),
    (
        "hostile-resources-are-not-alarms",
        &["123456789012/us-west-2/shop-us-east-1-errors|2026-03-01T02:13:40.989Z|ALARM"],
    ),
    (
        "hostile-unicode-name",
        &["arn:aws:cloudwatch:us-west-2:123456789012:alarm:магазин ☃ us-east-1 — ошибки 🛒|\
           2026-03-01T02:13:40.989Z|ALARM"],
    ),
    ("hostile-control-characters-in-name", &["not mine: EventBridge alarm change that names no alarm"]),
    ("hostile-reason", &[ERRORS_ALARM]),
    (
        "hostile-kind-with-control-characters",
        &[
            r#"not mine: EventBridge event "Shop {\"level\":\"ERROR\"} xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" from "com.example [31m""#,
        ],
    ),
    ("hostile-direct-wrong-types", &["-/-/shop-us-east-1-errors|-|"]),
    ("hostile-direct-nothing-names-the-alarm", &["not mine: alarm action that names no alarm"]),
    ("hostile-sns-no-records", &["not mine: Records, but not a list with any"]),
    ("hostile-sns-records-is-an-object", &["not mine: Records, but not a list with any"]),
    ("hostile-sns-records-of-all-kinds", &[ERRORS_ALARM]),
    (
        "hostile-sns-truncated-message",
        &[
            r#"not mine: an SNS message that is no JSON object: {"AlarmName":"shop-us-east-1-errors","AlarmDescription":"Answers with 5xx from t"#,
        ],
    ),
    ("hostile-sns-wrong-types-in-message", &["-/-/shop-us-east-1-errors|2026-03-01T02:13:41.12Z|"]),
    ("hostile-own-not-a-text", &["not mine: our own shape, but what it asks for is no text"]),
    ("hostile-duplicate-members", &["tick 2026-03-01T02:14:00Z"]),
];

const ERRORS_ALARM: &str =
    "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors|2026-03-01T02:13:40.989Z|ALARM";
const ERRORS_OK: &str =
    "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors|2026-03-01T02:13:40.989Z|OK";
const ERROR_RATE_ALARM: &str = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-error-rate|2026-03-01T02:13:40.989Z|ALARM";
const LATENCY_ALARM: &str =
    "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-latency|2026-03-01T02:13:40.989Z|ALARM";
const DOWN_ALARM: &str =
    "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-down|2026-03-01T02:13:40.989Z|ALARM";
const DOWN_SUPPRESSED: &str = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-down|2026-03-01T02:13:40.989Z|ALARM suppressed";

/// Real in shape, and yet refused by the envelopes of `aws_lambda_events`: why we mend them.
const REFUSED_BY_THE_CRATE: [&str; 3] =
    ["eventbridge-minimal", "sns-minimal", "sns-record-without-signature"];

/// What a member may be replaced by: each JSON type, empty and not, and texts that hurt.
fn junk() -> Vec<Value> {
    let long = "x".repeat(600);
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1.5e300),
        json!(u64::MAX),
        json!(""),
        json!("arn:aws:cloudwatch:us-west-2:123456789012:alarm:"),
        json!("\u{0}\r\n\u{1b}[31m\u{2028}\u{202e}ß☃"),
        json!(long),
        json!("{\"Records\":[{}]}"),
        json!([]),
        json!([[], null, "ALARM"]),
        json!({}),
        json!({ "value": { "state": [] } }),
    ]
}

fn fixtures() -> BTreeMap<String, String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/suite/fixtures/events");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn fixture(name: &str) -> String {
    fixtures().remove(name).unwrap()
}

/// The fixtures that are JSON at all.
fn trees() -> impl Iterator<Item = (String, Value)> {
    fixtures().into_iter().filter_map(|(name, text)| Some((name, serde_json::from_str(&text).ok()?)))
}

/// An event as lines to compare: one for each alarm.
fn told(event: &Event) -> Vec<String> {
    match event {
        Event::Tick { scheduled_at: Some(at) } => vec![format!("tick {at}")],
        Event::Tick { scheduled_at: None } => vec!["tick -".to_owned()],
        Event::NotMine { why } => vec![format!("not mine: {why}")],
        Event::Alarms(changes) => changes
            .iter()
            .map(|change| change.key() + if change.suppressed { " suppressed" } else { "" })
            .collect(),
    }
}

fn reads_as(told: &str, line: &str) -> bool {
    line.strip_suffix('…').map_or(told == line, |start| told.starts_with(start))
}

/// The one change that a payload tells of.
fn change(payload: &str) -> AlarmChange {
    match read(payload) {
        Event::Alarms(mut changes) if changes.len() == 1 => changes.remove(0),
        other => panic!("{other:?}"),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What holds of every event, whatever it was read from.
fn assert_sound(event: &Event) {
    match event {
        Event::Tick { .. } => {}
        Event::NotMine { why } => {
            assert!(!why.is_empty());
            assert_log_safe(why, 200);
        }
        Event::Alarms(changes) => {
            assert!(!changes.is_empty());
            changes.iter().for_each(assert_sound_change);
        }
    }
}

fn assert_sound_change(change: &AlarmChange) {
    assert_log_safe(&change.reason, 512);
    assert_log_safe(change.state.as_str(), "INSUFFICIENT_DATA".len().max(32));
    assert!(change.key().len() < 1700, "fits a table's key: {}", change.key());
    assert!(!change.key().chars().any(|c| c.is_ascii_control()), "{:?}", change.key());
    for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        assert_eq!(change.age(now).is_some(), change.changed_at.is_some());
    }
    match &change.alarm {
        AlarmRef::Arn(arn) => assert!(arn.alarm_name().is_some_and(|name| !name.is_empty())),
        AlarmRef::Named { name, .. } => assert!(!name.is_empty()),
    }
}

fn assert_log_safe(text: &str, limit: usize) {
    assert!(text.chars().count() <= limit, "longer than {limit}: {text}");
    assert!(!text.chars().any(|c| c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c)), "{text:?}");
}

/// Every tree that differs from this one in a single place: a member or item removed, or any node
/// replaced by any junk. Texts that hold JSON are broken inside as well. With the path of the place.
fn broken(tree: &Value) -> Vec<(String, Value)> {
    let mut all: Vec<(String, Value)> = junk().into_iter().map(|value| (String::new(), value)).collect();
    match tree {
        Value::Object(members) => members.iter().for_each(|(name, child)| {
            let mut without = members.clone();
            without.remove(name);
            all.push((format!("/{name}"), Value::Object(without)));
            for (path, child) in broken(child) {
                let mut with: Map<String, Value> = members.clone();
                with.insert(name.clone(), child);
                all.push((format!("/{name}{path}"), Value::Object(with)));
            }
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, child)| {
            let mut without = items.clone();
            without.remove(index);
            all.push((format!("/{index}"), Value::Array(without)));
            for (path, child) in broken(child) {
                let mut with = items.clone();
                with[index] = child;
                all.push((format!("/{index}{path}"), Value::Array(with)));
            }
        }),
        Value::String(text) => {
            if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                all.extend(
                    broken(&inner).into_iter().map(|(path, inner)| (path, Value::String(inner.to_string()))),
                );
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    all
}

#[test]
fn every_fixture_reads_as_expected() {
    for (name, text) in fixtures() {
        let Some((_, lines)) = EXPECTED.iter().find(|(expected, _)| *expected == name) else {
            panic!("{name}.json has no expectation");
        };
        let event = read(&text);
        let told = told(&event);
        let alike =
            told.len() == lines.len() && told.iter().zip(*lines).all(|(told, line)| reads_as(told, line));
        assert!(alike, "{name}\n    told: {told:#?}\nexpected: {lines:#?}");
        assert_sound(&event);
    }
}

#[test]
fn every_expectation_has_one_fixture() {
    let fixtures: BTreeSet<String> = fixtures().into_keys().collect();
    let expected: BTreeSet<String> = EXPECTED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(expected, fixtures);
    assert_eq!(EXPECTED.len(), expected.len(), "a name stands twice in the table");
}

#[test]
fn every_truncated_fixture_is_answered() {
    for (_, text) in fixtures() {
        for (end, _) in text.char_indices() {
            assert_sound(&read(&text[..end]));
        }
    }
}

#[test]
fn every_truncated_sns_message_is_answered() {
    let tree: Value = serde_json::from_str(&fixture("sns-metric")).unwrap();
    let message = tree.pointer("/Records/0/Sns/Message").and_then(Value::as_str).unwrap();
    for (end, _) in message.char_indices() {
        let mut tree = tree.clone();
        *tree.pointer_mut("/Records/0/Sns/Message").unwrap() = json!(message[..end]);
        let event = read(&tree.to_string());
        assert!(matches!(event, Event::NotMine { .. }), "{end}");
        assert_sound(&event);
    }
}

#[test]
fn every_fixture_broken_in_any_one_place_is_answered() {
    let mut read_so_far = 0_u32;
    for (_, tree) in trees() {
        for (_, broken) in broken(&tree) {
            assert_sound(&read_json(&broken));
            read_so_far += 1;
        }
    }
    assert!(read_so_far > 10_000, "the walker walks: {read_so_far}");
}

/// The places that say what the event is. Breaking any other costs that one fact, never the alarm.
#[test]
fn only_what_tells_an_events_kind_can_cost_us_its_alarm() {
    let essential: [(&str, &[&str]); 5] = [
        ("eventbridge-metric", &["", "/detail-type", "/source"]),
        ("eventbridge-composite-suppressed", &["", "/detail-type", "/source"]),
        ("direct-metric", &[""]),
        ("sns-metric", &["", "/Records", "/Records/0", "/Records/0/Sns", "/Records/0/Sns/Message"]),
        ("sns-composite", &["", "/Records", "/Records/0", "/Records/0/Sns", "/Records/0/Sns/Message"]),
    ];
    for (name, places) in essential {
        let tree: Value = serde_json::from_str(&fixture(name)).unwrap();
        let lost: BTreeSet<String> = broken(&tree)
            .into_iter()
            .filter(|(_, broken)| !matches!(read_json(broken), Event::Alarms(_)))
            .map(|(path, _)| path)
            .collect();
        assert_eq!(lost.iter().map(String::as_str).collect::<Vec<_>>(), places, "{name}");
    }
}

/// They are the judge of our fixtures: what we call good has the envelope that AWS sends.
#[test]
fn good_fixtures_have_the_envelopes_that_the_crate_knows() {
    for (name, text) in fixtures() {
        let taken = match name.split('-').next() {
            Some("eventbridge") => serde_json::from_str::<EventBridgeEvent>(&text).is_ok(),
            Some("sns") => serde_json::from_str::<SnsEvent>(&text).is_ok(),
            _ => continue,
        };
        assert_eq!(taken, !REFUSED_BY_THE_CRATE.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn nesting_without_end_is_refused_and_not_followed() {
    let deep = |open: &str, close: &str| open.repeat(20_000) + &close.repeat(20_000);
    let message = json!({ "Records": [{ "Sns": { "Message": deep("[", "]") } }] }).to_string();
    let wide = format!(r#"{{"understudy":{}"#, r#"{"tick":"#.repeat(20_000));
    for text in [deep("[", "]"), deep("{\"a\":", "}"), message, wide] {
        let event = read(&text);
        assert!(matches!(event, Event::NotMine { .. }), "{event:?}");
        assert_sound(&event);
    }
    let Event::NotMine { why } = read(&deep("[", "]")) else { panic!("taken") };
    assert!(why.contains("recursion limit"), "{why}");
}

#[test]
fn a_payload_of_up_to_one_mebibyte_is_read() {
    let padded = |bytes: usize| {
        let text = r#"{"understudy":"tick"}"#;
        text.to_owned() + &" ".repeat(bytes - text.len())
    };
    assert_eq!(read(&padded(1_048_576)), Event::Tick { scheduled_at: None });
    assert_eq!(
        read(&padded(1_048_577)),
        Event::NotMine { why: "1048577 bytes, more than the 1048576 that are read".to_owned() }
    );
}

#[test]
fn more_values_than_memory_takes_are_refused_wherever_they_stand() {
    let many = |count: usize| vec![r#"{"":0}"#; count].join(",");
    let message = json!({ "Records": [{ "Sns": { "Message": format!("[{}]", many(30_000)) } }] }).to_string();
    for payload in [format!("[{}]", many(30_000)), format!(r#"{{"Records":[{}]}}"#, many(30_000)), message] {
        let Event::NotMine { why } = read(&payload) else { panic!("taken") };
        assert!(why.contains("values, more than the 50000 that are read"), "{why}");
    }
    assert_eq!(
        read(&format!(r#"{{"understudy":"tick","more":[{}]}}"#, many(20_000))),
        read(r#"{"understudy":"tick"}"#)
    );
}

#[test]
fn thousands_of_records_are_all_read() {
    let one: Value = serde_json::from_str(&fixture("sns-minimal")).unwrap();
    let records = vec![one["Records"][0].clone(); 5000];
    let Event::Alarms(changes) = read(&json!({ "Records": records }).to_string()) else { panic!("none") };
    assert_eq!(changes.len(), 5000);
}

#[test]
fn an_alarm_that_cloudwatch_could_not_have_made_names_nothing() {
    let named = |name: &str| AlarmRef::by_name(name, None, None).is_some();
    assert!(named("s") && named(&"s".repeat(255)) && named(&"ß".repeat(255)));
    assert!(!named("") && !named(&"s".repeat(256)) && !named("shop\n") && !named("shop\u{7f}"));

    let arn = |resource: &str| {
        AlarmRef::by_arn(&format!("arn:aws:cloudwatch:us-west-2:123456789012:{resource}")).is_some()
    };
    assert!(arn("alarm:shop"));
    assert!(!arn("alarm:") && !arn("dashboard:shop") && !arn(&format!("alarm:{}", "s".repeat(256))));
    for region in [&"r".repeat(1600), "us-west-2\n"] {
        assert!(AlarmRef::by_arn(&format!("arn:aws:cloudwatch:{region}:123456789012:alarm:s")).is_none());
    }
}

#[test]
fn the_same_change_has_one_key_however_it_comes() {
    let keys: BTreeSet<String> =
        ["eventbridge-metric", "direct-metric", "sns-metric"].map(|name| change(&fixture(name)).key()).into();
    assert_eq!(keys, BTreeSet::from([ERRORS_ALARM.to_owned()]));
}

#[test]
fn age_is_how_long_ago_the_alarm_changed() {
    let change = change(&fixture("eventbridge-metric"));
    assert_eq!(change.age(at("2026-03-01T02:13:42.989Z")), Some(Duration::from_secs(2)));
    assert_eq!(change.age(at("2026-03-01T02:13:40Z")), Some(Duration::ZERO), "a time in the future");
    assert_eq!(AlarmChange { changed_at: None, ..change }.age(Timestamp::MAX), None);
}

#[test]
fn a_reason_is_cut_by_characters_and_cleaned() {
    let reason = change(&fixture("hostile-reason")).reason;
    assert_eq!(reason.chars().count(), 512);
    assert!(reason.starts_with("down    [31m  forged ß"), "{reason}");
    assert_eq!(change(&fixture("direct-no-alarm-arn")).reason, "testing by hand");
}

#[test]
fn an_unknown_state_is_kept_and_known_ones_are_told_apart() {
    for (text, state) in [
        ("OK", AlarmState::Ok),
        ("ALARM", AlarmState::Alarm),
        ("INSUFFICIENT_DATA", AlarmState::InsufficientData),
        ("alarm", AlarmState::Other("alarm".to_owned())),
        ("MUTED", AlarmState::Other("MUTED".to_owned())),
    ] {
        assert_eq!(AlarmState::from(text), state);
        assert_eq!(state.as_str(), text);
    }
}

#[test]
fn an_alarm_with_an_arn_matches_that_arn_only() {
    let arn: Arn = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop:us-east-1:errors".parse().unwrap();
    let alarm = change(&fixture("eventbridge-colons-in-name")).alarm;
    assert!(alarm.matches(&arn));
    for other in [
        "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop",
        "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop:us-east-1:Errors",
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop:us-east-1:errors",
        "arn:aws-cn:cloudwatch:us-west-2:123456789012:alarm:shop:us-east-1:errors",
    ] {
        assert!(!alarm.matches(&other.parse().unwrap()), "{other}");
    }
}

#[test]
fn an_alarm_with_a_name_matches_by_all_that_is_known() {
    let alarm = change(&fixture("sns-no-alarm-arn")).alarm;
    let matches = |arn: &str| alarm.matches(&arn.parse().unwrap());
    assert!(matches("arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors"));
    assert!(!matches("arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-us-east-1-errors"), "its region");
    assert!(!matches("arn:aws:cloudwatch:us-west-2:210987654321:alarm:shop-us-east-1-errors"), "its account");
    assert!(!matches("arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1"), "its name");
    assert!(!matches("arn:aws:sns:us-west-2:123456789012:shop-us-east-1-errors"), "not an alarm");

    let bare = change(&fixture("sns-minimal")).alarm;
    let anywhere = "arn:aws-cn:cloudwatch:cn-north-1:210987654321:alarm:shop-us-east-1-errors";
    assert!(bare.matches(&anywhere.parse().unwrap()), "what is not said is not held against it");
}

#[test]
fn times_are_read_as_aws_writes_them() {
    let same = at("2026-03-01T02:13:40.989Z");
    for text in [
        "2026-03-01T02:13:40.989+0000",
        "2026-03-01T02:13:40.989+00:00",
        "2026-03-01T02:13:40.989Z",
        "2026-03-01 02:13:40.989Z",
        "2026-03-01 02:13:40.989+0000",
        "2026-03-01T03:13:40.989000000+0100",
        " 2026-03-01T02:13:40.989Z\n",
    ] {
        assert_eq!(time::parse(text), Some(same), "{text}");
    }
    assert_eq!(time::parse("2026-03-01T02:13:40Z"), Some(at("2026-03-01T02:13:40Z")));
}

#[test]
fn what_is_no_point_in_time_is_none() {
    for text in [
        "",
        "now",
        "0",
        "1772331220",
        "2026-03-01",
        "2026-03-01T02:13:40",
        "2026-02-30T02:13:40Z",
        "Sun, 1 Mar 2026 02:10:00 GMT",
        "<aws.scheduler.scheduled-time>",
    ] {
        assert_eq!(time::parse(text), None, "{text}");
    }
    assert_eq!(time::parse(&format!("2026-03-01T02:13:40.{}Z", "0".repeat(100))), None);
}
