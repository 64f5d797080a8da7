//! A world that survived a loss: what its tables hold is what is really written.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use suite::world::{EAST, Story, WEST};
use understudy::names::Region;
use understudy::ports::{Key, Row};
use understudy::run::Run;
use understudy::state::Wanted;

/// The table of each region.
pub type Tables = BTreeMap<Region, BTreeMap<Key, Row>>;

/// The tables of both regions, with what people said meanwhile.
pub fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let story = Story::new("restore = \"ask\"");
        story.play(Duration::from_secs(20 * 60), async {
            story.pause(190).await;
            story.pause_by(EAST, "alice", "2026-11-22T12:05:00Z");
            story.cloud.kill(EAST);
            story.pause(500).await;
            story.order_in(WEST, Wanted::Deny { digest: "0123456789abcdef".into() });
        });
        story.cloud.state.borrow().tables.clone()
    })
}

/// Every row with its region.
pub fn rows() -> impl Iterator<Item = (&'static Region, &'static Row)> {
    tables().iter().flat_map(|(region, table)| table.values().map(move |row| (region, row)))
}

/// The run that moved users.
pub fn run() -> Run {
    let row = rows().find(|(_, row)| row.key.partition == "run#shop").expect("users were moved");
    serde_json::from_str(&row.1.body).expect("our own")
}
