//! The ports of provisioning: only the function that provisions and the command line have them.

use std::collections::BTreeMap;

use super::route53::checks;
use super::world::AwsWorld;
use super::{cloudwatch, route53};
use crate::dns::{Groundwork, HealthCheck};
use crate::names::{DnsName, HealthCheckId, Region};
use crate::plan::Zone;
use crate::ports::{ChangeError, ChangeEstate, ChangeId, CheckMetrics, Clock, PortError, ReadEstate};
use crate::provision::{AlarmPlace, AlarmSettings, CheckerReport, LiveCheck, LiveZone};

impl ReadEstate for AwsWorld {
    async fn health_checks(&self) -> Result<Vec<LiveCheck>, PortError> {
        checks::list(self.clients.route53()).await
    }

    async fn check_tags(
        &self,
        of: &[HealthCheckId],
    ) -> Result<BTreeMap<HealthCheckId, BTreeMap<String, String>>, PortError> {
        checks::tags(self.clients.route53(), of).await
    }

    async fn checker_reports(&self, check: &HealthCheckId) -> Result<Vec<CheckerReport>, PortError> {
        checks::reports(self.clients.route53(), check).await
    }

    async fn alarms(
        &self,
        region: &Region,
        names: &[String],
    ) -> Result<BTreeMap<String, AlarmSettings>, PortError> {
        cloudwatch::settings_of(&self.clients, region, names).await
    }

    async fn zone(&self, zone: &Zone, served: &[&DnsName]) -> Result<LiveZone, PortError> {
        route53::zone(&self.clients, zone, served).await
    }
}

impl CheckMetrics for AwsWorld {
    async fn check_metrics(
        &self,
        checks: &[HealthCheckId],
    ) -> Result<BTreeMap<HealthCheckId, bool>, PortError> {
        cloudwatch::check_metrics(&self.clients, checks, self.now()).await
    }
}

impl ChangeEstate for AwsWorld {
    async fn create_check(
        &self,
        reference: &str,
        check: &HealthCheck<HealthCheckId>,
    ) -> Result<HealthCheckId, ChangeError> {
        checks::create(self.clients.route53(), reference, check).await
    }

    async fn update_check(
        &self,
        id: &HealthCheckId,
        version: i64,
        check: &HealthCheck<HealthCheckId>,
    ) -> Result<(), ChangeError> {
        checks::update(self.clients.route53(), id, version, check).await
    }

    async fn put_alarm(&self, place: &AlarmPlace, settings: AlarmSettings) -> Result<(), ChangeError> {
        cloudwatch::put_alarm(&self.clients, place, settings).await
    }

    async fn tag_check(
        &self,
        id: &HealthCheckId,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), ChangeError> {
        checks::tag(self.clients.route53(), id, tags).await
    }

    async fn lay(&self, zone: &Zone, groundwork: &Groundwork) -> Result<ChangeId, ChangeError> {
        route53::lay(&self.clients, zone, groundwork).await
    }
}
