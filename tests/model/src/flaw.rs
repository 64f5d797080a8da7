//! Protocols that are broken in one place. The checker must find what each breaks: a model that
//! could not be broken would prove nothing.

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The epoch is looked up before the batch is sent, and the batch overwrites instead of CREATing.
    CheckedBefore,
    /// The number is read again when the batch is sent, the decision stays.
    NumberReadAtSending,
    /// Old records are swept by count alone, however young.
    SweptByCount,
    /// They are swept at an age that a batch under way can outlive.
    SweptTooYoung,
    /// A decision is sent however old it is.
    SentForEver,
    /// An unknown outcome counts as a failure, and what is wanted is decided anew.
    UnknownIsFailure,
    /// A refusal ends the run for good, though an earlier attempt may still be under way.
    RefusalIsFinal,
    /// A lapsed run is forgotten.
    LapsedIsForgotten,
    /// Two attempts at one epoch carry one run id.
    SharedRunId,
    /// The old record set goes in one request, the new one comes with the next.
    Piecemeal,
    /// A run waits for Route 53 without end.
    NeverLapses,
    /// Name servers lag behind by days. No fault of the protocol: what it takes for granted.
    NameServersOfYore,
}
