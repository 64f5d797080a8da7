//! What the controllers wrote down, read with the product's own types.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use understudy::decide::MoveKind;
use understudy::report::LedgerEntry;
use understudy::run::Run;
use understudy::state::ApplicationRow;

use super::names::{APPLICATION, REGIONS};
use crate::cloud::{Cloud, TableRow};

/// All rows of the application, of all regions.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// Runs with the region whose table has them, by their id (which begins with their time).
    pub runs: Vec<(String, Run)>,
    /// Entries of the ledgers with their region, by time.
    pub ledger: Vec<(String, LedgerEntry)>,
    /// The application's row in each region.
    pub applications: BTreeMap<String, ApplicationRow>,
    /// Rows that the product's types cannot read.
    pub unreadable: Vec<String>,
}

impl Story {
    /// Reads every table.
    pub async fn read(cloud: &Cloud) -> Self {
        let mut story = Self::default();
        for (region, _) in REGIONS {
            for run in story.rows(cloud, region, &format!("run#{APPLICATION}")).await {
                story.runs.push((region.to_owned(), run.1));
            }
            for entry in story.rows(cloud, region, &format!("ledger#{APPLICATION}")).await {
                story.ledger.push((region.to_owned(), entry.1));
            }
            let key = format!("application#{APPLICATION}");
            let rows = cloud.services().rows(region, "controller").await.unwrap_or_default();
            let row = rows.into_iter().filter(|row| row.sort == key).collect();
            for (_, row) in story.parse(row) {
                story.applications.insert(region.to_owned(), row);
            }
        }
        story.runs.sort_by_key(|(_, run): &(String, Run)| run.claim.decided_at());
        story.ledger.sort_by_key(|(_, entry): &(String, LedgerEntry)| entry.at);
        story
    }

    async fn rows<T: DeserializeOwned>(
        &mut self,
        cloud: &Cloud,
        region: &str,
        partition: &str,
    ) -> Vec<(String, T)> {
        let rows = cloud.services().rows(region, partition).await.unwrap_or_default();
        self.parse(rows)
    }

    fn parse<T: DeserializeOwned>(&mut self, rows: Vec<TableRow>) -> Vec<(String, T)> {
        let mut read = Vec::new();
        for row in rows {
            match serde_json::from_str(&row.body) {
                Ok(value) => read.push((row.sort, value)),
                Err(error) => self.unreadable.push(format!("{}: {error}", row.sort)),
            }
        }
        read
    }

    /// The runs of one kind, in order.
    pub fn of_kind(&self, kind: MoveKind) -> impl Iterator<Item = &Run> {
        self.runs.iter().map(|(_, run)| run).filter(move |run| run.claim.wish().kind == kind)
    }
}
