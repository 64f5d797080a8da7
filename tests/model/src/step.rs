//! What an action does to a state.

use crate::action::Action;
use crate::state::{Claim, Message, Record, Run, RunId, Seat, Standing, State, Tick, Wish};
use crate::{Epochs, Flaw};

/// Epoch records are swept when they are older than this. A change is applied at most one tick after
/// its decision; what is decided by one who missed it arrives at most one tick after that. So a
/// record is needed until it is two old.
const AGE: u8 = 2;

/// And so many epochs behind the newest.
const EPOCHS_KEPT: u8 = 1;

impl Epochs {
    /// The state after an action.
    pub(crate) fn after(&self, before: &State, action: Action) -> State {
        let mut state = before.clone();
        match action {
            Action::Tick => state.pass_time(),
            Action::Decide { taker, missing } => self.decide(&mut state, taker, missing),
            Action::Adopt(run) => state.run_mut(run).standing = Standing::Won,
            Action::Send(run) => self.send(&mut state, run),
            Action::Deliver(message) => self.deliver(&mut state, message),
            Action::Duplicate(message) => {
                state.left.duplicates -= 1;
                state.launch(Message { awaited: false, ..message });
            }
            Action::Refuse(message) => {
                state.left.refusals -= 1;
                state.land(message);
                state.end(message.run, Standing::Failed);
            }
            Action::Abandon(message) => self.abandon(&mut state, message),
            Action::Read(run) => self.read(&mut state, run),
            Action::Lapse(run) => state.end(run, Standing::Lapsed),
            Action::ListOld => state.sweep = Some(self.old(&state)),
            Action::Sweep => state.delete_old(),
        }
        debug_assert!(state.progress() > before.progress(), "{action}: a way back");
        state
    }

    /// What the newest epoch that was read says decides: whom it does not seat wants to be seated.
    fn decide(&self, state: &mut State, taker: u8, missing: u8) {
        let newest = state.newest(missing);
        let read = newest.map_or(0, |record| record.epoch);
        let seated = state.seat_since(newest) == Seat::Taker(taker);
        let wish = if seated { Wish::Restore } else { Wish::Evacuate };
        let until = match self.flaw {
            Some(Flaw::SentForEver) => Tick::MAX,
            // The lag has used up its share of the time that all takes together.
            _ if missing > state.fresh => state.tick,
            _ => state.tick + 1,
        };
        let claim = Claim { at: state.tick, until, read, epoch: read + 1, wish };
        state.left.decisions -= 1;
        state.takers[usize::from(taker)].runs.push(Run { claim, standing: Standing::Open(0) });
    }

    fn send(&self, state: &mut State, id: RunId) {
        let newest = state.newest(0).map_or(0, |record| record.epoch);
        let held = state.holder(id).is_some();
        let run = state.run_mut(id);
        if let Standing::Open(sends) = &mut run.standing {
            *sends += 1;
        }
        if self.flaw == Some(Flaw::NumberReadAtSending) {
            run.claim.epoch = newest + 1;
        }
        let epoch = run.claim.epoch;
        if !(held && self.flaw == Some(Flaw::CheckedBefore)) {
            state.launch(Message { run: id, epoch, awaited: true });
        }
    }

    /// What is accepted is known at once, if anybody waits for it; what is refused for the epoch's
    /// sake is read.
    fn deliver(&self, state: &mut State, message: Message) {
        state.land(message);
        if self.change(state, message) && message.awaited {
            state.end(message.run, Standing::Won);
        }
    }

    /// All of a batch, or nothing of it; whether it was accepted.
    fn change(&self, state: &mut State, message: Message) -> bool {
        let Message { run, epoch, awaited, .. } = message;
        if state.zone.record(epoch).is_some() && self.flaw != Some(Flaw::CheckedBefore) {
            return false;
        }
        let record = Record { epoch, run };
        state.zone.epochs.retain(|other| other.epoch != epoch);
        state.zone.epochs.push(record);
        state.zone.now = Some(record);
        // With two requests, a sender that waits no longer does not come to the second.
        let whole = self.flaw != Some(Flaw::Piecemeal) || awaited;
        state.zone.served = whole.then(|| state.seats(run));
        state.story.push(record);
        state.fresh += 1;
        true
    }

    fn abandon(&self, state: &mut State, message: Message) {
        state.land(message);
        state.launch(Message { awaited: false, ..message });
        if self.flaw == Some(Flaw::UnknownIsFailure) {
            state.end(message.run, Standing::Failed);
        }
    }

    fn read(&self, state: &mut State, id: RunId) {
        let Some(record) = state.holder(id) else { return };
        let ours = record.run == id || self.flaw == Some(Flaw::SharedRunId);
        state.end(id, if ours { Standing::Won } else { Standing::Superseded });
    }

    /// The epoch records that may be swept.
    pub(crate) fn old(&self, state: &State) -> Vec<Record> {
        let newest = state.zone.epochs.iter().map(|record| record.epoch).max().unwrap_or(0);
        let age = match self.flaw {
            Some(Flaw::SweptByCount) => None,
            Some(Flaw::SweptTooYoung) => Some(AGE - 1),
            _ => Some(AGE),
        };
        let is_old =
            |record: &Record| age.is_none_or(|age| state.tick - state.run(record.run).claim.at > age);
        let is_behind = |record: &Record| record.epoch + EPOCHS_KEPT < newest;
        state.zone.epochs.iter().copied().filter(|record| is_behind(record) && is_old(record)).collect()
    }
}

impl State {
    fn pass_time(&mut self) {
        self.tick += 1;
        self.recent = std::mem::take(&mut self.fresh);
        let flight = std::mem::take(&mut self.flight);
        self.flight = flight.into_iter().filter(|m| self.run(m.run).claim.until >= self.tick).collect();
    }

    /// A number that every action raises: no state comes again, so that every way ends in a state where
    /// nothing can happen, and what holds in all of those holds in the end of every way.
    fn progress(&self) -> usize {
        let runs = self.runs().map(|(_, run)| match run.standing {
            Standing::Open(sends) => 4 * usize::from(sends),
            Standing::Lapsed | Standing::Failed | Standing::Superseded => 100,
            Standing::Won => 101,
        });
        let flight = self.flight.iter().map(|message| if message.awaited { 2 } else { 1 });
        let swept = self.story.len() - self.zone.epochs.len();
        let done = 1_000 * (usize::from(self.tick) + self.runs().count()) + 2 * swept;
        let left = 4 * (usize::from(self.left.duplicates) + usize::from(self.left.refusals));
        done + runs.sum::<usize>() + usize::from(self.sweep.is_some()) + 500 - left - flight.sum::<usize>()
    }

    fn run_mut(&mut self, id: RunId) -> &mut Run {
        &mut self.takers[usize::from(id.taker)].runs[usize::from(id.number)]
    }

    /// Writes down how a run ended, unless another wake has done so: a write says which version of
    /// the row it replaces.
    fn end(&mut self, id: RunId, standing: Standing) {
        let run = self.run_mut(id);
        if run.is_open() {
            run.standing = standing;
        }
    }

    fn launch(&mut self, message: Message) {
        let place = self.flight.partition_point(|other| *other < message);
        self.flight.insert(place, message);
    }

    fn land(&mut self, message: Message) {
        if let Some(place) = self.flight.iter().position(|other| *other == message) {
            self.flight.remove(place);
        }
    }

    /// Each record must be as it was listed, or nothing is deleted.
    fn delete_old(&mut self) {
        let Some(old) = self.sweep.take() else { return };
        if old.iter().all(|record| self.zone.epochs.contains(record)) {
            self.zone.epochs.retain(|record| !old.contains(record));
        }
    }
}
