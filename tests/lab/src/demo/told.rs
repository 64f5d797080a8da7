//! What people were told, what came of it all, and what it cost.

use understudy::decide::MoveKind;
use understudy::run::Outcome;

use crate::cloud::Publication;
use crate::scenario::Ran;
use crate::show::{Tone, painted, say};
use crate::world::{APPLICATION, Applied, PRIMARY};

/// The first message about the move, as it was sent.
pub(super) fn notification(published: &[Publication]) {
    say(format!("\n{}", painted(Tone::Strong, "What people were told")));
    let Some(told) = published.iter().find(|one| one.fact("event") == "failed-over") else {
        say("  Nothing.");
        return;
    };
    say(format!("  To:      {} in {}", told.topic_name(), told.region));
    say(format!("  Subject: {}\n", told.subject));
    told.text.lines().for_each(|line| say(format!("  | {line}")));
}

/// Prints whether each thing that was to be shown came about, and gives whether all did.
pub(super) fn verdict(ours: &Ran, control: &Ran) -> bool {
    let seen = &ours.gathered;
    let claims: Vec<_> = seen.history.iter().filter_map(Applied::claim).collect();
    let rescue = seen
        .story
        .of_kind(APPLICATION, MoveKind::Evacuate)
        .find(|run| run.outcome() == Some(&Outcome::Moved));
    let back =
        seen.story.of_kind(APPLICATION, MoveKind::Restore).find(|run| run.outcome() == Some(&Outcome::Moved));
    let first = rescue.zip(claims.first()).is_some_and(|(run, claim)| &claim.run == run.id());
    let second = back.zip(claims.get(1)).is_some_and(|(run, claim)| {
        &claim.run == run.id() && claim.epoch == claims[0].epoch.next() && claim.to.as_str() == PRIMARY
    });
    let invariants = &seen.report.invariants;
    let without = &control.gathered.report.user;
    let checks = [
        (first, "our run claimed the epoch".to_owned()),
        (rescue.is_some_and(|run| run.marks.verified.is_some()), "the new answer was verified".to_owned()),
        (ours.failures.is_empty(), failures("users were served again, also at the end", ours)),
        (second, "the hand-back claimed the next epoch".to_owned()),
        (invariants.violated == 0, format!("no invariant broke in {} checks", invariants.checked)),
        (
            control.failures.is_empty() && without.failed > 0,
            format!(
                "without our functions users were left unserved: for {:.1} s, until the end",
                without.outage_s
            ),
        ),
    ];
    say(format!("\n{}", painted(Tone::Strong, "What came of it")));
    for (well, text) in &checks {
        let word = if *well { painted(Tone::Good, "yes") } else { painted(Tone::Bad, "NO ") };
        say(format!("  {word}  {text}"));
    }
    checks.iter().all(|(well, _)| *well)
}

fn failures(text: &str, ran: &Ran) -> String {
    ran.failures.iter().fold(text.to_owned(), |text, failure| format!("{text}\n       {failure}"))
}
