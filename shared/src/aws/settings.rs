//! The environment, read once: what a function is told by `template.yaml` and by Lambda.

mod arns;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use aws_sdk_dynamodb::config::Credentials;

use self::arns::{FUNCTION, TABLE};
use crate::names::{Arn, Region};

/// Where the layer with the plan is mounted.
const PLAN: &str = "/opt/failover.toml";

/// All that the adapters need to know of the place where they run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region of this controller.
    pub region: Region,
    /// The name of this region's table.
    pub table: String,
    /// The tables of the controllers in other regions.
    pub peers: BTreeMap<Region, Arn>,
    /// The `tick` function of each region, as far as it may be woken from here.
    pub ticks: BTreeMap<Region, Arn>,
    /// The plan file.
    pub plan: PathBuf,
    /// Asked in place of a zone's own name servers and of the system's resolver, where not empty.
    pub name_servers: Vec<SocketAddr>,
    /// Lambda's Runtime API, which no probe may reach.
    pub runtime_api: Option<SocketAddr>,
    /// What requests are signed with.
    pub credentials: Credentials,
    /// Endpoints other than AWS's own.
    pub endpoints: Endpoints,
    /// Whether S3, where CloudFormation's answers go, is an emulator that speaks no TLS.
    pub without_tls: bool,
    /// Whether FIPS endpoints are used.
    pub use_fips: Option<bool>,
    /// Whether dual-stack endpoints are used.
    pub use_dual_stack: Option<bool>,
}

/// Endpoint URLs by service, as the SDKs of all languages name them
/// (AWS SDKs and Tools Reference Guide, "Service-specific endpoints").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Of CloudWatch.
    pub cloudwatch: Option<String>,
    /// Of DynamoDB.
    pub dynamodb: Option<String>,
    /// Of Lambda.
    pub lambda: Option<String>,
    /// Of Route 53.
    pub route53: Option<String>,
    /// Of S3, asked with the bucket in the path.
    pub s3: Option<String>,
    /// Of SNS.
    pub sns: Option<String>,
    /// Of STS.
    pub sts: Option<String>,
}

/// One variable that is missing or cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFault {
    /// The variable.
    pub variable: &'static str,
    /// What is wrong, and how to mend it.
    pub problem: String,
}

/// Everything that is wrong with the environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SettingsFaults(pub Vec<SettingsFault>);

impl fmt::Display for SettingsFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the environment cannot be used:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {} {}", fault.variable, fault.problem))
    }
}

impl Settings {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// Every fault at once.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub fn from_env() -> Result<Self, SettingsFaults> {
        Self::read(|variable| std::env::var(variable).ok())
    }

    /// Reads settings through a lookup. A blank variable counts as absent.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsFaults> {
        let mut reader = Reader { lookup, faults: Vec::new() };
        let mut settings = Self {
            region: Region::new(reader.required("AWS_REGION", "the region of this controller")),
            table: reader.required("UNDERSTUDY_TABLE", "the name of this region's table"),
            peers: reader.arns("UNDERSTUDY_PEERS", TABLE),
            ticks: reader.arns("UNDERSTUDY_TICKS", FUNCTION),
            plan: reader.optional("UNDERSTUDY_PLAN").map_or_else(|| PathBuf::from(PLAN), PathBuf::from),
            name_servers: reader.addresses("UNDERSTUDY_NAMESERVERS"),
            runtime_api: reader.optional("AWS_LAMBDA_RUNTIME_API").as_deref().and_then(host_and_port),
            credentials: reader.credentials(),
            endpoints: reader.endpoints(),
            without_tls: reader.s3().is_some_and(|url| url.starts_with("http://")),
            use_fips: reader.switch("AWS_USE_FIPS_ENDPOINT"),
            use_dual_stack: reader.switch("AWS_USE_DUALSTACK_ENDPOINT"),
        };
        // One list for all regions is easier to keep: it holds this region's own table as well.
        settings.peers.remove(&settings.region);
        if reader.faults.is_empty() { Ok(settings) } else { Err(SettingsFaults(reader.faults)) }
    }
}

struct Reader<F> {
    lookup: F,
    faults: Vec<SettingsFault>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn optional(&self, variable: &str) -> Option<String> {
        (self.lookup)(variable).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn required(&mut self, variable: &'static str, what: &str) -> String {
        self.optional(variable).unwrap_or_else(|| {
            self.faults.push(SettingsFault { variable, problem: format!("is not set: it is {what}") });
            String::new()
        })
    }

    /// Lambda hands a function its role's credentials in these variables, and they outlive the
    /// sandbox: no other source is asked, so that no start waits for a metadata service.
    fn credentials(&mut self) -> Credentials {
        let key = self.required("AWS_ACCESS_KEY_ID", "half of the credentials, which Lambda sets");
        let secret = self.required("AWS_SECRET_ACCESS_KEY", "half of the credentials, which Lambda sets");
        Credentials::new(key, secret, self.optional("AWS_SESSION_TOKEN"), None, "environment")
    }

    fn s3(&self) -> Option<String> {
        self.optional("AWS_ENDPOINT_URL_S3").or_else(|| self.optional("AWS_ENDPOINT_URL"))
    }

    fn endpoints(&self) -> Endpoints {
        let of = |variable| self.optional(variable).or_else(|| self.optional("AWS_ENDPOINT_URL"));
        Endpoints {
            cloudwatch: of("AWS_ENDPOINT_URL_CLOUDWATCH"),
            dynamodb: of("AWS_ENDPOINT_URL_DYNAMODB"),
            lambda: of("AWS_ENDPOINT_URL_LAMBDA"),
            route53: of("AWS_ENDPOINT_URL_ROUTE_53"),
            s3: of("AWS_ENDPOINT_URL_S3"),
            sns: of("AWS_ENDPOINT_URL_SNS"),
            sts: of("AWS_ENDPOINT_URL_STS"),
        }
    }

    fn addresses(&mut self, variable: &'static str) -> Vec<SocketAddr> {
        let read = |item: &str| {
            item.parse().map_err(|_| format!("holds {item:?}: write ip:port, several with commas between"))
        };
        self.list(variable, read)
    }

    /// ARNs by their region, of which each has one.
    fn arns(&mut self, variable: &'static str, shape: arns::Shape) -> BTreeMap<Region, Arn> {
        let mut by_region = BTreeMap::new();
        for arn in self.list(variable, |item| shape.read(item)) {
            let region = arn.region().clone();
            let known = by_region.entry(region).or_insert_with(|| arn.clone());
            if *known != arn {
                let problem = format!("names two for {}, {known} and {arn}: leave one of them", arn.region());
                self.faults.push(SettingsFault { variable, problem });
            }
        }
        by_region
    }

    /// The entries of a list with commas between; a fault for each that cannot be read.
    fn list<T>(&mut self, variable: &'static str, read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let text = self.optional(variable).unwrap_or_default();
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        let mut good = Vec::new();
        for item in items {
            match read(item) {
                Ok(entry) => good.push(entry),
                Err(problem) => self.faults.push(SettingsFault { variable, problem }),
            }
        }
        good
    }

    fn switch(&mut self, variable: &'static str) -> Option<bool> {
        match self.optional(variable)?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                self.faults
                    .push(SettingsFault { variable, problem: format!("is {other:?}: write true or false") });
                None
            }
        }
    }
}

/// Lambda writes `127.0.0.1:9001` or `169.254.100.1:9001`; local emulators write `localhost`.
fn host_and_port(text: &str) -> Option<SocketAddr> {
    text.parse().ok().or_else(|| {
        let port = text.strip_prefix("localhost:")?.parse().ok()?;
        Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    })
}

#[cfg(test)]
pub(crate) mod tests;
