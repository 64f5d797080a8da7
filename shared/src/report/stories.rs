//! The stories that are told: from runs, holds and answers to accounts.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::account::{Account, Happening, Severity};
use crate::decide::{Hold, MoveKind, Wish};
use crate::dns::EpochRecord;
use crate::names::{IncidentId, Region};
use crate::plan::{Application, Restore};
use crate::run::{Marks, Outcome, Run};
use crate::time::{clock, span};

/// How a run ended. None while it has not.
pub fn run_story(application: &Application, here: &Region, run: &Run, at: Timestamp) -> Option<Account> {
    let wish = run.claim.wish();
    let (event, severity, headline) = ending(application, wish, run.outcome()?)?;
    let mut account = blank(application, here, wish, at, event, severity, headline);
    account.id = format!("{}/{}", run.id(), event.as_str());
    account.run = Some(run.id().clone());
    account.epoch = Some(run.claim.epoch());
    account.what = what_of_run(application, run);
    account.why = run.claim.why().to_vec();
    account.done = run.journal.iter().map(|entry| format!("{} {}", clock(entry.at), entry.what)).collect();
    account.undo = undo(application, run);
    account.seconds = seconds(&run.marks);
    Some(account)
}

fn ending(
    application: &Application,
    wish: &Wish,
    outcome: &Outcome,
) -> Option<(Happening, Severity, String)> {
    let name = &application.name;
    let Wish { kind, from, to } = wish;
    Some(match (outcome, kind) {
        (Outcome::Moved, MoveKind::Evacuate) => {
            (Happening::FailedOver, Severity::Critical, format!("{name} failed over from {from} to {to}"))
        }
        (Outcome::Moved, MoveKind::Restore) => {
            (Happening::Restored, Severity::Info, format!("{name} handed back from {from} to {to}"))
        }
        (Outcome::Superseded { by }, _) => {
            (Happening::Superseded, Severity::Info, format!("{name}: run {by} was first, ours did nothing"))
        }
        (Outcome::Failed { .. }, _) => {
            (Happening::Failed, Severity::Critical, format!("{name} could NOT be moved from {from} to {to}"))
        }
        // Told as waiting, once per incident: the next run follows at once.
        (Outcome::Lapsed, _) => return None,
    })
}

fn what_of_run(application: &Application, run: &Run) -> Vec<String> {
    let wish = run.claim.wish();
    let epoch = run.claim.epoch();
    let mut what = match run.outcome() {
        Some(Outcome::Moved) => vec![format!(
            "{} now answers {}, with epoch {epoch}; every name server has the change and the application was reached through it.",
            application.served, wish.to
        )],
        Some(Outcome::Superseded { by }) => {
            vec![format!("Epoch {epoch} belongs to run {by}; nothing of ours was applied.")]
        }
        Some(Outcome::Failed { error }) => vec![format!("{error}.")],
        Some(Outcome::Lapsed) | None => Vec::new(),
    };
    if let Some(time) = run.marks.recovery_time() {
        let phases: Vec<String> =
            run.marks.phases().into_iter().map(|(name, time)| format!("{name} {}", span(time))).collect();
        what.push(format!(
            "Recovery took {} from the first bad sample ({}); the target is {}.",
            span(time),
            phases.join(", "),
            span(application.rto)
        ));
        what.push(format!(
            "Clients that keep the old answer follow within its TTL of {}; some resolvers stretch it.",
            span(application.ttl)
        ));
    }
    what
}

fn seconds(marks: &Marks) -> BTreeMap<String, f64> {
    let phases = marks.phases().into_iter().map(|(name, time)| (name.to_owned(), time.as_secs_f64()));
    let whole = marks.recovery_time().map(|time| ("recovery".to_owned(), time.as_secs_f64()));
    phases.chain(whole).collect()
}

fn undo(application: &Application, run: &Run) -> Vec<String> {
    let wish = run.claim.wish();
    if !matches!(run.outcome(), Some(Outcome::Moved)) {
        return Vec::new();
    }
    let next = EpochRecord::name_of(run.claim.epoch().next(), &application.served);
    let by_hand = format!(
        "By hand: one Route 53 batch that CREATEs TXT {next} and UPSERTs the record sets {} and {} with values and health checks swapped.",
        application.sets.primary, application.sets.secondary
    );
    let by_itself = match (wish.kind, application.restore) {
        (MoveKind::Restore, _) => return vec![by_hand],
        (MoveKind::Evacuate, Restore::Auto) => {
            format!(
                "By itself: once {} has been healthy for {}, traffic is handed back.",
                wish.from,
                span(application.timing.soak)
            )
        }
        (MoveKind::Evacuate, Restore::Ask) => {
            format!("Traffic stays in {} until a person moves it back (restore = \"ask\").", wish.to)
        }
    };
    vec![by_itself, by_hand]
}

/// A run waits for Route 53: told once per incident.
pub fn waiting_story(application: &Application, here: &Region, run: &Run, at: Timestamp) -> Account {
    let wish = run.claim.wish();
    let headline =
        format!("{} waits for Route 53 to move from {} to {}", application.name, wish.from, wish.to);
    let mut account = blank(application, here, wish, at, Happening::Waiting, Severity::Critical, headline);
    account.id = format!("{}/{}", run.incident, Happening::Waiting.as_str());
    account.run = Some(run.id().clone());
    account.epoch = Some(run.claim.epoch());
    account.what = vec![
        "The move is decided, but Route 53 has not accepted it yet. It is sent again until it does; where the decision grows too old, a new one is made.".into(),
        "You are told again when it moved, or when that is given up.".into(),
    ];
    account.why = run.claim.why().to_vec();
    account.done = run.journal.iter().map(|entry| format!("{} {}", clock(entry.at), entry.what)).collect();
    account.undo = vec!["An answer of the Route 53 API (us-east-1); see the AWS Health Dashboard.".into()];
    account
}

/// A hold begins, changes, still stands or is over.
pub fn hold_story(
    application: &Application,
    here: &Region,
    incident: &IncidentId,
    (event, severity): (Happening, Severity),
    (wish, holds): (&Wish, &[Hold]),
    at: Timestamp,
) -> Account {
    let guards: Vec<&str> = holds.iter().map(|hold| hold.reason.guard()).collect();
    let Wish { kind, from, to } = wish;
    let name = &application.name;
    let headline = match (event, kind) {
        (Happening::HoldEnded, _) => format!("{name}: the hold is over"),
        (_, MoveKind::Evacuate) => format!("{name} NOT moved away from {from}: {}", guards.join(", ")),
        (_, MoveKind::Restore) => format!("{name} not handed back to {to}: {}", guards.join(", ")),
    };
    let mut account = blank(application, here, wish, at, event, severity, headline);
    account.id = format!("{incident}/{}/{}", event.as_str(), guards.join("+"));
    account.what = match event {
        Happening::HoldEnded => vec![format!("Nothing holds {name} any more.")],
        _ => vec![format!(
            "A move from {from} to {to} is wanted, and {} guards keep it from happening.",
            holds.len()
        )],
    };
    account.why =
        holds.iter().map(|hold| format!("{}: {}", hold.reason.guard(), hold.reason.in_words())).collect();
    account.undo = holds.iter().map(|hold| format!("{}: {}", hold.reason.guard(), hold.ends)).collect();
    account
}

/// Route 53 answers another region, and no run of ours did that.
pub fn native_move_story(
    application: &Application,
    here: &Region,
    (from, to): (&Region, &Region),
    at: Timestamp,
) -> Account {
    let headline = format!("Route 53 itself now answers {to} for {}", application.name);
    let wish = Wish { kind: MoveKind::Evacuate, from: from.clone(), to: to.clone() };
    let mut account = blank(application, here, &wish, at, Happening::NativeMove, Severity::Info, headline);
    account.id = format!("{}/native/{}/{}", application.name, to, clock(at));
    account.what = vec![format!(
        "{} answered {from} before and answers {to} now. No run did that: the health of the records changed.",
        application.served
    )];
    account.undo =
        vec![format!("The answer returns by itself with the health of {from}, unless a run latches it.")];
    account
}

fn blank(
    application: &Application,
    here: &Region,
    wish: &Wish,
    at: Timestamp,
    event: Happening,
    severity: Severity,
    headline: String,
) -> Account {
    Account {
        id: String::new(),
        event,
        severity,
        application: application.name.clone(),
        served: application.served.clone(),
        at,
        told_by: here.clone(),
        from: wish.from.clone(),
        to: wish.to.clone(),
        run: None,
        epoch: None,
        headline,
        what: Vec::new(),
        why: Vec::new(),
        done: Vec::new(),
        check: check(application),
        undo: Vec::new(),
        seconds: BTreeMap::new(),
    }
}

fn check(application: &Application) -> Vec<String> {
    let server = format!("$(dig +short NS {} | head -1)", application.zone.name);
    vec![
        format!(
            "dig +norecurse TXT {} @{server}   (the newest epoch: who moved, from, to)",
            EpochRecord::now_name(&application.served)
        ),
        format!("dig +norecurse {} @{server}   (what users get)", application.served),
        format!("the application itself: {}", application.reach.target),
    ]
}
