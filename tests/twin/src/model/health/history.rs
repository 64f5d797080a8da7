//! What something was, and when: name servers may see health with a delay.

use std::collections::VecDeque;

use crate::model::Time;

/// More changes than this are never asked for again.
const KEPT: usize = 512;

/// A value over time. It always has one.
#[derive(Clone, Debug)]
pub(super) struct History<T> {
    first: T,
    later: VecDeque<(Time, T)>,
}

impl<T: PartialEq> History<T> {
    /// This value since ever.
    pub fn of(first: T) -> Self {
        Self { first, later: VecDeque::new() }
    }

    /// This value from now on.
    pub fn set(&mut self, now: Time, value: T) {
        if *self.newest() == value {
            return;
        }
        self.later.push_back((now, value));
        if self.later.len() > KEPT
            && let Some((_, oldest)) = self.later.pop_front()
        {
            self.first = oldest;
        }
    }

    /// The newest value.
    pub fn newest(&self) -> &T {
        self.later.back().map_or(&self.first, |(_, value)| value)
    }

    /// The value at that time.
    pub fn at(&self, time: Time) -> &T {
        self.back_from(time).next().map_or(&self.first, |(_, value)| value)
    }

    /// The values up to that time with the start of each, newest first.
    pub fn back_from(&self, time: Time) -> impl Iterator<Item = (Time, &T)> {
        let later = self.later.iter().rev().map(|(since, value)| (*since, value));
        later.filter(move |(since, _)| *since <= time).chain(std::iter::once((Time::ZERO, &self.first)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_stays_as_it_was() {
        let mut history = History::of('a');
        history.set(Time::from_secs(5), 'b');
        history.set(Time::from_secs(7), 'b');
        history.set(Time::from_secs(9), 'c');
        assert_eq!((*history.at(Time::from_secs(4)), *history.at(Time::from_secs(5))), ('a', 'b'));
        assert_eq!(*history.newest(), 'c');
        let back: Vec<_> =
            history.back_from(Time::from_secs(8)).map(|(since, value)| (since.as_secs(), *value)).collect();
        assert_eq!(back, [(5, 'b'), (0, 'a')]);
    }
}
