//! What the business stands to lose, as a request tells it.

use super::input::{COUNT, MONEY, Members, SECONDS};

/// The business.
pub(super) struct Business {
    /// In money.
    pub hourly_revenue: f64,
    /// What an hour of lost writes costs, in money.
    pub loss_per_hour: f64,
    /// People.
    pub users: f64,
    /// What it has committed itself to, by name.
    pub requirements: Vec<(String, Limits)>,
}

/// The most that a requirement allows, in seconds; nothing where it does not say.
pub(super) struct Limits {
    /// Of an outage.
    pub rto: Option<f64>,
    /// Of lost writes.
    pub rpo: Option<f64>,
}

const HOUR: f64 = 3600.0;

impl Business {
    /// Reads `business`.
    pub fn read(input: &mut Members<'_, '_>) -> Option<Self> {
        let mut business = input.needed_object("business")?;
        let read = Self {
            hourly_revenue: business.number("hourly_revenue", &MONEY).unwrap_or(0.0),
            loss_per_hour: business.number("data_loss_cost_per_hour", &MONEY).unwrap_or(0.0),
            users: business.number("total_users", &COUNT).unwrap_or(0.0),
            requirements: business.each("compliance_requirements", |limits| Limits {
                rto: limits.number("rto_limit", &SECONDS),
                rpo: limits.number("rpo_limit", &SECONDS),
            }),
        };
        business.finish();
        Some(read)
    }

    /// What an outage of so many seconds costs.
    pub fn downtime(&self, seconds: f64) -> f64 {
        self.hourly_revenue * (seconds / HOUR)
    }

    /// What so many seconds of lost writes cost.
    pub fn data_loss(&self, seconds: f64) -> f64 {
        self.loss_per_hour * (seconds / HOUR)
    }
}
