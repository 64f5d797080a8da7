//! Expectations on records, crowds, calls and people.

use std::time::Duration;

use jiff::Timestamp;

use super::expect::{Seen, in_words};
use super::{Expectation, Outcome};
use crate::runtime::Ended;
use crate::timeline::Mark;
use crate::user::Seen as Numbers;
use crate::world::{Band, Service};

/// Changes that were accepted closer together than this have no order: several were under way at once.
const AT_ONCE: Duration = Duration::from_millis(250);

impl Seen<'_> {
    /// What was seen instead; none where it is as expected.
    pub(super) fn unmet_measure(&self, expectation: &Expectation) -> Option<String> {
        match expectation {
            Expectation::MovesOfEach(wanted) => self.moves_of_each(*wanted),
            Expectation::MovesByPriority => self.moves_by_priority(),
            Expectation::EachMovedWithin(band) => self.each_moved_within(*band),
            Expectation::EachOutageAtMost(longest) => self.each_outage(*longest),
            Expectation::NoHold(guard) => {
                let hold = self.gathered.report.holds.iter().find(|hold| &hold.guard == guard)?;
                Some(format!("it held from {:+.1} s", hold.begin))
            }
            Expectation::SomeRun(outcome) => self.some_run(*outcome),
            Expectation::Weights(wanted) => self.weights(wanted),
            Expectation::SetHolds(set, region) => self.set_holds(set, region),
            Expectation::AnswerNear(near, region) => {
                let answered = self.route53.answered(self.layout.first(), Some(near));
                (answered != [region.as_str()])
                    .then(|| format!("the name servers answer {}", answered.join(" and ")))
            }
            Expectation::Calls { service, operation, at_least, count } => {
                self.calls(service, operation, *at_least, *count)
            }
            Expectation::NoCallBetween(service, from, to) => self.called_between(service, *from, *to),
            Expectation::Answered(command, wanted) => self.answered(command, wanted),
            Expectation::NotReached(command, region) => {
                let said = self.gathered.conversation.iter().rfind(|said| &said.command == command);
                match said {
                    None => Some("nothing was answered".to_owned()),
                    Some(said) => (!said.missed(region)).then(|| said.in_words()),
                }
            }
            Expectation::NoWakeHangs => self.hanging(),
            Expectation::PeakMemoryAtMost(megabytes) => self.peak_memory(u64::from(*megabytes)),
            // Whatever else there is, the caller has judged.
            _ => None,
        }
    }

    fn hanging(&self) -> Option<String> {
        let invocations = &self.gathered.invocations;
        if invocations.is_empty() {
            return Some("there was no wake".to_owned());
        }
        let hung = invocations.iter().find(|one| one.ended == Ended::TimedOut)?;
        let who = hung.caller.as_ref().map(ToString::to_string).unwrap_or_default();
        Some(format!("{who} did from {:+.1} s on", self.since(hung.at)))
    }

    fn peak_memory(&self, megabytes: u64) -> Option<String> {
        let peaks = &self.gathered.report.peak_memory_bytes;
        let Some((function, most)) = peaks.iter().max_by_key(|(_, bytes)| **bytes) else {
            return Some("there was no process".to_owned());
        };
        (*most > megabytes * 1_000_000).then(|| format!("{function} had {} kB", most / 1_000))
    }

    fn moves_of_each(&self, wanted: usize) -> Option<String> {
        let odd = |service: &&Service| self.moves(&service.name).len() != wanted;
        let service = self.layout.services.iter().find(odd)?;
        Some(format!("of {} {}", service.name, in_words(&self.moves(&service.name))))
    }

    /// When each application that moved did so first, in order of priority.
    fn first_moves(&self) -> Vec<(&Service, Timestamp)> {
        let first = |service| Some((service, self.moves(&Service::clone(service).name).first()?.0));
        let mut moves: Vec<_> = self.layout.services.iter().filter_map(first).collect();
        moves.sort_by_key(|(service, _)| service.priority);
        moves
    }

    fn moves_by_priority(&self) -> Option<String> {
        let moves = self.first_moves();
        let early = |pair: &&[(&Service, Timestamp)]| {
            pair[0].0.priority < pair[1].0.priority && understudy::time::since(pair[1].1, pair[0].1) > AT_ONCE
        };
        let early = moves.windows(2).find(early)?;
        let [(before, at), (after, earlier)] = early else { return None };
        Some(format!(
            "{} (priority {}) moved at {:+.1} s, {} (priority {}) at {:+.1} s already",
            before.name,
            before.priority,
            self.since(*at),
            after.name,
            after.priority,
            self.since(*earlier)
        ))
    }

    fn each_moved_within(&self, band: Band) -> Option<String> {
        let moves = self.first_moves();
        if moves.len() < self.layout.services.len() {
            return Some(format!("{} of {} applications moved", moves.len(), self.layout.services.len()));
        }
        let inside = |at: f64| band.from.as_secs_f64() <= at && at <= band.to.as_secs_f64();
        let (service, at) = moves.into_iter().find(|(_, at)| !inside(self.since(*at)))?;
        Some(format!("{} moved at {:+.1} s", service.name, self.since(at)))
    }

    fn each_outage(&self, longest: Duration) -> Option<String> {
        let outage = |(application, requests): &(String, Vec<_>)| {
            (application.clone(), Numbers::of(requests).outage_s)
        };
        let worst = self.gathered.users.iter().map(outage);
        let (application, outage) = worst.max_by(|one, other| one.1.total_cmp(&other.1))?;
        (outage > longest.as_secs_f64()).then(|| format!("that of {application} was {outage:.1} s"))
    }

    fn some_run(&self, outcome: Outcome) -> Option<String> {
        let ended: Vec<&str> =
            self.gathered.story.runs.iter().map(|(_, run)| Outcome::of(run).as_str()).collect();
        (!ended.contains(&outcome.as_str())).then(|| format!("the runs were [{}]", ended.join(", ")))
    }

    fn weights(&self, wanted: &[(String, u8)]) -> Option<String> {
        let sets = self.route53.sets(self.layout.first());
        let has = |(region, weight): &(String, u8)| {
            sets.iter().any(|set| &set.id == region && set.weight == Some(*weight))
        };
        let each = || sets.iter().map(|set| format!("{} {}", set.id, set.weight.unwrap_or_default()));
        (!wanted.iter().all(has)).then(|| format!("they are {}", each().collect::<Vec<_>>().join(", ")))
    }

    fn set_holds(&self, id: &str, region: &str) -> Option<String> {
        let sets = self.route53.sets(self.layout.first());
        let Some(set) = sets.iter().find(|set| set.id == id) else {
            return Some("there is no such set".into());
        };
        (set.holds != [region]).then(|| format!("it holds {}", set.holds.join(" and ")))
    }

    fn calls(&self, service: &str, operation: &str, at_least: bool, count: usize) -> Option<String> {
        let is_it = |call: &&crate::cloud::Call| call.service == service && call.operation == operation;
        let made = self.gathered.calls.iter().filter(|call| call.caller.is_some()).filter(is_it).count();
        let well = if at_least { made >= count } else { made <= count };
        (!well).then(|| format!("there were {made}"))
    }

    /// The calls of a service between two marks, by any controller.
    fn called_between(&self, service: &str, from: Mark, to: Mark) -> Option<String> {
        let (Some(begin), Some(end)) = (self.timeline.first(from), self.timeline.first(to)) else {
            return Some(format!("there was no {from}, or no {to}"));
        };
        let between = |call: &&crate::cloud::Call| {
            call.service == service && call.caller.is_some() && begin <= call.at && call.at <= end
        };
        let calls: Vec<String> = self
            .gathered
            .calls
            .iter()
            .filter(between)
            .map(|call| format!("{} at {:+.1} s", call.operation, self.since(call.at)))
            .collect();
        (!calls.is_empty()).then(|| format!("there were {}: {}", calls.len(), calls.join(", ")))
    }

    fn answered(&self, command: &str, wanted: &str) -> Option<String> {
        let said: Vec<_> = self.gathered.conversation.iter().filter(|said| said.command == command).collect();
        let well = said.iter().any(|said| said.word() == wanted);
        let told = || said.last().map_or_else(|| "nothing was answered".to_owned(), |said| said.in_words());
        (!well).then(told)
    }
}
