//! STS and Route 53 against canned answers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::aws::clock::SystemClock;
use crate::aws::tests::world;
use crate::dns::{Batch, EpochRecord, MoveKind, Shares};
use crate::names::{DnsName, Epoch};
use crate::plan::Zone;
use crate::ports::{ChangeError, ChangeId, ChangeRecords, Clock, ReadRecords};
use crate::time::after;

const ROLE: &str = "arn:aws:iam::210987654321:role/understudy-records";

const IN_SYNC: &str = "<GetChangeResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeInfo>\
    <Id>/change/C1</Id><Status>INSYNC</Status><SubmittedAt>2026-11-22T21:45:01Z</SubmittedAt>\
    </ChangeInfo></GetChangeResponse>";

const DENIED: &str = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
    <Code>AccessDenied</Code><Message>not authorized to perform sts:AssumeRole</Message></Error>\
    <RequestId>1</RequestId></ErrorResponse>";

fn zone(role: &str) -> Zone {
    Zone { id: "Z1".into(), name: DnsName::new("example.com"), role: Some(role.into()) }
}

fn in_minutes(minutes: u64) -> Timestamp {
    after(SystemClock.now(), Duration::from_secs(60 * minutes))
}

/// STS's answer with the key `AKIDROLE<n>`, good until then.
fn assumed(n: usize, until: Timestamp) -> String {
    format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
         <AccessKeyId>AKIDROLE{n}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>token{n}</SessionToken>\
         <Expiration>{until:.0}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
}

fn batch() -> Batch {
    let claim = EpochRecord {
        epoch: Epoch(42),
        run: "r-1".into(),
        from: "us-east-1".into(),
        to: "us-west-2".into(),
        kind: MoveKind::Evacuate,
        out: Shares::new(),
        at: "2026-11-22T21:45:01Z".parse().unwrap(),
        plan: "0123456789ab".into(),
    };
    Batch::new(DnsName::new("shop.example.com"), claim, Vec::new())
}

/// Asks Route 53 `count` times in a zone of each role, where each AssumeRole after the first `good`
/// is refused and credentials are good for `minutes`. Gives what was asked, in short.
async fn asked(roles: &[&str], count: usize, minutes: u64, good: usize) -> Vec<String> {
    let times = AtomicUsize::new(0);
    let (world, requests) = world(move |request| {
        if !request.contains("Action=AssumeRole") {
            return Some((200, IN_SYNC.into()));
        }
        let n = times.fetch_add(1, Ordering::SeqCst) + 1;
        Some(if n > good {
            (403, DENIED.into())
        } else {
            (200, assumed(n, in_minutes(minutes)).into_bytes())
        })
    })
    .await;
    for _ in 0..count {
        for role in roles {
            assert_eq!(world.in_sync(&zone(role), &ChangeId("C1".to_owned())).await, Ok(true));
        }
    }
    let requests = requests.lock().unwrap();
    requests.iter().map(|request| in_short(request)).collect()
}

/// `assume <region>`, or `route53 <key> <token>`.
fn in_short(request: &str) -> String {
    let field = |name: &str, end: &[char]| {
        request.split_once(name).and_then(|(_, rest)| rest.split(end).next()).unwrap_or("none").to_owned()
    };
    let scope = field("Credential=", &[',', ' ']);
    let scope: Vec<&str> = scope.split('/').collect();
    match scope[3] {
        "sts" => format!("assume {}", scope[2]),
        service => format!("{service} {} {}", scope[0], field("x-amz-security-token: ", &['\r'])),
    }
}

#[tokio::test]
async fn route53_is_asked_with_the_roles_key_and_the_role_is_assumed_once() {
    let asked = asked(&[ROLE], 3, 60, 9).await;
    assert_eq!(asked[0], "assume us-west-2");
    assert_eq!(asked[1..], ["route53 AKIDROLE1 token1"; 3]);
}

#[tokio::test]
async fn each_role_has_its_own_key() {
    let asked = asked(&["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b"], 2, 60, 9).await;
    let route53: Vec<&str> =
        asked.iter().map(String::as_str).filter(|text| text.starts_with("route53")).collect();
    let (a, b) = ("route53 AKIDROLE1 token1", "route53 AKIDROLE2 token2");
    assert_eq!((route53, asked.len()), (vec![a, b, a, b], 6));
}

#[tokio::test]
async fn credentials_are_replaced_five_minutes_before_they_end() {
    let asked = asked(&[ROLE], 2, 4, 9).await;
    assert_eq!(
        asked,
        ["assume us-west-2", "route53 AKIDROLE1 token1", "assume us-west-2", "route53 AKIDROLE2 token2"]
    );
}

#[tokio::test]
async fn while_no_new_ones_are_given_the_old_ones_are_used_to_their_end() {
    let asked = asked(&[ROLE], 2, 4, 1).await;
    assert_eq!(
        asked,
        ["assume us-west-2", "route53 AKIDROLE1 token1", "assume us-west-2", "route53 AKIDROLE1 token1"]
    );
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_named_with_the_remedy_and_nothing_is_sent() {
    let (world, requests) = world(|_| Some((403, DENIED.into()))).await;
    let listed = world.list(&zone(ROLE), &DnsName::new("shop.example.com")).await.unwrap_err();
    let sent = world.change(&zone(ROLE), &batch()).await.unwrap_err();
    assert!(matches!(sent, ChangeError::NotSent(_)), "{sent:?}");
    for text in [listed.to_string(), sent.to_string()] {
        for part in [ROLE, "not authorized", "sts:AssumeRole", "zone.role"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    assert_eq!(requests.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn the_session_is_named_after_us() {
    let (world, requests) = world(|_| Some((403, DENIED.into()))).await;
    assert!(world.in_sync(&zone(ROLE), &ChangeId("C1".to_owned())).await.is_err());
    let request = requests.lock().unwrap().concat();
    let role = ROLE.replace(':', "%3A").replace('/', "%2F");
    for part in ["RoleSessionName=understudy", &format!("RoleArn={role}")] {
        assert!(request.contains(part), "{part}: {request}");
    }
}
