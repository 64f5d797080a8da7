//! A run: one execution of a decision, as an ordered list of steps with a journal.
//!
//! [`walk`] walks the steps and makes no choices. The run's row is written before and after each
//! effect, and every effect sets an absolute state, so that any wake can resume any run.

mod apply;
mod journal;
mod pace;
mod switch;
mod verify;
mod walk;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use journal::{Entry, Marks};
pub use pace::{Pace, Turn};
pub use walk::{cancel, walk};

use crate::away::Away;
use crate::decide::{Claim, MoveKind};
use crate::names::{ApplicationName, IncidentId, RunId};
use crate::plan::Actuator;
use crate::ports::ChangeId;

/// One execution of a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The application.
    pub application: ApplicationName,
    /// The stretch of trouble that it belongs to.
    pub incident: IncidentId,
    /// What is done.
    pub claim: Claim,
    /// The step that is next, or where it ended.
    pub state: State,
    /// When each part of it happened.
    pub marks: Marks,
    /// Route 53's id of the accepted change.
    pub change: Option<ChangeId>,
    /// How often the batch was sent.
    pub submissions: u32,
    /// How often an override was said, or taken back.
    #[serde(default)]
    pub attempts: u32,
    /// The override that it says; it may stand as long as this is here.
    #[serde(default)]
    pub away: Option<Away>,
    /// Those that it said before, by other means, and that did not bring users in their time: they may stand.
    #[serde(default)]
    pub said_before: Vec<Away>,
    /// When this walker last asked Route 53 whether every name server has the change.
    #[serde(skip)]
    pub asked_api: Option<Timestamp>,
    /// Whether people were told that users are served by its override.
    #[serde(default)]
    pub told: bool,
    /// By what traffic was moved, as far as anything was accepted.
    #[serde(default)]
    pub moved_by: Option<Actuator>,
    /// What happened, in order.
    pub journal: Vec<Entry>,
}

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// This step is next.
    At(Step),
    /// Users are served by an override; the records do not say the same yet.
    Served,
    /// It is over.
    Ended(Outcome),
}

/// A step. Those that say or move something are the run's effects, and reversible; the others look
/// whether users moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Say the override.
    SayAway,
    /// Take the override back, to give back what it took.
    Unsay,
    /// Send the batch that claims the epoch and moves the records.
    MoveRecords,
    /// Each name server answers the epoch's record.
    NameServersHaveIt,
    /// Each name server answers the served name with the new region.
    AnswerChanged,
    /// The application answers at the address that the served name has now.
    ApplicationReached,
}

impl Step {
    /// The step as a line of a journal.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::SayAway => "say the override",
            Self::Unsay => "take the override back",
            Self::MoveRecords => "claim the epoch and move the records",
            Self::NameServersHaveIt => "every name server has the change",
            Self::AnswerChanged => "the served name answers the new region",
            Self::ApplicationReached => "the application is reached through the served name",
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Users can be served by the new region.
    Moved,
    /// Another run claimed the epoch: not an error.
    Superseded {
        /// The one that won.
        by: RunId,
    },
    /// Route 53 did not accept it within the decision's validity.
    Lapsed,
    /// A person gave it up before Route 53 had accepted it.
    Cancelled {
        /// Who, as claimed.
        by: String,
    },
    /// Refused for good, or moved without the application being reached.
    Failed {
        /// Why.
        error: String,
    },
}

impl Run {
    /// A run of a decision.
    pub fn new(application: ApplicationName, incident: IncidentId, claim: Claim, marks: Marks) -> Self {
        let decided = Entry::new(claim.decided_at(), format!("decided: {}", in_words(&claim)));
        Self {
            away: away(&application, &claim),
            application,
            incident,
            state: State::At(first_step(&claim)),
            marks: Marks { decided: Some(claim.decided_at()), ..marks },
            claim,
            change: None,
            submissions: 0,
            attempts: 0,
            said_before: Vec::new(),
            asked_api: None,
            told: false,
            moved_by: None,
            journal: vec![decided],
        }
    }

    /// Its id.
    pub fn id(&self) -> &RunId {
        self.claim.run()
    }

    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            State::Ended(outcome) => Some(outcome),
            State::At(_) | State::Served => None,
        }
    }

    /// Whether users are served by its override, so that the records only follow.
    pub fn is_served(&self) -> bool {
        self.moved_by.is_some_and(Actuator::is_override)
            && self.claim.wish().kind == MoveKind::Evacuate
            && self.marks.verified.is_some()
    }

    /// Whether what it did is told by an epoch's record: all but giving back what an override took.
    pub fn claims_its_epoch(&self) -> bool {
        self.moved_by == Some(Actuator::Records) || self.marks.recorded.is_some()
    }

    /// When what it did was accepted last.
    fn accepted_at(&self) -> Option<Timestamp> {
        self.marks.recorded.or(self.marks.submitted)
    }

    /// Whether Route 53 has not accepted its change yet, as far as it knows.
    pub fn is_unsent(&self) -> bool {
        self.state == State::At(Step::MoveRecords) && !self.is_served()
    }

    /// All that it said, or may have said.
    pub fn all_said(&self) -> impl Iterator<Item = &Away> {
        self.said_before.iter().chain(&self.away)
    }

    fn note(&mut self, at: Timestamp, what: impl Into<String>) {
        self.journal.push(Entry::new(at, what.into()));
    }
}

fn first_way(claim: &Claim) -> Actuator {
    claim.ways().first().copied().unwrap_or(Actuator::Records)
}

fn first_step(claim: &Claim) -> Step {
    match (first_way(claim).is_override(), claim.wish().kind) {
        (true, MoveKind::Evacuate) => Step::SayAway,
        (true, MoveKind::Restore) => Step::Unsay,
        (false, _) => Step::MoveRecords,
    }
}

/// What its override says, where it says one.
fn away(application: &ApplicationName, claim: &Claim) -> Option<Away> {
    (first_step(claim) == Step::SayAway).then(|| Away {
        application: application.clone(),
        from: claim.wish().from.clone(),
        to: claim.wish().to.clone(),
        epoch: claim.epoch(),
        run: claim.run().clone(),
        at: claim.decided_at(),
        until: claim.valid_until(),
        by: first_way(claim),
    })
}

fn in_words(claim: &Claim) -> String {
    let wish = claim.wish();
    format!("epoch {}, {:?} from {} to {}", claim.epoch(), wish.kind, wish.from, wish.to).to_lowercase()
}
