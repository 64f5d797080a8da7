//! CloudWatch alarms, read in their own region.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{AlarmType, StateValue};
use jiff::Timestamp;

use super::clients::Clients;
use super::sdk_error::port_error;
use crate::health::{Health, Reading};
use crate::names::Arn;
use crate::ports::PortError;

const OPERATION: &str = "CloudWatch DescribeAlarms";

/// Alarm names in one call (API reference, `DescribeAlarms.AlarmNames`), and alarms in one page.
const PAGE: usize = 100;

/// An alarm's words in a reading; the whole reason is in the alarm's history.
const REASON: usize = 160;

/// The state of each alarm that exists. The alarms lie in one region, that of the first.
///
/// The readings are of `now`: an alarm's state is what is true now, however long ago it changed.
pub(super) async fn alarm_states(
    clients: &Clients,
    alarms: &[Arn],
    now: impl Fn() -> Timestamp,
) -> Result<BTreeMap<Arn, Reading>, PortError> {
    let mut states = BTreeMap::new();
    let Some(first) = alarms.first() else { return Ok(states) };
    let client = clients.cloudwatch(first.region());
    for some in alarms.chunks(PAGE) {
        let names = some.iter().filter_map(Arn::alarm_name).map(str::to_owned).collect();
        let reply = client
            .describe_alarms()
            .set_alarm_names(Some(names))
            // Without this, composite alarms are left out (API reference, `AlarmTypes`).
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .max_records(PAGE as i32)
            .send()
            .await
            .map_err(|error| port_error(OPERATION, &error))?;
        let metric = reply.metric_alarms().iter().map(|alarm| Seen {
            arn: alarm.alarm_arn(),
            state: alarm.state_value(),
            reason: alarm.state_reason(),
        });
        let composite = reply.composite_alarms().iter().map(|alarm| Seen {
            arn: alarm.alarm_arn(),
            state: alarm.state_value(),
            reason: alarm.state_reason(),
        });
        let at = now();
        states.extend(metric.chain(composite).filter_map(|seen| seen.reading(some, at)));
    }
    Ok(states)
}

#[cfg(feature = "provision")]
pub(super) use check_metrics::check_metrics;
#[cfg(feature = "provision")]
pub(super) use settings::{put_alarm, settings_of};

/// Alarms as health checks read them.
#[cfg(feature = "provision")]
mod settings {
    use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, MetricAlarm, Statistic};

    use super::{AlarmType, BTreeMap, Clients, OPERATION, PAGE, PortError, port_error};
    use crate::aws::route53::check_error;
    use crate::in_order::InOrder;
    use crate::names::Region;
    use crate::ports::ChangeError;
    use crate::provision::{AlarmPlace, AlarmSettings};

    /// Metric alarms by their names.
    pub(in crate::aws) async fn settings_of(
        clients: &Clients,
        region: &Region,
        names: &[String],
    ) -> Result<BTreeMap<String, AlarmSettings>, PortError> {
        let client = clients.cloudwatch(region);
        let mut found = BTreeMap::new();
        for some in names.chunks(PAGE) {
            let request = client.describe_alarms().set_alarm_names(Some(some.to_vec()));
            let request = request.alarm_types(AlarmType::MetricAlarm).max_records(PAGE as i32);
            let reply = request.send().await.map_err(|error| port_error(OPERATION, &error))?;
            let alarms = reply.metric_alarms().iter();
            found.extend(alarms.filter_map(|alarm| Some((alarm.alarm_name()?.to_owned(), settings(alarm)))));
        }
        Ok(found)
    }

    fn settings(alarm: &MetricAlarm) -> AlarmSettings {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let dimension = |of: &Dimension| Some((of.name()?.to_owned(), of.value()?.to_owned()));
        AlarmSettings {
            namespace: text(alarm.namespace()),
            metric: text(alarm.metric_name()),
            dimensions: alarm.dimensions().iter().filter_map(dimension).in_order(),
            statistic: alarm.statistic().map(|statistic| statistic.as_str().to_owned()),
            period: alarm.period().unwrap_or_default(),
            periods: alarm.evaluation_periods().unwrap_or_default(),
            datapoints: alarm.datapoints_to_alarm(),
            threshold: alarm.threshold(),
            comparison: text(alarm.comparison_operator().map(ComparisonOperator::as_str)).unwrap_or_default(),
        }
    }

    /// Makes an alarm without any action.
    pub(in crate::aws) async fn put_alarm(
        clients: &Clients,
        place: &AlarmPlace,
        to: AlarmSettings,
    ) -> Result<(), ChangeError> {
        let dimensions = to.dimensions.iter();
        let dimensions = dimensions.map(|(name, value)| Dimension::builder().name(name).value(value).build());
        let request = clients
            .cloudwatch(&place.region)
            .put_metric_alarm()
            .alarm_name(&place.name)
            .alarm_description("A Route 53 health check reads its data: by it, users are kept off a region.")
            .actions_enabled(false)
            .set_namespace(to.namespace)
            .set_metric_name(to.metric)
            .set_dimensions(Some(dimensions.collect()))
            .set_statistic(to.statistic.as_deref().map(Statistic::from))
            .period(to.period)
            .evaluation_periods(to.periods)
            .set_datapoints_to_alarm(to.datapoints)
            .set_threshold(to.threshold)
            .comparison_operator(ComparisonOperator::from(to.comparison.as_str()));
        request.send().await.map(drop).map_err(|error| check_error(&error))
    }
}

/// Route 53's metrics of its health checks.
#[cfg(feature = "provision")]
mod check_metrics {
    use std::time::Duration;

    use aws_sdk_cloudwatch::primitives::DateTime;
    use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};

    use super::{BTreeMap, Clients, PortError, Timestamp, port_error};
    use crate::names::HealthCheckId;

    const OPERATION: &str = "CloudWatch GetMetricData";
    /// Queries in one call (API reference, `GetMetricData`).
    const QUERIES: usize = 500;
    /// Metrics of Route 53 are there only (Developer Guide, "Monitoring health checks using CloudWatch").
    const HOME: &str = "us-east-1";
    const MINUTE: i32 = 60;
    /// Metrics come some minutes late.
    const REACH: Duration = Duration::from_secs(10 * 60);

    /// Whether each check was healthy in the newest minute that is known: 1 is healthy, 0 is not, and the
    /// lowest of a minute counts.
    pub(in crate::aws) async fn check_metrics(
        clients: &Clients,
        checks: &[HealthCheckId],
        now: Timestamp,
    ) -> Result<BTreeMap<HealthCheckId, bool>, PortError> {
        let client = clients.cloudwatch(&HOME.into());
        let mut healthy = BTreeMap::new();
        for some in checks.chunks(QUERIES) {
            let queries = some.iter().enumerate().map(|(number, check)| query(number, check)).collect();
            let from = now.as_second().saturating_sub_unsigned(REACH.as_secs());
            let mut next = None;
            loop {
                let reply = client
                    .get_metric_data()
                    .set_metric_data_queries(Some(Vec::clone(&queries)))
                    .start_time(DateTime::from_secs(from))
                    .end_time(DateTime::from_secs(now.as_second()))
                    .scan_by(ScanBy::TimestampDescending)
                    .set_next_token(next)
                    .send()
                    .await
                    .map_err(|error| port_error(OPERATION, &error))?;
                for result in reply.metric_data_results() {
                    let number = result.id().and_then(|id| id.strip_prefix('c')?.parse::<usize>().ok());
                    let check = number.and_then(|number| some.get(number));
                    if let (Some(check), Some(newest)) = (check, result.values().first()) {
                        healthy.entry(check.clone()).or_insert(*newest >= 1.0);
                    }
                }
                next = reply.next_token().map(str::to_owned);
                if next.is_none() {
                    break;
                }
            }
        }
        Ok(healthy)
    }

    fn query(number: usize, check: &HealthCheckId) -> MetricDataQuery {
        let dimension = Dimension::builder().name("HealthCheckId").value(check.as_str()).build();
        let metric =
            Metric::builder().namespace("AWS/Route53").metric_name("HealthCheckStatus").dimensions(dimension);
        let stat = MetricStat::builder().metric(metric.build()).period(MINUTE).stat("Minimum").build();
        MetricDataQuery::builder().id(format!("c{number}")).metric_stat(stat).build()
    }
}

/// What a reply says of one alarm, whichever its type.
struct Seen<'a> {
    arn: Option<&'a str>,
    state: Option<&'a StateValue>,
    reason: Option<&'a str>,
}

impl Seen<'_> {
    /// The reading, if the alarm was asked for: a name alone could be another account's alarm.
    fn reading(&self, asked: &[Arn], at: Timestamp) -> Option<(Arn, Reading)> {
        let arn = asked.iter().find(|arn| Some(arn.as_str()) == self.arn)?;
        let state = self.state.map_or("no state", StateValue::as_str);
        let health = match self.state {
            Some(StateValue::Ok) => Health::Healthy,
            Some(StateValue::Alarm) => Health::Unhealthy,
            _ => Health::Unknown,
        };
        let reason: String = self.reason.unwrap_or("no reason given").chars().take(REASON).collect();
        Some((arn.clone(), Reading::new(health, format!("{state}: {reason}"), at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-errors";

    fn reading(arn: Option<&str>, state: Option<&StateValue>, reason: Option<&str>) -> Option<Reading> {
        let asked = [ARN.parse().unwrap()];
        Seen { arn, state, reason }.reading(&asked, Timestamp::UNIX_EPOCH).map(|(_, reading)| reading)
    }

    #[test]
    fn only_ok_is_healthy_and_only_alarm_is_unhealthy() {
        let of = |state: &StateValue| reading(Some(ARN), Some(state), Some("why")).unwrap();
        assert_eq!(of(&StateValue::Ok).health, Health::Healthy);
        assert_eq!(of(&StateValue::Alarm).health, Health::Unhealthy);
        assert_eq!(of(&StateValue::InsufficientData).health, Health::Unknown);
        assert_eq!(of(&StateValue::from("EVALUATING")).health, Health::Unknown);
        assert_eq!(of(&StateValue::Alarm).seen, "ALARM: why");
    }

    #[test]
    fn a_long_reason_is_cut() {
        let seen = reading(Some(ARN), Some(&StateValue::Alarm), Some(&"ä".repeat(500))).unwrap().seen;
        assert_eq!(seen.chars().count(), "ALARM: ".len() + REASON);
    }

    #[test]
    fn an_alarm_of_the_same_name_elsewhere_is_not_ours() {
        let other = "arn:aws:cloudwatch:us-west-2:999999999999:alarm:shop-errors";
        assert_eq!(reading(Some(other), Some(&StateValue::Ok), None), None);
        assert_eq!(reading(None, Some(&StateValue::Ok), None), None);
    }
}
