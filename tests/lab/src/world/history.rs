//! Every batch that Route 53 accepted, read from the twin's own hook.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use twin::model::Request;
use twin::model::records::{Action, ChangeBatch};
use twin::wire::{CallInfo, Hook, HookAction, Phase};
use understudy::dns::EpochRecord;
use understudy::names::DnsName;

use super::layout::{Layout, Service};
use crate::clock;
use crate::cloud::{Caller, lock};

/// One batch that was accepted.
#[derive(Clone, Debug)]
pub struct Applied {
    /// When.
    pub at: Timestamp,
    /// The application that it is about; none if it cannot be told.
    pub application: Option<String>,
    /// Who sent it.
    pub caller: Option<Caller>,
    /// The epoch records that it CREATEd: one, if all is well.
    pub claims: Vec<Result<EpochRecord, String>>,
    /// How many records it DELETEd.
    pub deletes: usize,
    /// The addresses that it put into the PRIMARY set, if it did.
    pub primary: Vec<IpAddr>,
}

impl Applied {
    /// The one epoch record, if it is one.
    pub fn claim(&self) -> Option<&EpochRecord> {
        match self.claims.as_slice() {
            [Ok(record)] => Some(record),
            _ => None,
        }
    }
}

/// All accepted batches.
#[derive(Debug, Default)]
pub struct History {
    applied: Mutex<Vec<Applied>>,
    /// The answers to so many accepted batches will be lost.
    lost: AtomicU32,
}

impl History {
    /// All of them, in order.
    pub fn all(&self) -> Vec<Applied> {
        lock(&self.applied).clone()
    }

    /// Orders that the answers to so many accepted batches are lost: whoever sent them cannot know.
    pub fn lose_answers(&self, batches: u32) {
        self.lost.fetch_add(batches, Ordering::SeqCst);
    }

    /// The hook that writes them down.
    pub(super) fn hook(self: &Arc<Self>, layout: Arc<Layout>) -> Hook {
        let history = self.clone();
        Arc::new(move |call: &CallInfo<'_>| {
            if let (Phase::After { status: 200, .. }, Some(Request::ChangeResourceRecordSets { batch, .. })) =
                (call.phase, call.request)
            {
                let caller = call.caller.access_key.as_deref().and_then(Caller::of);
                lock(&history.applied).push(read(batch, caller, &layout));
                let left = |left: u32| left.checked_sub(1);
                if history.lost.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok() {
                    return HookAction::Drop;
                }
            }
            HookAction::Continue
        })
    }
}

fn read(batch: &ChangeBatch, caller: Option<Caller>, layout: &Layout) -> Applied {
    let creates = batch.changes.iter().filter(|change| change.action == Action::Create);
    let epochs =
        creates.filter(|change| change.record.rtype == "TXT" && owner(&change.record.name, layout).is_some());
    let owners = batch.changes.iter().filter_map(|change| owner(&change.record.name, layout));
    let application = owners.map(|service| service.name.clone()).next();
    let text = |value: &String| value.trim_matches('"').to_owned();
    let claims = epochs.map(|change| {
        let text = change.record.values.first().map(text).unwrap_or_default();
        EpochRecord::parse(&text).map_err(|_| text)
    });
    let primary = batch.changes.iter().filter(|change| change.record.failover.as_deref() == Some("PRIMARY"));
    Applied {
        at: clock::now(),
        application,
        caller,
        claims: claims.collect(),
        deletes: batch.changes.iter().filter(|change| change.action == Action::Delete).count(),
        primary: primary
            .flat_map(|change| &change.record.values)
            .filter_map(|value| value.parse().ok())
            .collect(),
    }
}

/// The application whose epoch record has this name.
fn owner<'a>(name: &str, layout: &'a Layout) -> Option<&'a Service> {
    let name = DnsName::new(name);
    let is_its =
        |service: &&Service| EpochRecord::epoch_in(&name, &DnsName::new(&service.served())).is_some();
    layout.services.iter().find(is_its)
}

#[cfg(test)]
mod tests {
    use twin::model::records::{FailoverRole, RecordSetInput};

    use super::*;
    use crate::world::{SERVED, Settings};

    #[test]
    fn a_batch_is_read_for_what_the_invariants_ask() {
        let text = "understudy v=1 epoch=1 run=r-1 from=us-east-1 to=us-west-2 at=2026-11-22T21:45:01Z plan=0123456789ab";
        let name = format!("e00000001._understudy.{SERVED}.");
        let batch = ChangeBatch::new()
            .create(RecordSetInput::simple(&name, "TXT", 5, &[&format!("\"{text}\"")]))
            .upsert(
                RecordSetInput::simple(SERVED, "A", 2, &["127.0.2.1"])
                    .failover("primary", FailoverRole::Primary),
            );
        let layout = Layout::of(&Settings::default());
        let applied = read(&batch, None, &layout);
        assert_eq!(applied.application.as_deref(), Some("shop"));
        assert_eq!(applied.claim().map(|claim| claim.epoch.0), Some(1));
        assert_eq!(applied.primary, ["127.0.2.1".parse::<IpAddr>().unwrap()]);
        assert_eq!(applied.deletes, 0);
        let foreign = ChangeBatch::new().create(RecordSetInput::simple(&name, "TXT", 5, &["\"mine\""]));
        assert!(read(&foreign, None, &layout).claim().is_none());
    }
}
