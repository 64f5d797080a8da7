//! Approve and deny: answers to a question, bound to its digest.

use std::time::Duration;

use super::answer::{Answer, Asked, Refusable, Refusal};
use super::desk::Desk;
use super::members::Who;
use super::request::still_stands;
use super::runs::already;
use super::tables::{Tables, read_tables};
use super::write::{Word, record};
use crate::names::EffectDigest;
use crate::plan::Application;
use crate::ports::{Functions, Watching};
use crate::state::Wanted;
use crate::time::clock;

/// Writes an approval down, or a denial for a time.
pub(super) async fn consent<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    application: &Application,
    digest: &EffectDigest,
    denied_for: Option<Duration>,
    who: &Who,
) -> Refusable<Answer> {
    let tables = read_tables(desk).await;
    let questions = tables.questions(application, desk.world.now());
    let asked: Vec<&Asked> = questions.iter().filter(|asked| &asked.digest == digest).collect();
    if asked.is_empty() {
        let open: Vec<&str> = questions.iter().map(|asked| asked.digest.as_str()).collect();
        let allowed = match open.is_empty() {
            true => "no question is open now: a controller asks again while the move is still wanted".into(),
            false => open.join(", "),
        };
        let refusal = Refusal::one("digest", format!("nobody asks about {digest}"), allowed);
        return Err(refusal.asking(questions).without(tables.silent(&application.name)));
    }
    if denied_for.is_none() {
        by_another(desk, &tables, application, &asked, who)?;
    }
    let lasts = denied_for.unwrap_or(application.timing.approval);
    let until = still_stands(desk.said, lasts, desk.world.now())?;
    let (verb, done, what) = match denied_for {
        None => ("approve", "approved", Wanted::Approve { digest: digest.clone() }),
        Some(_) => ("deny", "denied", Wanted::Deny { digest: digest.clone() }),
    };
    let id = desk.id(verb);
    already(desk, &tables, application, &id)?;
    let order = desk.order(who, until, what);
    let effect = asked.first().map(|asked| asked.effect.clone()).unwrap_or_default();
    let told = effect.first().map(String::as_str).unwrap_or_default();
    let text = format!("{} {done} {digest} ({told}) until {}: {}", who.author, clock(until), who.reason);
    let words = [Word::order(desk, &application.name, (&id, &order), &text)];
    let mut recorded = record(desk, &tables, &words, text).await?;
    recorded.order = Some(id);
    recorded.until = Some(until);
    recorded.digest = Some(digest.clone());
    recorded.why = effect;
    Ok(Answer::Recorded(Box::new(recorded)))
}

/// Under `two_person`, who ordered a move does not approve of it.
fn by_another<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    tables: &Tables,
    application: &Application,
    asked: &[&Asked],
    who: &Who,
) -> Refusable<()> {
    let now = desk.world.now();
    let people = tables.people(&application.name, now);
    // Authors are as claimed; a capital letter makes nobody another person.
    let same = |author: &str| author.to_lowercase() == who.author.to_lowercase();
    let ordered = asked.iter().filter_map(|asked| people.order_for(&asked.asked_by, now));
    match ordered.into_iter().find(|(_, order)| application.two_person && same(&order.author)) {
        None => Ok(()),
        Some((id, order)) => {
            let problem = format!("{} ordered it ({id}), and the plan asks for two people", order.author);
            Err(Refusal::one("author", problem, "another person than the one who ordered it"))
        }
    }
}
