//! Saying by metrics and routing controls, against canned answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::away::Away;
use crate::aws::AwsWorld;
use crate::aws::settings::tests::settings;
use crate::aws::tests::{Answer, server, world};
use crate::names::Epoch;
use crate::plan::{Actuator, OverrideKind, Overrides};
use crate::ports::{Overriding, Said};

const REGIONS: [&str; 5] = ["ap-northeast-1", "ap-southeast-2", "eu-west-1", "us-east-1", "us-west-2"];

fn away() -> Away {
    Away {
        application: "shop".into(),
        from: "us-east-1".into(),
        to: "us-west-2".into(),
        epoch: Epoch(7),
        run: "r-1".into(),
        at: "2026-11-22T21:45:01Z".parse().unwrap(),
        until: "2026-11-22T21:47:01Z".parse().unwrap(),
        by: Actuator::Override,
    }
}

fn overrides(kind: OverrideKind) -> Overrides {
    Overrides { kind, within: Duration::from_secs(60) }
}

fn control(region: &str) -> String {
    let name = region.replace('-', "");
    format!("arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/{name}")
}

/// A cluster whose endpoints are told apart by their path.
fn cluster(endpoint: &str) -> Overrides {
    let endpoints = REGIONS.map(|region| (region.into(), format!("{endpoint}/{region}")));
    let controls = ["us-east-1", "us-west-2"].map(|region| (region.into(), control(region)));
    let controls = [("shop".into(), controls.into())].into();
    overrides(OverrideKind::Control { endpoints: endpoints.into(), controls })
}

type Requests = Arc<Mutex<Vec<String>>>;

async fn clustered(
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> (AwsWorld, Overrides, Requests) {
    let (endpoint, requests) = server(answer).await;
    (AwsWorld::new(settings(&[]).unwrap()), cluster(&endpoint), requests)
}

/// What an endpoint answers that works, and remembers nothing: of each control what was set last.
fn obeys(request: &str) -> Answer {
    let state =
        if request.contains("GetRoutingControlState") && request.contains("useast1") { "Off" } else { "On" };
    let body = match request.contains("GetRoutingControlState") {
        true => format!(r#"{{"RoutingControlArn":"x","RoutingControlState":"{state}"}}"#),
        false => "{}".to_owned(),
    };
    Some((200, body.into_bytes()))
}

/// The regions of the endpoints that were asked for a change, in order.
fn asked(requests: &Requests) -> Vec<&'static str> {
    let requests = requests.lock().unwrap();
    let changes = requests.iter().filter(|request| request.contains("UpdateRoutingControlStates"));
    let region = |request: &String| {
        REGIONS.into_iter().find(|region| request.starts_with(&format!("POST /{region}/ ")))
    };
    changes.filter_map(region).collect()
}

#[tokio::test]
async fn a_metric_is_written_for_this_minute_and_the_next_in_this_region() {
    let (world, requests) = world(|_| Some((200, vec![0xa0]))).await;
    let kind = overrides(OverrideKind::Metric { namespace: "Understudy/Overrides".to_owned() });
    assert_eq!(world.say_away(&kind, &away()).await, Ok(Said::Now));
    world.keep_saying(&kind, &away()).await.unwrap();
    world.unsay(&kind, &away()).await.unwrap();
    assert_eq!(world.said(&kind, &away()).await, Ok(None));
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 3, "what is said cannot be read back");
    for request in requests.iter() {
        assert!(request.contains("/us-west-2/monitoring/aws4_request"), "{request}");
        for part in
            ["operation/PutMetricData", "Understudy/Overrides", "Application", "shop", "From", "us-east-1"]
        {
            assert!(request.contains(part), "{part} {request}");
        }
        assert_eq!(request.matches("Timestamp").count(), 2, "{request}");
    }
}

#[tokio::test]
async fn an_object_is_never_said_again() {
    let (world, requests) = world(|_| None).await;
    let kind = overrides(OverrideKind::Object { bucket: "understudy".to_owned() });
    world.keep_saying(&kind, &away()).await.unwrap();
    assert!(requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn routing_controls_are_set_together_and_read_back() {
    let (world, cluster, requests) = clustered(obeys).await;
    assert_eq!(world.say_away(&cluster, &away()).await, Ok(Said::Now));
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 3, "one change, and each of the two read: {requests:?}");
    let change = &requests[0];
    assert!(change.contains("/ap-northeast-1/route53-recovery-cluster/aws4_request"), "{change}");
    let (off, on) = (control("us-east-1"), control("us-west-2"));
    for (control, state) in [(off, "Off"), (on, "On")] {
        let entry = format!(r#"{{"RoutingControlArn":"{control}","RoutingControlState":"{state}"}}"#);
        assert!(change.contains(&entry), "{entry} {change}");
    }
}

#[tokio::test]
async fn a_control_that_is_not_as_it_was_set_is_no_success() {
    // It reads Off for who was left: taking back has not worked.
    let (world, cluster, requests) = clustered(obeys).await;
    let error = world.unsay(&cluster, &away()).await.unwrap_err().to_string();
    assert!(error.contains("\"Off\" after it was set"), "{error}");
    assert_eq!(asked(&requests), REGIONS[..3], "each endpoint of one try is asked");
}

#[tokio::test]
async fn three_dead_endpoints_of_five_are_passed_over_and_not_asked_again_first() {
    let dead =
        |request: &str| REGIONS[..3].iter().any(|region| request.starts_with(&format!("POST /{region}/ ")));
    let (world, cluster, requests) =
        clustered(move |request| if dead(request) { None } else { obeys(request) }).await;
    assert!(world.say_away(&cluster, &away()).await.is_err(), "one try has time for three");
    assert_eq!(world.say_away(&cluster, &away()).await, Ok(Said::Now));
    assert_eq!(world.say_away(&cluster, &away()).await, Ok(Said::Now));
    let mut met = asked(&requests);
    met.dedup();
    assert_eq!(met, REGIONS[..4]);
}

#[tokio::test]
async fn what_one_endpoint_refuses_for_good_no_other_is_asked() {
    for (kind, elsewhere) in [
        ("AccessDeniedException", false),
        ("ValidationException", false),
        ("com.amazonaws.toggle#ResourceNotFoundException", false),
        ("EndpointTemporarilyUnavailableException", true),
        ("ConflictException", true),
        ("ThrottlingException", true),
    ] {
        let body = format!(r#"{{"__type":"{kind}"}}"#);
        let (world, cluster, requests) = clustered(move |_| Some((400, body.clone().into_bytes()))).await;
        let error = world.say_away(&cluster, &away()).await.unwrap_err().to_string();
        assert!(error.contains(kind.rsplit('#').next().unwrap()), "{error}");
        assert_eq!(asked(&requests).len(), if elsewhere { 3 } else { 1 }, "{kind}");
    }
}
