//! A zone with a history: epochs of weeks ago, and of days ago.

use std::time::Duration;

use suite::world::{EAST, Story};
use twin::model::Request;
use twin::model::records::ChangeBatch;

use crate::sim::Sim;

/// How many there are: more than are kept.
const COUNT: u64 = 44;

/// How many of them are too young to be swept.
const YOUNG: u64 = 38;

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Sim {
    /// The newest epoch of the past.
    pub fn old_epochs(&self) -> u64 {
        if self.setting.old_epochs { COUNT } else { 0 }
    }
}

/// Puts the epochs of the past into the zone, where the setting has some.
pub fn epochs(sim: &Sim) {
    if !sim.setting.old_epochs {
        return;
    }
    for application in &sim.setting.applications {
        let records = (1..=COUNT).map(|epoch| (format!("e{epoch:08}"), text(sim, epoch)));
        let now = [("now".to_owned(), text(sim, COUNT))];
        let batch = records.chain(now).fold(ChangeBatch::new(), |batch, (label, text)| {
            batch.create(Story::txt_of(application, &label, &text))
        });
        let request = Request::ChangeResourceRecordSets { zone: sim.cloud.zone.clone(), batch };
        let made = sim.cloud.state.borrow_mut().twin.call(request, Duration::ZERO);
        assert!(made.is_ok(), "the twin takes old epochs: {made:?}");
    }
}

fn text(sim: &Sim, epoch: u64) -> String {
    let age = if epoch <= COUNT - YOUNG { 30 * DAY } else { 2 * DAY };
    let at = sim.cloud.time.now() - age;
    format!("understudy v=1 epoch={epoch} run=r-{epoch} from={EAST} to={EAST} at={at:.0} plan=0123456789ab")
}
