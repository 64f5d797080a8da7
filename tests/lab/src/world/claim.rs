//! A move by somebody else: a run that is none of the lab's claims the next epoch.

use twin::model::Request;
use twin::model::records::{ChangeBatch, RecordSetInput};
use understudy::dns::{EpochRecord, MoveKind, Shares};
use understudy::names::{DnsName, Epoch};

use super::World;
use super::names::SERVED;
use crate::LabError;
use crate::clock;

/// Far more than a lab ever sees.
const EPOCHS: u64 = 100;

impl World {
    /// Claims the next epoch for a region, whatever befalls the API; the record sets stay as they are.
    pub(super) fn claim(&self, to: &str) -> Result<(), LabError> {
        let from = self.answered().into_iter().next().unwrap_or_default();
        let record = |epoch| EpochRecord {
            epoch: Epoch(epoch),
            run: "by-another-hand".into(),
            from: from.as_str().into(),
            to: to.into(),
            kind: MoveKind::Restore,
            out: Shares::new(),
            at: clock::now(),
            plan: self.plan.digest.clone(),
        };
        match (1..=EPOCHS).map(record).any(|record| self.takes(&record)) {
            true => Ok(()),
            false => {
                Err(LabError::Refused { what: "a claim", why: format!("none of {EPOCHS} epochs is free") })
            }
        }
    }

    fn takes(&self, record: &EpochRecord) -> bool {
        let served = DnsName::new(SERVED);
        let text = |name: DnsName| {
            RecordSetInput::simple(name.as_str(), "TXT", 5, &[&format!("\"{}\"", record.text())])
        };
        let batch = ChangeBatch::new()
            .create(text(EpochRecord::name_of(record.epoch, &served)))
            .upsert(text(EpochRecord::now_name(&served)));
        let request = Request::ChangeResourceRecordSets { zone: self.seeded.zone.as_str().into(), batch };
        self.route53.twin.with(|twin, now| twin.call(request, now)).is_ok()
    }
}
