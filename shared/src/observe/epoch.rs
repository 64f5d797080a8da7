//! The newest epoch and the last moves, by the name servers: no API, no quota.

use std::net::SocketAddr;

use futures_util::future::join_all;

use super::{Depth, ask_servers};
use crate::decide::{EpochReading, Moves};
use crate::dns::{EpochRecord, UnreadableEpoch};
use crate::names::Epoch;
use crate::plan::Application;
use crate::ports::{DnsAnswer, DnsValue, NameServers};

/// How many epoch records are read where Route 53's API does not answer. More moves than the
/// usual flap limit fit, stages included.
pub(crate) const RECENT: u64 = 12;

/// The newest epoch, by the `now` record: the highest that any of the servers answers.
pub async fn newest_epoch<W: NameServers>(
    world: &W,
    application: &Application,
    servers: &[SocketAddr],
    depth: Depth,
) -> EpochReading {
    let name = EpochRecord::now_name(&application.served);
    let mut why = "no name server is known".to_owned();
    let mut newest: Option<EpochReading> = None;
    for answer in ask_servers(world, &name, servers, depth).await {
        match answer {
            Ok(answer) => newest = Some(newer(newest, read(&answer))),
            Err(error) => why = error.to_string(),
        }
    }
    newest.unwrap_or(EpochReading::Unknown { why })
}

fn read(answer: &DnsAnswer) -> EpochReading {
    let DnsAnswer::Values(values) = answer else { return EpochReading::Known(None) };
    let Some(DnsValue::Text(text)) = values.first() else { return EpochReading::Known(None) };
    match EpochRecord::parse(text) {
        Ok(record) => EpochReading::Known(Some(record)),
        Err(_) => EpochReading::Unreadable(UnreadableEpoch { epoch: Epoch(0), text: text.clone() }),
    }
}

fn newer(known: Option<EpochReading>, other: EpochReading) -> EpochReading {
    let number = |reading: &EpochReading| match reading {
        // What we cannot read may be newer than all that we can.
        EpochReading::Unreadable(_) => Some(Epoch(u64::MAX)),
        EpochReading::Known(record) => Some(record.as_ref().map_or(Epoch(0), |record| record.epoch)),
        EpochReading::Unknown { .. } => None,
    };
    match known {
        Some(known) if number(&known) >= number(&other) => known,
        _ => other,
    }
}

/// The newest epoch records, newest first, where the API does not answer.
pub async fn recent_moves<W: NameServers>(
    world: &W,
    application: &Application,
    newest: &EpochReading,
    servers: &[SocketAddr],
) -> Moves {
    let newest = match newest {
        EpochReading::Known(None) => return Moves::Known(Vec::new()),
        EpochReading::Known(Some(record)) => record,
        EpochReading::Unreadable(unreadable) => return Moves::Unknown { why: unreadable.to_string() },
        EpochReading::Unknown { why } => return Moves::Unknown { why: why.clone() },
    };
    // The newest is known already: a server that lags behind may not have its record yet.
    let older = newest.epoch.0.saturating_sub(RECENT).max(1)..newest.epoch.0;
    let older = join_all(older.rev().map(|epoch| record_of(world, application, Epoch(epoch), servers))).await;
    match older.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(older) => Moves::Known([newest.clone()].into_iter().chain(older.into_iter().flatten()).collect()),
        Err(why) => Moves::Unknown { why },
    }
}

/// The record of one epoch; none where it was swept or not yet reached that server.
async fn record_of<W: NameServers>(
    world: &W,
    application: &Application,
    epoch: Epoch,
    servers: &[SocketAddr],
) -> Result<Option<EpochRecord>, String> {
    let name = EpochRecord::name_of(epoch, &application.served);
    let answers = ask_servers(world, &name, servers, Depth::Glance).await;
    let answer =
        answers.into_iter().last().ok_or("no name server is known")?.map_err(|error| error.to_string())?;
    match read(&answer) {
        EpochReading::Known(record) => Ok(record.filter(|record| record.epoch == epoch)),
        // An older record that cannot be read is history.
        EpochReading::Unreadable(_) => Ok(None),
        EpochReading::Unknown { why } => Err(why),
    }
}
