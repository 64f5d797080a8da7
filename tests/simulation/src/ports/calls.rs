//! Route 53's API: listings and changes.

use std::collections::BTreeMap;
use std::time::Duration;

use suite::world::Controller;
use understudy::dns::{Batch, Listing, Sweep};
use understudy::names::DnsName;
use understudy::plan::Zone;
use understudy::ports::{ChangeError, ChangeId, ChangeRecords, PortError, ReadRecords};

use super::{Port, Ports, late, lost, refused, twice, very_late};
use crate::kinds::Kind;
use crate::trouble::Trouble;

const PATIENCE: Duration = Duration::from_secs(5);
const READ: Port = Port { name: "a question to Route 53's API", patience: PATIENCE, fates: &[refused, late] };
const CHANGE: Port = Port {
    name: "ChangeResourceRecordSets",
    patience: PATIENCE,
    fates: &[refused, lost, lost, very_late, twice, twice],
};

impl Ports {
    /// Notes what is wrong with Route 53's API, where a call has felt it.
    fn felt<T, E>(&self, answer: &Option<Result<T, E>>) {
        if !matches!(answer, Some(Err(_))) {
            return;
        }
        let kind = |trouble: &Trouble| match trouble {
            Trouble::Route53Throttles => Some(Kind::Route53Throttled),
            Trouble::Route53Lies => Some(Kind::Route53Lies),
            Trouble::Route53Down | Trouble::Route53Hangs | Trouble::Route53Slow(_) => Some(Kind::Route53Down),
            _ => None,
        };
        if let Some(kind) = self.sim.first_trouble(kind) {
            self.fault(kind, || "Route 53's API fails".to_owned());
        }
    }
}

impl ReadRecords for Ports {
    async fn list(&self, zone: &Zone, served: &DnsName) -> Result<Listing, PortError> {
        let call = |inner: Controller| {
            let (zone, served) = (zone.clone(), served.clone());
            async move { inner.list(&zone, &served).await }
        };
        let listed = self.through(READ, call).await;
        self.felt(&listed);
        listed.unwrap_or_else(|| Err(PortError::new("list", "no answer")))
    }

    async fn list_along(
        &self,
        zone: &Zone,
        served: &DnsName,
        others: &[&DnsName],
    ) -> Result<(Listing, BTreeMap<DnsName, Listing>), PortError> {
        let call = |inner: Controller| {
            let (zone, served) = (zone.clone(), served.clone());
            let others: Vec<DnsName> = others.iter().map(|other| (*other).clone()).collect();
            async move { inner.list_along(&zone, &served, &others.iter().collect::<Vec<_>>()).await }
        };
        let listed = self.through(READ, call).await;
        self.felt(&listed);
        listed.unwrap_or_else(|| Err(PortError::new("list", "no answer")))
    }

    async fn in_sync(&self, zone: &Zone, change: &ChangeId) -> Result<bool, PortError> {
        let call = |inner: Controller| {
            let (zone, change) = (zone.clone(), change.clone());
            async move { inner.in_sync(&zone, &change).await }
        };
        let known = self.through(READ, call).await;
        self.felt(&known);
        known.unwrap_or_else(|| Err(PortError::new("in_sync", "no answer")))
    }
}

impl ChangeRecords for Ports {
    async fn change(&self, zone: &Zone, batch: &Batch) -> Result<ChangeId, ChangeError> {
        self.sim.judge.sends(&self.sim, &self.life, batch);
        let call = |inner: Controller| {
            let (zone, batch) = (zone.clone(), batch.clone());
            async move { inner.change(&zone, &batch).await }
        };
        let changed = self.through(CHANGE, call).await;
        self.felt(&changed);
        if let Some(Err(ChangeError::Refused { .. })) = &changed {
            self.sim.judge.refuses(&batch.claim().run);
        }
        changed.unwrap_or_else(|| Err(ChangeError::OutcomeUnknown("no answer".into())))
    }

    async fn sweep(&self, zone: &Zone, sweep: &Sweep) -> Result<(), ChangeError> {
        let call = |inner: Controller| {
            let (zone, sweep) = (zone.clone(), sweep.clone());
            async move { inner.sweep(&zone, &sweep).await }
        };
        let swept = self.through(CHANGE, call).await;
        swept.unwrap_or_else(|| Err(ChangeError::OutcomeUnknown("no answer".into())))
    }
}
