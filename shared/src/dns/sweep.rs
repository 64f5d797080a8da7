//! Sweeping: the only deletion there is, and it can name epoch records only.

use std::time::Duration;

use jiff::Timestamp;

use super::epoch::EpochRecord;
use super::listing::Listing;
use super::record::{RecordSet, RecordType};
use crate::names::{DnsName, Epoch};
use crate::planted::{self, Planted};
use crate::time::since;

/// A record must be this old. Nothing that was decided then can still be sent: a decision is valid
/// for minutes.
const AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// And so many epochs behind the newest: what guards look back on is always there.
pub const EPOCHS_KEPT: u64 = 32;

/// How many records one batch deletes.
const MOST: usize = 100;

/// Epoch records of one served name that may be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    sets: Vec<RecordSet>,
}

impl Sweep {
    /// What may be swept of a listing; none where nothing may. A record that cannot be read is
    /// kept: nobody knows its age.
    pub fn of(listing: &Listing, served: &DnsName, now: Timestamp) -> Option<Self> {
        let epochs = || {
            listing
                .sets
                .iter()
                .filter(|set| set.kind == RecordType::Txt)
                .filter_map(|set| Some((EpochRecord::epoch_in(&set.name, served)?, set)))
        };
        let newest = epochs().map(|(epoch, _)| epoch).max()?;
        let may_go = |epoch: Epoch| {
            if planted::is(Planted::SweptTooYoung) {
                return epoch < newest;
            }
            let record = listing.claim_of(served, epoch).ok().flatten();
            epoch.0.saturating_add(EPOCHS_KEPT) < newest.0
                && record.is_some_and(|record| since(record.at, now) > AGE)
        };
        let mut sets: Vec<RecordSet> =
            epochs().filter(|(epoch, _)| may_go(*epoch)).map(|(_, set)| set.clone()).collect();
        sets.sort_by(|a, b| a.name.cmp(&b.name));
        sets.truncate(MOST);
        (!sets.is_empty()).then_some(Self { sets })
    }

    /// The record sets to DELETE, exactly as they stand.
    pub fn sets(&self) -> &[RecordSet] {
        &self.sets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::{MoveKind, Shares};

    const DAY: i64 = 86_400;

    fn served() -> DnsName {
        DnsName::new("shop.example.com")
    }

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn record(epoch: u64, days_old: i64) -> RecordSet {
        let at = Timestamp::from_second(now().as_second() - days_old * DAY).unwrap();
        let (from, to) = ("us-east-1".into(), "us-west-2".into());
        let (kind, out) = (MoveKind::Evacuate, Shares::new());
        let record =
            EpochRecord { epoch: Epoch(epoch), run: "r".into(), from, to, kind, out, at, plan: "p".into() };
        record.claim_set(&served())
    }

    fn name(epoch: u64) -> String {
        EpochRecord::name_of(Epoch(epoch), &served()).to_string()
    }

    fn swept(sets: Vec<RecordSet>) -> Vec<String> {
        let listing = Listing { private_zone: false, sets };
        let sweep = Sweep::of(&listing, &served(), now());
        sweep.iter().flat_map(Sweep::sets).map(|set| set.name.to_string()).collect()
    }

    #[test]
    fn only_what_is_old_and_far_behind_goes() {
        let sets = vec![record(1, 30), record(2, 6), record(8, 30), record(9, 30), record(40, 0)];
        assert_eq!(swept(sets), [name(1)]);
    }

    #[test]
    fn a_record_goes_when_it_is_more_than_32_epochs_behind_and_older_than_a_week() {
        assert_eq!(swept(vec![record(7, 30), record(8, 30), record(40, 0)]), [name(7)]);
        assert_eq!(swept(vec![record(1, 7), record(2, 8), record(40, 0)]), [name(2)]);
    }

    #[test]
    fn one_batch_sweeps_the_hundred_oldest() {
        let sets = (1..=150).rev().map(|epoch| record(epoch, 30)).chain([record(200, 0)]).collect();
        let gone = swept(sets);
        assert_eq!((gone.len(), gone.first(), gone.last()), (100, Some(&name(1)), Some(&name(100))));
    }

    #[test]
    fn what_stands_at_an_epochs_name_beside_its_text_is_not_swept() {
        let address = RecordSet { kind: RecordType::A, ..record(1, 30) };
        assert_eq!(swept(vec![record(2, 30), address, record(40, 0)]), [name(2)]);
        let newest = RecordSet { kind: RecordType::A, ..record(40, 0) };
        assert_eq!(swept(vec![record(2, 30), newest]), Vec::<String>::new(), "it claims no epoch either");
    }

    #[test]
    fn what_cannot_be_read_stays_and_so_does_every_other_name() {
        let mut unreadable = record(1, 30);
        unreadable.content =
            super::super::record::Content::Values { ttl: 5, values: vec!["\"hello\"".into()] };
        let mut other = record(2, 30);
        other.name = DnsName::new("e00000002._understudy.other.example.com");
        assert_eq!(swept(vec![unreadable, other, record(99, 0)]), Vec::<String>::new());
    }
}
