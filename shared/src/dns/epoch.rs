//! Epoch records: the fence of every change, and the one shared memory of moves.
//!
//! `e00000042._understudy.shop.example.com TXT` is CREATEd by the batch that claims epoch 42.
//! Route 53 refuses the whole batch when the name exists, so that of racing writers one wins.
//! `now._understudy.shop.example.com TXT` holds the same text: the newest epoch in one DNS query.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::{Content, RecordSet, RecordType, Routing};
use crate::names::{DnsName, Epoch, PlanDigest, Region, RunId};

/// Resolvers may keep an epoch record this long; we ask the authoritative servers, who do not.
const TTL_SECONDS: u32 = 5;

/// One change of records, as its epoch record tells it. Public: it holds no account ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// The epoch that the change claimed.
    pub epoch: Epoch,
    /// The run that sent it.
    pub run: RunId,
    /// Who served before.
    pub from: Region,
    /// Who serves since.
    pub to: Region,
    /// When it was decided (to the second).
    pub at: Timestamp,
    /// The plan that it was decided by.
    pub plan: PlanDigest,
}

/// A record below `_understudy` that is not in the form of an epoch record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an epoch record: {0:?}")]
pub struct NotAnEpoch(pub String);

impl EpochRecord {
    /// The name of the record that claims `epoch` for `served`.
    pub fn name_of(epoch: Epoch, served: &DnsName) -> DnsName {
        served.child("_understudy").child(&format!("e{:08}", epoch.0))
    }

    /// The name under which the newest epoch can be asked for.
    pub fn now_name(served: &DnsName) -> DnsName {
        served.child("_understudy").child("now")
    }

    /// Whether `name` is that of an epoch record of `served`, and of which epoch.
    pub fn epoch_in(name: &DnsName, served: &DnsName) -> Option<Epoch> {
        let label = name.as_str().strip_suffix(served.child("_understudy").as_str())?.strip_suffix('.')?;
        let digits = label.strip_prefix('e')?;
        (digits.len() >= 8 && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| digits.parse().ok().map(Epoch))
            .flatten()
    }

    /// The record's text: at most 255 printable ASCII characters, so that it is one TXT string.
    pub fn text(&self) -> String {
        let Self { epoch, run, from, to, at, plan } = self;
        format!("understudy v=1 epoch={epoch} run={run} from={from} to={to} at={at:.0} plan={plan}")
    }

    /// Reads a record's text.
    ///
    /// # Errors
    /// When it is not ours, of another version, or incomplete.
    pub fn parse(text: &str) -> Result<Self, NotAnEpoch> {
        Self::read(text).ok_or_else(|| NotAnEpoch(text.chars().take(255).collect()))
    }

    fn read(text: &str) -> Option<Self> {
        let fields: BTreeMap<&str, &str> =
            text.strip_prefix("understudy ")?.split(' ').filter_map(|field| field.split_once('=')).collect();
        if fields.get("v") != Some(&"1") {
            return None;
        }
        Some(Self {
            epoch: Epoch(fields.get("epoch")?.parse().ok()?),
            run: RunId::from(*fields.get("run")?),
            from: Region::from(*fields.get("from")?),
            to: Region::from(*fields.get("to")?),
            at: fields.get("at")?.parse().ok()?,
            plan: PlanDigest::from(*fields.get("plan")?),
        })
    }

    /// Whether the change moved traffic from one region to another.
    pub fn changed_holder(&self) -> bool {
        self.from != self.to
    }

    /// The record set that claims the epoch (to be CREATEd).
    pub fn claim_set(&self, served: &DnsName) -> RecordSet {
        self.text_set(Self::name_of(self.epoch, served))
    }

    /// The record set that tells the newest epoch (to be UPSERTed).
    pub fn now_set(&self, served: &DnsName) -> RecordSet {
        self.text_set(Self::now_name(served))
    }

    fn text_set(&self, name: DnsName) -> RecordSet {
        RecordSet {
            name,
            kind: RecordType::Txt,
            routing: Routing::Simple,
            content: Content::Values { ttl: TTL_SECONDS, values: vec![format!("\"{}\"", self.text())] },
            health_check: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> EpochRecord {
        EpochRecord {
            epoch: Epoch(42),
            run: "r-1".into(),
            from: "us-east-1".into(),
            to: "us-west-2".into(),
            at: "2026-11-22T21:45:01Z".parse().unwrap(),
            plan: "0123456789ab".into(),
        }
    }

    #[test]
    fn the_text_reads_back_as_what_it_says() {
        assert_eq!(EpochRecord::parse(&record().text()), Ok(record()));
        assert_eq!(
            record().text(),
            "understudy v=1 epoch=42 run=r-1 from=us-east-1 to=us-west-2 at=2026-11-22T21:45:01Z plan=0123456789ab"
        );
    }

    #[test]
    fn another_version_is_not_read() {
        assert!(EpochRecord::parse(&record().text().replace("v=1", "v=2")).is_err());
        assert!(EpochRecord::parse("v=spf1 -all").is_err());
        assert!(EpochRecord::parse("").is_err());
    }

    #[test]
    fn names_and_epochs_belong_together() {
        let served = DnsName::new("shop.example.com");
        let name = EpochRecord::name_of(Epoch(42), &served);
        assert_eq!(name.as_str(), "e00000042._understudy.shop.example.com");
        assert_eq!(EpochRecord::epoch_in(&name, &served), Some(Epoch(42)));
        assert_eq!(EpochRecord::epoch_in(&EpochRecord::now_name(&served), &served), None);
        assert_eq!(EpochRecord::epoch_in(&name, &DnsName::new("other.example.com")), None);
    }
}
