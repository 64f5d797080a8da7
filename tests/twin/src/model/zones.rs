//! The hosted zones of the account.

use std::collections::BTreeMap;

use super::error::{ApiError, ErrorCode};
use super::noise::Noise;
use super::zone::Zone;
use super::{Config, DnsName, ZoneId};

/// What `CreateHostedZone` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewZone {
    /// The domain.
    pub name: String,
    /// 1 to 128 characters, never used before.
    pub caller_reference: String,
    /// Free text.
    pub comment: Option<String>,
    /// Whether it is private: then no name server of the twin answers for it.
    pub private: bool,
}

impl NewZone {
    /// A public zone.
    pub fn public(name: &str) -> Self {
        Self { name: name.to_owned(), caller_reference: format!("twin-{name}"), ..Self::default() }
    }
}

/// What the API shows of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneDetails {
    /// The bare id.
    pub id: ZoneId,
    /// The domain.
    pub name: DnsName,
    /// What the creator called it.
    pub caller_reference: String,
    /// Free text.
    pub comment: Option<String>,
    /// Whether it is private.
    pub private: bool,
    /// Record sets, NS and SOA included.
    pub record_count: usize,
    /// The name servers' names; name server number `i` of the twin is the `i`th.
    pub name_servers: Vec<String>,
}

/// All zones.
#[derive(Clone, Debug, Default)]
pub(super) struct Zones {
    all: BTreeMap<ZoneId, Zone>,
    created: u64,
}

impl Zones {
    pub fn create(&mut self, asked: &NewZone, config: &Config) -> Result<&Zone, ApiError> {
        if asked.caller_reference.is_empty() || asked.caller_reference.chars().count() > 128 {
            return Err(ApiError::invalid_input("CallerReference must have 1 to 128 characters"));
        }
        let name = DnsName::parse(&asked.name).map_err(|fault| {
            ApiError::new(ErrorCode::InvalidDomainName, format!("{fault}: '{}'", asked.name))
        })?;
        if self.all.values().any(|zone| zone.caller_reference() == asked.caller_reference) {
            return Err(ApiError::new(
                ErrorCode::HostedZoneAlreadyExists,
                format!(
                    "A hosted zone has already been created with the specified caller reference: {}",
                    asked.caller_reference
                ),
            ));
        }
        let id = ZoneId::draw(Noise::seeded(config.seed).at("zone").at(self.created));
        let zone = Zone::new(id.clone(), name, asked, self.created, config);
        self.created += 1;
        Ok(self.all.entry(id).or_insert(zone))
    }

    pub fn find(&self, id: &ZoneId) -> Result<&Zone, ApiError> {
        self.all.get(id).ok_or_else(|| no_such(id))
    }

    pub fn find_mut(&mut self, id: &ZoneId) -> Result<&mut Zone, ApiError> {
        self.all.get_mut(id).ok_or_else(|| no_such(id))
    }

    /// Removes a zone that has nothing but its own NS and SOA.
    pub fn delete(&mut self, id: &ZoneId) -> Result<(), ApiError> {
        if self.find(id)?.newest().len() > 2 {
            return Err(ApiError::new(
                ErrorCode::HostedZoneNotEmpty,
                "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
            ));
        }
        self.all.remove(id);
        Ok(())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Zone> {
        self.all.values()
    }

    /// The public zone that answers for a name: the closest one above it, the eldest of its name.
    pub fn serving(&self, name: &DnsName) -> Option<&Zone> {
        let serving = self.all.values().filter(|zone| !zone.private && name.is_within(&zone.name));
        serving.max_by_key(|zone| (zone.name.labels().count(), u64::MAX - zone.number))
    }
}

fn no_such(id: &ZoneId) -> ApiError {
    ApiError::new(ErrorCode::NoSuchHostedZone, format!("No hosted zone found with ID: {id}"))
}
