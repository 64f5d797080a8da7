//! From whom, to whom, and who carries it out: what an order leaves open is chosen here.

use super::answer::{Refusable, Refusal};
use super::desk::Desk;
use super::request::Move;
use crate::dns::Serving;
use crate::health::Verdict;
use crate::names::Region;
use crate::ports::{Functions, Watching};
use crate::wake::Survey;

/// A move with nothing left open.
pub(super) struct Chosen {
    /// Who is left, or hands back.
    pub from: Region,
    /// Who serves then.
    pub to: Region,
    /// Whose controller carries it out.
    pub executor: Region,
}

fn healthy(survey: &Survey<'_>, region: &Region) -> bool {
    survey.facts.health.get(region).is_some_and(|health| health.verdict == Verdict::Healthy)
}

fn joined<'a>(regions: impl Iterator<Item = &'a Region>) -> String {
    regions.map(Region::as_str).collect::<Vec<_>>().join(", ")
}

/// Away from a region.
pub(super) fn over(wanted: &Move<'_>, survey: &Survey<'_>, serving: &Serving) -> Refusable<Chosen> {
    let application = wanted.application;
    let names = || application.regions.iter().map(|region| &region.name);
    let serves = || joined(names().filter(|name| serving.serves(name)));
    let from = match (serving, &wanted.from) {
        (Serving::Seat(seat), Some(from)) if from != seat => {
            return Err(Refusal::one("from", format!("{from} does not hold traffic"), seat.as_str()));
        }
        (Serving::Seat(seat), _) => seat.clone(),
        (Serving::All { .. }, None) => {
            return Err(Refusal::one("from", "it is missing, and several regions serve", serves()));
        }
        (Serving::All { .. }, Some(from)) if !serving.serves(from) => {
            return Err(Refusal::one("from", format!("{from} serves nothing"), serves()));
        }
        (Serving::All { .. }, Some(from)) => from.clone(),
    };
    let others = || names().filter(|name| **name != from);
    let to = match &wanted.to {
        Some(to) if *to == from => {
            let problem = format!("{to} is the region that would be left");
            return Err(Refusal::one("to", problem, joined(others())));
        }
        Some(to) => to.clone(),
        None => {
            let fit = |name: &&Region| {
                healthy(survey, name) && (matches!(serving, Serving::Seat(_)) || serving.serves(name))
            };
            others().find(fit).cloned().ok_or_else(|| {
                let problem = "it is missing, and no other region is verified healthy";
                Refusal::one("to", problem, joined(others()))
            })?
        }
    };
    Ok(Chosen { executor: to.clone(), from, to })
}

/// Back to a region. Who holds hands back; where several serve, the first that is well does.
pub(super) fn back(wanted: &Move<'_>, survey: &Survey<'_>, serving: &Serving) -> Refusable<Chosen> {
    let application = wanted.application;
    let names = || application.regions.iter().map(|region| &region.name);
    if let Serving::Seat(seat) = serving {
        let preferred = &application.preferred().name;
        if let Some(to) = wanted.to.as_ref().filter(|to| *to != preferred) {
            let problem = format!("{to} is not the preferred region; to move there, use fail-over");
            return Err(Refusal::one("to", problem, preferred.as_str()));
        }
        if seat == preferred {
            let problem = format!("{preferred} holds traffic already: there is nothing to hand back");
            return Err(Refusal::one("application", problem, "an application that was failed over"));
        }
        return Ok(Chosen { from: seat.clone(), to: preferred.clone(), executor: seat.clone() });
    }
    let out: Vec<&Region> = names().filter(|name| serving.share(name) < 100).collect();
    let to = match (&wanted.to, out.as_slice()) {
        (_, []) => {
            let problem = "every region serves wholly: there is nothing to hand back";
            return Err(Refusal::one("application", problem, "an application of which a region is out"));
        }
        (Some(to), out) if !out.contains(&to) => {
            return Err(Refusal::one("to", format!("{to} is not out"), joined(out.iter().copied())));
        }
        (Some(to), _) => to.clone(),
        (None, [only]) => (*only).clone(),
        (None, many) => {
            let problem = "it is missing, and more than one region is out";
            return Err(Refusal::one("to", problem, joined(many.iter().copied())));
        }
    };
    let able = |name: &&Region| **name != to && serving.share(name) == 100 && healthy(survey, name);
    let restorer = names().find(able).cloned().ok_or_else(|| {
        let problem = "no region that serves wholly is verified healthy, so that none can hand back";
        Refusal::one("application", problem, "the same command, once one is")
    })?;
    Ok(Chosen { from: restorer.clone(), to, executor: restorer })
}

/// Where no controller runs, nobody would carry the order out.
pub(super) fn has_controller<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    wanted: &Move<'_>,
    chosen: &Chosen,
) -> Refusable<()> {
    let executor = &chosen.executor;
    if desk.controllers().contains(&executor) {
        return Ok(());
    }
    let problem = format!("no controller runs in {executor}, and it is who would carry this out");
    let path = if wanted.back { "application" } else { "to" };
    Err(Refusal::one(path, problem, joined(desk.controllers().into_iter())))
}
