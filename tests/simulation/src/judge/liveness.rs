//! 7: once faults stop, within a bound, either users are served by a healthy region or a hold stands
//! that names who or what ends it.

use std::net::IpAddr;
use std::time::Duration;

use suite::world::address;
use twin::model::AnswerContext;
use twin::model::records::RecordType;
use understudy::names::Region;

use super::Judge;
use crate::people::row_of;
use crate::sim::Sim;

/// What a wake said longer ago than this says nothing of now.
const NEWS: Duration = Duration::from_secs(190);

/// How often each name server is asked, where answers differ.
const LOOKS: u64 = 6;

impl Judge {
    /// Whether each application's users are served, or somebody says why not.
    pub(super) fn everybody_is_served_or_told(&self, sim: &Sim) {
        for application in &sim.setting.applications {
            let ill = answered(sim, application).into_iter().filter(|region| !self.is_alive(region));
            let ill: Vec<Region> = ill.collect();
            let told = || controllers(sim).iter().any(|region| is_held(sim, region, application));
            self.check(sim, 7, ill.is_empty() || told(), || {
                let said: Vec<String> = controllers(sim)
                    .iter()
                    .map(|region| format!("{region}: {:?}", said(sim, region, application)))
                    .collect();
                format!("{application} answers {ill:?}, dead, and no hold stands; {}", said.join("; "))
            });
        }
    }

    fn is_alive(&self, region: &Region) -> bool {
        self.evidence.borrow().truth.is_alive(region.as_str())
    }
}

fn controllers(sim: &Sim) -> Vec<Region> {
    let all = sim.setting.controllers().into_iter().map(Region::from);
    all.filter(|region| sim.is_there(region)).collect()
}

/// What a controller said of an application lately.
fn said(sim: &Sim, region: &Region, application: &str) -> Option<String> {
    let said = sim.said.borrow();
    let (at, word) = said.get(&(region.clone(), application.into()))?;
    (sim.elapsed().saturating_sub(*at) < NEWS).then(|| word.clone())
}

/// Whether a controller holds an application now, and its row tells who or what ends it.
fn is_held(sim: &Sim, region: &Region, application: &str) -> bool {
    let lately = said(sim, region, application)
        .is_some_and(|word| word.starts_with("held") || word.starts_with("time is up"));
    let named = || {
        let holds = row_of(sim, region.as_str(), application).and_then(|row| row.holds);
        holds.is_some_and(|standing| {
            !standing.holds.is_empty() && standing.holds.iter().all(|hold| !hold.ends.is_empty())
        })
    };
    lately && named()
}

/// The regions that name servers answer now.
fn answered(sim: &Sim, application: &str) -> Vec<Region> {
    let state = sim.cloud.state.borrow();
    let served = format!("{application}.example.com");
    let mut regions = Vec::new();
    for server in 0..state.twin.name_servers() {
        for look in 0..LOOKS {
            let client = AnswerContext { region: near(sim, look), seed: look };
            let answer = state.twin.answer(server, &served, RecordType::A, sim.elapsed(), &client);
            let of = |ip: &IpAddr| {
                let is_its = |region: &&&str| address(region) == ip.to_string();
                sim.setting.regions.iter().find(is_its).map(|region| Region::from(*region))
            };
            regions.extend(answer.addresses().iter().filter_map(of));
        }
    }
    regions.sort();
    regions.dedup();
    regions
}

/// Users are near one region or another.
fn near(sim: &Sim, look: u64) -> Option<String> {
    let count = sim.setting.regions.len() as u64;
    let place = usize::try_from(look % count).unwrap_or(0);
    (sim.setting.policy == "latency").then(|| sim.setting.regions[place].to_owned())
}
