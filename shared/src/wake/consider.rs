//! One application after one round: verdicts, decision, and what follows from it.

use std::time::Duration;

use jiff::Timestamp;
use tracing::{debug, info};

use super::record::Round;
use super::watched::Watched;
use super::{Context, act, holds, house, in_json, measures, orders, resume, served, sweep};
use crate::decide::{
    Decision, EpochReading, Facts, Hold, ListingReading, MoveKind, Moves, Reason, Situation, Standing, decide,
};
use crate::dns::{EpochRecord, Serving};
use crate::health::{Vantage, Verdict};
use crate::in_order::InOrder;
use crate::names::{Epoch, Region, RunId};
use crate::observe::{Sample, recent_moves};
use crate::plan::{Actuator, Application};
use crate::planted::{self, Planted};
use crate::ports::{Watching, World};
use crate::run::Run;
use crate::state::{Held, ListedShares, Observations, Peer, StateError, stamp, update};
use crate::time::{DAY, after, since};

/// How long a wake may stay awake for one hold: twice what Route 53's checkers take for three
/// failures at 30 s, their timeouts, and being heard. After that the tick looks each minute.
const SETTLES_WITHIN: Duration = Duration::from_secs(300);

/// What may be begun beyond what is sent until the next round: a round takes its time, too.
const MEANWHILE: Duration = Duration::from_secs(5);

/// A round takes less than this, its slowest question included. Who decides later than that has stood
/// still in between, and what it saw may be over.
const LOOKED_JUST_NOW: Duration = Duration::from_secs(30);

/// What an application needs next.
pub(super) enum Next {
    /// Another round.
    Stay,
    /// Its record sets, and another round.
    List,
    /// Nothing more of this wake; how it stands, in words.
    Leave(String),
    /// Its run walked.
    Walk(Box<Held<Run>>),
}

impl Next {
    pub fn leave(word: &str) -> Self {
        Self::Leave(word.to_owned())
    }
}

/// What one round saw, as far as one application is concerned.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    /// Its own sample.
    pub sample: &'a Sample,
    /// The whole round.
    pub round: &'a Round,
    /// Our series, this round's samples included.
    pub own: &'a Observations,
}

/// Judges, decides, and follows the decision.
pub(super) async fn consider<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    view: View<'_>,
) -> Result<Next, StateError> {
    forget_outdated_listing(item, &view.sample.epoch);
    if !std::mem::replace(&mut item.tidied, true) {
        served::tidy(world, context, item, context.is_tick).await?;
    }
    let facts = facts(world, context, item, view).await;
    remember_listing(world, item, &facts).await?;
    if let Some(run) = resume::adopt(world, context, item, &facts).await? {
        return Ok(Next::Walk(Box::new(run)));
    }
    if let Some(run) = resume::retry(world, context, item).await? {
        return Ok(Next::Walk(Box::new(run)));
    }
    if context.is_tick {
        house::remind_of_pause(world, context, item, view.round).await?;
    }
    if since(facts.observed_at, world.now()) > item.application.timing.freshness.max(LOOKED_JUST_NOW) {
        debug!("this process stood still since it looked: it looks again");
        return Ok(Next::Stay);
    }
    if item.served.is_some() {
        return served::look_after(world, context, item, facts, view).await;
    }
    let decision = decided(world, context, item, &facts, view);
    if decision == Decision::Steady {
        debug!(epoch = ?facts.newest_epoch(), "steady");
    } else {
        info!(epoch = ?facts.newest_epoch(), decision = %in_json(&decision), "decided");
    }
    if wants_listing(item, &decision, &facts) {
        if !item.lease(world, context).await? {
            return Ok(Next::leave("another wake is at it"));
        }
        item.listed_at = facts.newest_epoch().unwrap_or_default();
        return Ok(Next::List);
    }
    let decision = in_turn(world, context, item, decision);
    measures::decision(world, context, item, &facts, &decision);
    match decision {
        Decision::Evacuate(_) | Decision::Restore(_) => {
            act::begin(world, context, item, decision, &facts).await
        }
        Decision::Steady => {
            holds::answer(world, context, item, &facts).await?;
            holds::over(world, context, item, &facts).await?;
            orders::close_fulfilled(world, context, item).await?;
            item.sweep = sweep::is_due(world, context, item, &facts);
            Ok(Next::leave("steady"))
        }
        Decision::Hold { .. } | Decision::Ask { .. } => hold(world, context, item, &decision, &facts).await,
    }
}

/// A decision that acts begins only when it can be sent soon: what a large fleet waits for Route 53
/// is decided on what is seen then, and not on what was seen minutes ago.
fn in_turn<W: World>(world: &W, context: &Context<'_>, item: &Watched<'_>, decision: Decision) -> Decision {
    if !decision.acts() || decision.begins_with().is_some_and(Actuator::is_override) {
        return decision;
    }
    match context.pace.admit(world.now(), begun_ahead(context, item.application, world.now())) {
        Ok(()) => decision,
        Err(ahead) => decision.out_of_turn(ahead, context.plan.fleet.pace),
    }
}

/// How much may be begun before it is sent: until the next round has decided. After the last one,
/// that is the next wake's, which comes when this one's time is over, and decides in its second round.
fn begun_ahead(context: &Context<'_>, application: &Application, now: Timestamp) -> Duration {
    let next = application.timing.interval + MEANWHILE;
    if after(now, application.timing.interval) < context.until {
        return next;
    }
    next + since(now, context.deadline)
}

/// Writes a hold down, and stays awake for it while more samples may lift it.
pub(super) async fn hold<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    decision: &Decision,
    facts: &Facts,
) -> Result<Next, StateError> {
    holds::answer(world, context, item, facts).await?;
    holds::stand(world, context, item, decision, facts).await?;
    let standing = item.row.row.holds.as_ref().map(|standing| since(standing.since, world.now()));
    let young = standing.is_none_or(|time| time < SETTLES_WITHIN);
    let stays = decision.waits_for_its_turn() || decision.is_settling() && young;
    if stays && item.lease(world, context).await? {
        return Ok(Next::Stay);
    }
    item.release(world, context).await?;
    let guards: Vec<&str> = decision.holds().iter().map(|hold| hold.reason.guard()).collect();
    Ok(Next::Leave(format!("held: {}", guards.join(", "))))
}

pub(super) fn decided<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &Watched<'_>,
    facts: &Facts,
    view: View<'_>,
) -> Decision {
    let now = world.now();
    let run = RunId::new(format!("{}-{:08x}", stamp(now), world.bits() >> 32));
    decide(&Situation {
        application: item.application,
        plan: context.plan,
        here: context.here,
        facts,
        standing: &standing(item, view),
        run: &run,
        now,
    })
}

/// What the tables say, as far as a decision needs it.
pub(super) fn standing(item: &Watched<'_>, view: View<'_>) -> Standing {
    let row = &item.row.row;
    let name = &item.application.name;
    let unheard = |(peer, of): (&Region, &Peer)| Some((peer.clone(), of.unreadable.get(name)?.clone()));
    let plan_of = |(peer, of): (&Region, &Peer)| Some((peer.clone(), of.observations.plan.clone()?));
    Standing {
        people: item.heard.clone(),
        run: row.run.clone(),
        away: item.served.as_ref().and_then(|run| run.row.away.clone()),
        left_behind: row
            .left_behind
            .iter()
            .filter(|left| left.gone.is_none())
            .map(|left| left.away.clone())
            .collect(),
        failed: row.failed.clone(),
        cleared: row.cleared.clone(),
        suspects: view.own.suspects.clone(),
        drift: row.drift.clone(),
        peer_plans: view.round.peers.iter().filter_map(plan_of).in_order(),
        unheard: view.round.peers.iter().filter_map(unheard).in_order(),
    }
}

/// What was observed, brought together.
pub(super) async fn facts<W: Watching>(
    world: &W,
    context: &Context<'_>,
    item: &Watched<'_>,
    view: View<'_>,
) -> Facts {
    let epoch = newest(&view.sample.epoch, item);
    let mut moves = moves(world, item, &epoch).await;
    moves.add(&item.row.row.unrecorded);
    let mut health = view.round.verdicts(view.own, item.application, context.here, world.now());
    if planted::is(Planted::EventTrusted) {
        for (region, since) in &item.hinted {
            if let Some(told) = health.get_mut(region) {
                told.verdict = Verdict::Unhealthy;
                told.bad_vantages = vec![Vantage::Here, Vantage::Checkers];
                (told.bad_since, told.suspect) = (Some(*since), true);
            }
        }
    }
    Facts {
        observed_at: view.sample.at,
        moves,
        listing: item.listing.clone(),
        listed: item.row.row.listed.clone().filter(|of| of.epoch == number(&epoch)).map(|of| of.out),
        answered: view.sample.answered.clone(),
        health,
        vetoes: view.sample.vetoes.clone(),
        epoch,
    }
}

fn number(epoch: &EpochReading) -> Epoch {
    match epoch {
        EpochReading::Known(Some(record)) => record.epoch,
        _ => Epoch::default(),
    }
}

/// A listing is of no use any more once the name servers know a newer epoch than they and it did
/// when it was made.
fn forget_outdated_listing(item: &mut Watched<'_>, by_name_servers: &EpochReading) {
    let listed = item.listing.read().and_then(|listing| listing.epochs(&item.application.served).ok());
    if let (Some(listed), EpochReading::Known(Some(newest))) = (listed, by_name_servers) {
        let known = listed.first().map(|record| record.epoch).max(Some(item.listed_at));
        if Some(newest.epoch) > known {
            item.listing = ListingReading::NotAsked;
        }
    }
}

/// The newest epoch: by the name servers, or by the listing where that knows a newer one.
fn newest(by_name_servers: &EpochReading, item: &Watched<'_>) -> EpochReading {
    let Some(listing) = item.listing.read() else { return by_name_servers.clone() };
    match (listing.epochs(&item.application.served), by_name_servers) {
        (Err(unreadable), _) => EpochReading::Unreadable(unreadable),
        (Ok(_), unreadable @ EpochReading::Unreadable(_)) => unreadable.clone(),
        (Ok(records), by_name_servers) => {
            let listed = records.into_iter().next();
            let asked = match by_name_servers {
                EpochReading::Known(record) => record.clone(),
                _ => None,
            };
            let newer = [listed, asked].into_iter().flatten().max_by_key(|record| record.epoch);
            EpochReading::Known(newer)
        }
    }
}

/// The last moves: by the listing, or by the name servers, which cost nothing.
async fn moves<W: Watching>(world: &W, item: &Watched<'_>, epoch: &EpochReading) -> Moves {
    let listed = item.listing.read().map(|listing| listing.epochs(&item.application.served));
    match (listed, epoch) {
        (Some(Ok(records)), _) => Moves::Known(with_newest(records, epoch)),
        (Some(Err(unreadable)), _) => Moves::Unknown { why: unreadable.to_string() },
        // Nothing moved for a day: the newest record is all that a guard needs.
        // Unless somebody is out: who took that region's users is to give them back.
        (None, EpochReading::Known(Some(newest)))
            if since(newest.at, world.now()) > DAY && newest.out.is_empty() =>
        {
            Moves::Known(vec![newest.clone()])
        }
        (None, _) => {
            let servers = world.name_servers(&item.application.zone.name).await.unwrap_or_default();
            recent_moves(world, item.application, epoch, &servers).await
        }
    }
}

/// The listed records, with the newest that the name servers know: the API may have lost it.
fn with_newest(listed: Vec<EpochRecord>, epoch: &EpochReading) -> Vec<EpochRecord> {
    let known = listed.first().map(|record| record.epoch);
    let newest = match epoch {
        EpochReading::Known(newest) => newest.clone().filter(|newest| Some(newest.epoch) > known),
        EpochReading::Unreadable(_) | EpochReading::Unknown { .. } => None,
    };
    newest.into_iter().chain(listed).collect()
}

/// The API is asked once something is wrong, and when name servers answer another region than the
/// newest epoch seats: somebody moved it by hand, or Route 53 did. A restore that guards hold asks
/// nothing, since it may stand for weeks; but for one that only lacks what the record sets tell.
fn wants_listing(item: &Watched<'_>, decision: &Decision, facts: &Facts) -> bool {
    // An override needs no word of Route 53's API, which may hang by now.
    let says_away = decision.begins_with().is_some_and(Actuator::is_override);
    if item.listing != ListingReading::NotAsked || says_away {
        return false;
    }
    let serving = facts.serving(item.application).ok();
    let serves = |region| serving.as_ref().is_some_and(|serving| serving.serves(region));
    let elsewhere = facts.answered.only().is_some_and(|answered| !serves(answered));
    let wanted = decision.wish().is_some_and(|wish| {
        wish.kind == MoveKind::Evacuate || decision.holds().is_empty() || lacks_a_listing(decision)
    });
    wanted || elsewhere || is_new_question(item, decision)
}

/// Whether nothing but consent is missing once the record sets are seen: where the plan names no health check, they
/// alone know a unit's.
fn lacks_a_listing(decision: &Decision) -> bool {
    let is_lacking = |hold: &Hold| matches!(hold.reason, Reason::TargetIncomplete { .. });
    let holds = decision.holds();
    holds.iter().any(is_lacking) && holds.iter().all(|hold| is_lacking(hold) || hold.reason.is_consent())
}

/// People are asked nothing on the newest epoch's word alone: the records may say otherwise.
fn is_new_question(item: &Watched<'_>, decision: &Decision) -> bool {
    let standing = item.row.row.question.as_ref().map(|question| &question.digest);
    matches!(decision, Decision::Ask { effect, .. } if standing != Some(&effect.digest()))
}

/// Remembers what the record sets say of who serves, where the newest epoch may say otherwise for
/// long: somebody changed them by hand.
async fn remember_listing<W: World>(
    world: &W,
    item: &mut Watched<'_>,
    facts: &Facts,
) -> Result<(), StateError> {
    let Ok(Serving::All { out }) = facts.serving(item.application) else { return Ok(()) };
    let listed = Some(ListedShares { epoch: number(&facts.epoch), out });
    if facts.listing.read().is_none() || item.row.row.listed == listed {
        return Ok(());
    }
    let kept = update(world, &item.application.name, &mut item.row, |row| {
        row.listed.clone_from(&listed);
        Some(((), Vec::new()))
    });
    kept.await.map(|_| ())
}
