//! Rest between moves, and whose turn it is.

use std::time::Duration;

use understudy::decide::{Moves, Situation};
use understudy::dns::{EpochRecord, MoveKind};
use understudy::health::Verdict;
use understudy::plan::Policy;
use understudy::state::Order;

use super::serving::{Serving, serving};
use super::wishes::{is_later_stage, restorers};
use super::{Move, health, is_suspect, newest_number, newest_record, verdict};
use crate::between;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// What a run that failed for good keeps waiting.
const AFTER_FAILURE: Duration = Duration::from_secs(600);
/// What the region that took another's users has before the next one gives them back.
const RESTORE_WAIT: Duration = Duration::from_secs(120);

/// The same was just refused, or moved records without reaching the application.
pub(super) fn has_just_failed(situation: &Situation<'_>, wish: &Move) -> bool {
    let Some(failed) = &situation.standing.failed else { return false };
    if between(failed.at, situation.now) >= AFTER_FAILURE {
        return false;
    }
    match &failed.wish {
        None => true,
        Some(failed) => failed.kind == wish.kind && failed.from == wish.from && failed.to == wish.to,
    }
}

pub(super) fn moves_are_unknown(situation: &Situation<'_>) -> bool {
    matches!(situation.facts.moves, Moves::Unknown { .. })
}

/// Within the cool-down of the last move.
pub(super) fn is_too_soon(situation: &Situation<'_>, wish: &Move) -> bool {
    if is_later_stage(situation, wish) {
        return false;
    }
    let Some(last) = last_move(situation) else { return false };
    let timing = &situation.application.timing;
    // Where several serve, giving back leaves nobody.
    let left_one = situation.application.policy == Policy::Failover || last.kind == MoveKind::Evacuate;
    let needed = if wish.kind == MoveKind::Evacuate && left_one && wish.to == last.from {
        if timing.soak < timing.cooldown { timing.soak } else { timing.cooldown }
    } else if wish.kind == MoveKind::Evacuate && is_suspect(situation, &wish.from) {
        // The second rescue is not blocked by the first.
        Duration::ZERO
    } else if is_acknowledged(situation) {
        timing.cooldown
    } else {
        timing.cooldown_unacknowledged
    };
    between(last.at, situation.now) < needed
}

/// Whether a person has acknowledged the last failover; true where there was none.
fn is_acknowledged(situation: &Situation<'_>) -> bool {
    let Moves::Known(records) = &situation.facts.moves else { return true };
    for record in records {
        if record.from != record.to && record.kind == MoveKind::Evacuate {
            return situation.standing.people.acknowledged >= record.epoch;
        }
    }
    true
}

fn last_move<'a>(situation: &Situation<'a>) -> Option<&'a EpochRecord> {
    let Moves::Known(records) = &situation.facts.moves else { return None };
    records.iter().find(|record| record.from != record.to)
}

/// As many moves in a day as the plan allows. Stages of one ramp are one move.
pub(super) fn is_too_often(situation: &Situation<'_>, wish: &Move) -> bool {
    if is_later_stage(situation, wish) {
        return false;
    }
    let Moves::Known(records) = &situation.facts.moves else { return false };
    let mut moves: Vec<&str> = Vec::new();
    for record in records {
        if record.from == record.to || between(record.at, situation.now) > DAY {
            continue;
        }
        let whole = record.run.as_str().split('.').next().unwrap_or_default();
        if !moves.contains(&whole) {
            moves.push(whole);
        }
    }
    let limit = usize::try_from(situation.application.timing.flap_limit).unwrap_or(usize::MAX);
    moves.len() >= limit
}

/// The region that gets traffic back has not been healthy for long enough: the soak, or a stage.
pub(super) fn has_not_proved_itself(situation: &Situation<'_>, wish: &Move) -> bool {
    if wish.kind != MoveKind::Restore {
        return false;
    }
    let timing = &situation.application.timing;
    let mut good_for = match health(situation, &wish.to).and_then(|health| health.good_since) {
        Some(since) => between(since, situation.now),
        None => Duration::ZERO,
    };
    if !is_later_stage(situation, wish) {
        return good_for < timing.soak;
    }
    // A stage counts from its own change of records.
    if let Some(newest) = newest_record(situation.facts) {
        let stands = between(newest.at, situation.now);
        if stands < good_for {
            good_for = stands;
        }
    }
    good_for < timing.stage
}

/// Others go before this region and still have time. An order says itself whose turn it is.
pub(super) fn others_go_first(situation: &Situation<'_>, wish: &Move, order: Option<&Order>) -> bool {
    if order.is_some() {
        return false;
    }
    let (before, wait) = match wish.kind {
        MoveKind::Evacuate => (takers_before(situation, wish), situation.application.timing.rank_wait),
        MoveKind::Restore => {
            let wait = situation.application.timing.rank_wait + RESTORE_WAIT;
            (restorers_before(situation, wish), wait)
        }
    };
    let mut waited = Duration::ZERO;
    if let Some(cleared) = &situation.standing.cleared
        && cleared.wish.kind == wish.kind
        && cleared.wish.from == wish.from
        && cleared.wish.to == wish.to
        && cleared.wish.share == wish.share
        && cleared.epoch.0 == newest_number(situation.facts)
    {
        waited = between(cleared.at, situation.now);
    }
    waited < wait * before
}

/// How many takers go before this one: the verified healthy first, then in the order of the plan. Not
/// those that are certainly dead, nor, where this one serves wholly, those that do not.
fn takers_before(situation: &Situation<'_>, wish: &Move) -> u32 {
    let serving = serving(situation);
    let all_serve = matches!(serving, Serving::Each(_));
    let we_are_healthy = verdict(situation, &wish.to) == Verdict::Healthy;
    let mut earlier_in_the_plan = true;
    let mut before = 0;
    for region in &situation.application.regions {
        let name = &region.name;
        if name == &wish.to {
            earlier_in_the_plan = false;
            continue;
        }
        if name == &wish.from {
            continue;
        }
        if all_serve && serving.share(&wish.to) == 100 && serving.share(name) < 100 {
            continue;
        }
        let goes_before = match verdict(situation, name) {
            Verdict::Unhealthy => false,
            // Nobody here can see it: it may be as well as any.
            Verdict::Unknown => earlier_in_the_plan,
            Verdict::Healthy if we_are_healthy => earlier_in_the_plan,
            Verdict::Healthy => true,
            Verdict::Degraded if we_are_healthy => false,
            Verdict::Degraded => earlier_in_the_plan,
        };
        if goes_before {
            before += 1;
        }
    }
    before
}

fn restorers_before(situation: &Situation<'_>, wish: &Move) -> u32 {
    let serving = serving(situation);
    if matches!(serving, Serving::One(_)) {
        return 0;
    }
    let mut before = 0;
    for restorer in restorers(situation, &serving, &wish.to) {
        if restorer == &wish.from {
            break;
        }
        before += 1;
    }
    before
}
