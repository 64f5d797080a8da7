//! What people reserved for themselves.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use understudy::decide::Situation;
use understudy::dns::MoveKind;
use understudy::names::EffectDigest;
use understudy::plan::{Mode, Restore, Window};
use understudy::state::{Order, Wanted};

use super::wishes::is_later_stage;
use super::{Move, is_open};
use crate::later;

pub(super) fn is_paused(situation: &Situation<'_>) -> bool {
    for pause in situation.standing.people.pauses.values() {
        if pause.resumed.is_none() && situation.now < pause.until {
            return true;
        }
    }
    false
}

pub(super) fn is_denied(situation: &Situation<'_>, effect: &EffectDigest) -> bool {
    for order in situation.standing.people.orders.values() {
        if let Wanted::Deny { digest } = &order.what
            && digest == effect
            && is_open(order, situation.now)
        {
            return true;
        }
    }
    false
}

pub(super) fn is_in_maintenance(situation: &Situation<'_>) -> bool {
    for window in &situation.application.maintenance {
        if is_open_now(window, situation.now) {
            return true;
        }
    }
    false
}

fn is_open_now(window: &Window, now: Timestamp) -> bool {
    match window {
        Window::Once { from, until, .. } => *from <= now && now < *until,
        Window::Weekly { begins, lasts, .. } => {
            // Each of the last eight days, of which today is one: a window lasts a day at most.
            let today = now.to_zoned(TimeZone::UTC).date();
            for days in 0..8 {
                let Ok(day) = today.checked_sub(jiff::Span::new().days(days)) else { continue };
                if !begins.days.contains(&day.weekday()) {
                    continue;
                }
                let Ok(begin) = day.to_datetime(begins.at).to_zoned(TimeZone::UTC) else { continue };
                let begin = begin.timestamp();
                if begin <= now && now < later(begin, *lasts) {
                    return true;
                }
            }
            false
        }
    }
}

pub(super) fn only_advises(situation: &Situation<'_>) -> bool {
    situation.application.mode == Mode::Advise
}

/// Whether a person's order waits for another one.
pub(super) fn wants_a_second_person(situation: &Situation<'_>, wish: &Move, order: Option<&Order>) -> bool {
    situation.application.two_person && order.is_some() && !is_later_stage(situation, wish)
}

/// Whether the plan wants a person's consent: a person's order is one, and a ramp has it from its
/// first stage.
pub(super) fn wants_consent(situation: &Situation<'_>, wish: &Move, order: Option<&Order>) -> bool {
    if order.is_some() || is_later_stage(situation, wish) {
        return false;
    }
    if situation.application.mode == Mode::Approve {
        return true;
    }
    wish.kind == MoveKind::Restore && situation.application.restore == Restore::Ask
}
