//! Record sets: as a client sends them ([`RecordSetInput`]), and as a zone holds them ([`RecordSet`]).

mod batch;
mod input;
mod limits;
mod list;
mod parse;
mod rdata;
mod record;
mod siblings;
mod targets;

pub use batch::{Action, Change, ChangeBatch};
pub use input::{AliasInput, RecordSetInput};
pub use list::{ListStart, RecordPage};
pub use rdata::Rdata;
pub use record::{AliasTarget, FailoverRole, Policy, RecordData, RecordSet, RecordType, SetKey, Value};

pub(super) use batch::{World, apply};
pub(super) use list::list;
pub(super) use record::Sets;
