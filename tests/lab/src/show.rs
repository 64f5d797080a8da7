//! What people see while a lab runs: a line for each event, and on a terminal one that tells that it goes on.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::clock;
use crate::timeline::{Event, Mark};

/// Between two movements of the progress line.
const BLINK: Duration = Duration::from_millis(500);

/// How a line is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// Something went wrong.
    Bad,
    /// Something went well.
    Good,
    /// A heading.
    Strong,
}

/// Prints a line. Whoever closes the other end of a pipe has seen enough: the lab goes on to its end.
pub fn say(line: impl std::fmt::Display) {
    let _heard = writeln!(stdout(), "{line}");
}

/// Paints a line, where somebody looks at it and does not object (see <https://no-color.org>).
pub fn painted(tone: Tone, text: &str) -> String {
    let code = match tone {
        Tone::Bad => "31",
        Tone::Good => "32",
        Tone::Strong => "1",
        Tone::Plain => return text.to_owned(),
    };
    if has_colour() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

#[allow(clippy::disallowed_methods, reason = "the lab's own command line, not the product's")]
fn has_colour() -> bool {
    let objected = std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty());
    stdout().is_terminal() && !objected
}

/// The time of an event as people read it, once there was a fault.
fn stamp(zero: Option<Timestamp>, at: Timestamp) -> String {
    match zero {
        Some(zero) => format!("{:+7.1} s", clock::seconds(zero, at)),
        None => "   before".to_owned(),
    }
}

fn tone(mark: Option<Mark>) -> Tone {
    match mark {
        Some(Mark::Fault | Mark::Unserved) => Tone::Bad,
        Some(Mark::Healed | Mark::Served | Mark::Verified | Mark::Restored) => Tone::Good,
        _ => Tone::Plain,
    }
}

/// A sender of events whose lines are printed until all its copies are dropped.
pub fn live() -> (mpsc::UnboundedSender<Event>, JoinHandle<()>) {
    let (sender, events) = mpsc::unbounded_channel();
    (sender, tokio::spawn(print(events)))
}

async fn print(mut events: mpsc::UnboundedReceiver<Event>) {
    let terminal = stderr().is_terminal();
    let (mut zero, mut line) = (None, Progress { shown: false });
    loop {
        tokio::select! {
            event = events.recv() => {
                let Some(event) = event else { break };
                if event.mark == Some(Mark::Fault) {
                    zero.get_or_insert(event.at);
                }
                line.clear();
                say(painted(tone(event.mark), &format!("{}  {}", stamp(zero, event.at), event.text)));
            }
            () = tokio::time::sleep(BLINK), if terminal => line.show(&stamp(zero, clock::now())),
        }
    }
    line.clear();
}

/// The line that tells that it goes on. Only on a terminal: elsewhere it would be noise.
struct Progress {
    shown: bool,
}

impl Progress {
    fn show(&mut self, text: &str) {
        let mut out = stderr();
        // Nothing depends on it.
        let _shown = write!(out, "\r{text}  ...\x1b[K").and_then(|()| out.flush());
        self.shown = true;
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let mut out = stderr();
            let _cleared = write!(out, "\r\x1b[K").and_then(|()| out.flush());
        }
    }
}
