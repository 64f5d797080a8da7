//! A look at applications that changes nothing: for people who ask, and for rehearsals.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::consider::{View, facts, list, standing};
use super::record::fold_round;
use super::watched::Watched;
use super::{Context, look_around};
use crate::decide::{Facts, Standing};
use crate::names::{Region, WakeId};
use crate::observe::Depth;
use crate::plan::{Application, Plan};
use crate::ports::Watching;
use crate::run::Pace;
use crate::state::{ApplicationRow, Peer, StateError, load};
use crate::time::after;

/// Where somebody looks from, and how closely.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The region of this controller.
    pub here: &'a Region,
    /// Whether Route 53's API is asked, too.
    pub listed: bool,
}

/// What one look saw of one application.
#[derive(Clone, Debug)]
pub struct Survey<'a> {
    /// The application, as planned.
    pub application: &'a Application,
    /// What this controller remembers of it.
    pub row: ApplicationRow,
    /// What was observed. Counts go on from the series that ticks have kept.
    pub facts: Facts,
    /// What the tables say, those of peers included.
    pub standing: Standing,
}

/// Looks once at some applications, and at what peers know. Nothing is written.
///
/// # Errors
/// When this region's state table does not answer, or an application's row cannot be read.
pub async fn survey<'a, W: Watching>(
    world: &W,
    look: Look<'a>,
    applications: &[&'a Application],
) -> Result<(Vec<Survey<'a>>, BTreeMap<Region, Peer>), StateError> {
    let now = world.now();
    let (id, pace) = (WakeId::from("survey"), Pace::new(look.plan.fleet.pace));
    let until = after(now, std::time::Duration::from_secs(30));
    let Look { plan, here, listed } = look;
    let (began, is_tick) = (now, false);
    let context = Context { plan, here, id: &id, began, deadline: until, until, pace: &pace, is_tick };
    let mut table = load(world).await?;
    if let Some(error) = applications.iter().find_map(|application| table.unreadable.get(&application.name)) {
        return Err(error.clone());
    }
    let round = look_around(world, &context, applications, Depth::Close).await;
    let mut own = std::mem::take(&mut table.observations.row);
    fold_round(&mut own, &context, applications, &round, world.now());
    let looked = applications.iter().zip(&round.samples).map(|(application, sample)| {
        let mut item = Watched::take(&mut table, application);
        item.listen(&round.peers, now);
        let (round, own, context) = (&round, &own, &context);
        async move {
            let view = View { sample, round, own };
            let mut seen = facts(world, context, &item, view).await;
            if listed {
                list(world, context, &mut item, &seen).await;
                seen = facts(world, context, &item, view).await;
            }
            let standing = standing(&item, view);
            Survey { application: item.application, row: item.row.row, facts: seen, standing }
        }
    });
    let surveys = join_all(looked.collect::<Vec<_>>()).await;
    Ok((surveys, round.peers))
}
