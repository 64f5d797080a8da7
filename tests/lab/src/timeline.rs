//! What happened, in order of when the lab saw it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::clock;
use crate::cloud::lock;

macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What a scenario can wait for, and expect.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Mark {
            $($(#[$doc])* $name,)*
        }

        impl Mark {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word in a scenario.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

marks! {
    /// Something was broken.
    Fault = "fault",
    /// What was broken works again.
    Healed = "healed",
    /// The verdict was complete.
    Detected = "detected",
    /// The decision was made.
    Decided = "decided",
    /// Route 53 accepted the change.
    Submitted = "submitted",
    /// Every name server has the change.
    InSync = "in-sync",
    /// Every name server answers the new region.
    AnswerChanged = "answer-changed",
    /// The application was reached through the served name.
    Verified = "verified",
    /// The records say what an override had done.
    Recorded = "recorded",
    /// Traffic was handed back.
    Restored = "restored",
    /// A hold began.
    Held = "held",
    /// Somebody was told something.
    Told = "told",
    /// People were asked for their consent.
    Asked = "asked",
    /// A person's command was answered.
    Answered = "answered",
    /// A rehearsal ended, and its result was told.
    Drilled = "drilled",
    /// A user's request failed, the one before did not.
    Unserved = "unserved",
    /// A user's request was answered again.
    Served = "served",
}

impl Mark {
    /// The mark of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mark| mark.as_str() == word)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it happened (the lab may have learnt of it a little later).
    pub at: Timestamp,
    /// What it is to a scenario.
    pub mark: Option<Mark>,
    /// In words.
    pub text: String,
}

/// All that happened.
#[derive(Debug)]
pub struct Timeline {
    start: Timestamp,
    state: Mutex<State>,
    live: Option<mpsc::UnboundedSender<Event>>,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<Event>,
    once: BTreeSet<String>,
}

impl Timeline {
    /// An empty one that begins now; `live` gets each event at once.
    pub fn new(live: Option<mpsc::UnboundedSender<Event>>) -> Self {
        Self { start: clock::now(), state: Mutex::default(), live }
    }

    /// When it began.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// Writes down what happened.
    pub fn add(&self, at: Timestamp, mark: Option<Mark>, text: impl Into<String>) {
        let event = Event { at, mark, text: text.into() };
        if let Some(live) = &self.live {
            // Nobody has to listen.
            let _heard = live.send(event.clone());
        }
        lock(&self.state).events.push(event);
    }

    /// The same, unless something of this key was written down before.
    pub fn add_once(
        &self,
        key: impl Into<String>,
        at: Timestamp,
        mark: Option<Mark>,
        text: impl Into<String>,
    ) {
        if lock(&self.state).once.insert(key.into()) {
            self.add(at, mark, text);
        }
    }

    /// Everything so far, by time.
    pub fn events(&self) -> Vec<Event> {
        let mut events = lock(&self.state).events.clone();
        events.sort_by_key(|event| event.at);
        events
    }

    /// When a mark was first reached.
    pub fn first(&self, mark: Mark) -> Option<Timestamp> {
        self.nth(mark, 1)
    }

    /// When a mark was reached for the `nth` time, counted from 1.
    pub fn nth(&self, mark: Mark, nth: usize) -> Option<Timestamp> {
        let state = lock(&self.state);
        let times = state.events.iter().filter(|event| event.mark == Some(mark)).map(|event| event.at);
        let mut times: Vec<Timestamp> = times.collect();
        times.sort();
        times.get(nth.checked_sub(1)?).copied()
    }

    /// From when times count: the first fault, or the beginning where nothing was broken.
    pub fn zero(&self) -> Timestamp {
        self.first(Mark::Fault).unwrap_or(self.start)
    }
}
