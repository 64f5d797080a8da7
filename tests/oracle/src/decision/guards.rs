//! Every guard is asked; none hides another.

use std::collections::BTreeSet;

use understudy::decide::Situation;
use understudy::names::EffectDigest;
use understudy::state::{Order, Wanted};

use super::{Move, evidence, is_open, people, records, rest, target};

/// What no order can override: what protects the records, and the second person.
const PROTECTED: [&str; 7] =
    ["run-in-flight", "target-incomplete", "epoch-unknown", "epoch-unreadable", "clock", "records", "two-person"];

/// The guards that object, whatever people consented to.
pub(super) fn raised(
    situation: &Situation<'_>,
    wish: &Move,
    order: Option<&Order>,
) -> BTreeSet<&'static str> {
    let questions: [(&'static str, bool); 29] = [
        ("paused", people::is_paused(situation)),
        ("people-unreadable", !situation.standing.unheard.is_empty()),
        ("maintenance", people::is_in_maintenance(situation)),
        ("advise", people::only_advises(situation)),
        ("consent", people::wants_consent(situation, wish, order)),
        ("data-consent", situation.application.data.is_some()),
        ("two-person", order.is_some() && situation.application.two_person),
        ("run-in-flight", situation.standing.run.is_some()),
        ("run-failed", rest::has_just_failed(situation, wish)),
        ("quorum", evidence::lacks_quorum(situation, wish)),
        ("dwell", evidence::lacks_dwell(situation, wish)),
        ("everything-unhealthy", evidence::sees_no_life(situation)),
        ("fleet-stop", evidence::too_many_at_once(situation)),
        ("no-fit-target", target::is_unfit(situation, wish)),
        ("target-degraded", target::is_only_degraded(situation, wish)),
        ("target-not-ready", target::says_not_ready(situation, wish)),
        ("target-incomplete", target::is_incomplete(situation, wish)),
        ("capacity", target::leaves_too_little(situation, wish)),
        ("holder-unknown", records::nobody_knows_the_holder(situation)),
        ("records", records::are_unusable(situation)),
        ("epoch-unknown", records::epoch_is_unknown(situation)),
        ("epoch-unreadable", records::epoch_is_unreadable(situation)),
        ("clock", records::newest_is_from_the_future(situation)),
        ("plan-skew", records::plans_disagree(situation, wish)),
        ("cooldown", rest::is_too_soon(situation, wish)),
        ("flap-limit", rest::is_too_often(situation, wish)),
        ("moves-unknown", rest::moves_are_unknown(situation)),
        ("soak", rest::has_not_proved_itself(situation, wish)),
        ("rank", rest::others_go_first(situation, wish, order)),
    ];
    let mut raised = BTreeSet::new();
    for (guard, objects) in questions {
        if objects {
            raised.insert(guard);
        }
    }
    raised
}

/// What is left of the objections after what people consented to and what an order overrides, and
/// what it does override.
pub(super) fn left(
    situation: &Situation<'_>,
    order: Option<&Order>,
    raised: &BTreeSet<&'static str>,
    effect: &EffectDigest,
) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let mut raised = raised.clone();
    if people::is_denied(situation, effect) {
        raised.insert("denied");
    }
    let approvals = approvals(situation, effect);
    let second = order.is_some_and(|order| approvals.iter().any(|author| *author != order.author));
    let forced = match order.map(|order| &order.what) {
        Some(Wanted::FailOver { force, .. } | Wanted::FailBack { force, .. }) => force.clone(),
        _ => BTreeSet::new(),
    };
    let (mut holds, mut overridden) = (BTreeSet::new(), BTreeSet::new());
    for guard in raised {
        let consented = match guard {
            "consent" | "data-consent" | "target-degraded" => !approvals.is_empty(),
            "two-person" => second,
            _ => false,
        };
        if consented {
            continue;
        }
        if forced.contains(guard) && !PROTECTED.contains(&guard) {
            overridden.insert(guard);
        } else {
            holds.insert(guard);
        }
    }
    (holds, overridden)
}

/// Who approved of exactly this effect.
fn approvals<'a>(situation: &Situation<'a>, effect: &EffectDigest) -> Vec<&'a str> {
    let mut authors = Vec::new();
    for order in situation.standing.people.orders.values() {
        if let Wanted::Approve { digest } = &order.what
            && digest == effect
            && is_open(order, situation.now)
        {
            authors.push(order.author.as_str());
        }
    }
    authors
}
