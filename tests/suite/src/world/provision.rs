//! What provisioning asks of Route 53, over the twin's model.

use std::collections::{BTreeMap, BTreeSet};

use twin::model::health::{
    AlarmConfiguration, AlarmIdentifier, Health, HealthCheckInput, HealthCheckUpdate, ResetElement,
};
use twin::model::records::{ChangeBatch, ListStart};
use twin::model::{ErrorCode, Request, ResourceKind, Response, Tag};
use understudy::dns::{
    CheckerRegion, Endpoint, Groundwork, HealthCheck, Interval, MissingData, Page, Place, Protocol, Watches,
};
use understudy::names::{DnsName, HealthCheckId, Region};
use understudy::plan::Zone;
use understudy::ports::{ChangeError, ChangeEstate, ChangeId, CheckMetrics, PortError, ReadEstate, Respond};
use understudy::provision::{AlarmPlace, AlarmSettings, CheckerReport, LiveCheck, LiveZone};

use super::asked::Asked;
use super::cloud::State;
use super::ports::Controller;
use super::records::{input, record_set, twin_zone};

impl ReadEstate for Controller {
    async fn health_checks(&self) -> Result<Vec<LiveCheck>, PortError> {
        let mut marker = None;
        let mut checks = Vec::new();
        loop {
            let request = Request::ListHealthChecks { marker: marker.clone(), max_items: None };
            let page = match self.route53("ListHealthChecks", request).await {
                Ok(Response::HealthChecks(page)) => page,
                other => return Err(PortError::new("health_checks", format!("{other:?}"))),
            };
            checks.extend(page.items.iter().map(live));
            if page.next.is_none() {
                return Ok(checks);
            }
            marker = page.next;
        }
    }

    async fn check_tags(
        &self,
        checks: &[HealthCheckId],
    ) -> Result<BTreeMap<HealthCheckId, BTreeMap<String, String>>, PortError> {
        let mut all = BTreeMap::new();
        for some in checks.chunks(10) {
            let ids = some.iter().map(ToString::to_string).collect();
            let request = Request::ListTagsForResources { kind: ResourceKind::HealthCheck, ids };
            match self.route53("ListTagsForResources", request).await {
                Ok(Response::TagSets { sets, .. }) => all.extend(sets.into_iter().map(|(id, tags)| {
                    let tags = tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
                    (HealthCheckId::from(id.as_str()), tags)
                })),
                other => return Err(PortError::new("check_tags", format!("{other:?}"))),
            }
        }
        Ok(all)
    }

    async fn checker_reports(&self, check: &HealthCheckId) -> Result<Vec<CheckerReport>, PortError> {
        let request = Request::GetHealthCheckStatus { id: check.as_str().into() };
        match self.route53("GetHealthCheckStatus", request).await {
            Ok(Response::Status(seen)) => Ok(seen
                .into_iter()
                .map(|seen| CheckerReport {
                    from: seen.region,
                    success: seen.status.starts_with("Success"),
                    said: seen.status,
                    at: None,
                })
                .collect()),
            other => Err(PortError::new("checker_reports", format!("{other:?}"))),
        }
    }

    async fn alarms(
        &self,
        region: &Region,
        names: &[String],
    ) -> Result<BTreeMap<String, AlarmSettings>, PortError> {
        let read = || {
            let alarms = &self.cloud.state.borrow().alarms;
            let of = |name: &String| AlarmPlace { region: region.clone(), name: name.clone() };
            let known = names.iter().filter_map(|name| Some((name.clone(), alarms.get(&of(name))?.clone())));
            known.collect()
        };
        self.asks([Asked::of("cloudwatch:DescribeAlarms", "*")]);
        Ok(self.call("DescribeAlarms", read).await)
    }

    async fn zone(&self, zone: &Zone, served: &[&DnsName]) -> Result<LiveZone, PortError> {
        let served: BTreeSet<&str> = served.iter().map(|name| name.as_str()).collect();
        let mut whole = LiveZone::default();
        let mut start = ListStart::default();
        loop {
            let request = Request::ListResourceRecordSets {
                zone: twin_zone(&zone.id),
                start: start.clone(),
                max_items: None,
            };
            let page = match self.route53("ListResourceRecordSets", request).await {
                Ok(Response::Records(page)) => page,
                other => return Err(PortError::new("zone", format!("{other:?}"))),
            };
            whole.count += page.records.len();
            whole.sets.extend(page.records.iter().filter_map(record_set).filter(|set| {
                let name = set.name.as_str();
                let below = name.split_once("_understudy.").map_or(name, |(_, of)| of);
                served.contains(name) || served.contains(below)
            }));
            let Some(next) = page.next else { return Ok(whole) };
            start = ListStart {
                name: Some(next.name.to_string()),
                rtype: Some(next.rtype.to_string()),
                identifier: next.set_identifier,
            };
        }
    }
}

impl ChangeEstate for Controller {
    async fn create_check(
        &self,
        reference: &str,
        check: &HealthCheck<HealthCheckId>,
    ) -> Result<HealthCheckId, ChangeError> {
        let request =
            Request::CreateHealthCheck { caller_reference: reference.to_owned(), config: config(check) };
        match self.route53("CreateHealthCheck", request).await {
            Ok(Response::HealthCheckCreated(made)) => Ok(made.id.as_str().into()),
            Ok(other) => panic!("{other:?}"),
            Err(code) => Err(refused(code)),
        }
    }

    async fn put_alarm(&self, place: &AlarmPlace, settings: AlarmSettings) -> Result<(), ChangeError> {
        let put = || self.cloud.state.borrow_mut().put_alarm(place, settings);
        let alarm = format!("alarm:{}", place.name);
        self.asks([Asked::in_region("cloudwatch:PutMetricAlarm", &place.region, &alarm)]);
        self.call("PutMetricAlarm", put).await;
        Ok(())
    }

    async fn update_check(
        &self,
        id: &HealthCheckId,
        version: i64,
        check: &HealthCheck<HealthCheckId>,
    ) -> Result<(), ChangeError> {
        let update = update(version, check);
        let request = Request::UpdateHealthCheck { id: id.as_str().into(), update };
        self.route53("UpdateHealthCheck", request).await.map(drop).map_err(refused)
    }

    async fn tag_check(
        &self,
        id: &HealthCheckId,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), ChangeError> {
        let add = tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect();
        let (kind, id) = (ResourceKind::HealthCheck, id.to_string());
        let request = Request::ChangeTagsForResource { kind, id, add, remove: Vec::new() };
        self.route53("ChangeTagsForResource", request).await.map(drop).map_err(refused)
    }

    async fn lay(&self, zone: &Zone, groundwork: &Groundwork) -> Result<ChangeId, ChangeError> {
        let creates = groundwork.creates().iter().map(input).fold(ChangeBatch::new(), ChangeBatch::create);
        self.send(zone, groundwork.upserts().iter().map(input).fold(creates, ChangeBatch::upsert)).await
    }
}

impl CheckMetrics for Controller {
    async fn check_metrics(
        &self,
        checks: &[HealthCheckId],
    ) -> Result<BTreeMap<HealthCheckId, bool>, PortError> {
        let now = self.cloud.time.elapsed();
        let state = &self.cloud.state;
        let told = || {
            let twin = &state.borrow().twin;
            let health = |id: &HealthCheckId| Some((id.clone(), twin.health(&id.as_str().into(), now)?));
            let told = checks.iter().filter_map(health);
            told.map(|(id, health)| (id, health == Health::Healthy)).collect()
        };
        self.asks([Asked::of("cloudwatch:GetMetricData", "*")]);
        Ok(self.call("GetMetricData", told).await)
    }
}

impl Respond for Controller {
    async fn respond(&self, url: &str, answer: &str) -> Result<(), PortError> {
        let state = &self.cloud.state;
        self.call("Respond", || state.borrow_mut().answers.push((url.to_owned(), answer.to_owned()))).await;
        Ok(())
    }
}

fn refused(code: ErrorCode) -> ChangeError {
    match code {
        ErrorCode::HealthCheckAlreadyExists => ChangeError::Exists(code.to_string()),
        ErrorCode::Throttling => ChangeError::Busy { code: code.to_string() },
        ErrorCode::NoAnswer | ErrorCode::InternalFailure | ErrorCode::ServiceUnavailable => {
            ChangeError::OutcomeUnknown(code.to_string())
        }
        code => ChangeError::Refused { code: code.to_string(), message: String::new() },
    }
}

fn live(check: &twin::model::health::HealthCheck) -> LiveCheck {
    LiveCheck {
        id: check.id.as_str().into(),
        reference: check.caller_reference.clone(),
        version: check.version,
        check: read(&HealthCheckInput::from(check.config())),
        copied: check.alarm.as_ref().map(copied),
        tags: BTreeMap::new(),
    }
}

fn copied(alarm: &AlarmConfiguration) -> AlarmSettings {
    AlarmSettings {
        namespace: Some(alarm.namespace.clone()),
        metric: Some(alarm.metric_name.clone()),
        dimensions: alarm.dimensions.iter().cloned().collect(),
        statistic: Some(alarm.statistic.clone()),
        period: i32::try_from(alarm.period).expect("short"),
        periods: i32::try_from(alarm.evaluation_periods).expect("few"),
        datapoints: None,
        threshold: Some(alarm.threshold),
        comparison: alarm.comparison_operator.clone(),
    }
}

impl State {
    /// Makes or changes an alarm.
    pub fn put_alarm(&mut self, place: &AlarmPlace, settings: AlarmSettings) {
        let of = settings.clone();
        let copied = AlarmConfiguration {
            evaluation_periods: of.periods.into(),
            threshold: of.threshold.unwrap_or_default(),
            comparison_operator: of.comparison,
            period: of.period.into(),
            metric_name: of.metric.unwrap_or_default(),
            namespace: of.namespace.unwrap_or_default(),
            statistic: of.statistic.unwrap_or_default(),
            dimensions: of.dimensions.into_iter().collect(),
        };
        let identifier = AlarmIdentifier { region: place.region.to_string(), name: place.name.clone() };
        self.twin.put_alarm(identifier, copied);
        self.alarms.insert(place.clone(), settings);
    }
}

/// A check as the twin takes it: the fields that its type has, and no others.
fn config(check: &HealthCheck<HealthCheckId>) -> HealthCheckInput {
    let mut input = match &check.watches {
        Watches::Endpoint(endpoint) => of_endpoint(endpoint),
        Watches::Calculated { threshold, children } => {
            HealthCheckInput::calculated(i64::from(*threshold), children)
        }
        Watches::Metric { region, alarm, missing } => {
            HealthCheckInput::metric(region.as_str(), alarm, word(*missing))
        }
        Watches::RoutingControl(arn) => HealthCheckInput::recovery_control(arn),
    };
    input.check_type = check.kind().to_owned();
    input.inverted = Some(check.inverted);
    input.disabled = Some(check.disabled);
    input
}

fn of_endpoint(endpoint: &Endpoint) -> HealthCheckInput {
    let (page, sni) = match &endpoint.protocol {
        Protocol::Tcp => (None, None),
        Protocol::Http(page) => (Some(page), None),
        Protocol::Https { page, sni } => (Some(page), Some(*sni)),
    };
    let (ip_address, host) = match &endpoint.target {
        Place::Name(name) => (None, Some(name.to_string())),
        Place::Address { ip, host } => (Some(ip.to_string()), host.as_ref().map(ToString::to_string)),
    };
    let regions: Vec<String> = endpoint.checkers.iter().map(ToString::to_string).collect();
    HealthCheckInput {
        ip_address,
        fully_qualified_domain_name: host,
        port: Some(endpoint.port.into()),
        resource_path: page.map(|page| page.path.clone()),
        search_string: page.and_then(|page| page.contains.clone()),
        enable_sni: sni,
        request_interval: Some(endpoint.interval.seconds().into()),
        failure_threshold: Some(endpoint.threshold.into()),
        measure_latency: Some(endpoint.measure_latency),
        regions: Some(regions).filter(|regions| !regions.is_empty()),
        ..HealthCheckInput::default()
    }
}

fn update(version: i64, check: &HealthCheck<HealthCheckId>) -> HealthCheckUpdate {
    let wanted = config(check);
    let reset = match &check.watches {
        Watches::Endpoint(endpoint) => {
            let nowhere = wanted.regions.is_none().then_some(ResetElement::Regions);
            let is_address = matches!(endpoint.target, Place::Address { .. });
            let nameless = is_address && wanted.fully_qualified_domain_name.is_none();
            nowhere.into_iter().chain(nameless.then_some(ResetElement::FullyQualifiedDomainName)).collect()
        }
        _ => Vec::new(),
    };
    HealthCheckUpdate {
        version: Some(version),
        ip_address: wanted.ip_address,
        port: wanted.port,
        resource_path: wanted.resource_path,
        fully_qualified_domain_name: wanted.fully_qualified_domain_name,
        search_string: wanted.search_string,
        failure_threshold: wanted.failure_threshold,
        inverted: wanted.inverted,
        disabled: wanted.disabled,
        health_threshold: wanted.health_threshold,
        child_health_checks: wanted.child_health_checks,
        enable_sni: wanted.enable_sni,
        regions: wanted.regions,
        alarm: wanted.alarm,
        insufficient_data_health_status: wanted.insufficient_data_health_status,
        reset_elements: reset,
    }
}

fn read(input: &HealthCheckInput) -> Option<HealthCheck<HealthCheckId>> {
    let watches = match input.check_type.as_str() {
        "CALCULATED" => Watches::Calculated {
            threshold: u16::try_from(input.health_threshold?).ok()?,
            children: input.child_health_checks.iter().flatten().map(|id| id.as_str().into()).collect(),
        },
        "CLOUDWATCH_METRIC" => metric(input.alarm.as_ref()?, input)?,
        "RECOVERY_CONTROL" => Watches::RoutingControl(input.routing_control_arn.clone()?),
        kind => Watches::Endpoint(endpoint(kind, input)?),
    };
    Some(HealthCheck { watches, inverted: input.inverted?, disabled: input.disabled? })
}

fn metric(alarm: &AlarmIdentifier, input: &HealthCheckInput) -> Option<Watches<HealthCheckId>> {
    let told = input.insufficient_data_health_status.as_deref()?;
    let missing = MissingData::ALL.into_iter().find(|missing| word(*missing) == told)?;
    Some(Watches::Metric { region: alarm.region.as_str().into(), alarm: alarm.name.clone(), missing })
}

fn endpoint(kind: &str, input: &HealthCheckInput) -> Option<Endpoint> {
    let path = input.resource_path.clone().unwrap_or_else(|| "/".to_owned());
    let page = Page { path, contains: input.search_string.clone() };
    let host = input.fully_qualified_domain_name.as_deref().map(DnsName::new);
    Some(Endpoint {
        protocol: match kind {
            "TCP" => Protocol::Tcp,
            "HTTP" | "HTTP_STR_MATCH" => Protocol::Http(page),
            _ => Protocol::Https { page, sni: input.enable_sni? },
        },
        target: match input.ip_address.as_ref() {
            Some(ip) => Place::Address { ip: ip.parse().ok()?, host },
            None => Place::Name(host?),
        },
        port: u16::try_from(input.port?).ok()?,
        interval: if input.request_interval? == 10 { Interval::Fast } else { Interval::Standard },
        threshold: u8::try_from(input.failure_threshold?).ok()?,
        measure_latency: input.measure_latency?,
        checkers: input.regions.iter().flatten().filter_map(|name| CheckerRegion::from_name(name)).collect(),
    })
}

fn word(missing: MissingData) -> &'static str {
    match missing {
        MissingData::Healthy => "Healthy",
        MissingData::Unhealthy => "Unhealthy",
        MissingData::LastKnown => "LastKnownStatus",
    }
}
