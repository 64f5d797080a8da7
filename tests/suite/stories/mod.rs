//! Stories: the real core in a world in memory, on virtual time.

mod adversary;
mod drills;
mod failover;
mod fleet;
mod overrides;
mod provision;
mod regions;
