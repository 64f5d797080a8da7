//! Killing a process at its n-th call while a run is in flight, before or after the call's effect.

use super::Caller;

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The call has no effect.
    Before,
    /// The call has its effect, and nobody learns of it.
    After,
}

impl Moment {
    /// As in a scenario.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// An order to kill. The first call that counts is the write that creates a run; then every call of the same
/// process counts, until it has answered its invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strike {
    call: u32,
    moment: Moment,
    counted: u32,
    victim: Option<Caller>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Armed,
    Struck,
    Missed,
}

impl Strike {
    /// Kills at this call, counted from 1.
    pub fn at(call: u32, moment: Moment) -> Self {
        Self { call, moment, counted: 0, victim: None, state: State::Armed }
    }

    /// Whether the process was killed.
    pub fn struck(&self) -> bool {
        self.state == State::Struck
    }

    /// A call comes; when to kill its caller, if at all.
    pub(super) fn notice(
        &mut self,
        caller: &Caller,
        service: &str,
        operation: &str,
        body: &[u8],
    ) -> Option<Moment> {
        if self.state != State::Armed {
            return None;
        }
        match &self.victim {
            None if creates_run(service, operation, body) => self.victim = Some(caller.clone()),
            Some(victim) if victim == caller => {}
            _ => return None,
        }
        self.counted += 1;
        (self.counted == self.call).then(|| {
            self.state = State::Struck;
            self.moment
        })
    }

    pub(super) fn invocation_ended(&mut self, caller: &Caller) {
        if self.state == State::Armed && self.victim.as_ref() == Some(caller) {
            self.state = State::Missed;
        }
    }
}

/// The write that creates a run puts its row together with the application's.
fn creates_run(service: &str, operation: &str, body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    service == "dynamodb" && operation == "TransactWriteItems" && text.contains(r#""S":"run#"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATES: &[u8] = br#"{"TransactItems":[{"Put":{"Item":{"pk":{"S":"run#shop"}}}}]}"#;

    fn caller(process: u32) -> Caller {
        Caller { region: "us-west-2".into(), function: "tick".into(), process }
    }

    #[test]
    fn calls_count_from_the_write_that_creates_the_run() {
        let mut strike = Strike::at(2, Moment::After);
        let mut call =
            |process, operation, body| strike.notice(&caller(process), "dynamodb", operation, body);
        assert_eq!(call(1, "PutItem", b"{}"), None);
        assert_eq!(call(1, "TransactWriteItems", CREATES), None);
        assert_eq!(call(2, "PutItem", b"{}"), None);
        assert_eq!(call(1, "PutItem", b"{}"), Some(Moment::After));
        assert_eq!(call(1, "PutItem", b"{}"), None);
        assert!(strike.struck());
    }

    #[test]
    fn a_run_that_ends_earlier_is_not_struck() {
        let mut strike = Strike::at(2, Moment::Before);
        assert_eq!(strike.notice(&caller(1), "dynamodb", "TransactWriteItems", CREATES), None);
        strike.invocation_ended(&caller(1));
        assert_eq!(strike.notice(&caller(1), "dynamodb", "PutItem", b"{}"), None);
        assert!(!strike.struck());
    }
}
