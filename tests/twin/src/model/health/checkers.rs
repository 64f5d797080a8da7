//! The checkers of one endpoint check: each asks by itself and has its own opinion (Route 53 developer guide,
//! "How Route 53 determines the status of health checks that monitor an endpoint").

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::Health;
use super::matrix::CHECKER_REGIONS;
use super::probe::{Observation, ProbeOutcome};
use crate::model::Time;

/// "If more than 18 % of health checkers report that an endpoint is healthy, Route 53 considers it healthy."
const HEALTHY_ABOVE_PERCENT: usize = 18;

#[derive(Clone, Debug)]
struct Checker {
    due: Time,
    in_flight: bool,
    opinion: Health,
    /// Consecutive results against the opinion.
    contrary: u8,
    last: Option<(Time, ProbeOutcome)>,
    last_failure: Option<(Time, ProbeOutcome)>,
}

#[derive(Clone, Debug)]
pub(super) struct Checkers(Vec<Checker>);

impl Checkers {
    /// So many checkers, whose phases are spread over the interval.
    pub fn new(count: usize, interval: Duration, now: Time) -> Self {
        let parts = u32::try_from(count).unwrap_or(u32::MAX).max(1);
        let checker = |place| Checker {
            due: now + interval / parts * place,
            in_flight: false,
            opinion: Health::Healthy,
            contrary: 0,
            last: None,
            last_failure: None,
        };
        Self((0..parts).map(checker).collect())
    }

    /// The checkers that want to ask now; they count as asking from here on.
    pub fn start_due(&mut self, now: Time) -> Vec<usize> {
        let due = |checker: &Checker| !checker.in_flight && checker.due <= now;
        let places: Vec<usize> =
            self.0.iter().enumerate().filter(|(_, it)| due(it)).map(|(place, _)| place).collect();
        for &place in &places {
            self.0[place].in_flight = true;
        }
        places
    }

    /// When the next checker wants to ask.
    pub fn next_due(&self) -> Option<Time> {
        self.0.iter().filter(|checker| !checker.in_flight).map(|checker| checker.due).min()
    }

    /// One checker has its answer. The next request comes one interval after it (API reference,
    /// `RequestInterval`: from the response to the next request).
    pub fn finish(
        &mut self,
        place: usize,
        outcome: ProbeOutcome,
        threshold: u8,
        interval: Duration,
        now: Time,
    ) {
        let Some(checker) = self.0.get_mut(place) else { return };
        checker.in_flight = false;
        checker.due = now + interval;
        let seen = Health::healthy_if(matches!(outcome, ProbeOutcome::Success(_)));
        checker.contrary = if seen == checker.opinion { 0 } else { checker.contrary.saturating_add(1) };
        if checker.contrary >= threshold {
            checker.opinion = seen;
            checker.contrary = 0;
        }
        if !seen.is_healthy() {
            checker.last_failure = Some((now, outcome.clone()));
        }
        checker.last = Some((now, outcome));
    }

    /// What they think together.
    pub fn verdict(&self) -> Health {
        let healthy = self.0.iter().filter(|checker| checker.opinion.is_healthy()).count();
        Health::healthy_if(healthy * 100 > HEALTHY_ABOVE_PERCENT * self.0.len())
    }

    /// What each last saw, or last saw fail.
    pub fn observations(&self, regions: &[String], failures: bool) -> Vec<Observation> {
        let region = |place: usize| match regions {
            [] => CHECKER_REGIONS[place % CHECKER_REGIONS.len()].to_owned(),
            some => some[place % some.len()].clone(),
        };
        let seen =
            |checker: &Checker| if failures { checker.last_failure.clone() } else { checker.last.clone() };
        self.0
            .iter()
            .enumerate()
            .filter_map(|(place, checker)| seen(checker).map(|seen| (place, seen)))
            .map(|(place, (checked_at, outcome))| Observation {
                region: region(place),
                // A documentation range (RFC 5737): nobody should take it for a real checker.
                ip: IpAddr::V4(Ipv4Addr::new(198, 51, 100, (place % 254) as u8 + 1)),
                status: outcome.report(),
                checked_at,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(30);

    fn round(checkers: &mut Checkers, healthy: impl Fn(usize) -> bool, now: Time) {
        for place in checkers.start_due(now) {
            let outcome = if healthy(place) { ProbeOutcome::success() } else { ProbeOutcome::refused() };
            checkers.finish(place, outcome, 3, INTERVAL, now);
        }
    }

    #[test]
    fn checkers_start_one_after_the_other_and_wait_an_interval_after_an_answer() {
        let mut checkers = Checkers::new(3, INTERVAL, Time::ZERO);
        assert_eq!(checkers.start_due(Time::ZERO), [0]);
        assert_eq!(checkers.start_due(Time::from_secs(10)), [1]);
        checkers.finish(0, ProbeOutcome::success(), 3, INTERVAL, Time::from_secs(4));
        assert_eq!(checkers.next_due(), Some(Time::from_secs(20)));
        assert_eq!(checkers.start_due(Time::from_secs(33)), [2]);
        assert_eq!(checkers.start_due(Time::from_secs(34)), [0]);
    }

    #[test]
    fn healthy_needs_more_than_eighteen_percent() {
        for (of, healthy, verdict) in
            [(16, 3, true), (16, 2, false), (50, 9, false), (50, 10, true), (1, 1, true)]
        {
            let mut checkers = Checkers::new(of, INTERVAL, Time::ZERO);
            for turn in 1..=3 {
                round(&mut checkers, |place| place < healthy, INTERVAL * 2 * turn);
            }
            assert_eq!(checkers.verdict(), Health::healthy_if(verdict), "{healthy} of {of}");
        }
    }

    #[test]
    fn both_ways_take_the_threshold_of_consecutive_results() {
        let mut checkers = Checkers::new(1, INTERVAL, Time::ZERO);
        let mut seen = Vec::new();
        for (turn, up) in [false, false, true, false, false, false, true, true, false, true, true, true]
            .into_iter()
            .enumerate()
        {
            round(&mut checkers, |_| up, INTERVAL * turn as u32);
            seen.push(u8::from(checkers.verdict().is_healthy()));
        }
        assert_eq!(seen, [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1]);
    }
}
