//! The epoch protocol, checked exhaustively.

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
