//! Lambda's API against canned answers.

use crate::aws::tests::{world, world_with};
use crate::ports::Functions;

const EAST: &str = "arn:aws:lambda:us-east-1:123456789012:function:understudy-tick";
const TICKS: [(&str, &str); 1] = [("UNDERSTUDY_TICKS", EAST)];

#[tokio::test]
async fn a_tick_is_handed_over_in_its_own_region_and_not_waited_for() {
    let (world, requests) = world_with(&TICKS, |_| Some((202, Vec::new()))).await;
    assert_eq!(world.wake_tick(&"us-east-1".into()).await, Ok(()));
    let request = requests.lock().unwrap().concat();
    let path = format!("POST /2015-03-31/functions/{}/invocations", EAST.replace(':', "%3A"));
    assert!(request.starts_with(&path), "{request}");
    for part in ["/us-east-1/lambda/aws4_request", "x-amz-invocation-type: Event"] {
        assert!(request.contains(part), "{part} {request}");
    }
    assert!(request.ends_with("\r\n\r\n{\"understudy\":\"tick\"}"), "{request}");
}

#[tokio::test]
async fn a_tick_that_is_not_listed_is_said_so_and_how_to_mend_it() {
    let (world, requests) = world(|_| None).await;
    let error = world.wake_tick(&"us-east-1".into()).await.unwrap_err().to_string();
    assert!(error.contains("us-east-1") && error.contains("UNDERSTUDY_TICKS"), "{error}");
    assert!(requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_refusal_tells_lambdas_words() {
    let body = r#"{"__type":"ResourceNotFoundException","Message":"Function not found"}"#;
    let (world, _) = world_with(&TICKS, move |_| Some((404, body.into()))).await;
    let error = world.wake_tick(&"us-east-1".into()).await.unwrap_err().to_string();
    assert!(error.contains("Function not found"), "{error}");
}
