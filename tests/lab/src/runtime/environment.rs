//! What a function's process is told: the variables that Lambda and the template set.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use crate::cloud::{Caller, TABLE, lock};
use crate::world::ACCOUNT;

/// What all functions of a lab share.
#[derive(Debug)]
pub struct Environment {
    /// The folder that holds `<function>/bootstrap`.
    pub binaries: PathBuf,
    /// Where logs are written.
    pub logs: PathBuf,
    /// The plan of each region that has a controller.
    pub plans: Mutex<BTreeMap<String, PathBuf>>,
    /// The cloud endpoint.
    pub cloud: SocketAddr,
    /// By region, where its controllers ask the zone's name servers.
    pub name_servers: BTreeMap<String, Vec<SocketAddr>>,
    /// How long an invocation may take.
    pub timeout: Duration,
}

/// Megabytes; only told, not enforced: the peak is measured.
const MEMORY_SIZE: &str = "256";

impl Environment {
    /// The binary of a function.
    pub fn binary(&self, function: &str) -> PathBuf {
        self.binaries.join(function).join("bootstrap")
    }

    /// The file that takes what a process prints.
    pub fn log(&self, caller: &Caller) -> PathBuf {
        self.logs.join(format!("{}-{}-{}.log", caller.region, caller.function, caller.process))
    }

    /// The variables of a process (Lambda developer guide, "Defined runtime environment variables").
    pub fn variables(&self, caller: &Caller, runtime_api: SocketAddr) -> BTreeMap<&'static str, String> {
        let function = format!("understudy-{}", caller.function);
        let servers = self.name_servers.get(&caller.region).into_iter().flatten();
        let servers: Vec<String> = servers.map(ToString::to_string).collect();
        let plan = lock(&self.plans).get(&caller.region).cloned().unwrap_or_default();
        BTreeMap::from([
            ("_HANDLER", "bootstrap".to_owned()),
            ("LANG", "en_US.UTF-8".to_owned()),
            ("TZ", ":UTC".to_owned()),
            ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", function.clone()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY_SIZE.to_owned()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{function}")),
            ("AWS_LAMBDA_LOG_STREAM_NAME", format!("lab/{}", caller.process)),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON".to_owned()),
            ("AWS_LAMBDA_LOG_LEVEL", "INFO".to_owned()),
            ("AWS_REGION", caller.region.clone()),
            ("AWS_DEFAULT_REGION", caller.region.clone()),
            ("AWS_ACCESS_KEY_ID", caller.access_key()),
            ("AWS_SECRET_ACCESS_KEY", "of-the-lab".to_owned()),
            ("AWS_SESSION_TOKEN", "of-the-lab".to_owned()),
            ("AWS_ENDPOINT_URL", format!("http://{}", self.cloud)),
            ("UNDERSTUDY_TABLE", TABLE.to_owned()),
            ("UNDERSTUDY_PLAN", plan.display().to_string()),
            ("UNDERSTUDY_NAMESERVERS", servers.join(",")),
            ("UNDERSTUDY_PEERS", self.peers(&caller.region)),
            ("UNDERSTUDY_TICKS", self.ticks()),
        ])
    }

    /// The tables of the other controllers.
    fn peers(&self, region: &str) -> String {
        let others = self.name_servers.keys().filter(|other| *other != region);
        let arn = |other: &String| format!("arn:aws:dynamodb:{other}:{ACCOUNT}:table/{TABLE}");
        others.map(arn).collect::<Vec<_>>().join(",")
    }

    /// The tick functions of all controllers.
    fn ticks(&self) -> String {
        let arn = |region: &String| format!("arn:aws:lambda:{region}:{ACCOUNT}:function:understudy-tick");
        self.name_servers.keys().map(arn).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_told_who_it_is_and_whom_to_ask() {
        let environment = Environment {
            binaries: "target/lambda".into(),
            logs: "logs".into(),
            plans: Mutex::new([("us-west-2".to_owned(), "failover.toml".into())].into()),
            cloud: "127.0.0.1:1".parse().unwrap(),
            name_servers: [
                ("us-east-1".to_owned(), Vec::new()),
                (
                    "us-west-2".to_owned(),
                    vec!["127.0.0.1:2".parse().unwrap(), "127.0.0.1:3".parse().unwrap()],
                ),
            ]
            .into(),
            timeout: Duration::from_secs(120),
        };
        let caller = Caller { region: "us-west-2".into(), function: "tick".into(), process: 3 };
        let variables = environment.variables(&caller, "127.0.0.1:9".parse().unwrap());
        assert_eq!(variables["AWS_REGION"], "us-west-2");
        assert_eq!(variables["AWS_ACCESS_KEY_ID"], "us-west-2.tick.3");
        assert_eq!(variables["UNDERSTUDY_NAMESERVERS"], "127.0.0.1:2,127.0.0.1:3");
        assert_eq!(variables["UNDERSTUDY_PLAN"], "failover.toml");
        assert_eq!(variables["UNDERSTUDY_PEERS"], "arn:aws:dynamodb:us-east-1:123456789012:table/understudy");
        assert_eq!(variables["UNDERSTUDY_TICKS"].split(',').count(), 2);
        assert_eq!(environment.binary("tick"), PathBuf::from("target/lambda/tick/bootstrap"));
    }
}
