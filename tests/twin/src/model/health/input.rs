//! Health checks as clients send them: nothing is checked yet.

/// The element `HealthCheckConfig` (Route 53 API reference). Numbers are wide, because anything can be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthCheckInput {
    /// `HTTP`, `HTTPS`, `HTTP_STR_MATCH`, `HTTPS_STR_MATCH`, `TCP`, `CALCULATED`, `CLOUDWATCH_METRIC` or
    /// `RECOVERY_CONTROL`.
    pub check_type: String,
    /// The endpoint's address.
    pub ip_address: Option<String>,
    /// The endpoint's port.
    pub port: Option<i64>,
    /// The path to ask for.
    pub resource_path: Option<String>,
    /// The endpoint's name, or the host header where there is an address.
    pub fully_qualified_domain_name: Option<String>,
    /// What the first 5 120 bytes of the body must contain.
    pub search_string: Option<String>,
    /// Seconds: 10 or 30.
    pub request_interval: Option<i64>,
    /// Consecutive results that change a checker's mind: 1 to 10.
    pub failure_threshold: Option<i64>,
    /// Whether latency is measured.
    pub measure_latency: Option<bool>,
    /// Whether the result is inverted.
    pub inverted: Option<bool>,
    /// Whether the check stands still (and counts as healthy).
    pub disabled: Option<bool>,
    /// How many children must be healthy.
    pub health_threshold: Option<i64>,
    /// Ids of the children.
    pub child_health_checks: Option<Vec<String>>,
    /// Whether TLS sends the server's name.
    pub enable_sni: Option<bool>,
    /// Where the checkers are.
    pub regions: Option<Vec<String>>,
    /// The alarm whose data stream is watched.
    pub alarm: Option<AlarmIdentifier>,
    /// `Healthy`, `Unhealthy` or `LastKnownStatus`.
    pub insufficient_data_health_status: Option<String>,
    /// The routing control.
    pub routing_control_arn: Option<String>,
}

/// Which CloudWatch alarm.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlarmIdentifier {
    /// The alarm's region.
    pub region: String,
    /// The alarm's name.
    pub name: String,
}

/// What a check copies of an alarm when it is made and when it is updated; what becomes of the alarm later is nothing
/// to it (Route 53 developer guide, "Updating health checks when you change CloudWatch alarm settings"). Fields as in
/// the API reference, `CloudWatchAlarmConfiguration`.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "each field is the element of its name in the Route 53 API reference")]
pub struct AlarmConfiguration {
    pub evaluation_periods: i64,
    pub threshold: f64,
    pub comparison_operator: String,
    pub period: i64,
    pub metric_name: String,
    pub namespace: String,
    pub statistic: String,
    pub dimensions: Vec<(String, String)>,
}

/// The request of `UpdateHealthCheck`: what is absent stays. Type, interval and latency measuring cannot be
/// changed, so they are not here (Route 53 API reference).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthCheckUpdate {
    /// The version that the caller read; any other is a mismatch.
    pub version: Option<i64>,
    /// A new address, where there is one already.
    pub ip_address: Option<String>,
    /// See [`HealthCheckInput::port`].
    pub port: Option<i64>,
    /// See [`HealthCheckInput::resource_path`].
    pub resource_path: Option<String>,
    /// See [`HealthCheckInput::fully_qualified_domain_name`].
    pub fully_qualified_domain_name: Option<String>,
    /// See [`HealthCheckInput::search_string`].
    pub search_string: Option<String>,
    /// See [`HealthCheckInput::failure_threshold`].
    pub failure_threshold: Option<i64>,
    /// See [`HealthCheckInput::inverted`].
    pub inverted: Option<bool>,
    /// See [`HealthCheckInput::disabled`].
    pub disabled: Option<bool>,
    /// See [`HealthCheckInput::health_threshold`].
    pub health_threshold: Option<i64>,
    /// See [`HealthCheckInput::child_health_checks`].
    pub child_health_checks: Option<Vec<String>>,
    /// See [`HealthCheckInput::enable_sni`].
    pub enable_sni: Option<bool>,
    /// See [`HealthCheckInput::regions`].
    pub regions: Option<Vec<String>>,
    /// See [`HealthCheckInput::alarm`].
    pub alarm: Option<AlarmIdentifier>,
    /// See [`HealthCheckInput::insufficient_data_health_status`].
    pub insufficient_data_health_status: Option<String>,
    /// What to empty.
    pub reset_elements: Vec<ResetElement>,
}

/// What `UpdateHealthCheck` can empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetElement {
    /// The children.
    ChildHealthChecks,
    /// The endpoint's name.
    FullyQualifiedDomainName,
    /// The checkers' regions.
    Regions,
    /// The path.
    ResourcePath,
}

impl ResetElement {
    /// The element of this text.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ChildHealthChecks" => Some(Self::ChildHealthChecks),
            "FullyQualifiedDomainName" => Some(Self::FullyQualifiedDomainName),
            "Regions" => Some(Self::Regions),
            "ResourcePath" => Some(Self::ResourcePath),
            _ => None,
        }
    }
}

impl HealthCheckInput {
    /// A check of an HTTP endpoint.
    pub fn http(ip_address: &str, port: u16, path: &str) -> Self {
        Self {
            check_type: "HTTP".to_owned(),
            ip_address: Some(ip_address.to_owned()),
            port: Some(i64::from(port)),
            resource_path: Some(path.to_owned()),
            ..Self::default()
        }
    }

    /// A check of whether a port opens.
    pub fn tcp(ip_address: &str, port: u16) -> Self {
        Self {
            check_type: "TCP".to_owned(),
            ip_address: Some(ip_address.to_owned()),
            port: Some(i64::from(port)),
            ..Self::default()
        }
    }

    /// A check of other checks: healthy while at least `threshold` of them are.
    pub fn calculated(threshold: i64, children: impl IntoIterator<Item = impl ToString>) -> Self {
        let children: Vec<String> = children.into_iter().map(|child| child.to_string()).collect();
        Self {
            check_type: "CALCULATED".to_owned(),
            health_threshold: Some(threshold),
            child_health_checks: (!children.is_empty()).then_some(children),
            ..Self::default()
        }
    }

    /// A check of an alarm's data.
    pub fn metric(alarm_region: &str, alarm_name: &str, insufficient: &str) -> Self {
        Self {
            check_type: "CLOUDWATCH_METRIC".to_owned(),
            alarm: Some(AlarmIdentifier { region: alarm_region.to_owned(), name: alarm_name.to_owned() }),
            insufficient_data_health_status: Some(insufficient.to_owned()),
            ..Self::default()
        }
    }

    /// A check of a routing control.
    pub fn recovery_control(arn: &str) -> Self {
        Self {
            check_type: "RECOVERY_CONTROL".to_owned(),
            routing_control_arn: Some(arn.to_owned()),
            ..Self::default()
        }
    }
}
