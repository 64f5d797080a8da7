//! The least that a function with one client can be: the runtime and a client of Route 53, configured
//! directly. Where `aws-config` made the configuration, it would start later.

use aws_sdk_route53::Client;
use aws_sdk_route53::config::{BehaviorVersion, Config, Credentials, Region};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = Client::from_conf(config()?);
    run(service_fn(|_event: LambdaEvent<Box<RawValue>>| count_zones(&client))).await
}

#[allow(clippy::disallowed_methods, reason = "a program of its own, which has no ports")]
fn config() -> Result<Config, Error> {
    let (region, key) = (std::env::var("AWS_REGION")?, std::env::var("AWS_ACCESS_KEY_ID")?);
    let secret = std::env::var("AWS_SECRET_ACCESS_KEY")?;
    let credentials =
        Credentials::new(key, secret, std::env::var("AWS_SESSION_TOKEN").ok(), None, "environment");
    let config = Config::builder().behavior_version(BehaviorVersion::latest()).region(Region::new(region));
    Ok(config.credentials_provider(credentials).build())
}

async fn count_zones(client: &Client) -> Result<usize, Error> {
    Ok(client.list_hosted_zones().send().await?.hosted_zones().len())
}
