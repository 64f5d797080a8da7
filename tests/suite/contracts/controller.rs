//! What a function answers, whatever it is given.

use understudy::aws::{Answer, Controller, Settings};
use understudy::provision;

use super::loopback::Loopback;

const FAR_FUTURE: u64 = 4_000_000_000_000;

fn controller(plan: &str) -> Controller {
    controller_with(plan, &[])
}

fn controller_with(plan: &str, more: &[(&str, &str)]) -> Controller {
    let plan = format!("{}/fixtures/plans/{plan}", env!("CARGO_MANIFEST_DIR"));
    let settings = Settings::read(|name| match name {
        "AWS_REGION" => Some("us-west-2".into()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "UNDERSTUDY_TABLE" => Some("test".into()),
        "UNDERSTUDY_PLAN" => Some(plan.clone()),
        _ => more.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned()),
    });
    Controller::new(settings.unwrap_or_else(|faults| panic!("{faults}")))
}

#[tokio::test]
async fn a_plan_that_does_not_parse_is_answered_to_every_event_with_its_faults() {
    let controller = controller("unknown-key.toml");
    for _ in 0..2 {
        let answer = controller.handle(r#"{"understudy":"tick"}"#, FAR_FUTURE).await;
        let Answer::PlanRefused { faults } = answer else { panic!("{answer:?}") };
        assert!(faults.contains("error[unknown-key]") && faults.contains("remedy"), "{faults}");
    }
}

#[tokio::test]
async fn a_plan_that_is_not_there_is_said_so() {
    let answer = controller("no-such-plan.toml").handle(r#"{"understudy":"tick"}"#, FAR_FUTURE).await;
    assert!(
        matches!(&answer, Answer::PlanRefused { faults } if faults.contains("cannot be read")),
        "{answer:?}"
    );
}

#[tokio::test]
async fn what_is_not_ours_is_answered_and_never_an_error() {
    let controller = controller("unknown-key.toml");
    for payload in
        ["{}", "null", "", r#"{"source":"aws.health","detail-type":"AWS Health Event","detail":{}}"#]
    {
        let answer = controller.handle(payload, 0).await;
        assert!(matches!(answer, Answer::NotMine { .. }), "{payload}: {answer:?}");
    }
}

#[tokio::test]
async fn without_a_plan_nothing_is_drilled_and_no_command_is_taken() {
    let controller = controller("unknown-key.toml");
    let drilled = controller.drill(r#"{"understudy":"drill"}"#).await;
    let operated = controller.operate(r#"{"understudy":"status"}"#, FAR_FUTURE).await;
    for answer in [drilled, operated] {
        assert!(matches!(answer, Answer::PlanRefused { .. }), "{answer:?}");
    }
}

#[tokio::test]
async fn without_a_plan_only_what_needs_none_is_computed() {
    let controller = controller("unknown-key.toml");
    let told = async |payload: &str| serde_json::to_value(controller.advise(payload).await).unwrap();
    let thumb = told(r#"{"analysis":"rto","basis":"rule-of-thumb"}"#).await;
    assert_eq!(thumb["result"]["total_rto"], 300);
    let refused = told(r#"{"analysis":"rto"}"#).await;
    let problems: Vec<&str> =
        refused["faults"].as_array().unwrap().iter().filter_map(|fault| fault["problem"].as_str()).collect();
    assert!(problems[1].starts_with("the plan does not parse"), "{problems:?}");
    let weekly = told(r#"{"understudy":"advise"}"#).await;
    assert!(
        weekly["why"].as_str().unwrap().contains("the plan does not parse"),
        "it fails, and an alarm says so"
    );
}

#[tokio::test]
async fn each_answer_names_its_kind_in_one_member() {
    let controller = controller("../../../../examples/weighted.toml");
    let kind = |answer: Answer| serde_json::to_value(answer).unwrap()["answer"].clone();
    assert_eq!(kind(controller.handle("{}", FAR_FUTURE).await), "not-mine");
    assert_eq!(kind(controller.drill("no drill").await), "drilled");
    assert_eq!(kind(controller.operate("no command", FAR_FUTURE).await), "refused");
}

#[tokio::test]
async fn whoever_waits_at_a_url_is_told_that_the_plan_is_refused() {
    let cloudformation = Loopback::answering(200, String::new()).await;
    let nobody = ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9");
    let controller =
        controller_with("unknown-key.toml", &[("AWS_ENDPOINT_URL_S3", &cloudformation.endpoint), nobody]);
    let event = |kind: &str| {
        let url = format!("{}/stack/key?X-Amz-Signature=1", cloudformation.endpoint);
        serde_json::json!({ "RequestType": kind, "ResponseURL": url, "RequestId": "r-1" }).to_string()
    };
    let told = controller.provision(&event("Create"), FAR_FUTURE).await;
    assert!(
        matches!(&told, provision::Answer::Told { success: false, reason } if reason.contains("unknown-key")),
        "{told:?}"
    );
    let gone = controller.provision(&event("Delete"), FAR_FUTURE).await;
    assert!(matches!(gone, provision::Answer::Told { success: true, .. }), "{gone:?}");
    let asked = cloudformation.asked();
    let [create, delete] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(create.line, "PUT /stack/key?X-Amz-Signature=1 HTTP/1.1");
    assert_eq!((create.header("content-type"), create.body.len() < 4_096), ("", true));
    let answer: serde_json::Value = serde_json::from_str(&create.body).unwrap();
    assert_eq!((answer["Status"].as_str(), answer["RequestId"].as_str()), (Some("FAILED"), Some("r-1")));
    assert!(delete.body.contains("nothing was deleted in Route 53"), "{}", delete.body);
}

#[tokio::test]
async fn who_cannot_be_told_is_an_error_for_lambda_to_repeat() {
    let controller =
        controller_with("unknown-key.toml", &[("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")]);
    let event = r#"{"RequestType":"Delete","ResponseURL":"http://127.0.0.1:9/"}"#;
    let answer = controller.provision(event, FAR_FUTURE).await;
    assert!(matches!(&answer, provision::Answer::Untold { why, .. } if why.contains("https")), "{answer:?}");
}
