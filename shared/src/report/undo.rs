//! How a move is undone: by itself, by order, by hand.

use crate::decide::MoveKind;
use crate::dns::{EpochRecord, Shares};
use crate::in_order::InOrder;
use crate::names::Region;
use crate::plan::{Application, Policy, Restore};
use crate::run::{Outcome, Run};
use crate::time::span;

/// How a move ends by itself, and how a person undoes it.
pub(super) fn undo(application: &Application, run: &Run) -> Vec<String> {
    let wish = run.claim.wish();
    if !matches!(run.outcome(), Some(Outcome::Moved)) && !run.is_served() {
        return Vec::new();
    }
    let by_people = by_people(application, run);
    let by_itself = match (wish.kind, application.restore) {
        (MoveKind::Restore, _) => return by_people,
        (MoveKind::Evacuate, Restore::Auto) => {
            format!(
                "By itself: once {} has been healthy for {}, traffic is handed back.",
                wish.from,
                span(application.timing.soak)
            )
        }
        (MoveKind::Evacuate, Restore::Ask) => {
            format!("Traffic stays in {} until a person moves it back (restore = \"ask\").", wish.to)
        }
    };
    [by_itself].into_iter().chain(by_people).collect()
}

/// How a person moves back what a run moved: by order, or where nothing of ours works, by hand, so
/// that every controller understands it.
fn by_people(application: &Application, run: &Run) -> Vec<String> {
    let wish = run.claim.wish();
    let order = match wish.kind {
        MoveKind::Evacuate => {
            format!("\"fail-back\",\"application\":\"{}\",\"to\":\"{}\"", application.name, wish.from)
        }
        MoveKind::Restore => {
            format!(
                "\"fail-over\",\"application\":\"{}\",\"from\":\"{}\",\"to\":\"{}\"",
                application.name, wish.to, wish.from
            )
        }
    };
    let by_order = format!(
        "By order: invoke the operate function with {{\"command\":{order},\"author\":\"<you>\",\"reason\":\"<why>\"}}."
    );
    vec![by_order, by_hand(application, run)]
}

fn by_hand(application: &Application, run: &Run) -> String {
    let done = run.claim.batch().claim();
    let mut record = EpochRecord {
        epoch: done.epoch.next(),
        run: "by-hand".into(),
        from: done.to.clone(),
        to: done.from.clone(),
        ..done.clone()
    };
    (record.kind, record.out) = match done.kind {
        MoveKind::Evacuate => (MoveKind::Restore, without(&done.out, &done.from)),
        MoveKind::Restore => (MoveKind::Evacuate, with(&done.out, &done.to)),
    };
    if application.policy == Policy::Failover {
        record.out = Shares::new();
    }
    let sets = match application.policy {
        Policy::Failover => format!(
            "the record sets {} and {} with values and health checks swapped",
            application.sets.primary, application.sets.secondary
        ),
        Policy::Weighted | Policy::Latency => {
            let named = run.claim.batch().moves().iter().filter_map(|set| set.routing.set());
            format!("the record sets {} as they were before", named.collect::<Vec<_>>().join(", "))
        }
    };
    format!(
        "By hand: one Route 53 batch that CREATEs TXT {}, UPSERTs TXT {} (both with the value \"{}\", at= being the present time) and UPSERTs {sets}.",
        EpochRecord::name_of(record.epoch, &application.served),
        EpochRecord::now_name(&application.served),
        record.text(),
    )
}

/// Nobody is out under `failover`, whose records tell the holder by `to`.
fn with(out: &Shares, region: &Region) -> Shares {
    out.iter().map(|(of, share)| (of.clone(), *share)).chain([(region.clone(), 0)]).in_order()
}

fn without(out: &Shares, region: &Region) -> Shares {
    out.iter().filter(|(of, _)| *of != region).map(|(of, share)| (of.clone(), *share)).in_order()
}
