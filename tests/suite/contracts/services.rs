//! The real adapters of STS, Lambda and peers' tables: what the unmodified SDK sends.

use understudy::names::Region;
use understudy::plan::Zone;
use understudy::ports::{
    ChangeError, ChangeRecords, Commit, Expect, Functions, Key, Peers, ReadRecords, Write,
};

use super::loopback::Loopback;
use super::wire::{Wire, world};

const ROLE: &str = "arn:aws:iam::210987654321:role/dns/understudy";
const TABLE: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/understudy";
const TICK: &str = "arn:aws:lambda:us-east-1:123456789012:function:understudy-tick";

/// STS's answer (API reference, `AssumeRole`, sample response).
const ASSUMED: &str = r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
    <AssumedRoleUser><Arn>arn:aws:sts::210987654321:assumed-role/understudy/understudy</Arn>
    <AssumedRoleId>ARO123EXAMPLE123:understudy</AssumedRoleId></AssumedRoleUser>
    <Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
    <SessionToken>token</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>
    </AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>"#;

const DENIED: &str = r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
    <Code>AccessDenied</Code><Message>User: us is not authorized to perform: sts:AssumeRole</Message></Error>
    <RequestId>1</RequestId></ErrorResponse>"#;

#[tokio::test]
async fn another_accounts_zone_is_read_and_changed_with_its_roles_key() {
    let wire = Wire::new().await;
    let batch = wire.batch("r-1").await;
    let sts = Loopback::answering(200, ASSUMED.to_owned()).await;
    let world = world(&wire.endpoint, wire.server, &[("AWS_ENDPOINT_URL_STS", &sts.endpoint)]);
    let application = &wire.plan.applications[0];
    let zone = Zone { role: Some(ROLE.into()), ..application.zone.clone() };
    wire.callers.lock().unwrap().clear();

    world.list(&zone, &application.served).await.unwrap();
    let change = world.change(&zone, &batch).await.unwrap();
    world.in_sync(&zone, &change).await.unwrap();

    let callers = wire.callers.lock().unwrap().clone();
    assert!(callers.len() >= 4 && callers.iter().all(|key| key == "ASIAROLE"), "{callers:?}");
    let asked = sts.asked();
    let [assume] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(assume.header("authorization").contains("Credential=test/"), "{assume:?}");
    assert!(assume.header("authorization").contains("/us-west-2/sts/aws4_request"), "{assume:?}");
    let role = ROLE.replace(':', "%3A").replace('/', "%2F");
    for part in ["Action=AssumeRole", &format!("RoleArn={role}"), "RoleSessionName=understudy"] {
        assert!(assume.body.split('&').any(|field| field == part), "{part}: {assume:?}");
    }
    wire.running.shutdown().await;
}

#[tokio::test]
async fn a_role_that_is_refused_sends_nothing_and_is_named() {
    let wire = Wire::new().await;
    let batch = wire.batch("r-1").await;
    let sts = Loopback::answering(403, DENIED.to_owned()).await;
    let world = world(&wire.endpoint, wire.server, &[("AWS_ENDPOINT_URL_STS", &sts.endpoint)]);
    let zone = Zone { role: Some(ROLE.into()), ..wire.plan.applications[0].zone.clone() };
    wire.callers.lock().unwrap().clear();
    let sent = world.change(&zone, &batch).await;
    let Err(ChangeError::NotSent(why)) = sent else { panic!("{sent:?}") };
    assert!(why.contains(ROLE) && why.contains("not authorized") && why.contains("zone.role"), "{why}");
    assert!(wire.callers.lock().unwrap().is_empty());
    wire.running.shutdown().await;
}

#[tokio::test]
async fn a_tick_is_invoked_as_an_event_in_its_own_region() {
    let lambda = Loopback::answering(202, String::new()).await;
    let world = world(
        "http://127.0.0.1:9",
        ([127, 0, 0, 1], 9).into(),
        &[("AWS_ENDPOINT_URL_LAMBDA", &lambda.endpoint), ("UNDERSTUDY_TICKS", TICK)],
    );
    assert_eq!(world.wake_tick(&"us-east-1".into()).await, Ok(()));
    let asked = lambda.asked();
    let [invoke] = asked.as_slice() else { panic!("{asked:?}") };
    let path = format!("POST /2015-03-31/functions/{}/invocations HTTP/1.1", TICK.replace(':', "%3A"));
    assert_eq!(invoke.line, path);
    assert_eq!(invoke.header("x-amz-invocation-type"), "Event");
    assert!(invoke.header("authorization").contains("/us-east-1/lambda/aws4_request"), "{invoke:?}");
    assert_eq!(invoke.body, r#"{"understudy":"tick"}"#);
    assert!(matches!(understudy::event::read(&invoke.body), understudy::event::Event::Tick { .. }));
}

#[tokio::test]
async fn a_peers_rows_are_read_and_written_in_its_own_region() {
    let item =
        r#"{"pk":{"S":"controller"},"sk":{"S":"shared#observations"},"version":{"N":"3"},"body":{"S":"{}"}}"#;
    let dynamodb = Loopback::answering(200, format!(r#"{{"Items":[{item}]}}"#)).await;
    let world = world(
        "http://127.0.0.1:9",
        ([127, 0, 0, 1], 9).into(),
        &[("AWS_ENDPOINT_URL_DYNAMODB", &dynamodb.endpoint), ("UNDERSTUDY_PEERS", TABLE)],
    );
    let peer = Region::from("us-east-1");
    let rows = world.peer_query(&peer, "controller", "shared#").await.unwrap();
    assert_eq!((rows[0].key.sort.as_str(), rows[0].version), ("shared#observations", 3));
    let key = Key::new("controller", "shared#people#shop");
    let write = Write { key, body: "{}".to_owned(), expect: Expect::Version(3), expires: None };
    assert_eq!(world.peer_commit(&peer, &[write]).await, Ok(Commit::Done));
    let asked = dynamodb.asked();
    let targets: Vec<&str> = asked.iter().map(|asked| asked.header("x-amz-target")).collect();
    assert_eq!(targets, ["DynamoDB_20120810.Query", "DynamoDB_20120810.PutItem"]);
    for asked in &asked {
        assert!(asked.header("authorization").contains("/us-east-1/dynamodb/aws4_request"), "{asked:?}");
        assert!(asked.body.contains(&format!(r#""TableName":"{TABLE}""#)), "{asked:?}");
    }
}
