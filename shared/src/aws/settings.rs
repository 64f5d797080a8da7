//! The environment, read once: what a function is told by `template.yaml` and by Lambda.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use aws_sdk_dynamodb::config::Credentials;

use crate::names::Region;

/// Where the layer with the plan is mounted.
const PLAN: &str = "/opt/failover.toml";

/// All that the adapters need to know of the place where they run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region of this controller.
    pub region: Region,
    /// The name of this region's table.
    pub table: String,
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
    /// Of Route 53.
    pub route53: Option<String>,
    /// Of SNS.
    pub sns: Option<String>,
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
        let settings = Self {
            region: Region::new(reader.required("AWS_REGION", "the region of this controller")),
            table: reader.required("UNDERSTUDY_TABLE", "the name of this region's table"),
            plan: reader.optional("UNDERSTUDY_PLAN").map_or_else(|| PathBuf::from(PLAN), PathBuf::from),
            name_servers: reader.addresses("UNDERSTUDY_NAMESERVERS"),
            runtime_api: reader.optional("AWS_LAMBDA_RUNTIME_API").as_deref().and_then(host_and_port),
            credentials: reader.credentials(),
            endpoints: reader.endpoints(),
            use_fips: reader.switch("AWS_USE_FIPS_ENDPOINT"),
            use_dual_stack: reader.switch("AWS_USE_DUALSTACK_ENDPOINT"),
        };
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

    fn endpoints(&self) -> Endpoints {
        let of = |variable| self.optional(variable).or_else(|| self.optional("AWS_ENDPOINT_URL"));
        Endpoints {
            cloudwatch: of("AWS_ENDPOINT_URL_CLOUDWATCH"),
            dynamodb: of("AWS_ENDPOINT_URL_DYNAMODB"),
            route53: of("AWS_ENDPOINT_URL_ROUTE_53"),
            sns: of("AWS_ENDPOINT_URL_SNS"),
        }
    }

    fn addresses(&mut self, variable: &'static str) -> Vec<SocketAddr> {
        let text = self.optional(variable).unwrap_or_default();
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items
            .filter_map(|item| match item.parse() {
                Ok(address) => Some(address),
                Err(_) => {
                    let problem = format!("holds {item:?}: write ip:port, several with commas between");
                    self.faults.push(SettingsFault { variable, problem });
                    None
                }
            })
            .collect()
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
pub(crate) mod tests {
    use super::*;

    /// The least that a controller needs, and `more`.
    pub(crate) fn settings(more: &[(&str, &str)]) -> Result<Settings, SettingsFaults> {
        let least = [
            ("AWS_REGION", "us-west-2"),
            ("UNDERSTUDY_TABLE", "understudy"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ];
        let find = |list: &[(&str, &str)], name: &str| {
            list.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned())
        };
        Settings::read(|name| find(more, name).or_else(|| find(&least, name)))
    }

    #[test]
    fn the_least_is_enough() {
        let settings = settings(&[]).unwrap();
        assert_eq!(settings.region.as_str(), "us-west-2");
        assert_eq!(settings.plan, PathBuf::from("/opt/failover.toml"));
        assert_eq!(settings.name_servers, []);
        assert_eq!(settings.endpoints, Endpoints::default());
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let lookup = |name: &str| match name {
            "UNDERSTUDY_NAMESERVERS" => Some("127.0.0.1:53, localhost".to_owned()),
            "UNDERSTUDY_TABLE" => Some("  ".to_owned()),
            "AWS_USE_FIPS_ENDPOINT" => Some("yes".to_owned()),
            _ => None,
        };
        let faults = Settings::read(lookup).unwrap_err();
        let variables: Vec<&str> = faults.0.iter().map(|fault| fault.variable).collect();
        assert_eq!(
            variables,
            [
                "AWS_REGION",
                "UNDERSTUDY_TABLE",
                "UNDERSTUDY_NAMESERVERS",
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_USE_FIPS_ENDPOINT",
            ]
        );
        assert_eq!(faults.to_string().lines().count(), 7);
    }

    #[test]
    fn a_services_own_endpoint_precedes_the_common_one() {
        let settings = settings(&[
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_ROUTE_53", "http://127.0.0.1:2"),
        ]);
        let endpoints = settings.unwrap().endpoints;
        assert_eq!(endpoints.route53.as_deref(), Some("http://127.0.0.1:2"));
        assert_eq!(endpoints.sns.as_deref(), Some("http://127.0.0.1:1"));
    }

    #[test]
    fn the_runtime_api_is_known_by_address() {
        for text in ["127.0.0.1:9001", "localhost:9001"] {
            let settings = settings(&[("AWS_LAMBDA_RUNTIME_API", text)]).unwrap();
            assert_eq!(settings.runtime_api, Some(SocketAddr::from(([127, 0, 0, 1], 9001))));
        }
    }

    #[test]
    fn credentials_are_not_shown() {
        let shown = format!("{:?}", settings(&[("AWS_SESSION_TOKEN", "sesame")]).unwrap());
        assert!(!shown.contains("secret\"") && !shown.contains("sesame"), "{shown}");
    }
}
