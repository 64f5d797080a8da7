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
        "UNDERSTUDY_PEERS" => Some("understudy".to_owned()),
        "UNDERSTUDY_TICKS" => Some("arn:aws:sns:us-east-1:123456789012:tick".to_owned()),
        _ => None,
    };
    let faults = Settings::read(lookup).unwrap_err();
    let variables: Vec<&str> = faults.0.iter().map(|fault| fault.variable).collect();
    assert_eq!(
        variables,
        [
            "AWS_REGION",
            "UNDERSTUDY_TABLE",
            "UNDERSTUDY_PEERS",
            "UNDERSTUDY_TICKS",
            "UNDERSTUDY_NAMESERVERS",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_USE_FIPS_ENDPOINT",
        ]
    );
    assert_eq!(faults.to_string().lines().count(), 9);
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

#[test]
fn peers_are_known_by_their_region_and_the_own_table_is_none() {
    let peers = "arn:aws:dynamodb:us-east-1:123456789012:table/understudy, \
                 arn:aws:dynamodb:us-west-2:123456789012:table/understudy,\
                 arn:aws:dynamodb:eu-west-1:123456789012:table/Other_table-1.x,";
    let settings = settings(&[("UNDERSTUDY_PEERS", peers)]).unwrap();
    let known: Vec<_> =
        settings.peers.iter().map(|(region, arn)| format!("{region} {}", arn.resource())).collect();
    assert_eq!(known, ["eu-west-1 table/Other_table-1.x", "us-east-1 table/understudy"]);
}

#[test]
fn what_is_no_table_is_no_peer() {
    for arn in [
        "understudy",
        "arn:aws:dynamodb:us-east-1:123456789012:table/",
        "arn:aws:dynamodb:us-east-1:123456789012:table/understudy/index/i",
        "arn:aws:dynamodb:us-east-1:1234:table/understudy",
        "arn:aws:dynamodb::123456789012:table/understudy",
        "arn:aws:s3:us-east-1:123456789012:table/understudy",
    ] {
        let faults = settings(&[("UNDERSTUDY_PEERS", arn)]).unwrap_err();
        assert!(faults.to_string().contains("UNDERSTUDY_PEERS holds"), "{faults}");
        assert!(faults.to_string().contains("table/<name>"), "{faults}");
    }
}

#[test]
fn a_region_has_one_table() {
    let table = |name: &str| format!("arn:aws:dynamodb:us-east-1:123456789012:table/{name}");
    let of = |one: &str, other: &str| {
        settings(&[("UNDERSTUDY_PEERS", &format!("{},{}", table(one), table(other)))])
    };
    assert_eq!(of("a", "a").unwrap().peers.len(), 1);
    assert!(of("a", "b").unwrap_err().to_string().contains("names two for us-east-1"));
}

#[test]
fn ticks_may_be_of_any_region() {
    let ticks = "arn:aws:lambda:us-east-1:123456789012:function:understudy-tick,\
                 arn:aws:lambda:us-west-2:123456789012:function:understudy-tick:live";
    let settings = settings(&[("UNDERSTUDY_TICKS", ticks)]).unwrap();
    assert_eq!(settings.ticks.len(), 2);
    assert_eq!(settings.ticks[&Region::from("us-west-2")].as_str().rsplit(':').next(), Some("live"));
}
