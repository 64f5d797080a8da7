//! CloudWatch: the metric that says an override, whose data a health check reads.
//!
//! The check's alarm takes the lowest value of a minute, so that taking back counts at once, and whatever
//! arrives late for that minute no more.

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum};

use crate::away::{Away, METRIC, METRIC_DIMENSIONS};
use crate::aws::clients::Clients;
use crate::aws::clock::SystemClock;
use crate::aws::sdk_error::port_error;
use crate::names::Region;
use crate::ports::{Clock, PortError};

const OPERATION: &str = "CloudWatch PutMetricData";

/// What says that a region is to be left, and that it is not.
pub(super) const AWAY: f64 = 1.0;
pub(super) const STAY: f64 = 0.0;

const PERIOD: i64 = 60;

/// Writes this minute and the next, which no wake may see. Data may be up to two hours ahead (API reference,
/// `MetricDatum.Timestamp`).
pub(super) async fn write(
    clients: &Clients,
    (region, namespace): (&Region, &str),
    away: &Away,
    value: f64,
) -> Result<(), PortError> {
    let now = SystemClock.now().as_second();
    let values = [away.application.as_str(), away.from.as_str()];
    let dimensions: Vec<Dimension> = METRIC_DIMENSIONS
        .into_iter()
        .zip(values)
        .map(|(name, value)| Dimension::builder().name(name).value(value).build())
        .collect();
    let datum = |at: i64| {
        MetricDatum::builder()
            .metric_name(METRIC)
            .set_dimensions(Some(dimensions.clone()))
            .timestamp(DateTime::from_secs(at))
            .value(value)
            .build()
    };
    let request = clients.cloudwatch(region).put_metric_data().namespace(namespace);
    let request = request.metric_data(datum(now)).metric_data(datum(now.saturating_add(PERIOD)));
    request.send().await.map(drop).map_err(|error| port_error(OPERATION, &error))
}
