//! Saying "away", by whatever the plan says it.

mod control;
mod metric;
mod object;
mod signed;
#[cfg(test)]
mod tests;

use signed::Sender;

use super::clients::Clients;
use super::settings::Settings;
use crate::away::Away;
use crate::names::Region;
use crate::plan::{OverrideKind, Overrides};
use crate::ports::{PortError, Said};

/// All that overrides are said by from this region.
#[derive(Debug)]
pub(super) struct Speaker {
    region: Region,
    sender: Sender,
    /// Of S3; none for the real one.
    endpoint: Option<String>,
    rotation: control::Rotation,
}

impl Speaker {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            region: settings.region.clone(),
            sender: Sender::new(settings.credentials.clone()),
            endpoint: settings.endpoints.s3.clone(),
            rotation: control::Rotation::default(),
        }
    }

    pub(super) async fn say(
        &self,
        clients: &Clients,
        overrides: &Overrides,
        away: &Away,
    ) -> Result<Said, PortError> {
        match &overrides.kind {
            OverrideKind::Object { .. } => self.put(overrides, away).await,
            OverrideKind::Metric { namespace } => {
                metric::write(clients, (&self.region, namespace), away, metric::AWAY).await?;
                Ok(Said::Now)
            }
            OverrideKind::Control { .. } => {
                self.set(&overrides.kind, away, control::Turn::Away).await?;
                Ok(Said::Now)
            }
        }
    }

    pub(super) async fn keep_saying(
        &self,
        clients: &Clients,
        overrides: &Overrides,
        away: &Away,
    ) -> Result<(), PortError> {
        match &overrides.kind {
            OverrideKind::Metric { namespace } => {
                metric::write(clients, (&self.region, namespace), away, metric::AWAY).await
            }
            OverrideKind::Object { .. } | OverrideKind::Control { .. } => Ok(()),
        }
    }

    pub(super) async fn said(&self, overrides: &Overrides, away: &Away) -> Result<Option<Away>, PortError> {
        match &overrides.kind {
            OverrideKind::Object { .. } => self.get(overrides, away).await,
            // Neither tells whose it is: it is said again, which changes nothing.
            OverrideKind::Metric { .. } | OverrideKind::Control { .. } => Ok(None),
        }
    }

    pub(super) async fn unsay(
        &self,
        clients: &Clients,
        overrides: &Overrides,
        away: &Away,
    ) -> Result<(), PortError> {
        match &overrides.kind {
            OverrideKind::Object { .. } => self.delete(overrides, away).await,
            OverrideKind::Metric { namespace } => {
                metric::write(clients, (&self.region, namespace), away, metric::STAY).await
            }
            OverrideKind::Control { .. } => self.set(&overrides.kind, away, control::Turn::Back).await,
        }
    }
}
