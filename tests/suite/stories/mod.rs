//! Stories: the real core in a world in memory, on virtual time.

mod adversary;
mod drills;
mod failover;
mod fleet;
mod provision;
mod provisioning;
mod regions;
