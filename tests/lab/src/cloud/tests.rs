//! The unmodified SDKs judge the endpoint.

use std::sync::Arc;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use super::*;

struct Lab {
    cloud: Arc<Cloud>,
    address: SocketAddr,
    _server: Server,
}

impl Lab {
    async fn start() -> Self {
        let cloud = Arc::new(Cloud::default());
        let (address, server) = cloud.serve().await.unwrap();
        cloud.services().create_table("us-west-2").await.unwrap();
        Self { cloud, address, _server: server }
    }

    fn config(&self, region: &'static str) -> SdkConfig {
        let credentials = Credentials::new("us-west-2.tick.1", "secret", None, None, "lab");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(2)).build())
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .endpoint_url(format!("http://{}", self.address))
            .build()
    }

    fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config("us-west-2"))
    }
}

fn put(sort: &str, version: &str, replaces: Option<&str>) -> TransactWriteItem {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = Put::builder()
        .table_name(TABLE)
        .item("pk", text("controller"))
        .item("sk", text(sort))
        .item("version", AttributeValue::N(version.to_owned()))
        .item("body", text("{}"))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let put = match replaces {
        None => put.condition_expression("attribute_not_exists(pk)"),
        Some(before) => put
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", AttributeValue::N(before.to_owned())),
    };
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}

#[tokio::test]
async fn a_transaction_is_written_whole_or_not_at_all_and_tells_what_stood_in_the_way() {
    let lab = Lab::start().await;
    let transact = |items: Vec<TransactWriteItem>, token: &str| {
        lab.dynamodb()
            .transact_write_items()
            .set_transact_items(Some(items))
            .client_request_token(token)
            .send()
    };
    transact(vec![put("a", "1", None)], "t-1").await.unwrap();
    let refused = transact(vec![put("b", "1", None), put("a", "2", Some("7"))], "t-2").await.unwrap_err();
    let TransactWriteItemsError::TransactionCanceledException(canceled) = refused.into_service_error() else {
        panic!("not cancelled");
    };
    let [first, second] = canceled.cancellation_reasons() else { panic!("two reasons") };
    assert_eq!(first.code(), Some("None"));
    assert_eq!(second.code(), Some("ConditionalCheckFailed"));
    assert_eq!(second.item().unwrap()["version"], AttributeValue::N("1".into()));
    let rows = lab.cloud.services().rows("us-west-2", "controller").await.unwrap();
    assert_eq!(rows.len(), 1, "the other row was not written");
    // The same transaction by the same token is done already, and done once.
    transact(vec![put("a", "1", None)], "t-1").await.unwrap();
    assert!(transact(vec![put("c", "1", None)], "t-1").await.is_err());
}

#[tokio::test]
async fn a_refused_write_tells_what_stood_in_the_way() {
    let lab = Lab::start().await;
    let put = |version: &str| {
        lab.dynamodb()
            .put_item()
            .table_name(TABLE)
            .item("pk", AttributeValue::S("controller".into()))
            .item("sk", AttributeValue::S("a".into()))
            .item("version", AttributeValue::N(version.into()))
            .item("body", AttributeValue::S("{}".into()))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
    };
    put("1").await.unwrap();
    let refused = put("2").await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed) =
        refused
    else {
        panic!("not the condition");
    };
    assert_eq!(failed.item().unwrap()["version"], AttributeValue::N("1".into()));
}

#[tokio::test]
async fn alarms_are_read_by_the_sdk_s_own_protocol_and_belong_to_their_region() {
    let lab = Lab::start().await;
    let fields = [
        ("Action", "PutMetricAlarm"),
        ("AlarmName", "shop-errors"),
        ("Namespace", "Lab"),
        ("MetricName", "Errors"),
    ];
    lab.cloud.services().query("cloudwatch", "us-west-2", &fields).await.unwrap();
    let state = [
        ("Action", "SetAlarmState"),
        ("AlarmName", "shop-errors"),
        ("StateValue", "ALARM"),
        ("StateReason", "x"),
    ];
    lab.cloud.services().query("cloudwatch", "us-west-2", &state).await.unwrap();
    let alarms = |region| {
        aws_sdk_cloudwatch::Client::new(&lab.config(region))
            .describe_alarms()
            .alarm_names("shop-errors")
            .send()
    };
    let here = alarms("us-west-2").await.unwrap();
    let [alarm] = here.metric_alarms() else { panic!("one alarm") };
    assert_eq!(alarm.state_value(), Some(&StateValue::Alarm));
    assert_eq!(alarm.alarm_arn(), Some("arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-errors"));
    assert!(alarms("us-east-1").await.unwrap().metric_alarms().is_empty());
}

#[tokio::test]
async fn a_publication_is_kept_and_a_lost_region_takes_none() {
    let lab = Lab::start().await;
    let topic = "arn:aws:sns:us-west-2:123456789012:understudy-ops-team";
    let fields = [("Action", "CreateTopic"), ("Name", "understudy-ops-team")];
    lab.cloud.services().query("sns", "us-west-2", &fields).await.unwrap();
    let publish = || {
        let client = aws_sdk_sns::Client::new(&lab.config("us-west-2"));
        client.publish().topic_arn(topic).subject("hello").message("It moved.").send()
    };
    publish().await.unwrap();
    lab.cloud.faults().lose("us-west-2", Lost::Reset);
    assert!(publish().await.is_err());
    let [published] = lab.cloud.published().try_into().unwrap_or_else(|_| panic!("one publication"));
    assert_eq!((published.subject.as_str(), published.text.as_str()), ("hello", "It moved."));
    let calls = lab.cloud.calls.all();
    assert_eq!(
        calls[0].caller.as_ref().map(ToString::to_string).as_deref(),
        Some("tick in us-west-2 (process 1)")
    );
    assert_eq!(
        calls.iter().map(|call| call.outcome).collect::<Vec<_>>(),
        [Outcome::Answered(200), Outcome::Closed]
    );
}

#[tokio::test]
async fn a_service_that_is_down_says_so() {
    let lab = Lab::start().await;
    lab.cloud.faults().order(
        Disorder { service: "dynamodb".into(), region: None, trouble: Trouble::Unavailable },
        None,
        Some(1),
    );
    let list = || lab.dynamodb().list_tables().send();
    assert_eq!(list().await.unwrap_err().raw_response().unwrap().status().as_u16(), 503);
    assert_eq!(list().await.unwrap().table_names(), [TABLE]);
}

#[tokio::test]
async fn a_table_is_known_by_its_arn_in_its_own_region() {
    let lab = Lab::start().await;
    let describe = |arn: &str| {
        let query = lab.dynamodb().query().table_name(arn).key_condition_expression("pk = :pk");
        query.expression_attribute_values(":pk", AttributeValue::S("controller".into())).send()
    };
    assert!(describe("arn:aws:dynamodb:us-west-2:123456789012:table/understudy").await.is_ok());
    assert!(describe("arn:aws:dynamodb:us-east-1:123456789012:table/understudy").await.is_err());
}
