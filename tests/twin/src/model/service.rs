//! The operations of the API.

use super::change::{ChangeInfo, ChangeRecord};
use super::error::{ApiError, ErrorCode};
use super::health::{HealthCheck, HealthCheckInput, HealthCheckUpdate};
use super::noise::Noise;
use super::paging::page;
use super::records::{self, ChangeBatch, ListStart, RecordPage};
use super::tags::{ResourceKind, Tag};
use super::{
    ChangeId, HealthCheckId, Limit, LimitKind, NewZone, Request, Response, Time, Twin, ZoneDetails, ZoneId,
};

/// Hosted zones an account may have (Route 53 developer guide, "Quotas").
const MAX_ZONES: usize = 500;

impl Twin {
    pub(super) fn serve(&mut self, request: Request, now: Time) -> Result<Response, ApiError> {
        Ok(match request {
            Request::CreateHostedZone(asked) => {
                let (zone, change) = self.create_hosted_zone(&asked, now)?;
                Response::ZoneCreated { zone, change }
            }
            Request::DeleteHostedZone { id } => Response::ZoneDeleted(self.delete_hosted_zone(&id, now)?),
            Request::ChangeResourceRecordSets { zone, batch } => {
                Response::Changed(self.change_resource_record_sets(&zone, &batch, now)?)
            }
            Request::CreateHealthCheck { caller_reference, config } => {
                Response::HealthCheckCreated(self.create_health_check(&caller_reference, &config, now)?)
            }
            Request::UpdateHealthCheck { id, update } => {
                Response::HealthCheckUpdated(self.update_health_check(&id, &update, now)?)
            }
            Request::DeleteHealthCheck { id } => {
                self.delete_health_check(&id)?;
                Response::HealthCheckDeleted
            }
            Request::ChangeTagsForResource { kind, id, add, remove } => {
                self.change_tags(kind, &id, &add, &remove)?;
                Response::TagsChanged
            }
            reading => return self.read(reading, now),
        })
    }

    fn read(&self, request: Request, now: Time) -> Result<Response, ApiError> {
        Ok(match request {
            Request::GetHostedZone { id } => Response::Zone(self.get_hosted_zone(&id)?),
            Request::ListHostedZones { marker, max_items } => {
                let zones = self.zones.iter().map(|zone| (zone.id.to_string(), zone.details()));
                Response::Zones(page(zones, marker, max_items)?)
            }
            Request::ListHostedZonesByName { dns_name, zone, max_items } => {
                self.list_hosted_zones_by_name(dns_name, zone, max_items)?
            }
            Request::ListResourceRecordSets { zone, start, max_items } => {
                Response::Records(self.list_resource_record_sets(&zone, &start, max_items)?)
            }
            Request::GetChange { id } => Response::Change(self.get_change(&id, now)?),
            Request::GetHealthCheck { id } => Response::HealthCheck(self.get_health_check(&id)?),
            Request::ListHealthChecks { marker, max_items } => {
                let checks = self.checks.iter().map(|check| (check.id.to_string(), check.clone()));
                Response::HealthChecks(page(checks, marker, max_items)?)
            }
            Request::GetHealthCheckStatus { id } => Response::Status(self.checks.observations(&id, false)?),
            Request::GetHealthCheckLastFailureReason { id } => {
                Response::LastFailure(self.checks.observations(&id, true)?)
            }
            Request::ListTagsForResource { kind, id } => {
                self.must_exist(kind, &id)?;
                Response::Tags { kind, tags: self.tags.list(kind, &id), id }
            }
            Request::ListTagsForResources { kind, ids } => self.list_tags(kind, ids)?,
            Request::GetAccountLimit { kind } => Response::Limit(self.account_limit(kind)),
            // Every writing request is served before.
            other => {
                return Err(ApiError::new(
                    ErrorCode::NotModelled,
                    format!("{} only reads", other.operation().as_str()),
                ));
            }
        })
    }

    /// `CreateHostedZone`.
    ///
    /// # Errors
    /// `InvalidDomainName`, `HostedZoneAlreadyExists`, `InvalidInput`.
    pub fn create_hosted_zone(
        &mut self,
        asked: &NewZone,
        now: Time,
    ) -> Result<(ZoneDetails, ChangeInfo), ApiError> {
        let zone = self.zones.create(asked, &self.config)?.details();
        let noise = Noise::seeded(self.config.seed).at("zone change").at(zone.id.as_str());
        let in_sync_at = now + self.config.propagation.draw(noise);
        Ok((zone, self.record_change(noise, in_sync_at, None, now)))
    }

    /// `GetHostedZone`.
    ///
    /// # Errors
    /// `NoSuchHostedZone`.
    pub fn get_hosted_zone(&self, id: &ZoneId) -> Result<ZoneDetails, ApiError> {
        Ok(self.zones.find(id)?.details())
    }

    /// `DeleteHostedZone`.
    ///
    /// # Errors
    /// `NoSuchHostedZone`, `HostedZoneNotEmpty`.
    pub fn delete_hosted_zone(&mut self, id: &ZoneId, now: Time) -> Result<ChangeInfo, ApiError> {
        self.zones.delete(id)?;
        self.tags.forget(ResourceKind::HostedZone, id.as_str());
        let noise = Noise::seeded(self.config.seed).at("zone deletion").at(id.as_str());
        Ok(self.record_change(noise, now + self.config.propagation.draw(noise), None, now))
    }

    /// `ChangeResourceRecordSets`: all of the batch, or nothing.
    ///
    /// # Errors
    /// `NoSuchHostedZone`, `PriorRequestNotComplete`, `InvalidInput`, `NoSuchHealthCheck`, or
    /// `InvalidChangeBatch` with every message.
    pub fn change_resource_record_sets(
        &mut self,
        zone: &ZoneId,
        batch: &ChangeBatch,
        now: Time,
    ) -> Result<ChangeInfo, ApiError> {
        let found = self.zones.find(zone)?;
        if found.is_busy(now) {
            return Err(ApiError::new(
                ErrorCode::PriorRequestNotComplete,
                "The request was rejected because Route 53 was still processing a prior request.",
            ));
        }
        let check_exists = |id: &HealthCheckId| self.checks.get(id).is_some();
        let world = records::World {
            zone,
            apex: &found.name,
            balancers: &self.balancers,
            check_exists: &check_exists,
            max_records: self.config.max_records,
        };
        let sets = records::apply(found.newest(), batch, &world)?;
        let seed = Noise::seeded(self.config.seed);
        let noise = seed.at("record change").at(zone.as_str()).at(found.accepted());
        let (propagation, processing) = (self.config.propagation, self.config.processing_time);
        let in_sync_at = self.zones.find_mut(zone)?.accept(sets, propagation, processing, seed, now);
        Ok(self.record_change(noise, in_sync_at, batch.comment.clone(), now))
    }

    fn record_change(
        &mut self,
        noise: Noise,
        in_sync_at: Time,
        comment: Option<String>,
        now: Time,
    ) -> ChangeInfo {
        let id = ChangeId::draw(noise);
        let change = ChangeRecord { id: id.clone(), submitted_at: now, in_sync_at, comment };
        let info = change.info(now);
        self.changes.insert(id, change);
        info
    }

    /// `ListResourceRecordSets`: the newest version, PENDING changes included.
    ///
    /// # Errors
    /// `NoSuchHostedZone`, `InvalidInput`.
    pub fn list_resource_record_sets(
        &self,
        zone: &ZoneId,
        start: &ListStart,
        max_items: Option<i64>,
    ) -> Result<RecordPage, ApiError> {
        records::list(self.zones.find(zone)?.newest(), start, max_items)
    }

    /// `GetChange`.
    ///
    /// # Errors
    /// `NoSuchChange`.
    pub fn get_change(&self, id: &ChangeId, now: Time) -> Result<ChangeInfo, ApiError> {
        let found = self.changes.get(id).map(|change| change.info(now));
        found.ok_or_else(|| {
            ApiError::new(ErrorCode::NoSuchChange, format!("Could not find resource with ID: {id}"))
        })
    }

    /// `CreateHealthCheck`.
    ///
    /// # Errors
    /// `InvalidInput`, `HealthCheckAlreadyExists`, `TooManyHealthChecks`.
    pub fn create_health_check(
        &mut self,
        caller_reference: &str,
        config: &HealthCheckInput,
        now: Time,
    ) -> Result<HealthCheck, ApiError> {
        self.checks.create(caller_reference, config, now)
    }

    /// `GetHealthCheck`.
    ///
    /// # Errors
    /// `NoSuchHealthCheck`.
    pub fn get_health_check(&self, id: &HealthCheckId) -> Result<HealthCheck, ApiError> {
        self.checks.find(id).cloned()
    }

    /// `UpdateHealthCheck`.
    ///
    /// # Errors
    /// `NoSuchHealthCheck`, `HealthCheckVersionMismatch`, `InvalidInput`.
    pub fn update_health_check(
        &mut self,
        id: &HealthCheckId,
        update: &HealthCheckUpdate,
        now: Time,
    ) -> Result<HealthCheck, ApiError> {
        self.checks.update(id, update, now)
    }

    /// `DeleteHealthCheck`, also of a check that records use.
    ///
    /// # Errors
    /// `NoSuchHealthCheck`.
    pub fn delete_health_check(&mut self, id: &HealthCheckId) -> Result<(), ApiError> {
        self.checks.delete(id)?;
        self.tags.forget(ResourceKind::HealthCheck, id.as_str());
        Ok(())
    }

    fn change_tags(
        &mut self,
        kind: ResourceKind,
        id: &str,
        add: &[Tag],
        remove: &[String],
    ) -> Result<(), ApiError> {
        self.must_exist(kind, id)?;
        self.tags.change(kind, id, add, remove)
    }

    fn list_tags(&self, kind: ResourceKind, ids: Vec<String>) -> Result<Response, ApiError> {
        if ids.is_empty() || ids.len() > 10 {
            return Err(ApiError::invalid_input("Invalid request: ResourceIds must have 1 to 10 elements"));
        }
        let mut sets = Vec::new();
        for id in ids {
            self.must_exist(kind, &id)?;
            sets.push((id.clone(), self.tags.list(kind, &id)));
        }
        Ok(Response::TagSets { kind, sets })
    }

    fn must_exist(&self, kind: ResourceKind, id: &str) -> Result<(), ApiError> {
        match kind {
            ResourceKind::HealthCheck => self.checks.find(&id.into()).map(drop),
            ResourceKind::HostedZone => self.zones.find(&id.into()).map(drop),
        }
    }

    fn account_limit(&self, kind: LimitKind) -> Limit {
        match kind {
            LimitKind::HealthChecks => Limit { kind, value: self.checks.limit(), count: self.checks.len() },
            LimitKind::HostedZones => Limit { kind, value: MAX_ZONES, count: self.zones.iter().count() },
        }
    }
}
