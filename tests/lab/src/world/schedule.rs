//! The schedule that wakes `tick` in every region.

use std::sync::Arc;
use std::time::Duration;

use super::layout::Layout;
use crate::cloud::Cloud;
use crate::runtime::Controllers;

/// What EventBridge Scheduler is given as input.
const INPUT: &str = r#"{"understudy":"tick"}"#;

/// Wakes `tick` for ever. Schedules of different regions do not strike at the same moment.
pub(super) async fn run(
    controllers: Arc<Controllers>,
    cloud: Arc<Cloud>,
    layout: Arc<Layout>,
    interval: Duration,
) {
    let places = u32::try_from(layout.places.len()).unwrap_or(1);
    loop {
        for region in layout.regions() {
            controllers.wake(&cloud, region, "tick", INPUT.to_owned());
            tokio::time::sleep(interval / places).await;
        }
    }
}
