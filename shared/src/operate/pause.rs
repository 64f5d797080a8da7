//! Pause, resume and acknowledge.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join;
use jiff::Timestamp;

use super::answer::{Answer, Refusable, Refusal};
use super::desk::Desk;
use super::members::Who;
use super::tables::{Tables, read_tables};
use super::write::{Word, entry, record};
use crate::decide::EpochReading;
use crate::in_order::InOrder;
use crate::names::{OrderId, Region};
use crate::plan::Application;
use crate::ports::{Functions, Watching};
use crate::state::{Pause, People, Resumed};
use crate::time::clock;

type Pauses = BTreeMap<OrderId, Pause>;

/// Keeps everybody from moving some applications. What was paused before is paused by this instead.
pub(super) async fn pause<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    applications: &[&Application],
    until: Timestamp,
    who: &Who,
) -> Refusable<Answer> {
    let tables = read_tables(desk).await;
    not_outdated(desk, &tables, applications)?;
    let id = desk.id("pause");
    let now = desk.world.now();
    let (author, reason) = (who.author.clone(), who.reason.clone());
    let pause = Pause { author, reason, at: desk.said, until, resumed: None };
    let anew = Who { reason: format!("paused anew: {}", who.reason), ..who.clone() };
    let told = format!("{} paused it until {}: {}", who.author, clock(until), who.reason);
    let words = applications.iter().map(|application| {
        let heard = tables.people(&application.name, now);
        // Delivered once more, it ends nothing that was said beside it.
        let again = heard.pauses.contains_key(&id);
        let mut said = if again { Pauses::new() } else { ended(&heard, now, &anew, desk.said) };
        said.insert(id.clone(), pause.clone());
        word(desk, application, &id, (heard, said), &told)
    });
    let words: Vec<Word> = words.collect();
    let text = format!("{} paused until {}", names(applications), clock(until));
    let mut recorded = record(desk, &tables, &words, text).await?;
    recorded.until = Some(until);
    recorded.notes = unheard(&tables, applications);
    Ok(Answer::Recorded(Box::new(recorded)))
}

/// Ends the pauses that stand, as far as they were heard: each by its name, so that none is ended which
/// nobody here has heard of.
pub(super) async fn resume<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    applications: &[&Application],
    who: &Who,
) -> Refusable<Answer> {
    let tables = read_tables(desk).await;
    not_outdated(desk, &tables, applications)?;
    let (id, now) = (desk.id("resume"), desk.world.now());
    let mut resumed = Vec::new();
    let mut words = Vec::new();
    for application in applications {
        let heard = tables.people(&application.name, now);
        let said = ended(&heard, now, who, now);
        if said.is_empty() {
            continue;
        }
        let text = format!("{} ended {}: {}", who.author, of_whom(&said), who.reason);
        words.push(word(desk, application, &id, (heard, said), &text));
        resumed.push(*application);
    }
    if words.is_empty() {
        let problem = format!("nothing is paused: {}", names(applications));
        let refusal = Refusal::one("application", problem, "an application that status shows as paused");
        return Err(refusal.without(silent(&tables, applications)));
    }
    let mut recorded = record(desk, &tables, &words, format!("{} resumed", names(&resumed))).await?;
    recorded.notes = unheard(&tables, &resumed);
    Ok(Answer::Recorded(Box::new(recorded)))
}

/// The pauses that stand, each ended.
fn ended(heard: &People, now: Timestamp, who: &Who, at: Timestamp) -> Pauses {
    let end = Resumed { at, author: who.author.clone(), reason: who.reason.clone() };
    let each = heard.standing(now);
    each.map(|(id, pause)| (id.clone(), Pause { resumed: Some(end.clone()), ..pause.clone() })).in_order()
}

fn of_whom(pauses: &Pauses) -> String {
    let authors: BTreeSet<&str> = pauses.values().map(|pause| pause.author.as_str()).in_order();
    let authors: Vec<&str> = authors.into_iter().collect();
    let what = if pauses.len() == 1 { "pause" } else { "pauses" };
    format!("the {what} of {}", authors.join(", "))
}

/// What came by way of EventBridge may be late, or come once more: a newer word stands.
fn not_outdated<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    tables: &Tables,
    applications: &[&Application],
) -> Refusable<()> {
    let now = desk.world.now();
    let newest =
        applications.iter().filter_map(|application| tables.people(&application.name, now).last_word());
    match newest.max().filter(|newest| desk.by_event && *newest > desk.said) {
        None => Ok(()),
        Some(newest) => {
            let problem =
                format!("it was said at {}, and a newer word at {}", clock(desk.said), clock(newest));
            Err(Refusal::one("time", problem, "a command that arrives in time: say it again"))
        }
    }
}

fn word<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    application: &Application,
    id: &OrderId,
    (heard, said): (People, Pauses),
    text: &str,
) -> Word {
    let entry = entry(desk, id, text, &said);
    // With it goes what was heard of other pauses: a table may have missed that one of them was ended.
    let mut news = People { pauses: said, ..People::default() };
    news.join(&People { pauses: heard.pauses, ..People::default() });
    Word { application: application.name.clone(), news, entry }
}

/// Says that a person has seen the newest move.
pub(super) async fn acknowledge<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    application: &Application,
    who: &Who,
) -> Refusable<Answer> {
    let (tables, (epoch, _)) = join(read_tables(desk), desk.epoch(application)).await;
    let newest = match epoch {
        EpochReading::Known(Some(newest)) => newest,
        EpochReading::Known(None) => {
            let problem = format!("nothing was ever moved of {}", application.name);
            return Err(Refusal::one("application", problem, "an application that was moved"));
        }
        EpochReading::Unreadable(error) => return Err(unknown(&error.to_string())),
        EpochReading::Unknown { why } => return Err(unknown(&why)),
    };
    let known = tables.people(&application.name, desk.world.now()).acknowledged;
    if known >= newest.epoch {
        let problem = format!("epoch {known} is acknowledged, and none is newer");
        return Err(Refusal::one("application", problem, "an application that was moved since"));
    }
    let moved = format!("{} to {} at {}", newest.from, newest.to, clock(newest.at));
    let why = if who.reason.is_empty() { String::new() } else { format!(": {}", who.reason) };
    let text = format!("{} acknowledged epoch {} ({moved}){why}", who.author, newest.epoch);
    let news = People { acknowledged: newest.epoch, ..People::default() };
    let entry = entry(desk, &desk.id("acknowledge"), &text, &newest);
    let words = [Word { application: application.name.clone(), news, entry }];
    let recorded = record(desk, &tables, &words, text).await?;
    Ok(Answer::Recorded(Box::new(recorded)))
}

fn unknown(why: &str) -> Box<Refusal> {
    let problem = format!("the newest epoch could not be read: {why}");
    Refusal::one("application", problem, "the same command, once name servers can be read")
}

fn names(applications: &[&Application]) -> String {
    applications.iter().map(|application| application.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn silent(tables: &Tables, applications: &[&Application]) -> BTreeMap<Region, String> {
    applications.iter().flat_map(|application| tables.silent(&application.name)).in_order()
}

/// What was said there lately is not known, and may be newer.
fn unheard(tables: &Tables, applications: &[&Application]) -> Vec<String> {
    let each = silent(tables, applications);
    each.into_iter().map(|(region, why)| format!("{region} could not be heard before: {why}")).collect()
}
