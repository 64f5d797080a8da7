//! Reading what a scenario expects.

use super::line::{Read, Words};
use super::{Expectation, Outcome};

/// Reads an expectation after the word `expect`.
pub(super) fn expectation(words: &mut Words<'_>) -> Read<Expectation> {
    if words.take("outcome") {
        return words.word("an outcome").and_then(known_outcome).map(Expectation::Outcome);
    }
    if words.take("user outage") {
        return outage(words);
    }
    if words.take("users") {
        return users(words);
    }
    if words.take("no notification") {
        return words.word("an event").map(|event| Expectation::NoNotification(event.to_owned()));
    }
    if words.take("notification") {
        return notification(words);
    }
    if words.take("no move") {
        return Ok(Expectation::Moves(0));
    }
    if words.take("moves") {
        return moves(words);
    }
    if words.take("each application moved within") {
        return words.band().map(Expectation::EachMovedWithin);
    }
    if words.take("outage of each application at most") {
        return words.time().map(Expectation::EachOutageAtMost);
    }
    let mut ahead = *words;
    if ahead.take("no route53 call between") {
        *words = ahead;
        let from = words.mark()?;
        words.expect("and")?;
        let service = "route53".to_owned();
        return words.mark().map(|to| Expectation::NoCallBetween(service, from, to));
    }
    if words.take("no hold") {
        return words.word("a guard").map(|guard| Expectation::NoHold(guard.to_owned()));
    }
    if words.take("hold") {
        return words.word("a guard").map(|guard| Expectation::Hold(guard.to_owned()));
    }
    if words.take("some run") {
        return words.word("an outcome").and_then(known_outcome).map(Expectation::SomeRun);
    }
    if words.take("operate") {
        return answered(words);
    }
    if words.take("calls") {
        return calls(words);
    }
    records(words)
}

/// What Route 53 has and answers; then the rest.
fn records(words: &mut Words<'_>) -> Read<Expectation> {
    if words.take("weights") {
        return weights(words);
    }
    if words.take("set") {
        let set = words.word("a set identifier")?.to_owned();
        words.expect("holds")?;
        return words.region().map(|region| Expectation::SetHolds(set, region));
    }
    if words.take("answer near") {
        let near = words.region()?;
        return words.region().map(|region| Expectation::AnswerNear(near, region));
    }
    if words.take("answer") {
        return words.region().map(Expectation::Answer);
    }
    if words.take("idle wakes use at most") {
        let time = words.time()?;
        words.expect("of processor")?;
        return Ok(Expectation::IdleWakesUse(time));
    }
    if words.take("idle wakes make no") {
        let service = words.word("a service")?.to_owned();
        words.expect("call")?;
        return Ok(Expectation::IdleWakesMakeNo(service));
    }
    if words.take("order") {
        return order(words);
    }
    if words.take("no wake hangs") {
        return Ok(Expectation::NoWakeHangs);
    }
    if words.take("peak memory at most") {
        let megabytes = words.count()?;
        words.expect("MB")?;
        return Ok(Expectation::PeakMemoryAtMost(megabytes));
    }
    if words.take("at most") {
        let count = words.count()?;
        if words.take("moves") {
            return Ok(Expectation::MovesAtMost(count as usize));
        }
        words.expect("calls from verdict to change")?;
        return Ok(Expectation::CallsAtMost(count as usize));
    }
    let mark = words.mark()?;
    words.expect("within")?;
    words.band().map(|band| Expectation::Within(mark, band))
}

fn outage(words: &mut Words<'_>) -> Read<Expectation> {
    if words.take("at most") {
        return words.time().map(Expectation::OutageAtMost);
    }
    words.expect("at least")?;
    words.time().map(Expectation::OutageAtLeast)
}

fn users(words: &mut Words<'_>) -> Read<Expectation> {
    if words.take("not served at the end") {
        return Ok(Expectation::ServedAtEnd(false));
    }
    words.expect("served")?;
    if words.take("at the end") {
        return Ok(Expectation::ServedAtEnd(true));
    }
    words.expect("for")?;
    let time = words.time()?;
    words.expect("after")?;
    words.mark().map(|mark| Expectation::ServedAfter(mark, time))
}

fn notification(words: &mut Words<'_>) -> Read<Expectation> {
    let event = words.word("an event")?.to_owned();
    words.expect("to")?;
    let group = words.word("a group of topics")?.to_owned();
    let once = words.take("once");
    let after = if words.take("after") { Some(words.mark()?) } else { None };
    Ok(Expectation::Notification { event, group, once, after })
}

fn known_outcome(word: &str) -> Read<Outcome> {
    let known = Outcome::ALL.iter().copied().find(|outcome| outcome.as_str() == word);
    known.ok_or_else(|| format!("there is no outcome {word:?}"))
}

fn moves(words: &mut Words<'_>) -> Read<Expectation> {
    if words.take("in order of priority") {
        return Ok(Expectation::MovesByPriority);
    }
    let count = words.count()? as usize;
    if words.take("of each application") {
        return Ok(Expectation::MovesOfEach(count));
    }
    Ok(Expectation::Moves(count))
}

fn answered(words: &mut Words<'_>) -> Read<Expectation> {
    let command = words.word("a command")?.to_owned();
    if words.take("not reached in") {
        return words.region().map(|region| Expectation::NotReached(command, region));
    }
    words.word("an answer").map(|answer| Expectation::Answered(command, answer.to_owned()))
}

fn calls(words: &mut Words<'_>) -> Read<Expectation> {
    let service = words.word("a service")?.to_owned();
    let operation = words.word("an operation")?.to_owned();
    let at_least = words.take("at least");
    if !at_least {
        words.expect("at most")?;
    }
    let count = words.count()? as usize;
    Ok(Expectation::Calls { service, operation, at_least, count })
}

fn weights(words: &mut Words<'_>) -> Read<Expectation> {
    let mut weights = Vec::new();
    while !words.is_empty() && !words.rest().starts_with("if ") {
        let region = words.region()?;
        let weight = words.word("a weight")?.trim_end_matches(',');
        let weight = weight.parse().map_err(|_| format!("{weight:?} is no weight: write 0 to 255"))?;
        weights.push((region, weight));
    }
    Ok(Expectation::Weights(weights))
}

fn order(words: &mut Words<'_>) -> Read<Expectation> {
    let mut marks = Vec::new();
    for part in words.rest().split(',') {
        let mut one = Words::of(part);
        marks.push(one.mark()?);
        one.end()?;
    }
    *words = Words::of("");
    Ok(Expectation::Order(marks))
}
