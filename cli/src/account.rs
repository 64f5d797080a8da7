//! The operator's own account: credentials as every AWS tool finds them, endpoints from the environment.

use std::collections::BTreeMap;

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials;
use understudy::aws::{AwsWorld, Settings};
use understudy::names::{Arn, Region};

/// Health checks and records are global; requests that need a region without having one go here.
const REGION: &str = "us-east-1";

/// All ports, with the operator's credentials.
///
/// # Errors
/// In words, with a remedy.
pub async fn world() -> Result<AwsWorld, String> {
    world_with(BTreeMap::new()).await
}

/// The same, with the state tables of some controllers.
///
/// # Errors
/// In words, with a remedy.
pub async fn world_with(tables: BTreeMap<Region, Arn>) -> Result<AwsWorld, String> {
    let config = aws_config::defaults(BehaviorVersion::latest()).load().await;
    let provider = config.credentials_provider();
    let provider = provider.ok_or("there are no AWS credentials; log in, or set AWS_PROFILE")?;
    let credentials = provider.provide_credentials().await.map_err(|error| {
        format!("no AWS credentials: {error}; log in, or set AWS_PROFILE or AWS_ACCESS_KEY_ID")
    })?;
    let region = config.region().map_or(REGION, |region| region.as_ref()).to_owned();
    let settings = Settings::read(|variable| match variable {
        "AWS_REGION" => Some(region.clone()),
        "AWS_ACCESS_KEY_ID" => Some(credentials.access_key_id().to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some(credentials.secret_access_key().to_owned()),
        "AWS_SESSION_TOKEN" => credentials.session_token().map(str::to_owned),
        // No command here touches a table.
        "UNDERSTUDY_TABLE" => Some("none".to_owned()),
        other => environment(other),
    });
    let settings = settings.map_err(|faults| faults.to_string())?;
    Ok(AwsWorld::new(Settings { peers: tables, ..settings }))
}

#[allow(clippy::disallowed_methods, reason = "endpoints are the environment's, as for every AWS tool")]
fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}
