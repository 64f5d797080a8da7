//! Epoch records: the fence of every change, and the one shared memory of moves.
//!
//! `e00000042._understudy.shop.example.com TXT` is CREATEd by the batch that claims epoch 42.
//! Route 53 refuses the whole batch when the name exists, so that of racing writers one wins.
//! `now._understudy.shop.example.com TXT` holds the same text: the newest epoch in one DNS query.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::{Content, RecordSet, RecordType, Routing};
use crate::in_order::InOrder;
use crate::names::{DnsName, Epoch, PlanDigest, Region, RunId};
use crate::planted::{self, Planted};

/// Resolvers may keep an epoch record this long; we ask the authoritative servers, who do not.
const TTL_SECONDS: u32 = 5;

/// What a change of records does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveKind {
    /// Away from a region that fails, or that people want empty.
    Evacuate,
    /// Back to a region.
    Restore,
}

impl MoveKind {
    /// As it stands in an epoch's record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evacuate => "evacuate",
            Self::Restore => "restore",
        }
    }
}

/// Regions that serve less than planned, each with the part of its planned share that is left, in
/// percent: 0 is out, below 100 is on its way back.
pub type Shares = BTreeMap<Region, u8>;

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
    /// Whether it left a region or came back to one.
    #[serde(default = "of_the_first_version")]
    pub kind: MoveKind,
    /// Under `weighted` and `latency`: the regions that serve less than planned since.
    #[serde(default)]
    pub out: Shares,
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
        let epoch = Epoch(label.strip_prefix('e')?.parse().ok()?);
        // One epoch has one name: the one that its claim is refused for.
        (Self::name_of(epoch, served) == *name).then_some(epoch)
    }

    /// The record's text: at most 255 printable ASCII characters, so that it is one TXT string.
    pub fn text(&self) -> String {
        let Self { epoch, run, from, to, at, plan, .. } = self;
        let kind = self.kind.as_str();
        let mut text = format!(
            "understudy v=1 epoch={epoch} run={run} from={from} to={to} at={at:.0} plan={plan} kind={kind}"
        );
        if !self.out.is_empty() {
            let each: Vec<String> =
                self.out.iter().map(|(region, share)| format!("{region}:{share}")).collect();
            text.push_str(&format!(" out={}", each.join(",")));
        }
        text
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
            text.strip_prefix("understudy ")?.split(' ').filter_map(|field| field.split_once('=')).in_order();
        if fields.get("v") != Some(&"1") {
            return None;
        }
        Some(Self {
            epoch: Epoch(fields.get("epoch")?.parse().ok()?),
            run: RunId::from(*fields.get("run")?),
            from: Region::from(*fields.get("from")?),
            to: Region::from(*fields.get("to")?),
            kind: read_kind(fields.get("kind").copied())?,
            out: read_shares(fields.get("out").copied().unwrap_or_default())?,
            at: fields.get("at")?.parse().ok()?,
            plan: PlanDigest::from(*fields.get("plan")?),
        })
    }

    /// The regions that serve less than planned, by a record set of one name for all.
    pub fn share_of(&self, region: &Region) -> u8 {
        self.out.get(region).copied().unwrap_or(100)
    }

    /// Whether the change moved traffic from one region to another.
    pub fn changed_holder(&self) -> bool {
        self.from != self.to
    }

    /// The record set that claims the epoch (to be CREATEd).
    pub fn claim_set(&self, served: &DnsName) -> RecordSet {
        if planted::is(Planted::EpochNotClaimed) || planted::is(Planted::EpochCheckedBefore) {
            return self.text_set(
                served.child("_understudy").child(&format!("r-{}", self.run.as_str().replace('.', "-"))),
            );
        }
        self.text_set(Self::name_of(self.epoch, served))
    }

    /// The epoch's record as one that anybody may write: a fault.
    pub(super) fn unclaimed_set(&self, served: &DnsName) -> RecordSet {
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

fn of_the_first_version() -> MoveKind {
    MoveKind::Evacuate
}

/// A record without a kind is of the first version, which only failed over and handed back: the
/// difference meant nothing there.
fn read_kind(word: Option<&str>) -> Option<MoveKind> {
    match word {
        None => Some(of_the_first_version()),
        Some("evacuate") => Some(MoveKind::Evacuate),
        Some("restore") => Some(MoveKind::Restore),
        Some(_) => None,
    }
}

/// Half understood, the list would be worse than not at all: none where one entry cannot be read.
fn read_shares(text: &str) -> Option<Shares> {
    let entry = |item: &str| {
        let (region, share) = item.split_once(':')?;
        Some((Region::from(region), share.parse().ok().filter(|share| *share < 100)?))
    };
    text.split(',').filter(|item| !item.is_empty()).map(entry).collect()
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
            kind: MoveKind::Evacuate,
            out: Shares::new(),
            at: "2026-11-22T21:45:01Z".parse().unwrap(),
            plan: "0123456789ab".into(),
        }
    }

    #[test]
    fn the_text_reads_back_as_what_it_says() {
        assert_eq!(EpochRecord::parse(&record().text()), Ok(record()));
        assert_eq!(
            record().text(),
            "understudy v=1 epoch=42 run=r-1 from=us-east-1 to=us-west-2 at=2026-11-22T21:45:01Z plan=0123456789ab kind=evacuate"
        );
    }

    #[test]
    fn who_is_out_reads_back() {
        let out: Shares = [("us-east-1".into(), 0), ("eu-west-1".into(), 25)].into();
        let staged = EpochRecord { kind: MoveKind::Restore, out, ..record() };
        assert!(staged.text().ends_with("kind=restore out=eu-west-1:25,us-east-1:0"));
        assert_eq!(EpochRecord::parse(&staged.text()), Ok(staged));
    }

    #[test]
    fn a_list_of_regions_that_cannot_be_read_makes_the_record_unreadable() {
        for list in ["out=us-east-1", "out=us-east-1:100", "out=us-east-1:x", "kind=sideways"] {
            let text = record().text().replace("kind=evacuate", list);
            assert!(EpochRecord::parse(&text).is_err(), "{list}");
        }
    }

    #[test]
    fn four_regions_out_fit_into_one_string() {
        let out =
            ["ap-northeast-1", "ap-southeast-2", "ap-southeast-4", "us-gov-east-1"].map(|r| (r.into(), 25));
        let longest = EpochRecord {
            epoch: Epoch(12_345_678),
            run: "20261122T214501Z-1a2b3c4d.4-7a8b".into(),
            from: "ap-southeast-2".into(),
            to: "ap-northeast-1".into(),
            out: out.into(),
            ..record()
        };
        assert!(longest.text().len() <= 255, "{}", longest.text().len());
    }

    #[test]
    fn a_record_of_the_first_version_is_read() {
        let first = record().text().replace(" kind=evacuate", "");
        assert_eq!(EpochRecord::parse(&first), Ok(record()));
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
