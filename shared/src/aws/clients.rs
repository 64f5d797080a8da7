//! The SDK clients: one configuration, one HTTP client, each service client made when first used,
//! so that a wake that has nothing to say to Route 53 does not pay for a client of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Credentials, IdentityCache, SharedCredentialsProvider, SharedHttpClient,
    StalledStreamProtectionConfig,
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_types::SdkConfig;
use aws_types::endpoint_config::AccountIdEndpointMode;

use super::roles::Roles;
use super::settings::{Endpoints, Settings};
use crate::names::Region;

/// For the connection with its TLS handshake: one lost SYN, which Linux sends again after a
/// second, and the handshake over the longest distance between regions. It is the same for all
/// services because the HTTP client keeps one pool of connections for each value.
const CONNECT: Duration = Duration::from_millis(1_900);

/// A sandbox that sleeps between wakes must not meet connections that the other side has closed.
const IDLE: Duration = Duration::from_secs(20);

/// Makes and keeps the clients.
#[derive(Debug)]
pub(super) struct Clients {
    config: SdkConfig,
    endpoints: Endpoints,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    route53: OnceLock<aws_sdk_route53::Client>,
    sts: OnceLock<aws_sdk_sts::Client>,
    roles: Roles,
    peers: Mutex<BTreeMap<Region, Peer>>,
    cloudwatch: Mutex<BTreeMap<Region, aws_sdk_cloudwatch::Client>>,
    #[cfg(feature = "operate")]
    lambda: Mutex<BTreeMap<Region, aws_sdk_lambda::Client>>,
    sns: Mutex<BTreeMap<Region, aws_sdk_sns::Client>>,
}

/// DynamoDB in a peer's region: reads are not repeated, writes are.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) reading: aws_sdk_dynamodb::Client,
    pub(super) writing: aws_sdk_dynamodb::Client,
}

impl Clients {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(aws_region(&settings.region))
            .credentials_provider(SharedCredentialsProvider::new(settings.credentials.clone()))
            // Static credentials need no cache, and our bodies no watch over their throughput:
            // the timeouts bound both.
            .identity_cache(IdentityCache::no_cache())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(http_client());
        config.set_use_fips(settings.use_fips);
        config.set_use_dual_stack(settings.use_dual_stack);
        Self {
            config: config.build(),
            endpoints: settings.endpoints.clone(),
            dynamodb: OnceLock::new(),
            route53: OnceLock::new(),
            sts: OnceLock::new(),
            roles: Roles::default(),
            peers: Mutex::default(),
            cloudwatch: Mutex::default(),
            #[cfg(feature = "operate")]
            lambda: Mutex::default(),
            sns: Mutex::default(),
        }
    }

    /// DynamoDB in this region.
    pub(super) fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        self.dynamodb.get_or_init(|| {
            let mut config = aws_sdk_dynamodb::config::Builder::from(&self.config)
                .retry_config(RetryConfig::standard().with_max_attempts(3))
                .timeout_config(timeouts(2, 5));
            config.set_endpoint_url(self.endpoints.dynamodb.clone());
            aws_sdk_dynamodb::Client::from_conf(config.build())
        })
    }

    /// DynamoDB in a peer's region. Who reads there waits for 2 s and looks again in the next
    /// round, so that a repeated read would come too late.
    pub(super) fn peer(&self, region: &Region) -> Peer {
        kept(&self.peers, region, || {
            let client = |attempts| {
                let mut config = aws_sdk_dynamodb::config::Builder::from(&self.config)
                    .region(aws_region(region))
                    // An ARN in place of a table's name would choose the endpoint of its account: one
                    // more name that has to resolve.
                    .account_id_endpoint_mode(AccountIdEndpointMode::Disabled)
                    .retry_config(RetryConfig::standard().with_max_attempts(attempts))
                    .timeout_config(limits(Duration::from_millis(1_500), Duration::from_secs(4)));
                config.set_endpoint_url(self.endpoints.dynamodb.clone());
                aws_sdk_dynamodb::Client::from_conf(config.build())
            };
            Peer { reading: client(1), writing: client(2) }
        })
    }

    /// Route 53. It never repeats a request by itself: a change that was repeated after its
    /// validity would undo a newer one. Reads ask for a second attempt where they are made.
    pub(super) fn route53(&self) -> &aws_sdk_route53::Client {
        self.route53.get_or_init(|| self.route53_with(None))
    }

    /// A new client of Route 53, with other credentials than our own where there are some.
    pub(super) fn route53_with(&self, credentials: Option<Credentials>) -> aws_sdk_route53::Client {
        let mut config = aws_sdk_route53::config::Builder::from(&self.config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts(5, 6));
        if let Some(credentials) = credentials {
            config.set_credentials_provider(Some(SharedCredentialsProvider::new(credentials)));
        }
        config.set_endpoint_url(self.endpoints.route53.clone());
        aws_sdk_route53::Client::from_conf(config.build())
    }

    /// STS in this region: the SDK asks the regional endpoint, not the global one in us-east-1,
    /// which may be what has failed (STS User Guide, "Manage AWS STS in an AWS Region").
    pub(super) fn sts(&self) -> &aws_sdk_sts::Client {
        self.sts.get_or_init(|| {
            let mut config = aws_sdk_sts::config::Builder::from(&self.config)
                .retry_config(RetryConfig::standard().with_max_attempts(2))
                .timeout_config(timeouts(2, 5));
            config.set_endpoint_url(self.endpoints.sts.clone());
            aws_sdk_sts::Client::from_conf(config.build())
        })
    }

    /// Who we are in other accounts.
    pub(super) fn roles(&self) -> &Roles {
        &self.roles
    }

    /// CloudWatch in a region.
    pub(super) fn cloudwatch(&self, region: &Region) -> aws_sdk_cloudwatch::Client {
        kept(&self.cloudwatch, region, || {
            let mut config = aws_sdk_cloudwatch::config::Builder::from(&self.config)
                .region(aws_region(region))
                // The next round is the second attempt.
                .retry_config(RetryConfig::disabled())
                .timeout_config(timeouts(3, 3));
            config.set_endpoint_url(self.endpoints.cloudwatch.clone());
            aws_sdk_cloudwatch::Client::from_conf(config.build())
        })
    }

    /// Lambda in a region.
    #[cfg(feature = "operate")]
    pub(super) fn lambda(&self, region: &Region) -> aws_sdk_lambda::Client {
        kept(&self.lambda, region, || {
            let mut config = aws_sdk_lambda::config::Builder::from(&self.config)
                .region(aws_region(region))
                .retry_config(RetryConfig::standard().with_max_attempts(2))
                .timeout_config(timeouts(2, 5));
            config.set_endpoint_url(self.endpoints.lambda.clone());
            aws_sdk_lambda::Client::from_conf(config.build())
        })
    }

    /// SNS in a region.
    pub(super) fn sns(&self, region: &Region) -> aws_sdk_sns::Client {
        kept(&self.sns, region, || {
            let mut config = aws_sdk_sns::config::Builder::from(&self.config)
                .region(aws_region(region))
                .retry_config(RetryConfig::standard().with_max_attempts(2))
                .timeout_config(timeouts(2, 5));
            config.set_endpoint_url(self.endpoints.sns.clone());
            aws_sdk_sns::Client::from_conf(config.build())
        })
    }
}

/// The client of one region, made when it is first asked for.
fn kept<C: Clone>(clients: &Mutex<BTreeMap<Region, C>>, region: &Region, make: impl FnOnce() -> C) -> C {
    let mut clients = clients.lock().unwrap_or_else(PoisonError::into_inner);
    clients.entry(region.clone()).or_insert_with(make).clone()
}

fn aws_region(region: &Region) -> aws_types::region::Region {
    aws_types::region::Region::new(region.as_str().to_owned())
}

fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .pool_idle_timeout(IDLE)
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .build_https()
}

fn timeouts(attempt_seconds: u64, operation_seconds: u64) -> TimeoutConfig {
    limits(Duration::from_secs(attempt_seconds), Duration::from_secs(operation_seconds))
}

/// The SDK has no timeouts of its own but the one for connecting.
fn limits(attempt: Duration, operation: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(attempt)
        .operation_timeout(operation)
        .build()
}
