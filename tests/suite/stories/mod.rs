//! Stories: the real core in a world in memory, on virtual time.

mod adversary;
mod copies;
mod drills;
pub(crate) mod estates;
mod failover;
mod fleet;
mod kinds;
mod override_kinds;
mod overrides;
mod properties;
mod provision;
mod provisioning;
mod regions;
