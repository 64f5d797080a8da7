//! Holds as people see them: told when they begin, change and end, and as a reminder while they
//! stand; written to the ledger once per change, not once a minute.

use std::time::Duration;

use jiff::Timestamp;

use super::Context;
use super::consider::only;
use super::watched::Watched;
use crate::decide::{Decision, EpochReading, Facts, Hold, MoveKind, Reason, Wish};
use crate::health::Verdict;
use crate::names::IncidentId;
use crate::plan::Application;
use crate::ports::{World, Write};
use crate::report::{Happening, LedgerEntry, Severity, hold_story, native_move_story};
use crate::state::{ApplicationRow, Incident, StandingHolds, StateError, ledger_write, stamp, update};
use crate::time::{DAY, since};

/// When people are reminded of a hold that still stands; after the last one, daily.
const REMINDERS: [Duration; 2] = [Duration::from_secs(15 * 60), Duration::from_secs(60 * 60)];

/// A hold on nothing but counts that are not yet full is worth a word only when it lasts.
const LASTING: Duration = Duration::from_secs(60);

/// The stretch of trouble that an application is in; a new one where there is none.
pub(super) fn incident_of<W: World>(
    world: &W,
    item: &Watched<'_>,
    facts: &Facts,
    wish: &Wish,
    now: Timestamp,
) -> Incident {
    let health = facts.health.get(&wish.from);
    let detected = health.filter(|health| health.verdict == Verdict::Unhealthy).map(|_| now);
    let mut incident = item.row.row.incident.clone().unwrap_or_else(|| {
        let first_bad = health.and_then(|health| health.bad_since).unwrap_or(now);
        Incident {
            id: IncidentId::new(format!("i-{}-{:08x}", stamp(now), world.bits() >> 32)),
            impact: item.hinted.map_or(first_bad, |hint| hint.min(first_bad)),
            detected: None,
            lapsed: Vec::new(),
            told: Default::default(),
        }
    });
    incident.detected = incident.detected.or(detected);
    incident
}

/// A decision holds: what changed is written down, and told where it is worth a word.
pub(super) async fn stand<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    decision: &Decision,
    facts: &Facts,
) -> Result<(), StateError> {
    let Some(wish) = decision.wish() else { return Ok(()) };
    let application = item.application;
    let now = world.now();
    let incident = incident_of(world, item, facts, wish, now);
    let severity = severity(wish, facts);
    update(world, &application.name, &mut item.row, |row| {
        let before = row.clone();
        let happening = stand_in(row, wish, decision.holds(), now);
        row.incident.get_or_insert_with(|| incident.clone()).detected = incident.detected;
        let account = happening.map(|happening| {
            hold_story(
                application,
                context.here,
                &incident.id,
                (happening, severity),
                (wish, decision.holds()),
                now,
            )
        });
        if let Some(account) = &account {
            row.outbox.push(context.notice(application, account));
        }
        let changed = guards(before.holds.as_ref()) != guards(row.holds.as_ref());
        let entry = changed.then(|| standing_entry(application, &before, wish, decision.holds(), now));
        (*row != before).then(|| ((), entry.into_iter().collect()))
    })
    .await
    .map(|_| ())
}

/// The standing holds after this decision, and what there is to tell.
fn stand_in(row: &mut ApplicationRow, wish: &Wish, holds: &[Hold], now: Timestamp) -> Option<Happening> {
    let fresh =
        || StandingHolds { wish: wish.clone(), holds: holds.to_vec(), since: now, told: None, reminders: 0 };
    let standing = row.holds.get_or_insert_with(fresh);
    if standing.wish != *wish {
        *standing = fresh();
    }
    let same = guards(Some(standing)) == names(holds);
    if !same {
        standing.holds = holds.to_vec();
    }
    let Some(told) = standing.told else {
        let worth = is_worth_a_word(wish, holds, since(standing.since, now));
        standing.told = worth.then_some(now);
        return worth.then_some(Happening::Held);
    };
    if !same {
        return Some(Happening::HoldChanged);
    }
    let sent = usize::try_from(standing.reminders).unwrap_or(usize::MAX);
    let days = u32::try_from(sent.saturating_sub(REMINDERS.len() - 1)).unwrap_or(u32::MAX);
    let due = REMINDERS.get(sent).copied().unwrap_or_else(|| DAY.saturating_mul(days));
    (since(told, now) >= due).then(|| {
        standing.reminders += 1;
        Happening::HoldReminder
    })
}

/// Whether people should hear of a hold: not while only counts fill, and not of what time alone ends.
fn is_worth_a_word(wish: &Wish, holds: &[Hold], standing_for: Duration) -> bool {
    let counting =
        |hold: &Hold| matches!(hold.reason, Reason::DwellNotMet { .. } | Reason::QuorumMissing { .. });
    let passing = |hold: &Hold| {
        matches!(
            hold.reason,
            Reason::SoakNotMet { .. } | Reason::Cooldown { .. } | Reason::MovesUnknown { .. }
        )
    };
    match wish.kind {
        MoveKind::Evacuate => !holds.iter().any(counting) || standing_for >= LASTING,
        MoveKind::Restore => !holds.iter().any(passing),
    }
}

fn severity(wish: &Wish, facts: &Facts) -> Severity {
    let verdict = facts.health.get(&wish.from).map(|health| health.verdict);
    match (wish.kind, verdict) {
        (MoveKind::Evacuate, Some(Verdict::Unhealthy)) => Severity::Critical,
        (MoveKind::Evacuate, _) if nobody_is_healthy(facts) => Severity::Critical,
        _ => Severity::Info,
    }
}

fn nobody_is_healthy(facts: &Facts) -> bool {
    facts.health.values().all(|health| health.verdict != Verdict::Healthy)
}

fn names(holds: &[Hold]) -> Vec<&'static str> {
    holds.iter().map(|hold| hold.reason.guard()).collect()
}

fn guards(standing: Option<&StandingHolds>) -> Vec<&'static str> {
    standing.map(|standing| names(&standing.holds)).unwrap_or_default()
}

fn standing_entry(
    application: &Application,
    before: &ApplicationRow,
    wish: &Wish,
    holds: &[Hold],
    now: Timestamp,
) -> Write {
    let kind = if before.holds.is_some() { "hold-changed" } else { "hold-began" };
    let reasons: Vec<String> =
        holds.iter().map(|hold| format!("{}: {}", hold.reason.guard(), hold.reason.in_words())).collect();
    let text = format!("a move from {} to {} is held; {}", wish.from, wish.to, reasons.join("; "));
    ledger_write(&application.name, &LedgerEntry::new(now, kind, &names(holds).join("+"), text, &holds))
}

/// Nothing is wanted: what held is over, and so is the incident.
pub(super) async fn over<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    facts: &Facts,
) -> Result<(), StateError> {
    let application = item.application;
    let now = world.now();
    let calm = facts.health.values().all(|health| !health.suspect);
    update(world, &application.name, &mut item.row, |row| {
        let before = row.clone();
        let writes = end(context, application, row, now);
        row.incident.take_if(|_| calm);
        row.sampling.take_if(|lease| &lease.owner == context.id);
        (*row != before).then_some(((), writes))
    })
    .await
    .map(|_| ())
}

/// Ends what holds: the entries for the ledger; people who were told are told.
pub(super) fn end(
    context: &Context<'_>,
    application: &Application,
    row: &mut ApplicationRow,
    now: Timestamp,
) -> Vec<Write> {
    let Some(standing) = row.holds.take() else { return Vec::new() };
    let subject = names(&standing.holds).join("+");
    if standing.told.is_some()
        && let Some(incident) = &row.incident
    {
        let told = (Happening::HoldEnded, Severity::Info);
        let account =
            hold_story(application, context.here, &incident.id, told, (&standing.wish, &standing.holds), now);
        row.outbox.push(context.notice(application, &account));
    }
    let text = format!("the hold ({subject}) is over");
    vec![ledger_write(&application.name, &LedgerEntry::new(now, "hold-ended", &subject, text, &standing))]
}

/// Notices whom the served name answers.
pub(super) async fn answer<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    facts: &Facts,
) -> Result<(), StateError> {
    let now = world.now();
    update(world, &item.application.name, &mut item.row, |row| {
        let before = row.answered.clone();
        let writes = note_answer(context, item.application, row, facts, now);
        (row.answered != before).then_some(((), writes))
    })
    .await
    .map(|_| ())
}

/// Notes whom the served name answers: a change that no run made is Route 53's own, and told.
pub(super) fn note_answer(
    context: &Context<'_>,
    application: &Application,
    row: &mut ApplicationRow,
    facts: &Facts,
    now: Timestamp,
) -> Vec<Write> {
    let Some(answered) = only(&facts.answered) else { return Vec::new() };
    let before = row.answered.replace(answered.clone());
    let Some(before) = before.filter(|before| before != answered) else { return Vec::new() };
    let by_a_run = matches!(&facts.epoch, EpochReading::Known(Some(newest)) if newest.to == *answered);
    let account = native_move_story(application, context.here, (&before, answered), now);
    // Every controller sees it; the one whose region is answered now tells it.
    if !by_a_run && answered == context.here {
        row.outbox.push(context.notice(application, &account));
    }
    let kind = if by_a_run { "moved-by-a-run" } else { "native-move" };
    let text = format!("the answer changed from {before} to {answered}");
    vec![ledger_write(&application.name, &LedgerEntry::new(now, kind, answered.as_str(), text, &account))]
}
