//! What the controllers wrote down, read with the product's own types.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use understudy::decide::MoveKind;
use understudy::report::LedgerEntry;
use understudy::run::Run;
use understudy::state::ApplicationRow;

use super::layout::{Layout, Service};
use crate::cloud::{Cloud, TableRow};

/// The sort keys of applications' rows begin with this.
const ROW: &str = "application#";

/// All rows of the applications, of all regions.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// Runs with the region whose table has them, by their id (which begins with their time).
    pub runs: Vec<(String, Run)>,
    /// Entries of the ledgers with their application and region, by time.
    pub ledger: Vec<Noted>,
    /// The applications' rows, by region and application.
    pub applications: BTreeMap<(String, String), ApplicationRow>,
    /// Rows that the product's types cannot read.
    pub unreadable: Vec<String>,
}

/// An entry of a ledger.
#[derive(Clone, Debug)]
pub struct Noted {
    /// The region whose table has it.
    pub region: String,
    /// The application that it is about.
    pub application: String,
    /// The entry.
    pub entry: LedgerEntry,
}

impl Story {
    /// Reads every table for these applications.
    pub async fn read(cloud: &Cloud, layout: &Layout, services: &[Service]) -> Self {
        let mut story = Self::default();
        for region in layout.regions() {
            for service in services {
                let name = &service.name;
                for run in story.rows(cloud, region, &format!("run#{name}")).await {
                    story.runs.push((region.to_owned(), run.1));
                }
                for (_, entry) in story.rows(cloud, region, &format!("ledger#{name}")).await {
                    let (region, application) = (region.to_owned(), name.clone());
                    story.ledger.push(Noted { region, application, entry });
                }
            }
            let rows = cloud.services().rows(region, "controller").await.unwrap_or_default();
            let row = rows.into_iter().filter(|row| row.sort.starts_with(ROW)).collect();
            for (sort, row) in story.parse(row) {
                let application = sort.strip_prefix(ROW).unwrap_or_default().to_owned();
                story.applications.insert((region.to_owned(), application), row);
            }
        }
        story.runs.sort_by_key(|(_, run): &(String, Run)| run.claim.decided_at());
        story.ledger.sort_by_key(|noted: &Noted| noted.entry.at);
        story
    }

    /// The runs of one application.
    pub fn runs_of(&self, application: &str) -> impl Iterator<Item = &Run> {
        self.runs.iter().map(|(_, run)| run).filter(move |run| run.application.as_str() == application)
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

    /// The runs of one kind and application, in order.
    pub fn of_kind(&self, application: &str, kind: MoveKind) -> impl Iterator<Item = &Run> {
        self.runs_of(application).filter(move |run| run.claim.wish().kind == kind)
    }
}
