//! Brings Route 53 to what the plan says: health checks and record sets.
//!
//! What is wanted is computed from the plan and the last move ([`checks`], [`records`]), compared with what
//! stands ([`Difference`]), and shown before anything is done. Each change sets an absolute state, so that
//! any of it can be repeated. Nothing here deletes anything.
//!
//! [`serve`] is one invocation of the function that provisions: for CloudFormation, by a schedule that also
//! looks for drift, or for a person.

mod agreement;
pub(crate) mod alarms;
mod apply;
mod behind;
mod bring;
mod change;
pub mod checks;
mod difference;
mod drift;
mod ids;
mod keep;
mod live;
mod look;
mod name;
mod parameters;
pub mod records;
mod request;
mod resource;
mod rights;
mod serve;
mod sets;
mod settle;
mod standing;
mod status;

pub use alarms::{AlarmPlace, AlarmSettings, OverrideAlarm};
pub use apply::Applied;
pub use bring::{Brought, Task, Trouble, bring};
pub use change::{Change, SetChange};
pub use difference::{Difference, Foreign, LeftOver};
pub use ids::CheckIds;
pub use keep::Drifted;
pub use live::{Adopted, CheckerReport, Live, LiveCheck, LiveZone};
pub use look::look;
pub use name::{CheckName, CheckRole, Reference, is_ours};
pub use parameters::{Stacks, parameters};
pub use request::{Ask, PERIOD, Request};
pub use resource::{Kind, Mode, Outcome, Properties, ResourceRequest};
pub use rights::{Consent, Refusal, SHARE, Terms};
pub use serve::{Answer, Call, Looked, Shown, serve};
pub use settle::opinion;
pub use standing::Standing;
pub use status::{CheckStatus, RegionStatus, Status, Told, Watch, status};
