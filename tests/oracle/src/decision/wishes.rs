//! What is wanted here, the most wanted first.

use understudy::decide::{Answered, Moves, Situation};
use understudy::dns::MoveKind;
use understudy::health::Verdict;
use understudy::names::{Epoch, Region};
use understudy::plan::Policy;
use understudy::state::{Order, Wanted};

use super::records::make_no_sense;
use super::serving::{Serving, is_out_by_us, preferred, serving};
use super::{Move, is_suspect, newest_number, newest_record, verdict};

/// Epoch records that every controller can read, from the newest down.
const RECENT: u64 = 12;

/// What a person wants: nothing where it is so already, a later move has overtaken the order, or it
/// names a region that is none of the application's.
pub(super) fn ordered(situation: &Situation<'_>, order: &Order) -> Option<Move> {
    let serving = serving(situation);
    if let Wanted::FailOver { from, to, .. } | Wanted::FailBack { from, to, .. } = &order.what
        && !(is_of_the_application(situation, from) && is_of_the_application(situation, to))
    {
        return None;
    }
    match &order.what {
        Wanted::FailOver { from, to, after, .. } => {
            if is_overtaken(situation, *after) {
                return None;
            }
            // The records say who holds.
            let from = match &serving {
                Serving::One(seat) => seat,
                Serving::Each(_) => from,
            };
            if from == to || serving.share(from) == 0 {
                return None;
            }
            let (from, to) = (from.clone(), to.clone());
            Some(Move { kind: MoveKind::Evacuate, from, to, share: 100 })
        }
        Wanted::FailBack { from, to, after, .. } => {
            // The stages of the ramp that it began do not overtake it.
            let began = newest_record(situation.facts)
                .is_some_and(|newest| newest.kind == MoveKind::Restore && &newest.to == to);
            if is_overtaken(situation, *after) && !began {
                return None;
            }
            if serving.share(from) == 0 || serving.share(to) == 100 {
                return None;
            }
            let share = next_share(situation, &serving, to);
            Some(Move { kind: MoveKind::Restore, from: from.clone(), to: to.clone(), share })
        }
        _ => None,
    }
}

fn is_of_the_application(situation: &Situation<'_>, name: &Region) -> bool {
    situation.application.regions.iter().any(|region| &region.name == name)
}

fn is_overtaken(situation: &Situation<'_>, after: Epoch) -> bool {
    newest_number(situation.facts) > after.0
}

/// What the controller wants by itself.
pub(super) fn by_itself(situation: &Situation<'_>) -> Vec<Move> {
    // A witness sees and says, and takes nothing over.
    if !is_of_the_application(situation, situation.here) {
        return Vec::new();
    }
    match serving(situation) {
        Serving::One(seat) => Vec::from_iter(around_the_seat(situation, &seat)),
        serving @ Serving::Each(_) => among_all(situation, &serving),
    }
}

/// Under `failover`: who does not hold pulls from a suspect holder; who holds hands back.
fn around_the_seat(situation: &Situation<'_>, seat: &Region) -> Option<Move> {
    let here = situation.here;
    if seat != here {
        if !is_suspect(situation, seat) {
            return None;
        }
        // Route 53 has moved users to a third region that looks well: to latch that is its business.
        if let Answered::Regions(answered) = &situation.facts.answered
            && answered.len() == 1
        {
            for region in answered {
                if region != seat && region != here && !is_suspect(situation, region) {
                    return None;
                }
            }
        }
        return Some(Move { kind: MoveKind::Evacuate, from: seat.clone(), to: here.clone(), share: 100 });
    }
    let home = preferred(situation.application);
    if home == here || verdict(situation, home) != Verdict::Healthy {
        return None;
    }
    Some(Move { kind: MoveKind::Restore, from: here.clone(), to: home.clone(), share: 100 })
}

/// Where all serve: who serves wholly, or comes to the rescue, leaves those that look ill, the
/// unhealthy ones first. Where nobody looks ill, who serves wholly gives back what was lost.
fn among_all(situation: &Situation<'_>, serving: &Serving) -> Vec<Move> {
    let here = situation.here;
    let mut wishes = Vec::new();
    if serving.share(here) == 100 || comes_to_the_rescue(situation, serving) {
        for certainly in [true, false] {
            for region in &situation.application.regions {
                let from = &region.name;
                if from == here || serving.share(from) == 0 || !is_suspect(situation, from) {
                    continue;
                }
                if (verdict(situation, from) == Verdict::Unhealthy) != certainly {
                    continue;
                }
                let (from, to) = (from.clone(), here.clone());
                wishes.push(Move { kind: MoveKind::Evacuate, from, to, share: 100 });
            }
        }
    }
    if !wishes.is_empty() || serving.share(here) != 100 {
        return wishes;
    }
    for region in &situation.application.regions {
        let to = &region.name;
        if to == here || serving.share(to) == 100 || !is_out_by_us(situation, to) {
            continue;
        }
        if verdict(situation, to) != Verdict::Healthy {
            continue;
        }
        let share = next_share(situation, serving, to);
        let (from, to) = (here.clone(), to.clone());
        wishes.push(Move { kind: MoveKind::Restore, from, to, share });
    }
    wishes
}

/// Whether this region, which we took out, is needed: nobody else who serves wholly looks well.
fn comes_to_the_rescue(situation: &Situation<'_>, serving: &Serving) -> bool {
    if !is_out_by_us(situation, situation.here) {
        return false;
    }
    for region in &situation.application.regions {
        let name = &region.name;
        if name != situation.here && serving.share(name) == 100 && !is_suspect(situation, name) {
            return false;
        }
    }
    true
}

/// Who gives back what a region lost, in their order: who took it, then those that serve wholly.
pub(super) fn restorers<'a>(
    situation: &Situation<'a>,
    serving: &Serving,
    region: &Region,
) -> Vec<&'a Region> {
    let mut order = Vec::new();
    if let Some(taker) = taker_of(situation, region) {
        order.push(taker);
    }
    for other in &situation.application.regions {
        if !order.contains(&&other.name) {
            order.push(&other.name);
        }
    }
    let mut able = Vec::new();
    for name in order {
        let planned = situation.application.regions.iter().any(|other| &other.name == name);
        if planned
            && name != region
            && serving.share(name) == 100
            && verdict(situation, name) == Verdict::Healthy
        {
            able.push(name);
        }
    }
    able
}

/// Who took a region's users when it was last left, by the records that every controller can read.
fn taker_of<'a>(situation: &Situation<'a>, region: &Region) -> Option<&'a Region> {
    let Moves::Known(records) = &situation.facts.moves else { return None };
    let newest = newest_number(situation.facts);
    for record in records {
        if record.epoch.0 + RECENT <= newest {
            continue;
        }
        if record.kind == MoveKind::Evacuate && &record.from == region {
            return Some(&record.to);
        }
    }
    None
}

/// The share that a region gets next: the next stage of the ramp, or all of it.
fn next_share(situation: &Situation<'_>, serving: &Serving, region: &Region) -> u8 {
    if situation.application.policy != Policy::Weighted {
        return 100;
    }
    for stage in &situation.application.ramp {
        if *stage > serving.share(region) {
            return *stage;
        }
    }
    100
}

/// Whether a wish goes on with a ramp that is under way: by the newest epoch and by the records the
/// region is on its way back. A share that people gave to a region that was out is no stage.
pub(super) fn is_later_stage(situation: &Situation<'_>, wish: &Move) -> bool {
    if wish.kind != MoveKind::Restore || situation.application.policy != Policy::Weighted {
        return false;
    }
    let Some(newest) = newest_record(situation.facts) else { return false };
    let told = newest.out.get(&wish.to).copied().unwrap_or(100);
    let lives = if make_no_sense(situation) { 0 } else { serving(situation).share(&wish.to) };
    told > 0 && told < 100 && lives > 0 && lives < 100
}
