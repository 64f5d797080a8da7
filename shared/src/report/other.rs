//! What is told of neither a run nor a hold: pauses that last, drills, a table that is down.

use jiff::Timestamp;

use super::account::{Account, Happening, Severity, subject};
use super::stories::blank;
use crate::decide::{MoveKind, Wish};
use crate::names::{Region, RunId};
use crate::plan::{Application, Plan};
use crate::ports::Message;
use crate::state::{Drift, Findings, Pause};
use crate::time::{DAY, clock, since, span};

/// A pause has stood for a day or more.
pub fn pause_story(application: &Application, here: &Region, pause: &Pause, at: Timestamp) -> Account {
    let preferred = application.preferred().name.clone();
    let wish = Wish::new(MoveKind::Evacuate, preferred.clone(), preferred);
    let stood = since(pause.at, at);
    let headline = format!("{} is paused for {}", application.name, span(stood));
    let mut account = blank(application, here, &wish, at, Happening::PausedLong, Severity::Info, headline);
    let days = stood.as_secs() / DAY.as_secs();
    account.id = format!("{}/paused/{}/{days}", application.name, clock(pause.at));
    account.what = vec![format!("{} paused it at {}: {}.", pause.author, clock(pause.at), pause.reason)];
    account.why = vec!["While it stands, nothing is moved, whatever happens.".to_owned()];
    account.undo = vec![
        format!("It ends by itself at {}.", clock(pause.until)),
        format!(
            "To end it now, invoke the operate function with {{\"command\":\"resume\",\"application\":\"{}\",\"author\":\"<you>\",\"reason\":\"<why>\"}}",
            application.name
        ),
    ];
    account
}

/// A run's row cannot be read: whether it moved anything is for people to see.
pub fn forgotten_story(
    application: &Application,
    here: &Region,
    run: &RunId,
    why: &str,
    at: Timestamp,
) -> Account {
    let preferred = application.preferred().name.clone();
    let wish = Wish::new(MoveKind::Evacuate, preferred.clone(), preferred);
    let headline = format!("{}: run {run} cannot be read, and is given up", application.name);
    let mut account = blank(application, here, &wish, at, Happening::Failed, Severity::Critical, headline);
    account.id = format!("{run}/forgotten");
    account.run = Some(run.clone());
    account.what = vec![
        format!("{why}."),
        "Whether its change was applied is not known here: the newest epoch tells.".to_owned(),
    ];
    account
}

/// A drill is over; its own module fills in what was found.
pub fn drill_story(
    application: &Application,
    here: &Region,
    (lost, to): (&Region, &Region),
    headline: String,
    at: Timestamp,
) -> Account {
    let wish = Wish::new(MoveKind::Evacuate, lost.clone(), to.clone());
    let mut account = blank(application, here, &wish, at, Happening::Drilled, Severity::Info, headline);
    account.id = format!("{}/drill/{lost}/{}", application.name, clock(at));
    account
}

/// Route 53 is not as the plan says, or is so again.
pub fn drift_story(
    application: &Application,
    here: &Region,
    (before, found): (Option<&Drift>, &Drift),
    at: Timestamp,
) -> Account {
    let preferred = application.preferred().name.clone();
    let wish = Wish::new(MoveKind::Evacuate, preferred.clone(), preferred);
    let (name, critical, minor) = (&application.name, found.critical.count, found.minor.count);
    let (event, headline) = match (critical, minor) {
        (0, 0) => (Happening::DriftOver, format!("{name}: Route 53 is as the plan says again")),
        (0, _) => (Happening::Drifted, format!("{name}: Route 53 differs from the plan")),
        _ => {
            let what = "Route 53 is not as a move needs it";
            (Happening::Drifted, format!("{name}: {what}; automatic moves are held"))
        }
    };
    // Its end is told as loudly as its beginning.
    let was_critical = before.is_some_and(|drift| drift.critical.count > 0);
    let severity = if critical > 0 || was_critical { Severity::Critical } else { Severity::Info };
    let mut account = blank(application, here, &wish, at, event, severity, headline);
    let digest = format!("{}-{}", found.critical.digest, found.minor.digest);
    account.id = format!("{name}/{}/{digest}/{}", event.as_str(), clock(at));
    account.what = told(&found.critical).chain(told(&found.minor)).collect();
    if event == Happening::Drifted {
        account.check.insert(0, "understudy plan   (the whole difference, and its digest)".to_owned());
        account.undo = vec![
            "Where the plan is right: understudy provision --digest <digest>. Where Route 53 is right: change the plan, and deploy it.".to_owned(),
        ];
    }
    if critical > 0 {
        let end = "The hold ends when the next look finds it mended.";
        let force = "An order moves in spite of it where it says \"force\":[\"drift\"].";
        account.undo.extend([end.to_owned(), force.to_owned()]);
    }
    account
}

/// The first few, and how many more there are.
fn told(findings: &Findings) -> impl Iterator<Item = String> {
    let more = findings.count.saturating_sub(findings.first.len());
    let more = (more > 0).then(|| format!("and {more} more"));
    findings.first.iter().cloned().chain(more)
}

/// A controller cannot use its state table. It belongs to no application, so that it is a message
/// of its own.
pub fn table_down_message(plan: &Plan, here: &Region, error: &str, at: Timestamp) -> Message {
    let headline = format!("Understudy in {here} cannot use its state table and does NOT act");
    let names: Vec<&str> = plan.applications.iter().map(|application| application.name.as_str()).collect();
    let text = format!(
        "{headline}\n{}\n\nWhat happened\n  - {error}\n\nWhy it matters\n  - Without its state this controller moves nothing. Until it can be read again, {} depend on the controllers of other regions and on Route 53's own failover.\n\nHow to check\n  - The DynamoDB table of the stack in {here}, the function's permissions, and the AWS Health Dashboard.\n\nTold by {here} at {}.\n",
        "=".repeat(headline.chars().count()),
        names.join(", "),
        clock(at)
    );
    let event = Happening::StateTableDown.as_str();
    let json = serde_json::json!({ "event": event, "told_by": here, "at": at, "error": error }).to_string();
    let attributes = [("severity", "critical"), ("region", here.as_str()), ("event", event)];
    Message {
        subject: subject(&headline),
        text,
        json,
        attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    }
}
