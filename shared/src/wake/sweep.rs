//! Sweeping: once a day the tick of whoever serves deletes epoch records that nobody needs.

use std::time::Duration;

use tracing::{info, warn};

use super::Context;
use super::watched::Watched;
use crate::decide::Facts;
use crate::dns::{EPOCHS_KEPT, Sweep};
use crate::ports::World;
use crate::report::LedgerEntry;
use crate::state::{StateError, ledger_write, update};
use crate::time::{DAY, since};

/// Between two looks for old records: they grow by a few a year.
const BETWEEN: Duration = DAY;

/// Whether it is time to look for old records.
pub(super) fn is_due<W: World>(world: &W, context: &Context<'_>, item: &Watched<'_>, facts: &Facts) -> bool {
    let serves = facts.serving(item.application).is_ok_and(|serving| serving.serves(context.here));
    let many = facts.newest_epoch().is_some_and(|newest| newest.0 > EPOCHS_KEPT);
    let due = item.row.row.swept.is_none_or(|at| since(at, world.now()) >= BETWEEN);
    context.is_tick && serves && many && due
}

/// Sweeps what may be swept. That it fails costs nothing: a day later it is tried again.
pub(super) async fn sweep<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
) -> Result<(), StateError> {
    let application = item.application;
    let now = world.now();
    let words = match swept(world, context, item).await {
        Ok(0) => None,
        Ok(count) => Some(format!("{count} epoch records older than a week were deleted")),
        Err(why) => {
            warn!(why, "old epoch records were not swept");
            None
        }
    };
    update(world, &application.name, &mut item.row, |row| {
        row.swept = Some(now);
        let entry = |text: &String| LedgerEntry::new(now, "swept", "epochs", text, &());
        let writes = words.iter().map(|text| ledger_write(&application.name, &entry(text)));
        Some(((), writes.collect()))
    })
    .await
    .map(|_| ())
}

async fn swept<W: World>(world: &W, context: &Context<'_>, item: &Watched<'_>) -> Result<usize, String> {
    let application = item.application;
    let listing = {
        let _turn = context.pace.read(world, application).await;
        world.list(&application.zone, &application.served).await.map_err(|error| error.to_string())?
    };
    let Some(sweep) = Sweep::of(&listing, &application.served, world.now()) else { return Ok(0) };
    let _turn = context.pace.change(world, application).await;
    world.sweep(&application.zone, &sweep).await.map_err(|error| error.to_string())?;
    info!(count = sweep.sets().len(), "old epoch records swept");
    Ok(sweep.sets().len())
}
