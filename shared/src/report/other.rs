//! What is told of neither a run nor a hold: pauses that last, drills, a table that is down.

use jiff::Timestamp;

use super::account::{Account, Happening, Severity, subject};
use super::stories::blank;
use crate::decide::{MoveKind, Wish};
use crate::names::{Region, RunId};
use crate::plan::{Application, Plan};
use crate::ports::Message;
use crate::state::Pause;
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
