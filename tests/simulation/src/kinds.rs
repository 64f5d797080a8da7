//! What can go wrong here, by name; and how often it did.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// A kind of fault. The first ones befall a port's call; of those only such are counted as change the
/// content of a reply, its order, or keep it until the caller has given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A port answers with an error; nothing was done.
    PortError,
    /// It was done, and the answer is lost.
    LostOutcome,
    /// The request arrives after its sender has given up.
    LateRequest,
    /// One request is carried out twice.
    Duplicate,
    /// An answer from the past.
    StaleReply,
    /// One probe of a healthy endpoint fails.
    FailedProbe,
    /// Alarms tell nothing.
    MetricBlackout,
    /// Route 53's API is down.
    Route53Down,
    /// Route 53's API throttles.
    Route53Throttled,
    /// Route 53 does what it says it could not do.
    Route53Lies,
    /// A name server is silent.
    NameServerSilent,
    /// A state table is down.
    TableDown,
    /// A state table can be read and not written.
    TableReadOnly,
    /// Two regions cannot reach each other's tables.
    PeersCut,
    /// SNS is down, or slow.
    TopicsDown,
    /// An event comes hours late.
    LateEvent,
    /// An event comes twice.
    DuplicateEvent,
    /// Events come in another order than they happened.
    ReorderedEvents,
    /// A process dies where it waits.
    Crash,
    /// A process is paused where it waits.
    ProcessPause,
    /// A process is ended by its Lambda's time.
    TimeUp,
    /// A region's clock is minutes off.
    ClockSkew,
    /// A region's clock jumps by minutes.
    ClockJump,
    /// An endpoint's health is a square wave.
    SquareWave,
    /// An endpoint, or its whole region, is lost.
    RegionLost,
    /// A second region is lost while a run is in flight or right after it.
    SecondRegionLost,
    /// A controller's probes reach nothing.
    Isolated,
    /// The buckets of a region are down, in which overrides are said.
    BucketDown,
    /// A person says something, at the worst moment where that can be had.
    Operator,
    /// A drill meets all of it.
    Drill,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 30] = [
        Self::PortError,
        Self::LostOutcome,
        Self::LateRequest,
        Self::Duplicate,
        Self::StaleReply,
        Self::FailedProbe,
        Self::MetricBlackout,
        Self::Route53Down,
        Self::Route53Throttled,
        Self::Route53Lies,
        Self::NameServerSilent,
        Self::TableDown,
        Self::TableReadOnly,
        Self::PeersCut,
        Self::TopicsDown,
        Self::LateEvent,
        Self::DuplicateEvent,
        Self::ReorderedEvents,
        Self::Crash,
        Self::ProcessPause,
        Self::TimeUp,
        Self::ClockSkew,
        Self::ClockJump,
        Self::SquareWave,
        Self::RegionLost,
        Self::SecondRegionLost,
        Self::Isolated,
        Self::BucketDown,
        Self::Operator,
        Self::Drill,
    ];

    /// Whether it befalls a port's call.
    pub fn is_of_ports(self) -> bool {
        self <= Self::TopicsDown
    }
}

/// How often each kind happened.
#[derive(Debug, Default)]
pub struct Tally(RefCell<BTreeMap<Kind, u64>>);

impl Tally {
    /// It happened once more.
    pub fn note(&self, kind: Kind) {
        *self.0.borrow_mut().entry(kind).or_default() += 1;
    }

    /// How often each kind happened.
    pub fn counts(&self) -> BTreeMap<Kind, u64> {
        self.0.borrow().clone()
    }
}
