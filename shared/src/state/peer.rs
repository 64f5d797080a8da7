//! What the controllers of other regions know, read from their own tables.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Serialize;

use super::people::People;
use super::rows::Observations;
use super::table::{CONTROLLER, Held, SHARED, StateError, Table, update};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, Region};
use crate::ports::{Clock, PeerTable, Peers, Store, within};

/// What a peer knows, or why it could not be read.
#[derive(Debug, Default)]
pub struct Peer {
    /// Its series, its plan.
    pub observations: Observations,
    /// What people said, as far as it has heard.
    pub people: BTreeMap<ApplicationName, Held<People>>,
    /// Applications of which it keeps something that cannot be read, and what is wrong with that.
    pub unreadable: BTreeMap<ApplicationName, String>,
    /// Why nothing of it is known, if so.
    pub silent: Option<String>,
}

/// Reads all peers at once, each within `patience`: one whose region is down costs that, once.
pub async fn read_peers<W: Peers + Clock>(
    world: &W,
    peers: &[Region],
    patience: Duration,
) -> BTreeMap<Region, Peer> {
    let read = peers.iter().map(|peer| async move { (peer.clone(), read_peer(world, peer, patience).await) });
    join_all(read).await.into_iter().in_order()
}

async fn read_peer<W: Peers + Clock>(world: &W, peer: &Region, patience: Duration) -> Peer {
    let silent = |why: String| Peer { silent: Some(why), ..Peer::default() };
    match within(world, patience, PeerTable { world, peer }.query(CONTROLLER, SHARED)).await {
        None => silent("its table did not answer".to_owned()),
        Some(Err(error)) => silent(error.to_string()),
        Some(Ok(rows)) => {
            let mut table = Table::default();
            rows.iter().for_each(|row| table.take(row));
            let unreadable = table.unreadable.into_iter().map(|(name, error)| (name, error.to_string()));
            Peer {
                observations: table.observations.row,
                people: table.people,
                unreadable: unreadable.in_order(),
                silent: None,
            }
        }
    }
}

/// How a word of people was written in one region's table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Written {
    /// It stands there.
    Written,
    /// It does not; a later tick of a region where it does tries again.
    NotReached {
        /// What happened instead.
        why: String,
    },
}

/// Brings what people said into a table, whatever stands there.
///
/// # Errors
/// When the table does not answer.
pub async fn spread(
    table: &impl Store,
    application: &ApplicationName,
    held: &mut Held<People>,
    people: &People,
    now: Timestamp,
) -> Result<(), StateError> {
    let written = update(table, application, held, |row| {
        let before = row.clone();
        row.join(people);
        row.forget_old(now);
        (*row != before).then_some(((), Vec::new()))
    });
    written.await.map(|_| ())
}
