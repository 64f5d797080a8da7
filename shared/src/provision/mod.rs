//! Brings Route 53 to what the plan says: health checks and record sets.
//!
//! What is wanted is computed from the plan and the last move ([`checks`], [`records`]), compared with what
//! stands ([`Difference`]), and shown before anything is done. Each change sets an absolute state, so that
//! any of it can be repeated. Nothing here deletes anything.

mod apply;
mod behind;
mod bring;
mod change;
pub mod checks;
mod difference;
mod live;
mod look;
mod name;
pub mod records;
mod rights;
mod sets;
mod standing;

pub use apply::Applied;
pub use bring::{Brought, Task, Trouble, bring};
pub use change::{Change, SetChange};
pub use difference::{Difference, Foreign, LeftOver};
pub use live::{Adopted, Live, LiveCheck, LiveZone};
pub use look::look;
pub use name::{CheckName, CheckRole, Reference, is_ours};
pub use rights::{Consent, Refusal, SHARE, Terms};
pub use standing::Standing;
