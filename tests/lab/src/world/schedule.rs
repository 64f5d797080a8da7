//! The schedule that wakes `tick` in every region.

use std::sync::Arc;
use std::time::Duration;

use super::names::REGIONS;
use crate::cloud::Cloud;
use crate::runtime::Controllers;

/// What EventBridge Scheduler is given as input.
const INPUT: &str = r#"{"understudy":"tick"}"#;

/// Wakes `tick` for ever. Schedules of different regions do not strike at the same moment.
pub(super) async fn run(controllers: Arc<Controllers>, cloud: Arc<Cloud>, interval: Duration) {
    let places = u32::try_from(REGIONS.len()).unwrap_or(1);
    loop {
        for (region, _) in REGIONS {
            controllers.wake(&cloud, region, "tick", INPUT.to_owned());
            tokio::time::sleep(interval / places).await;
        }
    }
}
