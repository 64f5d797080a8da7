//! The tables of all controllers, read at once.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::Timestamp;

use super::answer::Asked;
use super::desk::{Desk, PATIENCE};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, Region, RunId};
use crate::plan::Application;
use crate::ports::{Functions, PeerTable, Watching, within};
use crate::run::Run;
use crate::state::{ApplicationRow, Held, People, StateError, Table, find, load, run_key};

/// What each controller's table says, or why it says nothing.
pub(super) struct Tables(BTreeMap<Region, Result<Table, String>>);

/// Reads them; one whose region is lost costs its timeout, once.
pub(super) async fn read_tables<W: Watching + Functions>(desk: &Desk<'_, W>) -> Tables {
    let read = desk.controllers().into_iter().map(|region| async move {
        let loading = async {
            if region == desk.here {
                load(desk.world).await
            } else {
                load(&PeerTable { world: desk.world, peer: region }).await
            }
        };
        let table = match within(desk.world, PATIENCE, loading).await {
            Some(Ok(table)) => Ok(table),
            Some(Err(error)) => Err(chain(&error)),
            None => Err("its table did not answer in time".to_owned()),
        };
        (region.clone(), table)
    });
    Tables(join_all(read).await.into_iter().in_order())
}

/// An error with what is below it: what a table said is below that it did not answer.
pub(super) fn chain(error: &StateError) -> String {
    let sources = std::iter::successors(std::error::Error::source(error), |error| error.source());
    sources.fold(error.to_string(), |text, source| format!("{text}: {source}"))
}

impl Tables {
    /// The tables that answered.
    pub fn heard_of(&self) -> impl Iterator<Item = (&Region, &Table)> {
        self.0.iter().filter_map(|(region, table)| Some((region, table.as_ref().ok()?)))
    }

    /// Whether a region's table answered.
    pub fn answered(&self, region: &Region) -> bool {
        self.0.get(region).is_some_and(Result::is_ok)
    }

    /// The regions whose table did not answer, or has an unreadable row of the application.
    pub fn silent(&self, application: &ApplicationName) -> BTreeMap<Region, String> {
        let why = |table: &Result<Table, String>| match table {
            Ok(table) => table.unreadable.get(application).map(chain),
            Err(why) => Some(why.clone()),
        };
        self.0.iter().filter_map(|(region, table)| Some((region.clone(), why(table)?))).in_order()
    }

    /// The applications of which one table has a row that cannot be read, and why.
    pub fn unreadable_in(&self, region: &Region) -> BTreeMap<ApplicationName, String> {
        let table = self.0.get(region).and_then(|table| table.as_ref().ok());
        let rows = table.into_iter().flat_map(|table| &table.unreadable);
        rows.map(|(name, error)| (name.clone(), chain(error))).in_order()
    }

    /// What people said of an application, by all that could be read.
    pub fn people(&self, application: &ApplicationName, now: Timestamp) -> People {
        let mut people = People::default();
        for held in self.heard_of().filter_map(|(_, table)| table.people.get(application)) {
            people.join(&held.row);
        }
        people.forget_old(now);
        people
    }

    /// The row of people in one table, as it was read.
    pub fn held(&self, region: &Region, application: &ApplicationName) -> Held<People> {
        let table = self.0.get(region).and_then(|table| table.as_ref().ok());
        table.and_then(|table| table.people.get(application)).cloned().unwrap_or_default()
    }

    /// What each controller remembers of an application.
    pub fn rows<'a>(
        &'a self,
        application: &'a ApplicationName,
    ) -> impl Iterator<Item = (&'a Region, &'a ApplicationRow)> {
        self.heard_of()
            .filter_map(|(region, table)| Some((region, &table.applications.get(application)?.row)))
    }

    /// The questions about an application that are open, whoever asks.
    pub fn questions(&self, application: &Application, now: Timestamp) -> Vec<Asked> {
        let asked = |(region, row): (&Region, &ApplicationRow)| {
            let question = row.question.as_ref().filter(|question| question.until > now)?;
            Some(Asked {
                asked_by: region.clone(),
                digest: question.digest.clone(),
                effect: question.effect.in_words(),
                until: question.until,
            })
        };
        self.rows(&application.name).filter_map(asked).collect()
    }
}

/// The row of a run in one controller's table; none where it is not there, or cannot be read.
pub(super) async fn run_of<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    region: &Region,
    application: &ApplicationName,
    run: &RunId,
) -> Option<Run> {
    let key = run_key(application, run);
    let reading = async {
        if region == desk.here {
            find::<Run>(desk.world, &key).await
        } else {
            find::<Run>(&PeerTable { world: desk.world, peer: region }, &key).await
        }
    };
    within(desk.world, PATIENCE, reading).await?.ok()?.map(|held| held.row)
}
