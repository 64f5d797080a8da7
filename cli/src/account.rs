//! The operator's own account: credentials as every AWS tool finds them, endpoints from the environment.

use std::collections::BTreeMap;

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials;
use understudy::aws::{AwsWorld, Settings};
use understudy::names::{Arn, Region};
use understudy::plan::Plan;

/// Health checks and records are global; requests that need a region without having one go here.
const REGION: &str = "us-east-1";

/// The stacks of a plan, as one of its controllers sees them.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    region: Option<Region>,
    table: Option<String>,
    peers: String,
    ticks: String,
    /// The tables of all controllers, for who is none of them.
    others: BTreeMap<Region, Arn>,
}

impl Deployment {
    /// Names of resources derive from the stack's name, as in the template.
    ///
    /// # Errors
    /// Nobody says which account it is.
    pub fn of(
        plan: &Plan,
        region: &Region,
        account: Option<&str>,
        stack: Option<&str>,
    ) -> Result<Self, String> {
        let stack = stack.unwrap_or(&plan.deployment);
        let told = account.map(str::to_owned).or_else(|| account_of(plan));
        let account =
            told.ok_or("which account the stacks are in cannot be told from the plan: --account")?;
        let each = |made: &dyn Fn(&Region) -> String| {
            plan.controllers.iter().map(made).collect::<Vec<_>>().join(",")
        };
        Ok(Self {
            region: Some(region.clone()),
            table: Some(format!("{stack}-state")),
            peers: each(&|region| format!("arn:aws:dynamodb:{region}:{account}:table/{stack}-state")),
            ticks: each(&|region| format!("arn:aws:lambda:{region}:{account}:function:{stack}-tick")),
            others: BTreeMap::new(),
        })
    }
}

/// The account of the plan's topics.
fn account_of(plan: &Plan) -> Option<String> {
    let topic = plan.topics.values().flatten().next()?;
    Some(topic.account().to_owned())
}

/// All ports, with the operator's credentials; none of them is a table.
///
/// # Errors
/// In words, with a remedy.
pub async fn world() -> Result<AwsWorld, String> {
    world_of(&Deployment::default()).await
}

/// The same, with the state tables of some controllers.
///
/// # Errors
/// In words, with a remedy.
pub async fn world_with(tables: BTreeMap<Region, Arn>) -> Result<AwsWorld, String> {
    world_of(&Deployment { others: tables, ..Deployment::default() }).await
}

/// All ports of a controller of a deployment, with the operator's credentials.
///
/// # Errors
/// In words, with a remedy.
pub async fn world_of(deployment: &Deployment) -> Result<AwsWorld, String> {
    let config = aws_config::defaults(BehaviorVersion::latest()).load().await;
    let provider = config.credentials_provider();
    let provider = provider.ok_or("there are no AWS credentials; log in, or set AWS_PROFILE")?;
    let credentials = provider.provide_credentials().await.map_err(|error| {
        format!("no AWS credentials: {error}; log in, or set AWS_PROFILE or AWS_ACCESS_KEY_ID")
    })?;
    let known = config.region().map_or(REGION, |region| region.as_ref()).to_owned();
    let region = deployment.region.as_ref().map_or(known, Region::to_string);
    let settings = Settings::read(|variable| match variable {
        "AWS_REGION" => Some(region.clone()),
        "AWS_ACCESS_KEY_ID" => Some(credentials.access_key_id().to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some(credentials.secret_access_key().to_owned()),
        "AWS_SESSION_TOKEN" => credentials.session_token().map(str::to_owned),
        // Where a command touches no table, none has a name.
        "UNDERSTUDY_TABLE" => Some(deployment.table.clone().unwrap_or_else(|| "none".to_owned())),
        "UNDERSTUDY_PEERS" => Some(deployment.peers.clone()),
        "UNDERSTUDY_TICKS" => Some(deployment.ticks.clone()),
        other => environment(other),
    });
    let mut settings = settings.map_err(|faults| faults.to_string())?;
    settings.peers.extend(deployment.others.clone());
    Ok(AwsWorld::new(settings))
}

/// Who sits at this machine.
pub fn user() -> Option<String> {
    environment("USER").filter(|name| !name.is_empty())
}

#[allow(clippy::disallowed_methods, reason = "endpoints are the environment's, as for every AWS tool")]
fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}
