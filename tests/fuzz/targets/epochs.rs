//! Epoch records: public texts that anybody with the zone's key may have written.

use bolero::{TypeGenerator, produce};
use fuzz::{Grammar, Input, Limit, Recorded};
use jiff::Timestamp;
use understudy::dns::{EpochRecord, MoveKind, RecordSet, Shares};
use understudy::names::{DnsName, Epoch};

/// A map of the text's fields, and a record of them.
const LIMIT: Limit = Limit { times: 64, base: 4 * 1024 };

const REGIONS: [&str; 6] =
    ["us-east-1", "us-west-2", "ap-northeast-1", "ap-southeast-2", "us-gov-east-1", "eu-west-1"];

/// A record that we may have written.
#[derive(Clone, Debug, TypeGenerator)]
struct Ours {
    epoch: u64,
    run: u32,
    from: u8,
    to: u8,
    restore: bool,
    #[generator(produce::<Vec<(u8, u8)>>().with().len(0_usize..=4))]
    out: Vec<(u8, u8)>,
    at: u32,
    plan: u64,
}

impl Ours {
    fn record(&self) -> EpochRecord {
        let region = |index: u8| REGIONS[usize::from(index) % REGIONS.len()].into();
        EpochRecord {
            // More are never claimed: one a second for three years.
            epoch: Epoch(self.epoch % 100_000_000),
            run: format!("20261122T214501Z-{:08x}.4-7a8b", self.run).as_str().into(),
            from: region(self.from),
            to: region(self.to),
            kind: if self.restore { MoveKind::Restore } else { MoveKind::Evacuate },
            out: self.out.iter().map(|(index, share)| (region(*index), share % 100)).collect::<Shares>(),
            at: Timestamp::from_second(self.at.into()).expect("before the year 2107"),
            plan: format!("{:012x}", self.plan & 0xffff_ffff_ffff).as_str().into(),
        }
    }
}

#[test]
fn epoch_records_that_we_write() {
    let served = DnsName::new("shop.example.com");
    bolero::check!().with_type::<Ours>().for_each(|ours| {
        let record = ours.record();
        let text = LIMIT.hold(255, || record.text());
        assert!(
            text.len() <= 255 && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()),
            "{text}"
        );
        assert_eq!(EpochRecord::parse(&text), Ok(record.clone()));
        let name = EpochRecord::name_of(record.epoch, &served);
        assert_eq!(EpochRecord::epoch_in(&name, &served), Some(record.epoch));
        let RecordSet { name: claimed, .. } = record.claim_set(&served);
        assert_eq!(claimed, name);
        assert_eq!(EpochRecord::epoch_in(&EpochRecord::now_name(&served), &served), None);
    });
}

#[test]
fn epoch_records_of_anybody() {
    let ours = |out: &str| {
        format!(
            "understudy v=1 epoch=42 run=r-1.2-1a2b from=us-east-1 to=us-west-2 at=2026-11-22T21:45:01Z plan=0123{out}"
        )
    };
    let recorded = ["", " kind=evacuate", " kind=restore out=eu-west-1:25,us-east-1:0"].map(ours);
    let recorded = Recorded::of(Grammar::Text, recorded);
    bolero::check!().with_type::<Input>().for_each(|input| {
        let text = recorded.text(input);
        match LIMIT.hold(text.len(), || EpochRecord::parse(&text)) {
            // What was understood is said again in the same words, whatever else stood there.
            Ok(record) => {
                assert_eq!(EpochRecord::parse(&record.text()).map(|again| again.text()), Ok(record.text()))
            }
            Err(unread) => assert!(unread.0.chars().count() <= 255),
        }
    });
}

#[test]
fn names_of_epochs() {
    let names =
        ["e00000042._understudy.shop.example.com", "now._understudy.shop.example.com", "shop.example.com"];
    let recorded = Recorded::of(Grammar::Text, names);
    let served = DnsName::new("shop.example.com");
    bolero::check!().with_type::<Input>().for_each(|input| {
        let text = recorded.text(input);
        let name = LIMIT.hold(text.len(), || DnsName::new(&text));
        if let Some(epoch) = EpochRecord::epoch_in(&name, &served) {
            assert!(name.is_within(&served.child("_understudy")), "{name}");
            assert!(name.as_str().contains(&epoch.to_string()), "{name}");
        }
    });
}
