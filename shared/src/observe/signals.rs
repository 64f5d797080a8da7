//! Probes, and the opinion of Route 53's own checkers.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;

use super::{Depth, Readings, ask_servers};
use crate::dns::up_name;
use crate::health::{Health, Reading, checkers_signal};
use crate::in_order::InOrder;
use crate::names::{Region, SignalId};
use crate::plan::{Application, Probe, Signal};
use crate::ports::{Clock, DnsAnswer, DnsValue, NameServers, PortError, Probes, within};

/// What a probe may take beyond its own timeout.
const GRACE: Duration = Duration::from_secs(1);

/// Asks each probe once, however many applications ask the same: the endpoint is asked no more
/// often for being shared.
pub async fn read_probes<'a, W: Probes + Clock>(
    world: &W,
    probes: impl Iterator<Item = &'a Probe>,
) -> HashMap<&'a Probe, Reading> {
    let mut known = HashSet::new();
    let distinct = probes.filter(|probe| known.insert(*probe));
    let asked = distinct.map(|probe| async move { (probe, ask(world, probe).await) });
    join_all(asked).await.into_iter().collect()
}

/// Every probe of every region of an application.
pub(super) fn planned_probes(application: &Application) -> impl Iterator<Item = &Probe> {
    application.regions.iter().flat_map(|region| &region.signals).filter_map(|signal| match signal {
        Signal::Probe(probe) => Some(probe),
        Signal::Alarm(_) => None,
    })
}

/// Asks the checkers' opinion of every region, all at once.
pub async fn read_checkers<W>(
    world: &W,
    application: &Application,
    servers: &[SocketAddr],
    depth: Depth,
) -> Readings
where
    W: NameServers + Clock,
{
    let regions = application.regions.iter().map(|region| async move {
        let opinion = checkers(world, application, &region.name, servers, depth).await;
        (region.name.clone(), vec![(checkers_signal(), opinion)])
    });
    join_all(regions).await.into_iter().in_order()
}

/// Asks the plan's control targets: whether this controller reaches anything at all.
pub async fn read_control<W: Probes + Clock>(world: &W, targets: &[Probe]) -> Vec<(SignalId, Reading)> {
    let asked = targets.iter().map(|probe| async move { (probe.id(), ask(world, probe).await) });
    join_all(asked).await
}

/// A probe bounds itself; one that does not come back even so says nothing.
async fn ask<W: Probes + Clock>(world: &W, probe: &Probe) -> Reading {
    let reading = within(world, probe.timeout + GRACE, world.probe(probe, None)).await;
    reading.unwrap_or_else(|| Reading::new(Health::Unknown, "the probe did not come back", world.now()))
}

/// What Route 53's checkers think: the `up-<region>` failover TXT pair answers "up" while the
/// region's endpoint check is healthy and "down" otherwise. Data plane only.
async fn checkers<W>(
    world: &W,
    application: &Application,
    region: &Region,
    servers: &[SocketAddr],
    depth: Depth,
) -> Reading
where
    W: NameServers + Clock,
{
    let name = up_name(&application.served, region);
    let answers = ask_servers(world, &name, servers, depth).await;
    let (health, seen) = opinion(&answers);
    Reading::new(health, seen, world.now())
}

/// Route 53's locations may hold different opinions: the majority of those that answered.
fn opinion(answers: &[Result<DnsAnswer, PortError>]) -> (Health, String) {
    let said = |word: &str| {
        let text = DnsAnswer::Values(vec![DnsValue::Text(word.to_owned())]);
        answers.iter().filter(|answer| answer.as_ref() == Ok(&text)).count()
    };
    let (up, down) = (said("up"), said("down"));
    let seen = format!("{up} name servers say up, {down} say down");
    match up.cmp(&down) {
        std::cmp::Ordering::Greater => (Health::Healthy, seen),
        std::cmp::Ordering::Less => (Health::Unhealthy, seen),
        std::cmp::Ordering::Equal => (Health::Unknown, seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(words: &[&str]) -> Vec<Result<DnsAnswer, PortError>> {
        let answer = |word: &&str| match *word {
            "" => Err(PortError::new("ask", "timed out")),
            word => Ok(DnsAnswer::Values(vec![DnsValue::Text(word.to_owned())])),
        };
        words.iter().map(answer).collect()
    }

    #[test]
    fn the_majority_of_those_that_answer_decides() {
        assert_eq!(opinion(&say(&["up", "up", "down", ""])).0, Health::Healthy);
        assert_eq!(opinion(&say(&["down", "", "", ""])).0, Health::Unhealthy);
    }

    #[test]
    fn a_tie_silence_or_other_words_are_unknown() {
        for words in [vec!["up", "down"], vec!["", ""], vec!["sideways"], vec![]] {
            assert_eq!(opinion(&say(&words)).0, Health::Unknown, "{words:?}");
        }
    }
}
