//! Who is heard at all.

use std::collections::BTreeMap;

use jiff::Timestamp;
use understudy::health::{Reading, Settled, Vantage};
use understudy::names::{Region, SignalId};
use understudy::plan::{Application, RegionPlan, Signal};

use super::region::{Heard, finding};
use super::{Finding, Histories, opinion};

/// What the controller in `here` finds of every region of an application.
pub fn findings(
    application: &Application,
    here: &Region,
    own: &Histories,
    peers: &BTreeMap<Region, Histories>,
    now: Timestamp,
) -> BTreeMap<Region, Finding> {
    let mut witnesses = BTreeMap::new();
    for (peer, histories) in peers {
        if peer != here && is_heard(application, here, own, (peer, histories), now) {
            witnesses.insert(peer.clone(), histories);
        }
    }
    let mut findings = BTreeMap::new();
    for region in &application.regions {
        let mut heard = heard_here(application, here, own, region, now);
        for (peer, histories) in &witnesses {
            heard.extend(heard_from(application, peer, histories, region));
        }
        findings.insert(region.name.clone(), finding(&heard, &application.timing, now));
    }
    findings
}

/// What was seen from here: our probes, the alarms that we read, and the checkers.
fn heard_here(
    application: &Application,
    here: &Region,
    own: &Histories,
    region: &RegionPlan,
    now: Timestamp,
) -> Vec<Heard> {
    let void = is_cut_off(application, own, now);
    let mut heard = Vec::new();
    for signal in &region.signals {
        let lives_there = match signal {
            Signal::Probe(_) => false,
            Signal::Alarm(arn) => arn.region() == &region.name,
        };
        // A controller that is cut off still reads its alarms; what its probes say is void.
        if void && matches!(signal, Signal::Probe(_)) {
            continue;
        }
        heard.push(Heard {
            vantage: Vantage::Here,
            counts: here != &region.name && !lives_there,
            opinion: opinion(history(application, own, &region.name, &signal.id()), &application.timing),
        });
    }
    let checkers = history(application, own, &region.name, &SignalId::from("checkers"));
    let opinion = opinion(checkers, &application.timing);
    heard.push(Heard { vantage: Vantage::Checkers, counts: true, opinion });
    heard
}

/// What a peer's probes say of a region. A suspect region does not testify for itself.
fn heard_from(
    application: &Application,
    peer: &Region,
    histories: &Histories,
    region: &RegionPlan,
) -> Vec<Heard> {
    let mut heard = Vec::new();
    for signal in &region.signals {
        if matches!(signal, Signal::Alarm(_)) {
            continue;
        }
        heard.push(Heard {
            vantage: Vantage::Peers,
            counts: peer != &region.name,
            opinion: opinion(
                history(application, histories, &region.name, &signal.id()),
                &application.timing,
            ),
        });
    }
    heard
}

/// Whether a peer testifies: not where its region looks ill from here or to the checkers, where its
/// own network is cut off, or where every endpoint looks bad to it.
fn is_heard(
    application: &Application,
    here: &Region,
    own: &Histories,
    (peer, histories): (&Region, &Histories),
    now: Timestamp,
) -> bool {
    for region in &application.regions {
        if &region.name != peer {
            continue;
        }
        for signal in heard_here(application, here, own, region, now) {
            let says = signal.opinion.as_ref().and_then(|opinion| opinion.says(now, &application.timing));
            if signal.counts && says == Some(Settled::Bad) {
                return false;
            }
        }
    }
    !is_cut_off(application, histories, now) && !sees_all_bad(application, histories, now)
}

/// Whether none of a controller's control targets answers: what its probes say is void.
fn is_cut_off(application: &Application, histories: &Histories, now: Timestamp) -> bool {
    let mut any = false;
    for history in histories.control.values() {
        any = true;
        if says(application, history, now) == Some(Settled::Good) {
            return false;
        }
    }
    any
}

/// Whether every endpoint of which it says anything looks bad to a controller.
fn sees_all_bad(application: &Application, histories: &Histories, now: Timestamp) -> bool {
    let mut any = false;
    for regions in histories.signals.values() {
        for signals in regions.values() {
            for (signal, history) in signals {
                if !signal.as_str().starts_with("probe ") {
                    continue;
                }
                match says(application, history, now) {
                    Some(Settled::Good) => return false,
                    Some(Settled::Bad) => any = true,
                    None => {}
                }
            }
        }
    }
    any
}

fn says(application: &Application, history: &[Reading], now: Timestamp) -> Option<Settled> {
    opinion(history, &application.timing)?.says(now, &application.timing)
}

fn history<'a>(
    application: &Application,
    histories: &'a Histories,
    region: &Region,
    signal: &SignalId,
) -> &'a [Reading] {
    let regions = histories.signals.get(&application.name);
    let signals = regions.and_then(|regions| regions.get(region));
    signals.and_then(|signals| signals.get(signal)).map_or(&[], Vec::as_slice)
}
