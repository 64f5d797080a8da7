//! Who is heard at all.

use std::collections::BTreeMap;

use jiff::Timestamp;
use understudy::health::{Health, Reading, Settled, Vantage};
use understudy::names::{Region, SignalId};
use understudy::plan::{Application, RegionPlan, Signal};

use super::region::{Heard, finding};
use super::{Finding, Histories, Opinion, opinion};

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
            // A region does not testify for itself.
            if peer != &region.name {
                heard.extend(heard_from(application, histories, region, now));
            }
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
        // A controller that is cut off still reads its alarms; what its probes say against others is void.
        let speaks = match signal {
            Signal::Probe(_) => !void,
            Signal::Alarm(arn) => arn.region() != &region.name,
        };
        let history = history(application, own, &region.name, &signal.id());
        heard.push(Heard {
            vantage: Vantage::Here,
            counts: here != &region.name && speaks,
            opinion: opinion(history, &application.timing, now),
        });
    }
    let checkers = history(application, own, &region.name, &SignalId::from("checkers"));
    let opinion = opinion(checkers, &application.timing, now);
    heard.push(Heard { vantage: Vantage::Checkers, counts: true, opinion });
    heard
}

/// What a peer's probes say of a region. Its alarms are the ones that we read.
fn heard_from(
    application: &Application,
    histories: &Histories,
    region: &RegionPlan,
    now: Timestamp,
) -> Vec<Heard> {
    let mut heard = Vec::new();
    for signal in &region.signals {
        if matches!(signal, Signal::Alarm(_)) {
            continue;
        }
        let history = history(application, histories, &region.name, &signal.id());
        let opinion = opinion(history, &application.timing, now);
        heard.push(Heard { vantage: Vantage::Peers, counts: true, opinion });
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
    !is_cut_off(application, histories, now) && sees_anything_well(application, histories, now)
}

/// Whether none of a controller's control targets answers: what its probes say is void. Where none of
/// them was asked lately, nothing is known against it.
fn is_cut_off(application: &Application, histories: &Histories, now: Timestamp) -> bool {
    let mut any = false;
    for history in histories.control.values() {
        let Some(opinion) = fresh(application, history, now) else { continue };
        if opinion.newest.health == Health::Healthy && opinion.settled != Some(Settled::Bad) {
            return false;
        }
        any = true;
    }
    any
}

/// Whether a controller sees any endpoint well. One to which every endpoint looks bad is suspect
/// itself; that it can read alarms proves nothing.
fn sees_anything_well(application: &Application, histories: &Histories, now: Timestamp) -> bool {
    for regions in histories.signals.values() {
        for signals in regions.values() {
            for (signal, history) in signals {
                let Some(opinion) = fresh(application, history, now) else { continue };
                if signal.as_str().starts_with("probe ") && opinion.newest.health == Health::Healthy {
                    return true;
                }
            }
        }
    }
    false
}

fn fresh(application: &Application, history: &[Reading], now: Timestamp) -> Option<Opinion> {
    let opinion = opinion(history, &application.timing, now)?;
    opinion.is_fresh(now, &application.timing).then_some(opinion)
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
