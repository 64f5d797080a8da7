//! The epoch protocol, checked exhaustively: every order of every step of a few controllers, within
//! [`Bounds`].
//!
//! It is small because it holds only what the fence depends on. Health, guards, weights, verification
//! and notices are left out: a controller here may decide at any time, for any reason.
//!
//! | here                 | in the product                                                             |
//! |----------------------|----------------------------------------------------------------------------|
//! | [`Zone`]             | the hosted zone, which applies a batch as one, or nothing of it            |
//! | [`Action::Decide`]   | a wake reads the newest epoch by DNS and decides: `wake::consider`         |
//! | its missing changes  | name servers lag behind, by what this tick and the last have changed       |
//! | [`Claim`]            | `decide::Claim`: the epoch is the read one plus one, and stays             |
//! | its last tick        | `run::apply`'s deadline: nothing is sent after it, or arrives long after   |
//! | [`Action::Send`]     | the batch, for the first time or again: always the same                    |
//! | [`Action::Deliver`]  | the CREATE of the epoch's record succeeds, or refuses the whole batch      |
//! | [`Action::Abandon`]  | the answer is lost, the process crashes, or Lambda ends it                 |
//! | [`Action::Read`]     | `run::apply` resolves an unknown outcome by who holds the epoch            |
//! | [`Action::Lapse`]    | the run lapses or is cancelled; its row remembers it                       |
//! | [`Action::Adopt`]    | `wake::resume`: the change of such a run appeared after all                |
//! | [`Action::ListOld`]  | `dns::sweep` plans to delete what is old and far behind                    |
//! | [`Action::Sweep`]    | it is deleted, each record exactly as it was listed, or none               |
//! | [`Taker`]            | rows of the state table; a write names the version that it replaces        |
//!
//! Ticks are long: a decision's validity and all that its batch can take under way end with the tick
//! after the decision's. The product's numbers lie in the same order: the batch of a run may be sent for
//! minutes, an epoch's record stays for a week.
//!
//! A crash needs no action of its own. A wake knows nothing that it has not read, so a crash is an
//! answer that nobody hears, and a run that a later wake finds in the table, or does not.
//!
//! [`Flaw`] breaks one rule at a time; `tests/epochs.rs` shows what harm follows from each.

mod action;
mod flaw;
mod properties;
mod state;
mod step;
mod symmetry;

use stateright::{Model, Property};

pub use action::Action;
pub use flaw::Flaw;
pub use properties::*;
pub use state::*;

/// The model: how many take part, how far it goes, and what is broken.
#[derive(Clone, Debug)]
pub struct Epochs {
    /// How many takers.
    pub takers: u8,
    /// How many wakes each taker may have at the same time.
    pub wakes: u8,
    /// How far it goes.
    pub bounds: Bounds,
    /// What is broken; nothing in the protocol as it is.
    pub flaw: Option<Flaw>,
}

/// How far the model goes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How often time passes.
    pub ticks: u8,
    /// How often each batch is sent.
    pub sends: u8,
    /// What may happen how often.
    pub left: Left,
}

impl Model for Epochs {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            tick: 0,
            zone: Zone { served: Some(Seat::Preferred), ..Zone::default() },
            story: Vec::new(),
            fresh: 0,
            recent: 0,
            flight: Vec::new(),
            sweep: None,
            takers: vec![Taker::default(); usize::from(self.takers)],
            left: self.bounds.left,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.possible(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        Some(self.after(state, action))
    }

    fn format_action(&self, action: &Action) -> String {
        action.to_string()
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::properties()
    }
}
