//! Holds as people see them: told when they begin, change and end, and as a reminder while they
//! stand; written to the ledger once per change, not once a minute.

use std::time::Duration;

use jiff::Timestamp;

use super::Context;
use super::outbox::queue;
use super::question::{note_clearance, note_question};
use super::watched::Watched;
use crate::decide::{Decision, EpochReading, Facts, Hold, HoldWords, MoveKind, Reason, Wish};
use crate::health::Verdict;
use crate::names::IncidentId;
use crate::plan::{Application, Policy, Timing};
use crate::ports::{World, Write};
use crate::report::{Happening, HoldStory, LedgerEntry, Severity, calm_story, hold_story, native_move_story};
use crate::state::{ApplicationRow, Incident, StandingHolds, StateError, ledger_write, stamp, update};
use crate::time::{DAY, since};

/// When people are reminded of a hold that still stands; after the last one, daily.
const REMINDERS: [Duration; 2] = [Duration::from_secs(15 * 60), Duration::from_secs(60 * 60)];

/// A hold on nothing but what is not known yet is worth a word only when it lasts.
const LASTING: Duration = Duration::from_secs(60);

/// People hear of an application's holds at most this often: one that flaps tells no more for it.
const QUIET: Duration = Duration::from_secs(5 * 60);

/// The stretch of trouble that an application is in; a new one where there is none of that kind.
pub(super) fn incident_of<W: World>(
    world: &W,
    item: &Watched<'_>,
    facts: &Facts,
    wish: &Wish,
    now: Timestamp,
) -> Incident {
    let health = facts.health.get(&wish.from);
    let detected = health.filter(|health| health.verdict == Verdict::Unhealthy).map(|_| now);
    let same = |incident: &Incident| incident.wish.kind == wish.kind && incident.wish.from == wish.from;
    let standing = item.row.row.incident.clone().filter(same);
    let mut incident = standing.unwrap_or_else(|| {
        let first_bad = health.and_then(|health| health.bad_since).unwrap_or(now);
        Incident {
            id: IncidentId::new(format!("i-{}-{:08x}", stamp(now), world.bits() >> 32)),
            wish: wish.clone(),
            impact: item.hinted.get(&wish.from).map_or(first_bad, |hint| first_bad.min(*hint)),
            detected: None,
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
        let mut writes = Vec::new();
        if row.holds.as_ref().is_some_and(|standing| standing.wish != *wish) {
            writes.extend(end(context, application, row, now));
        }
        row.incident = Some(incident.clone());
        note_clearance(row, decision, facts, now);
        // The same question again is a reminder's to tell.
        let asked = note_question(row, decision, application, now).is_some_and(|digest| {
            row.incident.as_mut().is_some_and(|incident| incident.told.insert(format!("asked {digest}")))
        });
        let happening = stand_in(row, decision, asked, &application.timing, now);
        if let (Some(happening), Some(standing)) = (happening, &mut row.holds) {
            standing.critical |= severity == Severity::Critical;
            standing.told_guards = loud(&standing.holds);
            let question = row.question.as_ref();
            let story = HoldStory { event: happening, severity, incident: &incident.id, standing, question };
            let account = hold_story(application, context.here, &story, now);
            queue(row, context.notice(application, &account));
            row.hold_told = Some(now);
        }
        if guards(before.holds.as_ref()) != guards(row.holds.as_ref()) {
            writes.push(standing_entry(application, &before, wish, decision.holds(), now));
        }
        (*row != before).then_some(((), writes))
    })
    .await
    .map(|_| ())
}

/// The standing holds after this decision, and what there is to tell.
fn stand_in(
    row: &mut ApplicationRow,
    decision: &Decision,
    asked: bool,
    timing: &Timing,
    now: Timestamp,
) -> Option<Happening> {
    let (wish, holds) = (decision.wish()?, decision.holds());
    let words = || holds.iter().map(Hold::in_words).collect::<Vec<_>>();
    let quiet = row.hold_told.is_some_and(|told| since(told, now) < QUIET);
    let standing = row.holds.get_or_insert_with(|| StandingHolds {
        wish: wish.clone(),
        holds: words(),
        since: now,
        told: None,
        told_guards: Vec::new(),
        critical: false,
        reminders: 0,
    });
    if names(&standing.holds) != holds.iter().map(|hold| hold.reason.guard()).collect::<Vec<_>>() {
        standing.holds = words();
    }
    if asked {
        standing.told.get_or_insert(now);
        return Some(Happening::Asked);
    }
    let Some(told) = standing.told else {
        let worth = is_worth_a_word(wish, holds, since(standing.since, now), timing) && !quiet;
        standing.told = worth.then_some(now);
        return worth.then_some(Happening::Held);
    };
    if standing.told_guards != loud(&standing.holds) && !quiet {
        return Some(Happening::HoldChanged);
    }
    (reminders_due(since(told, now)) > u64::from(standing.reminders)).then(|| {
        standing.reminders += 1;
        Happening::HoldReminder
    })
}

/// Whether people should hear of a hold: not while something is only not known yet, not of what
/// time alone ends, unless it lasts; and not of a failed run, which is told itself.
fn is_worth_a_word(wish: &Wish, holds: &[Hold], standing_for: Duration, timing: &Timing) -> bool {
    let waits = |hold: &Hold| hold.reason.is_counting() || hold.reason.is_passing();
    let told_already = |hold: &Hold| matches!(hold.reason, Reason::RunFailed { .. });
    let overdue = match wish.kind {
        MoveKind::Evacuate => LASTING,
        MoveKind::Restore => (timing.soak + timing.cooldown_unacknowledged) * 2,
    };
    let only_failed = holds.iter().all(told_already);
    !only_failed && (!holds.iter().any(waits) || standing_for >= overdue.max(LASTING))
}

/// How many reminders are due of something that began so long ago.
pub(super) fn reminders_due(elapsed: Duration) -> u64 {
    let early = REMINDERS.iter().filter(|reminder| elapsed >= **reminder).count();
    u64::try_from(early).unwrap_or(u64::MAX) + elapsed.as_secs() / DAY.as_secs()
}

/// Users are not served, or may not be: a suspicion that this region itself has.
fn severity(wish: &Wish, facts: &Facts) -> Severity {
    let doubted = facts.health.get(&wish.from).is_some_and(|health| !health.bad_vantages.is_empty());
    let nobody_healthy = facts.health.values().all(|health| health.verdict != Verdict::Healthy);
    match wish.kind {
        MoveKind::Evacuate if doubted || nobody_healthy => Severity::Critical,
        _ => Severity::Info,
    }
}

fn names(holds: &[HoldWords]) -> Vec<&str> {
    holds.iter().map(|hold| hold.guard.as_str()).collect()
}

/// The guards whose coming and going is a change worth telling.
fn loud(holds: &[HoldWords]) -> Vec<String> {
    const QUIET_ONES: [&str; 8] =
        ["quorum", "dwell", "holder-unknown", "epoch-unknown", "moves-unknown", "soak", "cooldown", "rank"];
    holds
        .iter()
        .map(|hold| hold.guard.clone())
        .filter(|guard| !QUIET_ONES.contains(&guard.as_str()))
        .collect()
}

fn guards(standing: Option<&StandingHolds>) -> Vec<&str> {
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
    let words: Vec<HoldWords> = holds.iter().map(Hold::in_words).collect();
    let reasons: Vec<String> = words.iter().map(|hold| format!("{}: {}", hold.guard, hold.reason)).collect();
    let text = format!("a move from {} to {} is held; {}", wish.from, wish.to, reasons.join("; "));
    ledger_write(&application.name, &LedgerEntry::new(now, kind, &names(&words).join("+"), text, &holds))
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
        if let Some(incident) = row.incident.take_if(|_| calm)
            && !incident.told.is_empty()
        {
            // People heard that a run waits or failed: they hear that it is wanted no more.
            let account = calm_story(application, context.here, &incident, now);
            queue(row, context.notice(application, &account));
        }
        row.sampling.take_if(|lease| &lease.owner == context.id);
        row.cleared = None;
        row.question = None;
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
    if standing.told.is_some()
        && let Some(incident) = row.incident.clone()
    {
        let severity = if standing.critical { Severity::Critical } else { Severity::Info };
        let story = HoldStory {
            event: Happening::HoldEnded,
            severity,
            incident: &incident.id,
            standing: &standing,
            question: None,
        };
        let account = hold_story(application, context.here, &story, now);
        queue(row, context.notice(application, &account));
    }
    let subject = names(&standing.holds).join("+");
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
    // Where several regions serve, answers differ all the time.
    let Some(answered) = facts.answered.only().filter(|_| application.policy == Policy::Failover) else {
        return Vec::new();
    };
    let noted = row.noted_epoch;
    row.noted_epoch = noted.max(facts.newest_epoch().unwrap_or_default());
    let before = row.answered.replace(answered.clone());
    let Some(before) = before.filter(|before| before != answered) else { return Vec::new() };
    let by_a_run = matches!(&facts.epoch,
        EpochReading::Known(Some(newest)) if newest.to == *answered && newest.epoch > noted);
    let account = native_move_story(application, context.here, (&before, answered), now);
    // Every controller sees it; the one whose region is answered now tells it.
    if !by_a_run && answered == context.here {
        queue(row, context.notice(application, &account));
    }
    let kind = if by_a_run { "moved-by-a-run" } else { "native-move" };
    let text = format!("the answer changed from {before} to {answered}");
    vec![ledger_write(&application.name, &LedgerEntry::new(now, kind, answered.as_str(), text, &account))]
}
