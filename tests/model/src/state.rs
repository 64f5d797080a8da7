//! A state of the world: the zone, what is under way to it, and what each taker's table says.

use std::fmt;

/// A number that only grows; 0 stands for "no change yet".
pub type Epoch = u8;

/// Time in steps so long that a name server's lag, a decision's validity and a batch's way to Route 53
/// together end in the next step at last.
pub type Tick = u8;

/// Everything at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Now.
    pub tick: Tick,
    /// The hosted zone, as Route 53's API has it.
    pub zone: Zone,
    /// Every change that was ever applied, in order. Only the properties read all of it; name
    /// servers tell the newest, and may lack some.
    pub story: Vec<Record>,
    /// How many changes were applied in this tick.
    pub fresh: u8,
    /// How many in the one before.
    pub recent: u8,
    /// Batches under way, sorted: they arrive in any order.
    pub flight: Vec<Message>,
    /// A deletion of old epoch records under way.
    pub sweep: Option<Vec<Record>>,
    /// The controllers of the regions that may take over.
    pub takers: Vec<Taker>,
    /// What may still happen.
    pub left: Left,
}

/// The record sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Zone {
    /// `e<epoch>._understudy`, in the order of creation.
    pub epochs: Vec<Record>,
    /// `now._understudy`.
    pub now: Option<Record>,
    /// Whom the served name answers.
    pub served: Option<Seat>,
}

/// An epoch's record. Its time is that of its run's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    /// The epoch.
    pub epoch: Epoch,
    /// Who claimed it.
    pub run: RunId,
}

/// A region that serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Seat {
    /// The preferred one, whose controller takes no part.
    Preferred,
    /// That of a taker.
    Taker(u8),
}

/// A run: its taker, and its place in the taker's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId {
    /// Whose.
    pub taker: u8,
    /// Which.
    pub number: u8,
}

/// A batch on its way to Route 53. Whom it seats, and when it is lost, stands in its run's claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message {
    /// Whose batch.
    pub run: RunId,
    /// The epoch whose record it CREATEs.
    pub epoch: Epoch,
    /// Whether the wake that sent it still waits for the answer.
    pub awaited: bool,
}

/// One controller, by what its table says. Of its wakes nothing needs to be known but for which
/// answers they wait: all else they read again.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Taker {
    /// Every run that it began.
    pub runs: Vec<Run>,
}

/// One execution of a decision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    /// What is done.
    pub claim: Claim,
    /// Where it stands.
    pub standing: Standing,
}

/// A decision that acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    /// When its wake looked.
    pub at: Tick,
    /// The last tick in which its batch may be sent, and arrive.
    pub until: Tick,
    /// The newest epoch that it read.
    pub read: Epoch,
    /// The epoch that it claims.
    pub epoch: Epoch,
    /// Which way.
    pub wish: Wish,
}

/// Which way a move goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wish {
    /// A taker pulls the users to itself.
    Evacuate,
    /// The holder hands them back to the preferred region.
    Restore,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Its batch was sent so often, and may be sent again.
    Open(u8),
    /// Its validity ended, or a person gave it up, before anybody saw it applied.
    Lapsed,
    /// Route 53 refused it for good.
    Failed,
    /// Another run holds the epoch.
    Superseded,
    /// Its taker knows that it was applied. What follows only looks whether users have moved.
    Won,
}

/// What may still happen, so that the states are finite in number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    /// Decisions, by whomever.
    pub decisions: u8,
    /// Batches that the network delivers twice.
    pub duplicates: u8,
    /// Refusals for another reason than the epoch.
    pub refusals: u8,
}

impl State {
    /// A run, wherever it stands.
    pub fn run(&self, id: RunId) -> &Run {
        &self.takers[usize::from(id.taker)].runs[usize::from(id.number)]
    }

    /// All runs, with their ids.
    pub fn runs(&self) -> impl Iterator<Item = (RunId, &Run)> {
        (0..).zip(&self.takers).flat_map(|(taker, of)| {
            (0..).zip(&of.runs).map(move |(number, run)| (RunId { taker, number }, run))
        })
    }

    /// Whom a run seats.
    pub fn seats(&self, id: RunId) -> Seat {
        match self.run(id).claim.wish {
            Wish::Evacuate => Seat::Taker(id.taker),
            Wish::Restore => Seat::Preferred,
        }
    }

    /// Who serves since a change; before all changes, the preferred region.
    pub fn seat_since(&self, change: Option<Record>) -> Seat {
        change.map_or(Seat::Preferred, |record| self.seats(record.run))
    }

    /// The newest change, by name servers that lack the last `missing`.
    pub fn newest(&self, missing: u8) -> Option<Record> {
        let known = self.story.len() - usize::from(missing);
        self.story[..known].last().copied()
    }

    /// The record of a run's epoch, where there is one.
    pub fn holder(&self, id: RunId) -> Option<&Record> {
        self.zone.record(self.run(id).claim.epoch)
    }
}

impl Zone {
    /// The record of an epoch.
    pub fn record(&self, epoch: Epoch) -> Option<&Record> {
        self.epochs.iter().find(|record| record.epoch == epoch)
    }
}

impl Run {
    /// Whether its batch may still be sent.
    pub fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Open(_))
    }
}

impl Taker {
    /// The run in flight, of which a table holds at most one.
    pub fn open(&self) -> Option<u8> {
        (0..).zip(&self.runs).find(|(_, run)| run.is_open()).map(|(number, _)| number)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.taker, self.number)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let late = if self.awaited { "" } else { ", whose answer nobody hears" };
        write!(f, "the batch of run {} for epoch {}{late}", self.run, self.epoch)
    }
}
