//! CloudWatch's alarm on the first region: it follows the endpoint, and its events come when they like.

use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use suite::world::EAST;
use understudy::event::{self, Event};

use crate::kinds::Kind;
use crate::setting::ALARM;
use crate::sim::Sim;

/// How long an endpoint has changed before the alarm does.
const PERIOD: Duration = Duration::from_secs(30);

impl Sim {
    /// Whether the alarm on the first region is in ALARM.
    pub fn alarm_is_on(&self) -> bool {
        self.judge.dead_for(EAST, self.elapsed()).is_some_and(|time| time >= PERIOD)
    }
}

/// An event of the alarm, as EventBridge delivers it.
pub fn alarm_event(state: &str, changed_at: Timestamp) -> Event {
    let time = changed_at.strftime("%Y-%m-%dT%H:%M:%S.000+0000");
    event::read(&format!(
        r#"{{"version":"0","id":"1","detail-type":"CloudWatch Alarm State Change","source":"aws.cloudwatch",
        "account":"123456789012","time":"{changed_at:.0}","region":"us-west-2","resources":["{ALARM}"],
        "detail":{{"alarmName":"shop-us-east-1-errors","state":{{"value":"{state}","reason":"threshold crossed",
        "timestamp":"{time}"}}}}}}"#
    ))
}

/// Watches the alarm, and delivers its changes: once, twice, late, in whatever order.
pub async fn deliver(sim: Rc<Sim>) {
    let mut was_on = false;
    loop {
        sim.cloud.time.sleep(Duration::from_secs(5)).await;
        if sim.alarm_is_on() != was_on {
            was_on = !was_on;
            changed(&sim, was_on);
        }
        if !sim.calm.get() && sim.dice.in_thousand(2) {
            from_hours_ago(&sim);
        }
    }
}

fn changed(sim: &Rc<Sim>, on: bool) {
    let event = alarm_event(if on { "ALARM" } else { "OK" }, sim.cloud.time.now());
    let dice = &sim.dice;
    for region in sim.setting.controllers() {
        let mut times = vec![dice.between(200, 3_000)];
        if dice.in_thousand(300) {
            sim.tally.note(Kind::DuplicateEvent);
            times.push(dice.between(200, 90_000));
        }
        if dice.in_thousand(200) {
            // The opposite change may well overtake it.
            sim.tally.note(Kind::ReorderedEvents);
            times = times.into_iter().map(|time| time + dice.seconds(30, 200)).collect();
        }
        for time in times {
            let (sim_then, event) = (sim.clone(), event.clone());
            sim.nursery.spawn(async move {
                sim_then.cloud.time.sleep(time).await;
                sim_then.wake(region, event);
            });
        }
    }
}

/// EventBridge delivers up to a day late.
fn from_hours_ago(sim: &Rc<Sim>) {
    sim.tally.note(Kind::LateEvent);
    let ago = sim.dice.seconds(3_600, 80_000);
    let changed_at = sim.cloud.time.now() - ago;
    sim.say("FAULT", || format!("an alarm event comes {ago:?} late"));
    for region in sim.setting.controllers() {
        sim.wake(region, alarm_event("ALARM", changed_at));
    }
}
