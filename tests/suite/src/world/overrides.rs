//! Overrides, said from the controller's own region: in a bucket, by a metric, or by routing controls.

use std::collections::BTreeMap;
use std::time::Duration;

use twin::model::health::MetricState;
use understudy::away::Away;
use understudy::names::Region;
use understudy::plan::{OverrideKind, Overrides};
use understudy::ports::{Overriding, PortError, Said};

use super::asked::Asked;
use super::cloud::State;
use super::ports::{Controller, TIMEOUT};

/// From writing a metric until Route 53 reads it: a guess, since nothing is told of it.
const READ_AFTER: Duration = Duration::from_secs(8);

/// What was written to one metric: of each minute the lowest value, and when Route 53 can have read it.
#[derive(Clone, Debug, Default)]
pub struct Series(BTreeMap<u64, (u8, Duration)>);

impl Series {
    fn write(&mut self, minute: u64, value: u8, now: Duration) {
        let point = self.0.entry(minute).or_insert((value, now + READ_AFTER));
        if value < point.0 {
            *point = (value, now + READ_AFTER);
        }
    }

    /// Whether it says that the region is to be left.
    pub fn says_away(&self, now: Duration) -> bool {
        self.0.get(&minute(now)).is_some_and(|(value, _)| *value == 1)
    }

    /// Whether the last that it says is that the region is not to be left.
    pub fn is_taken_back(&self, now: Duration) -> bool {
        let past = self.0.range(..=minute(now));
        past.last().is_some_and(|(_, (value, _))| *value == 0)
    }

    /// What a check makes of it.
    fn read(&self, now: Duration) -> MetricState {
        match self.0.get(&minute(now)) {
            Some((1, from)) if *from <= now => MetricState::Breach,
            Some((_, from)) if *from <= now => MetricState::Ok,
            _ => MetricState::Insufficient,
        }
    }
}

fn minute(at: Duration) -> u64 {
    at.as_secs() / 60
}

impl State {
    /// Lets Route 53 look at metrics and routing controls.
    pub(super) fn follow_overrides(&mut self, now: Duration) {
        for ((there, key), series) in &self.metrics {
            let left = key.rsplit('/').next().unwrap_or_default();
            self.twin.set_metric_state(there.as_str(), left, series.read(now), now);
        }
        for region in self.controls_known.clone() {
            let on = !self.controls_off.contains(&region);
            self.twin.set_routing_control(region.as_str(), on, now);
        }
    }
}

impl Controller {
    /// Whether what overrides are said by answers here, after the time that it takes not to.
    async fn reach(&self, operation: &'static str, overrides: &Overrides) -> Result<(), PortError> {
        let down = {
            let state = self.cloud.state.borrow();
            match overrides.kind {
                OverrideKind::Control { .. } => state.controls_down,
                OverrideKind::Object { .. } | OverrideKind::Metric { .. } => {
                    state.buckets_down.contains(&self.region)
                }
            }
        };
        if !down {
            return Ok(());
        }
        self.cloud.time.sleep(TIMEOUT).await;
        Err(PortError::new(operation, "no answer"))
    }

    /// What it takes of AWS: an object in this region's bucket, a metric, or the routing controls of regions.
    fn asks_of(&self, overrides: &Overrides, away: &Away, object: &str, regions: &[&Region]) {
        let asked = match &overrides.kind {
            OverrideKind::Object { bucket } => {
                let object_arn = format!("arn:aws:s3:::{bucket}-{}/{}", self.region, away.key());
                vec![Asked::of(&format!("s3:{object}"), object_arn)]
            }
            OverrideKind::Metric { namespace } => {
                let context = [("cloudwatch:namespace".to_owned(), vec![namespace.clone()])].into();
                vec![Asked { context, ..Asked::of("cloudwatch:PutMetricData", "*") }]
            }
            OverrideKind::Control { controls, .. } => {
                let set = controls.get(&away.application);
                let arns = regions.iter().filter_map(|region| set?.get(*region));
                // What was set is read back.
                let both = |arn: &String| {
                    ["UpdateRoutingControlStates", "GetRoutingControlState"]
                        .map(|call| Asked::of(&format!("route53-recovery-cluster:{call}"), arn))
                };
                arns.flat_map(both).collect()
            }
        };
        self.asks(asked);
    }

    fn place(&self, away: &Away) -> (Region, String) {
        (self.region.clone(), away.key())
    }

    async fn put_object(&self, away: &Away) -> Said {
        let put = || {
            let objects = &mut self.cloud.state.borrow_mut().objects;
            if objects.contains_key(&self.place(away)) {
                return Said::Before;
            }
            objects.insert(self.place(away), away.text());
            Said::Now
        };
        self.call("PutObject", put).await
    }

    /// This minute and the next one.
    async fn write_metric(&self, away: &Away, value: u8) {
        let write = || {
            let now = self.cloud.time.elapsed();
            let mut state = self.cloud.state.borrow_mut();
            let series = state.metrics.entry(self.place(away)).or_default();
            series.write(minute(now), value, now);
            series.write(minute(now) + 1, value, now);
        };
        self.call("PutMetricData", write).await;
    }

    /// Off and on together, as one request does.
    async fn turn(&self, off: Option<&Region>, on: &Region) {
        let turn = || {
            let mut state = self.cloud.state.borrow_mut();
            state.controls_off.remove(on);
            state.controls_off.extend(off.cloned());
        };
        self.call("UpdateRoutingControlStates", turn).await;
    }
}

impl Overriding for Controller {
    async fn say_away(&self, overrides: &Overrides, away: &Away) -> Result<Said, PortError> {
        self.asks_of(overrides, away, "PutObject", &[&away.from, &away.to]);
        self.reach("say an override", overrides).await?;
        match overrides.kind {
            OverrideKind::Object { .. } => return Ok(self.put_object(away).await),
            OverrideKind::Metric { .. } => self.write_metric(away, 1).await,
            OverrideKind::Control { .. } => self.turn(Some(&away.from), &away.to).await,
        }
        Ok(Said::Now)
    }

    async fn keep_saying(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        self.reach("say an override again", overrides).await?;
        if overrides.kind.fades() {
            self.asks_of(overrides, away, "PutObject", &[]);
            self.write_metric(away, 1).await;
        }
        Ok(())
    }

    async fn said(&self, overrides: &Overrides, away: &Away) -> Result<Option<Away>, PortError> {
        self.reach("read an override", overrides).await?;
        if !overrides.kind.names_its_run() {
            return Ok(None);
        }
        self.asks_of(overrides, away, "GetObject", &[]);
        let place = self.place(away);
        let text = self.call("GetObject", || self.cloud.state.borrow().objects.get(&place).cloned()).await;
        Ok(text.and_then(|text| Away::parse(&text).ok()))
    }

    async fn unsay(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        self.asks_of(overrides, away, "DeleteObject", &[&away.from]);
        self.reach("take an override back", overrides).await?;
        match overrides.kind {
            OverrideKind::Metric { .. } => self.write_metric(away, 0).await,
            OverrideKind::Control { .. } => self.turn(None, &away.from).await,
            OverrideKind::Object { .. } => {
                let standing = self.said(overrides, away).await?;
                if standing.is_none_or(|standing| standing.run != away.run) {
                    return Ok(());
                }
                let place = self.place(away);
                self.call("DeleteObject", || drop(self.cloud.state.borrow_mut().objects.remove(&place)))
                    .await;
            }
        }
        Ok(())
    }
}
