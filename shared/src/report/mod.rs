//! What people read: notices, and the ledger that answers "why did it not fail over at 02:13?".

mod account;
mod ledger;
mod notice;
mod other;
mod stories;
mod undo;

pub use account::{Account, Happening, Severity};
pub use ledger::LedgerEntry;
pub use notice::Notice;
pub use other::{drift_story, drill_story, forgotten_story, pause_story, table_down_message};
pub use stories::{
    HoldStory, calm_story, delay_story, hold_story, native_move_story, run_story, served_story,
    unrecorded_story,
};
