//! Faults planted in the product, to test its testers: one at a time, chosen at run time.
//!
//! A build with the feature `planted` carries them; a build without debug assertions refuses the
//! feature, so that nothing that is deployed can have them. Without the feature [`is`] is `false` for
//! the compiler, and the branches vanish.

#[cfg(all(feature = "planted", not(debug_assertions)))]
compile_error!("the feature `planted` puts faults into the product: it is for tests, never for a release");

/// A fault that can be planted. Each is a mistake that somebody could make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Planted {
    /// The batch creates a name that no other batch creates.
    EpochNotClaimed,
    /// The number is read when the batch is sent, not before the observations.
    EpochReadAtApply,
    /// Whether the epoch is free is asked before the batch, not in it.
    EpochCheckedBefore,
    /// Epoch records are swept without regard to their age.
    SweptTooYoung,
    /// A batch is sent (again) after its decision's validity.
    SentAfterDeadline,
    /// A value moves to another set, and its health check stays.
    CheckLeftBehind,
    /// The former holder is seated as SECONDARY, whoever else is fit.
    DeadSeatedAsSecondary,
    /// The preferred region pulls traffic back once it is healthy.
    RestoredRegionPullsBack,
    /// No dwell is waited for.
    DwellSkipped,
    /// A sample never grows old.
    StaleTakenAsFresh,
    /// A sample that says nothing counts as a good one.
    UnknownTakenAsHealthy,
    /// A suspect region's controller testifies, on itself too.
    SuspectTestifies,
    /// Each attempt claims an epoch of its own.
    RetryNotIdempotent,
    /// A rescuer that is out itself is not given its weight back.
    WeightsSumToZero,
    /// The cool-down counts from the oldest move that is known.
    CooldownFromTheOldest,
    /// An alarm event is evidence, however old it is.
    EventTrusted,
    /// A run that is resumed goes on after its first step.
    ResumedAtTheWrongStep,
    /// The notice of a run's end is written after the end, not with it.
    NoticeLostOnCrash,
    /// A notice that a topic does not take is given up.
    NoticeGivenUp,
    /// Any number of moves a day.
    FlapLimitIgnored,
    /// A run that waits does not listen to people any more.
    PauseIgnoredWhileWaiting,
    /// An unknown outcome is a failure; the epoch's record is not read.
    OutcomeTakenAsFailure,
    /// A change that appears after its run has lapsed is nobody's.
    LapsedNotAdopted,
    /// An epoch that exists is taken for our own.
    ExistsTakenAsOurs,
    /// One kind of vantage is enough.
    QuorumOfOne,
    /// Route 53's checkers alone are enough.
    CheckersSuffice,
    /// A region is given back as soon as it is healthy.
    SoakSkipped,
    /// What the plan reserves for people is done without them.
    ConsentNotAsked,
    /// A drill does not yield to real trouble.
    DrillGoesOn,
    /// A run begins without an entry in the ledger.
    DecisionNotWritten,
    /// An event that comes twice is new twice.
    EventNotedTwice,
    /// An override is taken back as soon as users are served, before the records say the same.
    OverrideNotLatched,
    /// An override stands after its run has ended.
    OverrideLeftStanding,
    /// What an override has done is never written into the records.
    OverrideNotRecorded,
    /// A metric that says an override is written once.
    MetricNotSaidAgain,
}

impl Planted {
    /// All of them.
    pub const ALL: [Self; 35] = [
        Self::EpochNotClaimed,
        Self::EpochReadAtApply,
        Self::EpochCheckedBefore,
        Self::SweptTooYoung,
        Self::SentAfterDeadline,
        Self::CheckLeftBehind,
        Self::DeadSeatedAsSecondary,
        Self::RestoredRegionPullsBack,
        Self::DwellSkipped,
        Self::StaleTakenAsFresh,
        Self::UnknownTakenAsHealthy,
        Self::SuspectTestifies,
        Self::RetryNotIdempotent,
        Self::WeightsSumToZero,
        Self::CooldownFromTheOldest,
        Self::EventTrusted,
        Self::ResumedAtTheWrongStep,
        Self::NoticeLostOnCrash,
        Self::NoticeGivenUp,
        Self::FlapLimitIgnored,
        Self::PauseIgnoredWhileWaiting,
        Self::OutcomeTakenAsFailure,
        Self::LapsedNotAdopted,
        Self::ExistsTakenAsOurs,
        Self::QuorumOfOne,
        Self::CheckersSuffice,
        Self::SoakSkipped,
        Self::ConsentNotAsked,
        Self::DrillGoesOn,
        Self::DecisionNotWritten,
        Self::EventNotedTwice,
        Self::OverrideNotLatched,
        Self::OverrideLeftStanding,
        Self::OverrideNotRecorded,
        Self::MetricNotSaidAgain,
    ];
}

#[cfg(feature = "planted")]
mod sown {
    use std::cell::Cell;

    use super::Planted;

    thread_local! {
        static SOWN: Cell<Option<Planted>> = const { Cell::new(None) };
    }

    /// Plants a fault in whatever this thread runs from now on; none takes it out.
    pub fn sow(fault: Option<Planted>) {
        SOWN.set(fault);
    }

    /// Whether this fault is planted.
    pub fn is(fault: Planted) -> bool {
        SOWN.get() == Some(fault)
    }
}

#[cfg(feature = "planted")]
pub use sown::{is, sow};

/// Nothing can be planted here.
#[cfg(not(feature = "planted"))]
pub fn sow(_fault: Option<Planted>) {}

/// Nothing is planted here.
#[cfg(not(feature = "planted"))]
pub const fn is(_fault: Planted) -> bool {
    false
}
