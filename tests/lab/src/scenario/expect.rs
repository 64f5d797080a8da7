//! Whether what was expected came about.

use std::time::Duration;

use jiff::Timestamp;

use super::{Expectation, Scenario};
use crate::clock;
use crate::report::Gathered;
use crate::timeline::{Mark, Timeline};
use crate::user::Request;
use crate::world::{APPLICATION, Applied, Band, Layout, Route53, Settings, World, show_duration};

/// The user's last requests that say whether users are served at the end.
const LAST: usize = 10;

/// Marks that lie closer together than this have no order: each was read from a clock by itself.
const TOGETHER: Duration = Duration::from_millis(20);

/// What expectations look at.
pub(super) struct Seen<'a> {
    /// What happened.
    pub timeline: &'a Timeline,
    /// What came of it.
    pub gathered: &'a Gathered,
    /// The settings that it ran with.
    pub settings: &'a Settings,
    /// Who is where.
    pub layout: &'a Layout,
    /// What Route 53 has at the end.
    pub route53: &'a Route53,
}

/// What was not as expected: each with its line, and what was seen. Broken invariants come last.
pub fn judge(scenario: &Scenario, world: &World, gathered: &Gathered) -> Vec<String> {
    let (timeline, settings) = (&world.timeline, &world.settings);
    let seen = Seen { timeline, gathered, settings, layout: &world.layout, route53: &world.route53 };
    let counts =
        |native: &Option<String>| native.as_ref().is_none_or(|native| *native == world.settings.native);
    let expected = scenario.expectations.iter().filter(|expected| counts(&expected.only_native));
    let unmet = expected.filter_map(|expected| {
        let otherwise = seen.unmet(&expected.what)?;
        Some(format!("line {}: {}: {otherwise}", expected.line, expected.text))
    });
    let broken = gathered.report.invariants.what.iter().map(|what| format!("invariant {what}"));
    let function = world.controllers.as_ref().and_then(|them| them.broken());
    unmet.chain(broken).chain(function.map(|why| format!("a function could not be started: {why}"))).collect()
}

impl Seen<'_> {
    /// What was seen instead; none where it is as expected.
    fn unmet(&self, expectation: &Expectation) -> Option<String> {
        let report = &self.gathered.report;
        match expectation {
            Expectation::Outcome(wanted) => (self.gathered.outcome != Some(*wanted))
                .then(|| format!("the outcome is {}", report.outcome.unwrap_or("none"))),
            Expectation::Within(mark, band) => self.within(*mark, *band),
            Expectation::Order(marks) => self.order(marks),
            Expectation::OutageAtMost(longest) => {
                (report.user.outage_s > longest.as_secs_f64()).then(|| self.outage())
            }
            Expectation::OutageAtLeast(shortest) => {
                (report.user.outage_s < shortest.as_secs_f64()).then(|| self.outage())
            }
            Expectation::ServedAfter(mark, time) => self.served_after(*mark, *time),
            Expectation::ServedAtEnd(served) => self.served_at_end(*served),
            Expectation::Notification { event, group, once, after } => {
                self.notification(event, group, *once).or_else(|| self.told_before(event, (*after)?))
            }
            Expectation::NoNotification(event) => {
                let told = report.notifications.iter().find(|one| &one.event == event);
                told.map(|one| format!("{} was told at {:+.1} s", one.subject, one.at))
            }
            Expectation::Moves(wanted) => {
                let moves = self.moves(APPLICATION);
                (moves.len() != *wanted).then(|| in_words(&moves))
            }
            Expectation::MovesAtMost(most) => {
                let moves = self.moves(APPLICATION);
                (moves.len() > *most).then(|| in_words(&moves))
            }
            Expectation::Hold(guard) => self.hold(guard),
            Expectation::CallsAtMost(most) => self.calls_at_most(*most),
            Expectation::IdleWakesMakeNo(service) => self.idle_calls(service),
            Expectation::IdleWakesUse(time) => self.idle_time(*time),
            Expectation::Answer(region) => (self.gathered.answered != [region.as_str()])
                .then(|| format!("the name servers answer {}", self.gathered.answered.join(" and "))),
            other => self.unmet_measure(other),
        }
    }

    pub(super) fn since(&self, at: Timestamp) -> f64 {
        clock::seconds(self.gathered.zero, at)
    }

    fn outage(&self) -> String {
        format!("it was {:.1} s", self.gathered.report.user.outage_s)
    }

    fn within(&self, mark: Mark, band: Band) -> Option<String> {
        let Some(at) = self.timeline.first(mark) else { return Some(format!("there was no {mark}")) };
        let at = self.since(at);
        let inside = band.from.as_secs_f64() <= at && at <= band.to.as_secs_f64();
        (!inside).then(|| format!("it was at {at:.1} s"))
    }

    fn order(&self, marks: &[Mark]) -> Option<String> {
        let times: Vec<(Mark, Option<Timestamp>)> =
            marks.iter().map(|mark| (*mark, self.timeline.first(*mark))).collect();
        if let Some((mark, _)) = times.iter().find(|(_, at)| at.is_none()) {
            return Some(format!("there was no {mark}"));
        }
        let wrong = times.windows(2).find(|pair| match (pair[0].1, pair[1].1) {
            (Some(first), Some(second)) => understudy::time::since(second, first) > TOGETHER,
            _ => true,
        })?;
        Some(format!("{} came before {}", wrong[1].0, wrong[0].0))
    }

    fn served_after(&self, mark: Mark, time: Duration) -> Option<String> {
        let Some(at) = self.timeline.first(mark) else { return Some(format!("there was no {mark}")) };
        // Whoever has the old answer keeps it for its time to live.
        let from = clock::after(at, self.settings.ttl);
        let to = clock::after(from, time);
        let requests = &self.gathered.requests;
        if requests.last().is_none_or(|last| last.at < to) {
            return Some(format!("the scenario ended less than {} after it", show_duration(time)));
        }
        let failed = requests.iter().find(|one| from <= one.at && one.at <= to && one.answered.is_none())?;
        Some(format!("a request failed at {:+.1} s", self.since(failed.at)))
    }

    fn served_at_end(&self, wanted: bool) -> Option<String> {
        let requests = &self.gathered.requests;
        let last = &requests[requests.len().saturating_sub(LAST)..];
        let answered = last.iter().filter(|request: &&Request| request.answered.is_some()).count();
        let as_wanted = if wanted { answered == last.len() } else { answered == 0 };
        (!as_wanted || last.is_empty())
            .then(|| format!("{answered} of the last {} requests were answered", last.len()))
    }

    fn notification(&self, event: &str, group: &str, once: bool) -> Option<String> {
        let topic = format!(":understudy-{group}");
        let all = &self.gathered.report.notifications;
        let told: Vec<_> =
            all.iter().filter(|one| one.event == event && one.topic.ends_with(&topic)).collect();
        if told.is_empty() {
            let mut events: Vec<&str> = all.iter().map(|one| one.event.as_str()).collect();
            events.dedup();
            return Some(format!("it was not told; told were [{}]", events.join(", ")));
        }
        let twice = told.iter().find(|one| told.iter().filter(|other| other.topic == one.topic).count() > 1);
        twice.filter(|_| once).map(|one| format!("{} got it more than once", one.topic))
    }

    /// What was told, but not before the mark was reached.
    fn told_before(&self, event: &str, mark: Mark) -> Option<String> {
        let Some(mark_at) = self.timeline.first(mark) else { return Some(format!("there was no {mark}")) };
        let told = self.gathered.report.notifications.iter().find(|one| one.event == event)?;
        (told.at < self.since(mark_at)).then(|| format!("it was told at {:+.1} s, before {mark}", told.at))
    }

    /// The moves of an application, each with its time.
    pub(super) fn moves(&self, application: &str) -> Vec<(Timestamp, String)> {
        let its = |applied: &&Applied| applied.application.as_deref() == Some(application);
        let claim = |applied: &Applied| {
            let claim = applied.claim().filter(|claim| claim.changed_holder())?;
            Some((applied.at, format!("epoch {} to {}", claim.epoch, claim.to)))
        };
        self.gathered.history.iter().filter(its).filter_map(claim).collect()
    }

    fn hold(&self, guard: &str) -> Option<String> {
        let holds = &self.gathered.report.holds;
        let held = holds.iter().any(|hold| hold.guard == guard);
        let all = || holds.iter().map(|hold| hold.guard.as_str()).collect::<Vec<_>>().join(", ");
        (!held).then(|| format!("the holds were [{}]", all()))
    }

    fn calls_at_most(&self, most: usize) -> Option<String> {
        let calls = &self.gathered.report.verdict_to_change_calls;
        if calls.is_empty() {
            return Some("there was no change".to_owned());
        }
        (calls.len() > most).then(|| format!("there were {}: {}", calls.len(), calls.join(", ")))
    }

    fn idle_time(&self, most: Duration) -> Option<String> {
        let Some(used) = self.gathered.report.calm_tick_ms else {
            return Some("there was no idle wake".to_owned());
        };
        (used > most.as_secs_f64() * 1e3).then(|| format!("an ordinary one used {used:.1} ms"))
    }

    fn idle_calls(&self, service: &str) -> Option<String> {
        // Where nothing was broken, every wake was idle.
        let broken = self.timeline.first(Mark::Fault);
        let is_idle = |at: Timestamp| broken.is_none_or(|broken| at < broken);
        let idle = self.gathered.calls.iter().filter(|call| is_idle(call.at) && call.caller.is_some());
        let mut idle = idle.peekable();
        if idle.peek().is_none() {
            return Some("there was no idle wake".to_owned());
        }
        let call = idle.find(|call| call.service == service)?;
        Some(format!("{} was called at {:+.1} s", call.operation, self.since(call.at)))
    }
}

/// Moves, counted and named.
pub(super) fn in_words(moves: &[(Timestamp, String)]) -> String {
    let each: Vec<&str> = moves.iter().map(|(_, text)| text.as_str()).collect();
    format!("there were {}: [{}]", moves.len(), each.join(", "))
}
