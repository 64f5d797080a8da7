//! Stories: the real core in a world in memory, on virtual time.

mod adversary;
mod drills;
mod failover;
mod fleet;
mod kinds;
mod provision;
mod regions;
