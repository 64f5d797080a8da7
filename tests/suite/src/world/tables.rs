//! The tables: a controller's own, and those of its peers.

use std::collections::BTreeSet;
use std::time::Duration;

use understudy::names::Region;
use understudy::ports::{Commit, Expect, Key, Peers, PortError, Row, Store, Write};

use super::asked::{Asked, STACK};
use super::cloud::Written;
use super::ports::{Controller, TIMEOUT};

/// What the real adapter gives a peer's table for an answer.
const PEER_TIMEOUT: Duration = Duration::from_millis(1_500);

impl Store for Controller {
    async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        let read = || self.read(&self.region, partition, prefix);
        self.in_time("Query", &self.region, TIMEOUT, read).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Commit, PortError> {
        let name = if writes.len() == 1 { "PutItem" } else { "TransactWriteItems" };
        if self.cloud.state.borrow().read_only.contains(&self.region) {
            return Err(PortError::new(name, "access denied"));
        }
        self.in_time(name, &self.region, TIMEOUT, || self.write(&self.region, writes)).await
    }
}

impl Peers for Controller {
    async fn peer_query(&self, peer: &Region, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        self.in_time("PeerQuery", peer, PEER_TIMEOUT, || self.read(peer, partition, prefix)).await
    }

    async fn peer_commit(&self, peer: &Region, writes: &[Write]) -> Result<Commit, PortError> {
        let name = if writes.len() == 1 { "PeerPutItem" } else { "PeerTransactWriteItems" };
        // Two attempts.
        self.in_time(name, peer, 2 * PEER_TIMEOUT, || self.write(peer, writes)).await
    }
}

impl Controller {
    /// A call to a region's table, which waits in vain for one that is down or cannot be reached.
    async fn in_time<T>(
        &self,
        name: &'static str,
        whose: &Region,
        timeout: Duration,
        effect: impl FnOnce() -> T,
    ) -> Result<T, PortError> {
        // A transaction of puts needs what its puts need (DynamoDB Developer Guide, "Using IAM with transactions").
        let action = if name.ends_with("Query") { "dynamodb:Query" } else { "dynamodb:PutItem" };
        self.asks([Asked::in_region(action, whose, &format!("table/{STACK}-state"))]);
        let output = self.call(name, || self.reaches(whose).then(effect)).await;
        if output.is_none() {
            self.cloud.time.sleep(timeout).await;
        }
        output.ok_or_else(|| PortError::new(name, format!("the table in {whose} does not answer")))
    }

    fn reaches(&self, whose: &Region) -> bool {
        let state = self.cloud.state.borrow();
        let cut = state.cut_off.contains(&(self.region.clone(), whose.clone()));
        !cut && !state.tables_down.contains(whose)
    }

    fn read(&self, whose: &Region, partition: &str, prefix: &str) -> Vec<Row> {
        let state = self.cloud.state.borrow();
        let rows = state.tables.get(whose).into_iter();
        let from = rows.flat_map(|table| table.range(Key::new(partition, prefix)..).map(|(_, row)| row));
        let is_one = |row: &&Row| row.key.partition == partition && row.key.sort.starts_with(prefix);
        from.take_while(is_one).cloned().collect()
    }

    fn write(&self, whose: &Region, writes: &[Write]) -> Commit {
        let keys: BTreeSet<_> = writes.iter().map(|write| &write.key).collect();
        assert_eq!(keys.len(), writes.len(), "DynamoDB refuses a transaction with one key twice: {writes:?}");
        let mut state = self.cloud.state.borrow_mut();
        let table = state.tables.entry(whose.clone()).or_default();
        let free = |write: &Write| match (write.expect, table.get(&write.key)) {
            (Expect::Anything, _) | (Expect::Absent, None) => true,
            (Expect::Version(version), Some(row)) => row.version == version,
            (Expect::Absent, Some(_)) | (Expect::Version(_), None) => false,
        };
        if !writes.iter().all(free) {
            return Commit::Conflict;
        }
        for write in writes {
            let row = Row {
                key: write.key.clone(),
                version: write.expect.next_version(),
                body: write.body.clone(),
            };
            table.insert(write.key.clone(), row);
        }
        let (by, table) = (self.region.clone(), whose.clone());
        state.written.push(Written { by, table, writes: writes.to_vec() });
        Commit::Done
    }
}
