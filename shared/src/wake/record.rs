//! What a round saw, written down: our own row of series, and what people said, brought to peers.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tracing::warn;

use super::Context;
use super::watched::Watched;
use crate::health::{Reading, RegionHealth, RegionSeries, Seen, Settled, fold, fold_signals, judge_all};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, Region, SignalId};
use crate::observe::Sample;
use crate::plan::{Application, PlanView, Timing};
use crate::ports::{Clock, PeerTable, Store, World, within};
use crate::state::{Held, Observations, Peer, People, Stretch, spread, update};
use crate::time::since;

/// A region that did not look unhealthy for so long begins anew when it does again.
const CALM: Duration = Duration::from_secs(10 * 60);

/// Bringing a word of people to a peer's table may take this long.
const SPREADING: Duration = Duration::from_secs(3);

/// What one round saw of all applications, and what peers know.
#[derive(Debug)]
pub(super) struct Round {
    /// Of each application, in their order.
    pub samples: Vec<Sample>,
    /// Of the control targets.
    pub control: Vec<(SignalId, Reading)>,
    /// What the controllers of other regions know.
    pub peers: BTreeMap<Region, Peer>,
    /// What people have said here by now; empty where the wake's first look is young enough.
    pub people: BTreeMap<ApplicationName, Held<People>>,
}

impl Round {
    /// The verdict on each region of an application.
    pub fn verdicts(
        &self,
        own: &Observations,
        application: &Application,
        here: &Region,
        now: Timestamp,
    ) -> BTreeMap<Region, RegionHealth> {
        let own = Seen { applications: &own.applications, control: &own.control };
        let of = |peer: &Peer| peer.silent.is_none();
        let peers = self.peers.iter().filter(|(_, peer)| of(peer)).map(|(region, peer)| {
            let Observations { applications, control, .. } = &peer.observations;
            (region.clone(), Seen { applications, control })
        });
        judge_all(application, here, own, &peers.in_order(), now)
    }
}

/// Folds a round's samples into the series of all applications, and writes them.
///
/// Another wake's samples that were written meanwhile stay: ours are folded in by their time. Where
/// the table does not answer, ours still count for this wake; to act it needs the table anyway.
pub(super) async fn keep_observations<W: Store + Clock>(
    world: &W,
    context: &Context<'_>,
    observations: &mut Held<Observations>,
    applications: &[&Application],
    round: &Round,
) {
    let Some(first) = applications.first() else { return };
    // The time of each attempt: what another wake wrote meanwhile is not from the future.
    let fold_in = |row: &mut Observations| fold_round(row, context, applications, round, world.now());
    let kept = update(world, &first.name, observations, |row| {
        fold_in(row);
        Some(((), Vec::new()))
    });
    if let Err(error) = kept.await {
        warn!(%error, "the samples could not be written");
        fold_in(&mut observations.row);
    }
}

/// The row with one more round in it.
pub(super) fn fold_round(
    row: &mut Observations,
    context: &Context<'_>,
    applications: &[&Application],
    round: &Round,
    now: Timestamp,
) {
    fold_all(row, context, applications, round, now);
    note_suspects(row, context, applications, round, now);
    if row.plan.as_ref().is_none_or(|told| told.digest != context.plan.digest) {
        row.plan = Some(PlanView::of(context.plan));
    }
}

fn fold_all(
    row: &mut Observations,
    context: &Context<'_>,
    applications: &[&Application],
    round: &Round,
    now: Timestamp,
) {
    for (application, sample) in applications.iter().zip(&round.samples) {
        let of_application = row.applications.entry(application.name.clone()).or_default();
        for region in &application.regions {
            let series = of_application.entry(region.name.clone()).or_default();
            let readings = sample.readings.get(&region.name).map_or(&[][..], Vec::as_slice);
            *series = fold(region, series, readings, &application.timing, now);
        }
    }
    row.applications.retain(|name, _| context.plan.application(name).is_some());
    row.control = fold_control(context, &row.control, &round.control, now);
}

/// Control targets are asked as often as the applications are, and settle as they do by default.
fn fold_control(
    context: &Context<'_>,
    series: &RegionSeries,
    readings: &[(SignalId, Reading)],
    now: Timestamp,
) -> RegionSeries {
    let planned = context.plan.control_targets.iter().map(|probe| probe.id());
    let timing = context.plan.applications.first().map_or_else(Timing::default, |app| app.timing.clone());
    fold_signals(planned, series, readings, &timing, now)
}

/// Remembers since when each region looks unhealthy by a quorum: too many at once stop all moves.
fn note_suspects(
    row: &mut Observations,
    context: &Context<'_>,
    applications: &[&Application],
    round: &Round,
    now: Timestamp,
) {
    // Most of the time nothing is bad, and nobody need be judged.
    let shaken = |application: &&&Application| {
        let regions = row.applications.get(&application.name);
        let mut series = regions.into_iter().flat_map(BTreeMap::values).flat_map(RegionSeries::values);
        series.any(|series| series.settled == Some(Settled::Bad))
    };
    let shaken: Vec<&Application> = applications.iter().filter(shaken).copied().collect();
    for application in shaken {
        for (region, health) in round.verdicts(row, application, context.here, now) {
            if health.has_quorum(&application.timing) {
                let stretch = row.suspects.entry(region).or_insert(Stretch { since: now, last: now });
                stretch.last = now;
            }
        }
    }
    // Looked at each minute, what is bad is seen to be: a gap of some is the end of a stretch.
    row.suspects.retain(|_, of| since(of.last, now) <= CALM);
}

/// Brings what people said to every peer that can be reached and has not heard all of it.
pub(super) async fn tell_peers<W: World>(
    world: &W,
    watched: &[Watched<'_>],
    peers: &mut BTreeMap<Region, Peer>,
) {
    let told = peers.iter_mut().filter(|(_, peer)| peer.silent.is_none()).map(|(region, peer)| async move {
        for item in watched {
            let name = &item.application.name;
            let held = peer.people.entry(name.clone()).or_default();
            if held.row == item.heard {
                continue;
            }
            let table = PeerTable { world, peer: region };
            let spreading = spread(&table, name, held, &item.heard, world.now());
            match within(world, SPREADING, spreading).await {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    warn!(peer = %region, %error, "what people said could not be told to a peer")
                }
                None => return,
            }
        }
    });
    join_all(told).await;
}
