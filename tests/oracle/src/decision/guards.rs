//! Every guard is asked; none hides another.

use std::collections::BTreeSet;

use understudy::decide::Situation;
use understudy::names::EffectDigest;
use understudy::state::{Order, Wanted};

use super::{Move, evidence, is_open, people, records, rest, target};

/// What no order can override: what protects the records, and the second person.
const PROTECTED: [&str; 8] = [
    "run-in-flight",
    "target-incomplete",
    "override-stands",
    "epoch-unknown",
    "epoch-unreadable",
    "clock",
    "records",
    "two-person",
];

/// What a person's approval lifts.
pub(super) const CONSENTS: [&str; 4] = ["consent", "data-consent", "target-degraded", "two-person"];

/// The guards that object, whatever people consented to.
pub(super) fn raised(
    situation: &Situation<'_>,
    wish: &Move,
    order: Option<&Order>,
) -> BTreeSet<&'static str> {
    let questions: [(&'static str, bool); 30] = [
        ("paused", people::is_paused(situation)),
        ("people-unreadable", !situation.standing.unheard.is_empty()),
        ("maintenance", people::is_in_maintenance(situation)),
        ("advise", people::only_advises(situation)),
        ("consent", people::wants_consent(situation, wish, order)),
        ("data-consent", situation.application.data.is_some()),
        ("two-person", people::wants_a_second_person(situation, wish, order)),
        ("run-in-flight", situation.standing.run.is_some()),
        ("run-failed", rest::has_just_failed(situation, wish)),
        ("quorum", evidence::lacks_quorum(situation, wish)),
        ("dwell", evidence::lacks_dwell(situation, wish)),
        ("everything-unhealthy", evidence::sees_no_life(situation, wish)),
        ("fleet-stop", evidence::too_many_at_once(situation, wish)),
        ("no-fit-target", target::is_unfit(situation, wish)),
        ("target-degraded", target::is_only_degraded(situation, wish)),
        ("target-not-ready", target::says_not_ready(situation, wish)),
        ("target-incomplete", target::is_incomplete(situation, wish)),
        ("override-stands", records::are_overridden(situation, wish)),
        ("capacity", target::leaves_too_little(situation, wish)),
        ("holder-unknown", records::nobody_knows_the_holder(situation, wish)),
        ("records", records::are_unusable(situation)),
        ("drift", records::were_found_amiss(situation)),
        ("epoch-unknown", records::epoch_is_unknown(situation)),
        ("epoch-unreadable", records::epoch_is_unreadable(situation)),
        ("clock", records::newest_is_from_the_future(situation)),
        ("plan-skew", records::plans_disagree(situation, wish)),
        ("cooldown", rest::is_too_soon(situation, wish)),
        ("flap-limit", rest::is_too_often(situation, wish)),
        ("moves-unknown", rest::moves_are_unknown(situation)),
        ("soak", rest::has_not_proved_itself(situation, wish)),
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
    wish: &Move,
    order: Option<&Order>,
    raised: &BTreeSet<&'static str>,
    effect: &EffectDigest,
) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let mut raised = raised.clone();
    if people::is_denied(situation, effect) {
        raised.insert("denied");
    }
    let approved = is_approved(situation, order, effect);
    let forced = match order.map(|order| &order.what) {
        Some(Wanted::FailOver { force, .. } | Wanted::FailBack { force, .. }) => force.clone(),
        _ => BTreeSet::new(),
    };
    let (mut holds, mut overridden) = (BTreeSet::new(), BTreeSet::new());
    for guard in raised {
        if approved && CONSENTS.contains(&guard) {
            continue;
        }
        if forced.contains(guard) && !PROTECTED.contains(&guard) {
            overridden.insert(guard);
        } else {
            holds.insert(guard);
        }
    }
    // Whose turn it is matters only once nothing else stands in the way.
    if holds.is_empty() && rest::others_go_first(situation, wish, order) {
        holds.insert("rank");
    }
    (holds, overridden)
}

/// Whether a person approved of exactly this effect: where two are asked for, another than the one who
/// ordered it.
fn is_approved(situation: &Situation<'_>, order: Option<&Order>, effect: &EffectDigest) -> bool {
    for word in situation.standing.people.orders.values() {
        let Wanted::Approve { digest } = &word.what else { continue };
        if digest != effect || !is_open(word, situation.now) {
            continue;
        }
        let ordered_it = order.is_some_and(|order| order.author == word.author);
        if !(situation.application.two_person && ordered_it) {
            return true;
        }
    }
    false
}
