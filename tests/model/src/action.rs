//! What can happen in a state.

use std::fmt;

use crate::state::{Message, RunId, Standing, State};
use crate::{Epochs, Flaw};

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Time passes; what has not arrived by then is lost.
    Tick,
    /// A wake reads the newest epoch from name servers that lack the last so many changes, decides on
    /// it, and begins a run.
    Decide {
        /// Whose.
        taker: u8,
        /// How many changes it does not see.
        missing: u8,
    },
    /// The newest epoch turns out to be that of a run which had ended without it: it goes on.
    Adopt(RunId),
    /// A wake sends the batch, for the first time or again.
    Send(RunId),
    /// Route 53 gets a batch, and its sender the answer if it still waits.
    Deliver(Message),
    /// The network delivers a batch twice.
    Duplicate(Message),
    /// Route 53 refuses a batch for another reason than the epoch.
    Refuse(Message),
    /// The wake that waits for the answer crashes, or waits no longer.
    Abandon(Message),
    /// A wake reads who holds its run's epoch, and sees it.
    Read(RunId),
    /// A run's validity ends, however short it is, or a person gives the run up; and nobody sees a
    /// record of its epoch, be it there or not.
    Lapse(RunId),
    /// Some tick lists the zone and sends off the deletion of old epoch records.
    ListOld,
    /// Route 53 gets it.
    Sweep,
}

impl Epochs {
    /// All that can happen.
    pub(crate) fn possible(&self, state: &State, actions: &mut Vec<Action>) {
        if state.tick < self.bounds.ticks {
            actions.push(Action::Tick);
        }
        self.under_way(state, actions);
        match &state.sweep {
            None if !self.old(state).is_empty() => actions.push(Action::ListOld),
            None => {}
            Some(_) => actions.push(Action::Sweep),
        }
        for (number, taker) in (0..).zip(&state.takers) {
            if waiting(state, number) == usize::from(self.wakes) {
                continue;
            }
            match taker.open() {
                Some(run) => self.with_run(state, RunId { taker: number, number: run }, actions),
                None => self.without_run(state, number, actions),
            }
        }
    }

    fn under_way(&self, state: &State, actions: &mut Vec<Action>) {
        for (index, message) in state.flight.iter().enumerate() {
            // Of copies that are alike it does not matter which.
            if index > 0 && state.flight[index - 1] == *message {
                continue;
            }
            actions.push(Action::Deliver(*message));
            if state.left.duplicates > 0 {
                actions.push(Action::Duplicate(*message));
            }
            if message.awaited {
                actions.push(Action::Abandon(*message));
            }
            if message.awaited && state.left.refusals > 0 {
                actions.push(Action::Refuse(*message));
            }
        }
    }

    /// A wake that finds a run resumes it.
    fn with_run(&self, state: &State, id: RunId, actions: &mut Vec<Action>) {
        if state.holder(id).is_some() {
            actions.push(Action::Read(id));
        }
        if self.may_send(state, id) {
            actions.push(Action::Send(id));
        }
        if self.flaw != Some(Flaw::NeverLapses) {
            actions.push(Action::Lapse(id));
        }
    }

    /// A wake that finds none looks at the world. That the newest epoch is its own comes before any
    /// decision.
    fn without_run(&self, state: &State, taker: u8, actions: &mut Vec<Action>) {
        for missing in 0..=self.lag(state) {
            let own = state.newest(missing).map(|record| record.run).filter(|run| run.taker == taker);
            match own {
                Some(run) if self.is_adoptable(state, run) => actions.push(Action::Adopt(run)),
                _ if state.left.decisions > 0 && state.tick < self.last_decision() => {
                    actions.push(Action::Decide { taker, missing });
                }
                _ => {}
            }
        }
    }

    /// Whether a run's batch may be sent now, or again.
    pub(crate) fn may_send(&self, state: &State, id: RunId) -> bool {
        let run = state.run(id);
        run.standing < Standing::Open(self.bounds.sends) && state.tick <= run.claim.until
    }

    /// How many changes name servers may lack: those of this tick and the one before.
    fn lag(&self, state: &State) -> u8 {
        match self.flaw {
            Some(Flaw::NameServersOfYore) => u8::try_from(state.story.len()).unwrap_or(u8::MAX),
            _ => state.fresh + state.recent,
        }
    }

    /// What is decided before this is over with the last tick: it has arrived in the next, or is lost.
    fn last_decision(&self) -> u8 {
        self.bounds.ticks - 1
    }

    /// Whether a change that appears after the run's end is taken for its own.
    fn is_adoptable(&self, state: &State, id: RunId) -> bool {
        match state.run(id).standing {
            Standing::Lapsed => self.flaw != Some(Flaw::LapsedIsForgotten),
            Standing::Failed => !matches!(self.flaw, Some(Flaw::UnknownIsFailure | Flaw::RefusalIsFinal)),
            Standing::Open(_) | Standing::Superseded | Standing::Won => false,
        }
    }
}

/// How many wakes of a taker wait for an answer.
fn waiting(state: &State, taker: u8) -> usize {
    state.flight.iter().filter(|message| message.awaited && message.run.taker == taker).count()
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tick => write!(f, "time passes"),
            Self::Decide { taker, missing: 0 } => write!(f, "taker {taker} looks and decides"),
            Self::Decide { taker, missing } => {
                write!(f, "taker {taker} looks, at name servers that lack the last {missing}, and decides")
            }
            Self::Adopt(run) => write!(f, "run {run} turns out to be the newest, and is adopted"),
            Self::Send(run) => write!(f, "run {run} sends its batch"),
            Self::Deliver(message) => write!(f, "Route 53 gets {message}"),
            Self::Duplicate(message) => write!(f, "the network doubles {message}"),
            Self::Refuse(message) => write!(f, "Route 53 refuses {message}, not for the epoch"),
            Self::Abandon(message) => write!(f, "nobody waits any longer for the answer to {message}"),
            Self::Read(run) => write!(f, "run {run} reads who holds its epoch"),
            Self::Lapse(run) => write!(f, "run {run} sees no record of its epoch, and lapses"),
            Self::ListOld => write!(f, "old epoch records are listed, and their deletion is sent"),
            Self::Sweep => write!(f, "Route 53 gets the deletion"),
        }
    }
}
