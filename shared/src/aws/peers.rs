//! The tables of the controllers in other regions, by the ARNs of `UNDERSTUDY_PEERS`.

use std::collections::BTreeMap;

use super::clients::Clients;
use super::dynamodb;
use crate::names::{Arn, Region};
use crate::ports::{Commit, PortError, Row, Write};

/// The rows of a partition of a peer's table whose sort key begins with `prefix`.
pub(super) async fn query(
    clients: &Clients,
    peers: &BTreeMap<Region, Arn>,
    peer: &Region,
    partition: &str,
    prefix: &str,
) -> Result<Vec<Row>, PortError> {
    let table = table(peers, peer)?;
    dynamodb::query(&clients.peer(peer).reading, table, partition, prefix).await
}

/// Writes all rows or none into a peer's table.
pub(super) async fn commit(
    clients: &Clients,
    peers: &BTreeMap<Region, Arn>,
    peer: &Region,
    writes: &[Write],
) -> Result<Commit, PortError> {
    let table = table(peers, peer)?;
    dynamodb::commit(&clients.peer(peer).writing, table, writes).await
}

/// The whole ARN stands for the name, so that no table of that name in another account is meant
/// (API reference, `TableName`: "You can also provide the Amazon Resource Name").
fn table<'a>(peers: &'a BTreeMap<Region, Arn>, peer: &Region) -> Result<&'a str, PortError> {
    peers.get(peer).map(Arn::as_str).ok_or_else(|| {
        let message = format!(
            "the table of the controller in {peer} is not known in this region: \
             add its ARN to UNDERSTUDY_PEERS"
        );
        PortError::new("the table of a peer", message)
    })
}

#[cfg(test)]
mod tests;
