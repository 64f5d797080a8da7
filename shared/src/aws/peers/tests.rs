//! Peers' tables against canned answers.

use std::time::{Duration, Instant};

use crate::aws::tests::{world, world_with};
use crate::names::Region;
use crate::ports::{Commit, Expect, Key, Peers, Write};

const TABLE: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/understudy";
const PEERS: [(&str, &str); 1] = [("UNDERSTUDY_PEERS", TABLE)];

fn east() -> Region {
    "us-east-1".into()
}

fn write() -> Write {
    let key = Key::new("controller", "shared#people#shop");
    Write { key, body: "{}".to_owned(), expect: Expect::Absent, expires: None }
}

#[tokio::test]
async fn a_peers_table_is_asked_in_its_own_region_by_its_arn() {
    let (world, requests) = world_with(&PEERS, |_| Some((200, r#"{"Items":[]}"#.into()))).await;
    assert_eq!(world.peer_query(&east(), "controller", "shared#").await, Ok(Vec::new()));
    assert_eq!(world.peer_commit(&east(), &[write()]).await, Ok(Commit::Done));
    for request in requests.lock().unwrap().iter() {
        assert!(request.contains("/us-east-1/dynamodb/aws4_request"), "{request}");
        assert!(request.contains(&format!(r#""TableName":"{TABLE}""#)), "{request}");
    }
}

#[tokio::test]
async fn a_peer_that_is_not_listed_is_said_so_and_how_to_mend_it() {
    let (world, requests) = world(|_| None).await;
    for error in [
        world.peer_query(&east(), "controller", "shared#").await.unwrap_err(),
        world.peer_commit(&east(), &[write()]).await.unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(text.contains("us-east-1") && text.contains("UNDERSTUDY_PEERS"), "{text}");
    }
    assert!(requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_read_is_tried_once_and_a_write_twice() {
    let (world, requests) = world_with(&PEERS, |_| Some((500, "{}".into()))).await;
    assert!(world.peer_query(&east(), "controller", "shared#").await.is_err());
    assert_eq!(requests.lock().unwrap().len(), 1);
    assert!(world.peer_commit(&east(), &[write()]).await.is_err());
    assert_eq!(requests.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_peer_that_says_nothing_is_given_up_before_its_callers_patience_ends() {
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", mute.local_addr().unwrap());
    let (world, _) = world_with(&[PEERS[0], ("AWS_ENDPOINT_URL_DYNAMODB", &endpoint)], |_| None).await;
    #[allow(clippy::disallowed_methods, reason = "how long the real adapter waits")]
    let begun = Instant::now();
    assert!(world.peer_query(&east(), "controller", "shared#").await.is_err());
    assert!(begun.elapsed() < Duration::from_millis(1_900), "{:?}", begun.elapsed());
}
