//! Each adapter once over the wire, against canned answers: that requests and errors of the real
//! SDK are what the pure mappings expect.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::settings::tests::settings;
use super::*;
use crate::health::Health;
use crate::names::Arn;
use crate::ports::{Alarms, Commit, Expect, Key, Message, Store, Topics, World, Write};

/// What a server answers to a request's text; `None` closes the connection.
pub(super) type Answer = Option<(u16, Vec<u8>)>;

/// A world whose services are all one server, and the requests that it got.
pub(super) async fn world(
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> (AwsWorld, Arc<Mutex<Vec<String>>>) {
    world_with(&[], answer).await
}

/// The same with further variables.
pub(super) async fn world_with(
    more: &[(&str, &str)],
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> (AwsWorld, Arc<Mutex<Vec<String>>>) {
    let (endpoint, requests) = server(answer).await;
    let variables = [&[("AWS_ENDPOINT_URL", endpoint.as_str())], more].concat();
    (AwsWorld::new(settings(&variables).unwrap()), requests)
}

/// A server's URL, and the requests that it got.
pub(super) async fn server(
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&requests);
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&answer), Arc::clone(&kept)));
        }
    });
    (endpoint, requests)
}

async fn serve(mut stream: TcpStream, answer: Arc<impl Fn(&str) -> Answer>, kept: Arc<Mutex<Vec<String>>>) {
    while let Some(request) = read(&mut stream).await {
        kept.lock().unwrap().push(request.clone());
        let Some((status, body)) = answer(&request) else { return };
        let head = format!(
            "HTTP/1.1 {status} x\r\nsmithy-protocol: rpc-v2-cbor\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
    }
}

/// One request, with as much of a body as it announces.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !is_whole(&bytes) {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    bytes.len() - end - 4 >= length.unwrap_or(0)
}

#[test]
fn it_is_a_world() {
    fn assert_world<W: World>() {}
    assert_world::<AwsWorld>();
}

#[tokio::test]
async fn a_world_that_is_asked_nothing_makes_no_client() {
    let world = AwsWorld::new(settings(&[]).unwrap());
    assert!(format!("{world:?}").contains("route53: OnceLock(<uninit>)"));
}

#[tokio::test]
async fn alarms_of_both_types_are_read_in_their_own_region() {
    let (world, requests) = world(|_| Some((200, alarms()))).await;
    let states = world.alarm_states(&[alarm("errors"), alarm("both"), alarm("gone")]).await.unwrap();
    assert_eq!(states[&alarm("errors")].health, Health::Unhealthy);
    assert_eq!(states[&alarm("errors")].seen, "ALARM: Threshold Crossed");
    assert_eq!(states[&alarm("both")].health, Health::Healthy);
    assert_eq!(states.len(), 2);
    let request = requests.lock().unwrap().concat();
    for part in ["/eu-west-1/monitoring/aws4_request", "CompositeAlarm", "MetricAlarm", "gone"] {
        assert!(request.contains(part), "{part} {request}");
    }
}

#[tokio::test]
async fn alarms_are_asked_for_a_hundred_at_a_time() {
    let (world, requests) = world(|_| Some((200, map(&[])))).await;
    let many: Vec<Arn> = (0..201).map(|index| alarm(&format!("a{index}"))).collect();
    assert_eq!(world.alarm_states(&many).await, Ok(BTreeMap::new()));
    assert_eq!(world.alarm_states(&[]).await, Ok(BTreeMap::new()));
    assert_eq!(requests.lock().unwrap().len(), 3);
}

fn alarm(name: &str) -> Arn {
    format!("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}").parse().unwrap()
}

/// A reply of CloudWatch, whose protocol is CBOR (RFC 8949).
fn alarms() -> Vec<u8> {
    let one = |name: &str, state: &str, reason: &str| {
        let arn = alarm(name);
        let fields = [("AlarmArn", arn.as_str()), ("StateValue", state), ("StateReason", reason)];
        array(&map(&fields.map(|(key, value)| (key, text(value)))))
    };
    map(&[
        ("MetricAlarms", one("errors", "ALARM", "Threshold Crossed")),
        ("CompositeAlarms", one("both", "OK", "")),
    ])
}

fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let entries = entries.iter().flat_map(|(key, value)| [text(key), value.clone()].concat());
    [0xbf].into_iter().chain(entries).chain([0xff]).collect()
}

fn array(only: &[u8]) -> Vec<u8> {
    [&[0x81], only].concat()
}

fn text(text: &str) -> Vec<u8> {
    [&[0x78, text.len() as u8], text.as_bytes()].concat()
}

#[tokio::test]
async fn a_message_is_published_in_the_topics_region() {
    let body = r#"<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>
        <MessageId>1</MessageId></PublishResult></PublishResponse>"#;
    let (world, requests) = world(move |_| Some((200, body.into()))).await;
    let topic: Arn = "arn:aws:sns:eu-west-1:123456789012:ops".parse().unwrap();
    let attributes = [("severity".to_owned(), "critical".to_owned()), ("region".to_owned(), String::new())];
    let message = Message {
        subject: "shop: moved".to_owned(),
        text: "It moved.".to_owned(),
        json: "{}".to_owned(),
        attributes: attributes.into(),
    };
    assert_eq!(world.publish(&topic, &message).await, Ok(()));
    let request = requests.lock().unwrap().concat();
    assert!(request.contains("/eu-west-1/sns/aws4_request"), "{request}");
    for part in ["MessageStructure=json", "Subject=shop%3A+moved", "severity"] {
        assert!(request.replace("%20", "+").contains(part), "{part} {request}");
    }
    assert!(!request.contains("Name=region"), "{request}");
}

fn write(sort: &str, expect: Expect) -> Write {
    Write { key: Key::new("app#shop", sort), body: "{}".to_owned(), expect, expires: None }
}

#[tokio::test]
async fn rows_are_read_page_by_page() {
    let (world, requests) = world(|request| {
        let row = |sort: &str| {
            format!(r#"{{"pk":{{"S":"app#shop"}},"sk":{{"S":"{sort}"}},"version":{{"N":"3"}},"body":{{"S":"{{}}"}}}}"#)
        };
        let page = match request.contains("ExclusiveStartKey") {
            false => format!(r#"{{"Items":[{0}],"LastEvaluatedKey":{0}}}"#, row("run#1")),
            true => format!(r#"{{"Items":[{}]}}"#, row("run#2")),
        };
        Some((200, page.into_bytes()))
    })
    .await;
    let rows = world.query("app#shop", "run#").await.unwrap();
    assert_eq!(rows.iter().map(|row| row.key.sort.as_str()).collect::<Vec<_>>(), ["run#1", "run#2"]);
    assert!(requests.lock().unwrap()[0].contains(r#""ConsistentRead":true"#));
    assert!(requests.lock().unwrap()[0].contains("begins_with"));
    world.query("app#shop", "").await.unwrap();
    assert!(!requests.lock().unwrap()[2].contains("begins_with"));
}

#[tokio::test]
async fn rows_without_end_are_an_error() {
    let (world, requests) =
        world(|_| Some((200, r#"{"Items":[],"LastEvaluatedKey":{"pk":{"S":"app#shop"}}}"#.into()))).await;
    assert_eq!(world.query("app#shop", "").await.unwrap_err().message, "more than 32 pages of rows");
    assert_eq!(requests.lock().unwrap().len(), 32);
}

#[tokio::test]
async fn a_foreign_row_is_an_error() {
    let (world, _) = world(|_| Some((200, r#"{"Items":[{"pk":{"S":"a"},"sk":{"S":"b"}}]}"#.into()))).await;
    assert!(world.query("a", "").await.is_err());
}

#[tokio::test]
async fn one_refused_row_is_a_conflict_unless_it_is_ours() {
    let failed = |body: &str| {
        let item = format!(
            r#"{{"pk":{{"S":"app#shop"}},"sk":{{"S":"lease"}},"version":{{"N":"4"}},"body":{{"S":"{body}"}}}}"#
        );
        format!(
            r#"{{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","Item":{item}}}"#
        )
    };
    for (standing, commit) in [("{}", Commit::Done), ("{1}", Commit::Conflict)] {
        let answer = failed(standing);
        let (world, requests) = world(move |_| Some((400, answer.clone().into_bytes()))).await;
        assert_eq!(world.commit(&[write("lease", Expect::Version(3))]).await, Ok(commit));
        assert!(requests.lock().unwrap()[0].contains(r#""ReturnValuesOnConditionCheckFailure":"ALL_OLD""#));
    }
}

#[tokio::test]
async fn several_rows_are_one_transaction_with_a_token() {
    let (world, requests) = world(|_| Some((200, "{}".into()))).await;
    let writes = [write("a", Expect::Absent), write("b", Expect::Version(2))];
    assert_eq!(world.commit(&writes).await, Ok(Commit::Done));
    assert_eq!(world.commit(&writes).await, Ok(Commit::Done));
    let requests = requests.lock().unwrap();
    let token =
        |request: &str| request.split("\"ClientRequestToken\":\"").nth(1).map(|rest| rest[..32].to_owned());
    assert!(requests[0].contains("DynamoDB_20120810.TransactWriteItems"));
    assert!(token(&requests[0]).is_some());
    assert_eq!(token(&requests[0]), token(&requests[1]));
}

#[tokio::test]
async fn a_cancelled_transaction_is_a_conflict() {
    let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "CancellationReasons":[{"Code":"ConditionalCheckFailed"},{"Code":"None"}]}"#;
    let (world, _) = world(move |_| Some((400, body.into()))).await;
    let writes = [write("a", Expect::Absent), write("b", Expect::Version(2))];
    assert_eq!(world.commit(&writes).await, Ok(Commit::Conflict));
}

#[tokio::test]
async fn nothing_to_write_is_done_without_a_call() {
    let (world, requests) = world(|_| None).await;
    assert_eq!(world.commit(&[]).await, Ok(Commit::Done));
    assert!(requests.lock().unwrap().is_empty());
}

/// A number with a fraction, as CBOR writes it in eight bytes.
#[cfg(feature = "provision")]
fn number(value: f64) -> Vec<u8> {
    [&[0xfb], value.to_be_bytes().as_slice()].concat()
}

#[cfg(feature = "provision")]
#[tokio::test]
async fn a_check_is_as_well_as_it_was_in_its_newest_minute() {
    use crate::ports::CheckMetrics;
    let result = |id: &str, values: &[f64]| {
        let values = values.iter().flat_map(|value| number(*value));
        map(&[("Id", text(id)), ("Values", [0x9f].into_iter().chain(values).chain([0xff]).collect())])
    };
    let results =
        [vec![0x83], result("c1", &[0.0, 1.0]), result("c0", &[1.0, 0.0]), result("c2", &[])].concat();
    let reply = map(&[("MetricDataResults", results)]);
    let (world, requests) = world(move |_| Some((200, reply.clone()))).await;
    let checks = ["a", "b", "c"].map(crate::names::HealthCheckId::from);
    let told = world.check_metrics(&checks).await.unwrap();
    assert_eq!(told, [(checks[0].clone(), true), (checks[1].clone(), false)].into(), "one has no data");
    let request = requests.lock().unwrap().concat();
    for part in
        ["/us-east-1/monitoring/aws4_request", "operation/GetMetricData", "HealthCheckStatus", "Minimum"]
    {
        assert!(request.contains(part), "{part} {request}");
    }
}

#[cfg(feature = "provision")]
#[tokio::test]
async fn an_alarm_is_read_as_a_health_check_would_read_it_and_made_without_actions() {
    use crate::ports::{ChangeEstate, ReadEstate};
    use crate::provision::{AlarmPlace, AlarmSettings};
    let dimension = map(&[("Name", text("From")), ("Value", text("us-east-1"))]);
    let one = map(&[
        ("AlarmName", text("away")),
        ("Namespace", text("Understudy")),
        ("MetricName", text("Away")),
        ("Dimensions", array(&dimension)),
        ("Statistic", text("Minimum")),
        ("Period", vec![0x18, 60]),
        ("EvaluationPeriods", vec![3]),
        ("DatapointsToAlarm", vec![2]),
        ("Threshold", number(1.0)),
        ("ComparisonOperator", text("GreaterThanOrEqualToThreshold")),
    ]);
    let reply = map(&[("MetricAlarms", array(&one))]);
    let (world, requests) = world(move |_| Some((200, reply.clone()))).await;
    let names = ["away".to_owned(), "gone".to_owned()];
    let found = world.alarms(&"eu-west-1".into(), &names).await.unwrap();
    let settings = AlarmSettings {
        namespace: Some("Understudy".to_owned()),
        metric: Some("Away".to_owned()),
        dimensions: [("From".to_owned(), "us-east-1".to_owned())].into(),
        statistic: Some("Minimum".to_owned()),
        period: 60,
        periods: 3,
        datapoints: Some(2),
        threshold: Some(1.0),
        comparison: "GreaterThanOrEqualToThreshold".to_owned(),
    };
    assert_eq!(found, [("away".to_owned(), settings.clone())].into());
    let place = AlarmPlace { region: "eu-west-1".into(), name: "away".to_owned() };
    world.put_alarm(&place, settings).await.unwrap();
    let requests = requests.lock().unwrap();
    let put = requests.last().unwrap();
    for part in
        ["/eu-west-1/monitoring/aws4_request", "operation/PutMetricAlarm", "ActionsEnabled", "us-east-1"]
    {
        assert!(put.contains(part), "{part} {put}");
    }
}
