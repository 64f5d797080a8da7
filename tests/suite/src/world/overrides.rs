//! Overrides, said in a bucket of the controller's own region.

use understudy::away::Away;
use understudy::plan::Overrides;
use understudy::ports::{Overriding, PortError, Said};

use super::ports::{Controller, TIMEOUT};

impl Controller {
    /// Whether this region's bucket answers, after the time that it takes not to.
    async fn reach_bucket(&self, operation: &'static str) -> Result<(), PortError> {
        if !self.cloud.state.borrow().buckets_down.contains(&self.region) {
            return Ok(());
        }
        self.cloud.time.sleep(TIMEOUT).await;
        Err(PortError::new(operation, "no answer"))
    }
}

impl Overriding for Controller {
    async fn say_away(&self, _: &Overrides, away: &Away) -> Result<Said, PortError> {
        self.reach_bucket("say an override").await?;
        let place = (self.region.clone(), away.key());
        let put = || {
            let objects = &mut self.cloud.state.borrow_mut().objects;
            if objects.contains_key(&place) {
                return Said::Before;
            }
            objects.insert(place, away.text());
            Said::Now
        };
        Ok(self.call("PutObject", put).await)
    }

    async fn said(&self, _: &Overrides, away: &Away) -> Result<Option<Away>, PortError> {
        self.reach_bucket("read an override").await?;
        let place = (self.region.clone(), away.key());
        let text = self.call("GetObject", || self.cloud.state.borrow().objects.get(&place).cloned()).await;
        Ok(text.and_then(|text| Away::parse(&text).ok()))
    }

    async fn unsay(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        let standing = self.said(overrides, away).await?;
        if standing.is_none_or(|standing| standing.run != away.run) {
            return Ok(());
        }
        let place = (self.region.clone(), away.key());
        self.call("DeleteObject", || drop(self.cloud.state.borrow_mut().objects.remove(&place))).await;
        Ok(())
    }
}
