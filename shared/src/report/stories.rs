//! The stories that are told: from runs, holds and answers to accounts.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::account::{Account, Happening, Severity};
use super::undo::undo;
use crate::decide::{MoveKind, Wish};
use crate::dns::EpochRecord;
use crate::names::{Epoch, IncidentId, Region};
use crate::plan::{Actuator, Application, Policy};
use crate::run::{Marks, Outcome, Run, State, Step};
use crate::state::{Incident, Question, StandingHolds};
use crate::time::{clock, since, span};

/// How a run ended. None while it has not.
pub fn run_story(application: &Application, here: &Region, run: &Run, at: Timestamp) -> Option<Account> {
    let wish = run.claim.wish();
    let was_sent = run.marks.submitted.is_some();
    let (event, severity, headline) = match run.outcome()? {
        Outcome::Moved if run.is_served() => {
            let headline = format!("{}: the records say the same as the override", application.name);
            (Happening::Recorded, Severity::Info, headline)
        }
        outcome => ending(application, wish, outcome, was_sent)?,
    };
    Some(whole(application, here, run, at, (event, severity, headline)))
}

/// Users are served by an override; the records are to follow.
pub fn served_story(application: &Application, here: &Region, run: &Run, at: Timestamp) -> Account {
    let Wish { from, to, .. } = run.claim.wish();
    let headline = format!("{} failed over from {from} to {to}, by {}", application.name, moved_by(run));
    whole(application, here, run, at, (Happening::FailedOver, Severity::Critical, headline))
}

/// The records do not say yet what an override has done.
pub fn unrecorded_story(
    application: &Application,
    here: &Region,
    run: &Run,
    why: &str,
    at: Timestamp,
) -> Account {
    let Wish { from, to, .. } = run.claim.wish();
    let headline = format!("{}: served from {to} by {} alone", application.name, moved_by(run));
    let told = (Happening::Unrecorded, Severity::Info, headline);
    let mut account = whole(application, here, run, at, told);
    account.what = vec![
        format!("The records still lead to {from}, since they could not be written: {why}."),
        format!("Users are served from {to} as long as {} stands. Each tick tries again.", moved_by(run)),
    ];
    account
}

/// What moved users, or is to.
fn moved_by(run: &Run) -> &'static str {
    let by = run.moved_by.or_else(|| run.away.as_ref().map(|away| away.by));
    by.unwrap_or(Actuator::Override).in_words()
}

fn whole(
    application: &Application,
    here: &Region,
    run: &Run,
    at: Timestamp,
    (event, severity, headline): (Happening, Severity, String),
) -> Account {
    let mut account = blank(application, here, run.claim.wish(), at, event, severity, headline);
    account.id = format!("{}/{}", run.id(), event.as_str());
    account.run = Some(run.id().clone());
    account.epoch = Some(run.claim.epoch());
    account.what = what_of_run(application, run);
    account.why = run.claim.why().to_vec();
    account.done = run.journal.iter().map(|entry| format!("{} {}", clock(entry.at), entry.what)).collect();
    account.undo = undo(application, run);
    account.seconds = seconds(&run.marks);
    account
}

/// Users wait for an evacuation; a restore can wait for people.
fn urgency(wish: &Wish) -> Severity {
    match wish.kind {
        MoveKind::Evacuate => Severity::Critical,
        MoveKind::Restore => Severity::Info,
    }
}

fn ending(
    application: &Application,
    wish: &Wish,
    outcome: &Outcome,
    was_sent: bool,
) -> Option<(Happening, Severity, String)> {
    let name = &application.name;
    let Wish { kind, from, to, .. } = wish;
    Some(match (outcome, kind) {
        (Outcome::Moved, MoveKind::Evacuate) => {
            (Happening::FailedOver, Severity::Critical, format!("{name} failed over from {from} to {to}"))
        }
        (Outcome::Moved, MoveKind::Restore) if wish.share < 100 => (
            Happening::Stage,
            Severity::Info,
            format!("{name}: {to} serves {} % of its share again", wish.share),
        ),
        (Outcome::Moved, MoveKind::Restore) => {
            (Happening::Restored, Severity::Info, format!("{name} handed back from {from} to {to}"))
        }
        (Outcome::Superseded { by }, _) if was_sent => (
            Happening::Superseded,
            Severity::Info,
            format!("{name} moved to {to}, and was moved on by run {by}"),
        ),
        (Outcome::Superseded { by }, _) => {
            (Happening::Superseded, Severity::Info, format!("{name}: run {by} was first, ours did nothing"))
        }
        (Outcome::Failed { .. }, _) if was_sent => (
            Happening::Failed,
            urgency(wish),
            format!("{name} moved from {from} to {to}, but users are NOT reached"),
        ),
        (Outcome::Failed { .. }, _) => {
            (Happening::Failed, urgency(wish), format!("{name} could NOT be moved from {from} to {to}"))
        }
        (Outcome::Cancelled { by }, _) => {
            (Happening::Cancelled, Severity::Info, format!("{name}: the move to {to} was given up by {by}"))
        }
        // Told as waiting, once per incident: the next run follows at once.
        (Outcome::Lapsed, _) => return None,
    })
}

fn what_of_run(application: &Application, run: &Run) -> Vec<String> {
    let wish = run.claim.wish();
    let epoch = run.claim.epoch();
    let mut what = match run.outcome() {
        Some(Outcome::Moved) if run.is_served() => {
            vec![format!(
                "Epoch {epoch} is claimed, and the override is taken back: nobody is moved by that."
            )]
        }
        Some(Outcome::Moved) if !run.claims_its_epoch() => vec![format!(
            "The override is taken back, and {} is answered again; no record was changed.",
            wish.to
        )],
        Some(Outcome::Moved) => vec![moved(application, wish, epoch)],
        None if run.is_served() => vec![format!(
            "Route 53's health checks were told to leave {}; no call to Route 53 was needed. The records follow with epoch {epoch}, and then the override is taken back.",
            wish.from
        )],
        Some(Outcome::Superseded { by }) if run.marks.submitted.is_some() => {
            vec![format!("Epoch {epoch} was applied; run {by} has claimed a newer one since.")]
        }
        Some(Outcome::Superseded { by }) => {
            vec![format!("Epoch {epoch} belongs to run {by}; nothing of ours was applied.")]
        }
        Some(Outcome::Failed { error }) => vec![format!("{error}.")],
        Some(Outcome::Cancelled { .. }) => {
            vec![
                format!(
                    "Epoch {epoch} was not claimed, as far as it can be read. Should an earlier attempt be applied after all, it is verified and told."
                ),
                format!(
                    "The same move is denied for {}. Resuming a pause does not change that; an order with \"force\":[\"denied\"] does.",
                    span(application.timing.approval)
                ),
            ]
        }
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

fn moved(application: &Application, wish: &Wish, epoch: Epoch) -> String {
    let served = &application.served;
    let now = match (application.policy, wish.kind) {
        (Policy::Failover, _) => format!("{served} now answers {}", wish.to),
        (_, MoveKind::Evacuate) => {
            format!("{served} no longer answers {}; {} and the others serve", wish.from, wish.to)
        }
        (_, MoveKind::Restore) => {
            format!("{served} answers {} again, with {} % of its share", wish.to, wish.share)
        }
    };
    format!(
        "{now}, with epoch {epoch}; every name server has the change and the application was reached through it."
    )
}

fn seconds(marks: &Marks) -> BTreeMap<String, f64> {
    let phases = marks.phases().into_iter().map(|(name, time)| (name.to_owned(), time.as_secs_f64()));
    let whole = marks.recovery_time().map(|time| ("recovery".to_owned(), time.as_secs_f64()));
    phases.chain(whole).collect()
}

/// A run takes long: it waits for Route 53, or its move is not verified. Told once per incident.
pub fn delay_story(application: &Application, here: &Region, run: &Run, at: Timestamp) -> Account {
    let wish = run.claim.wish();
    let (name, from, to) = (&application.name, &wish.from, &wish.to);
    let was_sent = run.marks.submitted.is_some();
    let says = matches!(run.state, State::At(Step::SayAway | Step::Unsay));
    let headline = match was_sent {
        false if says => format!("{name} waits for {} to move from {from} to {to}", moved_by(run)),
        false => format!("{name} waits for Route 53 to move from {from} to {to}"),
        true => format!("{name} moved from {from} to {to}, but that is not verified yet"),
    };
    let mut account = blank(application, here, wish, at, Happening::Waiting, urgency(wish), headline);
    account.id = format!("{}/{}", run.incident, if was_sent { "unverified" } else { "waiting" });
    account.run = Some(run.id().clone());
    account.epoch = Some(run.claim.epoch());
    let what = match &run.state {
        State::At(step) if was_sent => format!(
            "Route 53 accepted the change {} ago, but this is not so yet: {}.",
            span(since(run.marks.submitted.unwrap_or(at), at)),
            step.in_words()
        ),
        _ if says => format!("The move is decided, but {} could not be said, or taken back, yet. It is tried again; then the next actuator is.", moved_by(run)),
        _ => "The move is decided, but Route 53 has not accepted it yet. It is sent again until it does; where the decision grows too old, a new one is made.".into(),
    };
    account.what = vec![what, "You are told again when it is verified, or when it is given up.".into()];
    account.why = run.claim.why().to_vec();
    account.done = run.journal.iter().map(|entry| format!("{} {}", clock(entry.at), entry.what)).collect();
    account.undo = match was_sent {
        false if says => vec!["An answer of what says it, in this region; see the journal below.".into()],
        false => vec!["An answer of the Route 53 API (us-east-1); see the AWS Health Dashboard.".into()],
        true => vec![format!("{to} answering its users; see the checks above.")],
    };
    account
}

/// A move was wanted and is wanted no more, without a run that made it.
pub fn calm_story(application: &Application, here: &Region, incident: &Incident, at: Timestamp) -> Account {
    let wish = &incident.wish;
    let headline = format!("{}: a move away from {} is wanted no more", application.name, wish.from);
    let mut account = blank(application, here, wish, at, Happening::HoldEnded, urgency(wish), headline);
    account.id = format!("{}/over", incident.id);
    account.what = vec![format!("{} looks well again, and no run moved users meanwhile.", wish.from)];
    account
}

/// What is to be told of a hold.
#[derive(Clone, Copy, Debug)]
pub struct HoldStory<'a> {
    /// It begins, changes, still stands or is over.
    pub event: Happening,
    /// How loudly it is told.
    pub severity: Severity,
    /// The stretch of trouble that it belongs to.
    pub incident: &'a IncidentId,
    /// The hold itself.
    pub standing: &'a StandingHolds,
    /// What people are asked, where only their consent is missing.
    pub question: Option<&'a Question>,
}

/// A hold begins, changes, still stands or is over.
pub fn hold_story(application: &Application, here: &Region, story: &HoldStory<'_>, at: Timestamp) -> Account {
    let HoldStory { event, severity, incident, standing, question } = *story;
    let guards: Vec<&str> = standing.holds.iter().map(|hold| hold.guard.as_str()).collect();
    let wish = &standing.wish;
    let Wish { kind, from, to, .. } = wish;
    let name = &application.name;
    let headline = match (event, kind) {
        (Happening::HoldEnded, _) => format!("{name}: the hold is over"),
        (Happening::Asked, _) => format!("{name}: may it be moved from {from} to {to}?"),
        (_, MoveKind::Evacuate) => format!("{name} NOT moved away from {from}: {}", guards.join(", ")),
        (_, MoveKind::Restore) => format!("{name} not handed back to {to}: {}", guards.join(", ")),
    };
    let mut account = blank(application, here, wish, at, event, severity, headline);
    let since = standing.since.as_second();
    account.id = format!("{incident}/{}/{}/{since}-{}", event.as_str(), guards.join("+"), standing.reminders);
    account.what = match event {
        Happening::HoldEnded => vec![format!("Nothing holds {name} any more.")],
        _ => vec![format!(
            "A move from {from} to {to} is wanted since {}, and this keeps it from happening.",
            clock(standing.since)
        )],
    };
    account.why = standing.holds.iter().map(|hold| format!("{}: {}", hold.guard, hold.reason)).collect();
    account.undo = standing.holds.iter().map(|hold| format!("{}: {}", hold.guard, hold.ends)).collect();
    if let Some(question) = question {
        ask(&mut account, application, question);
    }
    account
}

/// What exactly would be done, and how to say yes or no.
fn ask(account: &mut Account, application: &Application, question: &Question) {
    let digest = &question.digest;
    account.id = format!("{}/{digest}", account.id);
    account.digest = Some(digest.clone());
    account.what.extend(question.effect.in_words());
    let command = |verb: &str| {
        format!(
            "{{\"command\":\"{verb}\",\"application\":\"{}\",\"digest\":\"{digest}\",\"author\":\"<you>\",\"reason\":\"<why>\"}}",
            application.name
        )
    };
    account.undo.push(format!("To approve, invoke the operate function with {}", command("approve")));
    account.undo.push(format!("To deny: {}", command("deny")));
    account.undo.push(format!(
        "The question lapses at {}; while the move is still wanted it is then asked anew. An approval is for exactly this effect: where fresh observations lead to another one, it is void and you are asked again.",
        clock(question.until)
    ));
}

/// Route 53 answers another region, and no run of ours did that.
pub fn native_move_story(
    application: &Application,
    here: &Region,
    (from, to): (&Region, &Region),
    at: Timestamp,
) -> Account {
    let headline = format!("Route 53 itself now answers {to} for {}", application.name);
    let wish = Wish::new(MoveKind::Evacuate, from.clone(), to.clone());
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

pub(super) fn blank(
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
        digest: None,
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
