//! What health checks read besides endpoints: metrics and routing controls, carried from the cloud to the twin.

use std::sync::Arc;
use std::time::Duration;

use twin::model::health::MetricState;

use super::layout::Layout;
use super::names::{away_alarm, routing_control};
use super::route53::Route53;
use crate::cloud::Cloud;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// Makes the routing controls of every application, each On.
pub(super) fn make_controls(cloud: &Cloud, layout: &Layout) {
    for service in &layout.services {
        for (region, _) in layout.serving() {
            cloud.make_control(&routing_control(&service.name, region));
        }
    }
}

/// Looks for ever.
pub(super) async fn run(cloud: Arc<Cloud>, route53: Route53, layout: Arc<Layout>) {
    loop {
        carry(&cloud, &route53, &layout);
        tokio::time::sleep(LOOK).await;
    }
}

pub(super) fn carry(cloud: &Cloud, route53: &Route53, layout: &Layout) {
    let controls = cloud.controls();
    route53.twin.with(|twin, now| {
        for (arn, on) in &controls {
            twin.set_routing_control(arn, *on, now);
        }
        for region in layout.regions() {
            for (dimensions, value) in cloud.metrics(region) {
                let [service, from] = dimensions.as_slice() else { continue };
                let state = match value {
                    None => MetricState::Insufficient,
                    Some(value) if value >= 1.0 => MetricState::Breach,
                    Some(_) => MetricState::Ok,
                };
                twin.set_metric_state(region, &away_alarm(service, from), state, now);
            }
        }
    });
}
