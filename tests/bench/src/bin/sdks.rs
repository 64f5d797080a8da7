//! Links what the functions link of AWS, and makes one call of each: what is left to compare with is ours.

use aws_sdk_route53::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;

/// A service's client, configured directly.
macro_rules! client {
    ($service:ident) => {
        $service::Client::from_conf(
            $service::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(region()?)
                .credentials_provider(credentials()?)
                .build(),
        )
    };
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(|_event: LambdaEvent<Box<RawValue>>| call_each())).await
}

/// How many of the services answered.
async fn call_each() -> Result<usize, Error> {
    let answered = [
        client!(aws_sdk_cloudwatch).describe_alarms().send().await.is_ok(),
        client!(aws_sdk_dynamodb).query().table_name("understudy").send().await.is_ok(),
        client!(aws_sdk_lambda).invoke().function_name("tick").send().await.is_ok(),
        client!(aws_sdk_route53).list_resource_record_sets().hosted_zone_id("Z").send().await.is_ok(),
        client!(aws_sdk_sns).publish().message("hello").send().await.is_ok(),
        client!(aws_sdk_sts).assume_role().role_arn("arn").send().await.is_ok(),
    ];
    Ok(answered.into_iter().filter(|answered| *answered).count())
}

#[allow(clippy::disallowed_methods, reason = "a program of its own, which has no ports")]
fn region() -> Result<Region, Error> {
    Ok(Region::new(std::env::var("AWS_REGION")?))
}

#[allow(clippy::disallowed_methods, reason = "a program of its own, which has no ports")]
fn credentials() -> Result<SharedCredentialsProvider, Error> {
    let (key, secret) = (std::env::var("AWS_ACCESS_KEY_ID")?, std::env::var("AWS_SECRET_ACCESS_KEY")?);
    let token = std::env::var("AWS_SESSION_TOKEN").ok();
    Ok(SharedCredentialsProvider::new(Credentials::new(key, secret, token, None, "environment")))
}
