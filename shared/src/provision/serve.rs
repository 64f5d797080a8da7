//! One invocation of the function that provisions, from what woke it to its answer.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tracing::{error, info, warn};

use super::agreement::{agreement, amend};
use super::apply::Applied;
use super::bring::{Brought, Task, Trouble, bring_from};
use super::difference::Difference;
use super::ids::CheckIds;
use super::keep::{Drifted, Looker, judge};
use super::live::{Adopted, Live};
use super::look::look;
use super::request::{Ask, PERIOD, Request};
use super::resource::{Kind, Mode, Outcome, Properties, ResourceRequest};
use super::rights::{Consent, SHARE, Terms};
use super::status::{Status, Watch, status};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, Region, RunId};
use crate::plan::Plan;
use crate::ports::{PortError, Provisioning, within};
use crate::state::{StateError, load, stamp};
use crate::time::{after, since};

/// What is left of the time for a last look at what was done, and for writing down what it found.
const LAST_LOOK: Duration = Duration::from_secs(90);

/// What is left of it for telling CloudFormation, whatever else hangs.
const LAST_WORD: Duration = Duration::from_secs(25);

/// How often a new stack's first calls are tried, and how long is waited between.
const ATTEMPTS: u32 = 7;
const BETWEEN: Duration = Duration::from_secs(10);

/// One invocation.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The plan, or every fault of it.
    pub plan: Result<&'a Plan, &'a str>,
    /// The region of this controller.
    pub here: &'a Region,
    /// The event.
    pub payload: &'a str,
    /// When the function's time is up.
    pub deadline: Timestamp,
}

/// What the function answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum Answer {
    /// CloudFormation was told.
    Told {
        /// Whether its stack may go on.
        success: bool,
        /// What it was told.
        reason: String,
    },
    /// CloudFormation waits, but could not be told: the invocation is to be repeated.
    Untold {
        /// What it would have been told.
        reason: String,
        /// Why it was not.
        why: String,
    },
    /// The schedule's work was done.
    Looked(Looked),
    /// What stands against what the plan wants. Nothing was changed.
    Shown(Shown),
    /// The ids of the checks that stand.
    Ids {
        /// By application, region and what they tell.
        checks: CheckIds,
        /// The same as lines of an `.env` file.
        env: String,
    },
    /// What Route 53 and this controller think of every check.
    Status(Status),
    /// The event is not for us.
    NotMine {
        /// What was seen, and what is allowed.
        why: String,
    },
    /// It could not be done.
    Failed {
        /// Why not.
        why: String,
    },
}

/// What a scheduled look came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Looked {
    /// What was done of what the stack agreed to; none where there was nothing, or it agreed to nothing.
    pub brought: Option<Brought>,
    /// Why nothing was done, where something is left to do.
    pub refused: Option<String>,
    /// What was found of each application whose records are ours to make.
    pub drift: BTreeMap<ApplicationName, Drifted>,
}

/// A difference, with the ids of what stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    /// Names the changes: consent to it is consent to them.
    pub digest: String,
    /// What would be done, and what would not.
    pub difference: Difference,
    /// The checks that stand.
    pub checks: CheckIds,
}

/// Serves one invocation. Whatever waits for an answer at a URL gets one, in time.
pub async fn serve<W: Provisioning>(world: &W, call: &Call<'_>) -> Answer {
    match Request::read(call.payload) {
        Request::NotMine { why } => {
            info!(why, "not mine");
            Answer::NotMine { why }
        }
        Request::Resource(request) => answer(world, call, &request).await,
        Request::Scheduled { every } => match call.plan {
            Ok(plan) => scheduled(world, &Place::of(call, plan, every)).await,
            Err(faults) => refused(faults),
        },
        Request::Asked(ask) => match call.plan {
            Ok(plan) => shown(world, call.here, plan, ask).await,
            Err(faults) => refused(faults),
        },
    }
}

fn refused(faults: &str) -> Answer {
    error!(faults, "the plan does not parse: nothing is done");
    Answer::Failed { why: faults.to_owned() }
}

/// Where, and for how long.
struct Place<'a> {
    looker: Looker<'a>,
    until: Timestamp,
}

impl<'a> Place<'a> {
    fn of(call: &Call<'a>, plan: &'a Plan, every: Duration) -> Self {
        Self { looker: Looker { plan, here: call.here, every }, until: call.deadline }
    }

    fn plan(&self) -> &'a Plan {
        self.looker.plan
    }

    /// Whether this stack may change Route 53.
    fn is_maker(&self) -> bool {
        self.plan().provision_from.as_ref() == Some(self.looker.here)
    }
}

/// Does what CloudFormation asks, and tells it. A stack never waits for an answer that does not come.
async fn answer<W: Provisioning>(world: &W, call: &Call<'_>, request: &ResourceRequest) -> Answer {
    let time = since(world.now(), call.deadline);
    let patience = time.saturating_sub(LAST_WORD.min(time / 4));
    let outcome = match within(world, patience, outcome(world, call, request)).await {
        Some(outcome) => outcome,
        None => Outcome::failure(
            "the function's time was up before it could tell what came of it; what it did stands. Remedy: deploy again, or look at Route 53 by `understudy plan`",
        ),
    };
    let Outcome { success, reason, .. } = outcome.clone();
    info!(success, reason, "CloudFormation is told");
    match world.respond(&request.url, &request.answer(&outcome)).await {
        Ok(()) => Answer::Told { success, reason },
        Err(why) => {
            error!(%why, "CloudFormation could not be told");
            Answer::Untold { reason, why: why.to_string() }
        }
    }
}

async fn outcome<W: Provisioning>(world: &W, call: &Call<'_>, request: &ResourceRequest) -> Outcome {
    let kind = match &request.kind {
        Ok(Kind::Delete) => return farewell(world).await,
        Ok(kind) => *kind,
        Err(why) => return Outcome::failure(why),
    };
    let properties = match &request.properties {
        Ok(properties) => properties,
        Err(faults) => return Outcome::failure(faults),
    };
    let plan = match call.plan {
        Ok(plan) => plan,
        Err(faults) => return Outcome::failure(format!("the plan does not parse: {faults}")),
    };
    let place = Place::of(call, plan, PERIOD);
    if place.is_maker() && properties.mode == Mode::Provision {
        provision(world, &place, (kind, properties)).await
    } else {
        verify(world, &place).await
    }
}

/// A stack is gone; what users are served by stays.
async fn farewell<W: Provisioning>(world: &W) -> Outcome {
    take_back(world).await;
    Outcome::success(
        "nothing was deleted in Route 53: its health checks and record sets serve users. Whoever wants them gone deletes them by hand",
    )
}

/// The stack takes no part any longer.
async fn take_back<W: Provisioning>(world: &W) {
    let forgotten = amend(world, |agreement| agreement.given = None).await;
    if let Err(error) = forgotten {
        // The table may be gone already: then so is the schedule that would go on.
        warn!(%error, "that the stack takes no part any longer is not written down");
    }
}

/// Compares only, and never keeps a stack from being deployed.
async fn verify<W: Provisioning>(world: &W, place: &Place<'_>) -> Outcome {
    let plan = place.plan();
    take_back(world).await;
    let who = match &plan.provision_from {
        Some(region) if place.is_maker() => format!("{region} provisions, but this stack only verifies"),
        Some(region) => format!("{region} provisions"),
        None => "no region may provision: each controller runs in a primary region".to_owned(),
    };
    match look(world, plan).await {
        Ok(live) => {
            let difference = Difference::between(plan, &live, &Adopted::new());
            note(world, place, (&live, &difference)).await;
            let mut outcome = Outcome::success(format!("{}; {who}", counted(&difference)));
            outcome.left = Some(difference.digest()).filter(|_| !difference.is_empty());
            outcome.ids = CheckIds::of(plan, &live);
            outcome
        }
        Err(error) => Outcome::success(format!("{error}; nothing was compared; {who}")),
    }
}

/// What a difference holds, in numbers.
fn counted(difference: &Difference) -> String {
    let changing = difference.changes.iter().filter(|change| change.changes_what_exists()).count();
    format!(
        "{} to create, {changing} to change, {} as wanted, {} in the way",
        difference.changes.len() - changing,
        difference.same,
        difference.foreign.len()
    )
}

/// Brings Route 53 to the plan, as far as the stack agreed to it.
async fn provision<W: Provisioning>(
    world: &W,
    place: &Place<'_>,
    (kind, properties): (Kind, &Properties),
) -> Outcome {
    let plan = place.plan();
    let again = "nothing was done; deploy again";
    let give = || amend(world, |agreement| agreement.give(properties, &plan.digest, world.now()));
    let agreement = match eventually(world, give).await {
        Ok(agreement) => agreement,
        Err(error) => return Outcome::failure(format!("{error}: {again}")),
    };
    let live = match eventually(world, || look(world, plan)).await {
        Ok(live) => live,
        Err(error) => return Outcome::failure(format!("{error}: {again}")),
    };
    let Worked { ended, checks, .. } = work(world, place, live).await;
    let mut outcome = match ended {
        Ok(brought) => told(&brought),
        // Whoever returns to a plan that stood before must not be kept from it: CloudFormation would have no
        // way back. What differs is told as drift.
        Err(Trouble::Refused(why))
            if kind == Kind::Update && agreement.brought.as_ref() == Some(&plan.digest) =>
        {
            Outcome::success(format!("{why}. Nothing was changed: this plan stood before"))
        }
        Err(Trouble::Refused(why)) => Outcome::failure(format!(
            "{why}. Remedy: look at `understudy plan`, then deploy with the digest that it shows as ProvisionDigest"
        )),
        Err(trouble) => Outcome::failure(format!("{trouble}: {again}")),
    };
    outcome.ids = checks;
    if outcome.success {
        let brought = amend(world, |agreement| agreement.brought = Some(plan.digest.clone())).await;
        brought.map_or_else(|error| warn!(%error, "that it was brought is not written down"), drop);
    }
    outcome
}

/// Tries again for a minute. The permissions of a role that was made a moment ago are not in force everywhere yet
/// (IAM User Guide, "Changes that I make are not always immediately visible").
async fn eventually<W: Provisioning, T, E: std::fmt::Display>(
    world: &W,
    task: impl AsyncFn() -> Result<T, E>,
) -> Result<T, E> {
    for _ in 1..ATTEMPTS {
        match task().await {
            Ok(done) => return Ok(done),
            Err(error) => warn!(%error, "tried again in {} s", BETWEEN.as_secs()),
        }
        world.sleep(BETWEEN).await;
    }
    task().await
}

/// What came of it, for CloudFormation.
fn told(brought: &Brought) -> Outcome {
    let Brought { applied, rest } = brought;
    if let Some(first) = applied.failed.first() {
        return Outcome::failure(format!(
            "{} done, {} failed, the first: {first}. Remedy: mend that and deploy again; what was done stands",
            applied.done.len(),
            applied.failed.len()
        ));
    }
    let mut reason = format!("{} done; {}", applied.done.len(), counted(rest));
    if !applied.pending.is_empty() {
        reason.push_str("; not every name server has it yet");
    }
    if !rest.is_empty() {
        reason.push_str("; the schedule goes on with it");
    }
    let mut outcome = Outcome::success(reason);
    outcome.left = Some(rest.digest()).filter(|_| !rest.is_empty());
    outcome
}

/// What one attempt at the plan came to.
struct Worked {
    ended: Result<Brought, Trouble>,
    checks: CheckIds,
    drift: BTreeMap<ApplicationName, Drifted>,
}

/// Does what was agreed to, and writes down what is left. What is refused is not: a deployment that fails takes its
/// plan back, and what differs from that is no drift.
async fn work<W: Provisioning>(world: &W, place: &Place<'_>, live: Live) -> Worked {
    let plan = place.plan();
    let difference = Difference::between(plan, &live, &Adopted::new());
    let mut worked = Worked {
        ended: Ok(Brought { applied: Applied::default(), rest: difference.clone() }),
        checks: CheckIds::of(plan, &live),
        drift: BTreeMap::new(),
    };
    let terms = match terms(world, &difference).await {
        Ok(terms) => terms,
        Err(error) => {
            let unreadable = PortError::new("what the stack agreed to", error.to_string());
            return Worked { ended: Err(unreadable.into()), ..worked };
        }
    };
    let now = world.now();
    let time = since(now, place.until);
    let until = after(now, time.saturating_sub(LAST_LOOK.min(time / 4 * 3)));
    let run = RunId::new(format!("{}-{:08x}", stamp(now), world.bits() >> 32));
    let task = Task { terms, adopted: Adopted::new(), run, until };
    worked.ended = match bring_from(world, plan, live.clone(), &task).await {
        Ok((brought, Some(live))) => {
            worked.checks = CheckIds::of(plan, &live);
            worked.drift = note(world, place, (&live, &brought.rest)).await;
            Ok(brought)
        }
        Ok((brought, None)) => Ok(brought),
        Err(refused) => Err(refused),
    };
    worked
}

/// The terms of what is to be done, with what was agreed to written down before anything is done.
async fn terms<W: Provisioning>(world: &W, difference: &Difference) -> Result<Terms, StateError> {
    let terms = RefCell::new(None);
    amend(world, |agreement| *terms.borrow_mut() = agreement.terms(difference)).await?;
    Ok(terms.into_inner().unwrap_or(Terms { consent: Consent::ToCreate, share: SHARE }))
}

/// Writes down what a look found. What matters and is new is believed when a second look sees it, too.
async fn note<W: Provisioning>(
    world: &W,
    place: &Place<'_>,
    (live, difference): (&Live, &Difference),
) -> BTreeMap<ApplicationName, Drifted> {
    let plan = place.plan();
    let noted = async {
        let table = load(world).await?;
        let mut findings = judge(plan, &table, (live, difference));
        if findings.is_news(&table) {
            match look(world, plan).await {
                Ok(live) => {
                    let difference = Difference::between(plan, &live, &Adopted::new());
                    findings = judge(plan, &table, (&live, &difference));
                }
                Err(error) => {
                    warn!(%error, "what was found could not be seen again, and is not believed");
                    return Ok(BTreeMap::new());
                }
            }
        }
        place.looker.keep(world, &findings).await
    };
    noted.await.unwrap_or_else(|error: StateError| {
        error!(%error, "what was found is not written down");
        BTreeMap::new()
    })
}

/// Goes on with what the stack agreed to, and looks for drift.
async fn scheduled<W: Provisioning>(world: &W, place: &Place<'_>) -> Answer {
    let plan = place.plan();
    let live = match look(world, plan).await {
        Ok(live) => live,
        Err(error) => {
            // What is not known is no drift, and the last finding grows old.
            warn!(%error, "nothing was compared");
            return Answer::Failed { why: error.to_string() };
        }
    };
    let difference = Difference::between(plan, &live, &Adopted::new());
    if may_go_on(world, place).await && !difference.is_empty() {
        let Worked { ended, drift, .. } = work(world, place, live.clone()).await;
        return Answer::Looked(match ended {
            Ok(brought) => Looked { brought: Some(brought), refused: None, drift },
            Err(why) => {
                let drift = note(world, place, (&live, &difference)).await;
                Looked { brought: None, refused: Some(why.to_string()), drift }
            }
        });
    }
    let drift = note(world, place, (&live, &difference)).await;
    Answer::Looked(Looked { drift, ..Looked::default() })
}

/// Whether the stack agreed to this very plan: another one may be on its way, and wait for its own consent.
async fn may_go_on<W: Provisioning>(world: &W, place: &Place<'_>) -> bool {
    if !place.is_maker() {
        return false;
    }
    match agreement(world).await {
        Ok(agreement) => agreement.given.is_some_and(|given| given.plan == place.plan().digest),
        Err(error) => {
            warn!(%error, "what the stack agreed to cannot be read: nothing is changed");
            false
        }
    }
}

async fn shown<W: Provisioning>(world: &W, here: &Region, plan: &Plan, ask: Ask) -> Answer {
    let live = match look(world, plan).await {
        Ok(live) => live,
        Err(error) => return Answer::Failed { why: error.to_string() },
    };
    let checks = CheckIds::of(plan, &live);
    match ask {
        Ask::Status { checkers } => {
            let own = load(world).await.map(|table| table.observations.row);
            let unread = own.as_ref().err().map(ToString::to_string);
            let controllers = own.into_iter().map(|row| (here.clone(), row)).in_order();
            let watch = Watch { plan, live: &live, controllers: &controllers, checkers };
            let mut status = status(world, &watch).await;
            status.unread.extend(unread);
            Answer::Status(status)
        }
        Ask::Ids => Answer::Ids { env: checks.env(), checks },
        Ask::Difference => {
            let difference = Difference::between(plan, &live, &Adopted::new());
            Answer::Shown(Shown { digest: difference.digest(), difference, checks })
        }
    }
}
