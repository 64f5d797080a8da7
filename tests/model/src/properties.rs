//! What must hold in every state, and what must be possible in some.

use stateright::Property;

use crate::Epochs;
use crate::action::Action;
use crate::state::{RunId, Standing, State};

/// Of all runs that believe to have won, no two have the same epoch.
pub const ONE_WINNER: &str = "at most one winner per epoch";
/// Each change that is applied has a higher epoch than the one before.
pub const EPOCHS_GROW: &str = "applied epochs only grow";
/// Each change that is applied was decided by one who had read the one before.
pub const NOTHING_OUTDATED: &str = "nothing is applied that was decided before the newest epoch";
/// No run believes to have won that was not applied.
pub const NO_FALSE_WINNER: &str = "who believes to have won was applied";
/// In the end the run of the newest epoch is known for it.
pub const NO_SECRET_WINNER: &str = "whose change is the newest gets to know it";
/// The served name and the `now` record say what the newest change says.
pub const ANSWERED: &str = "the served name is answered, as the newest epoch says";
/// Where nothing can happen any more, every run has ended.
pub const ALL_END: &str = "nothing waits for what never comes";
/// From wherever it has come, it comes to a good end by itself.
pub const SETTLES: &str = "without further faults every run ends, and a valid one's epoch is claimed";

pub(crate) fn properties() -> Vec<Property<Epochs>> {
    vec![
        Property::always(ONE_WINNER, |_, state| one_winner(state)),
        Property::always(EPOCHS_GROW, |_, state| is_growing(state)),
        Property::always(NOTHING_OUTDATED, |_, state| nothing_outdated(state)),
        Property::always(NO_FALSE_WINNER, |_, state| no_false_winner(state)),
        Property::always(NO_SECRET_WINNER, |model, state| !is_final(model, state) || no_secret_winner(state)),
        Property::always(ANSWERED, |_, state| is_answered(state)),
        Property::always(ALL_END, |model, state| !is_final(model, state) || all_ended(state)),
        Property::always(SETTLES, settles),
        // That these can be reached shows that the bounds leave room for what the protocol is about.
        Property::sometimes("a run wins", |_, state| has(state, Standing::Won)),
        Property::sometimes("a run is superseded", |_, state| has(state, Standing::Superseded)),
        Property::sometimes("a run fails", |_, state| has(state, Standing::Failed)),
        Property::sometimes("a run lapses and is applied", |_, state| applied_late(state)),
        Property::sometimes("an epoch record is swept", |_, state| was_swept(state)),
    ]
}

fn has(state: &State, standing: Standing) -> bool {
    state.runs().any(|(_, run)| run.standing == standing)
}

fn applied_late(state: &State) -> bool {
    state.story.last().is_some_and(|newest| state.run(newest.run).standing == Standing::Lapsed)
}

fn was_swept(state: &State) -> bool {
    state.zone.epochs.len() < state.story.len()
}

fn winners(state: &State) -> impl Iterator<Item = RunId> {
    state.runs().filter(|(_, run)| run.standing == Standing::Won).map(|(id, _)| id)
}

fn one_winner(state: &State) -> bool {
    let epoch = |id: RunId| state.run(id).claim.epoch;
    winners(state).all(|one| winners(state).all(|other| one == other || epoch(one) != epoch(other)))
}

fn is_growing(state: &State) -> bool {
    state.story.windows(2).all(|two| two[0].epoch < two[1].epoch)
}

fn nothing_outdated(state: &State) -> bool {
    let before = std::iter::once(0).chain(state.story.iter().map(|record| record.epoch));
    before.zip(&state.story).all(|(newest, applied)| state.run(applied.run).claim.read == newest)
}

fn no_false_winner(state: &State) -> bool {
    winners(state).all(|id| state.story.iter().any(|applied| applied.run == id))
}

fn no_secret_winner(state: &State) -> bool {
    state.story.last().is_none_or(|newest| state.run(newest.run).standing == Standing::Won)
}

fn is_answered(state: &State) -> bool {
    let newest = state.story.last().copied();
    state.zone.now == newest && state.zone.served == Some(state.seat_since(newest))
}

fn is_final(model: &Epochs, state: &State) -> bool {
    let mut actions = Vec::new();
    model.possible(state, &mut actions);
    actions.is_empty()
}

fn all_ended(state: &State) -> bool {
    state.flight.is_empty() && state.runs().all(|(_, run)| !run.is_open())
}

/// From here on nothing goes wrong: all that is under way arrives and is answered, who can take a
/// step takes it, and time passes only where nobody can.
fn settles(model: &Epochs, state: &State) -> bool {
    let valid = state.runs().filter(|(id, _)| model.may_send(state, *id));
    let claimed = |end: &State| {
        valid
            .map(|(_, run)| run.claim.epoch)
            .all(|epoch| end.story.iter().any(|record| record.epoch == epoch))
    };
    let end = calm_end(model, state.clone());
    all_ended(&end) && no_secret_winner(&end) && claimed(&end)
}

fn calm_end(model: &Epochs, mut state: State) -> State {
    let mut actions = Vec::new();
    loop {
        actions.clear();
        model.possible(&state, &mut actions);
        let calm = actions.iter().find(|action| is_calm(&state, **action));
        let time = actions.first().filter(|action| **action == Action::Tick && !all_ended(&state));
        let Some(action) = calm.or(time) else { return state };
        state = model.after(&state, *action);
    }
}

fn is_calm(state: &State, action: Action) -> bool {
    match action {
        Action::Adopt(_) | Action::Deliver(_) | Action::Read(_) => true,
        // Who can read the record sees it.
        Action::Send(run) => state.holder(run).is_none(),
        Action::Lapse(run) => state.holder(run).is_none() && state.tick > state.run(run).claim.until,
        Action::Tick
        | Action::Decide { .. }
        | Action::Duplicate(_)
        | Action::Refuse(_)
        | Action::Abandon(_)
        | Action::ListOld
        | Action::Sweep => false,
    }
}
