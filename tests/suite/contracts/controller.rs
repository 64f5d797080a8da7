//! What a function answers, whatever it is given.

use understudy::aws::{Answer, Controller, Settings};

const FAR_FUTURE: u64 = 4_000_000_000_000;

fn controller(plan: &str) -> Controller {
    let plan = format!("{}/fixtures/plans/{plan}", env!("CARGO_MANIFEST_DIR"));
    let settings = Settings::read(|name| match name {
        "AWS_REGION" => Some("us-west-2".into()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "UNDERSTUDY_TABLE" => Some("test".into()),
        "UNDERSTUDY_PLAN" => Some(plan.clone()),
        _ => None,
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
async fn each_answer_names_its_kind_in_one_member() {
    let controller = controller("../../../../examples/weighted.toml");
    let kind = |answer: Answer| serde_json::to_value(answer).unwrap()["answer"].clone();
    assert_eq!(kind(controller.handle("{}", FAR_FUTURE).await), "not-mine");
    assert_eq!(kind(controller.drill("no drill").await), "drilled");
    assert_eq!(kind(controller.operate("no command", FAR_FUTURE).await), "refused");
}
