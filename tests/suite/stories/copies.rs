//! Checks that know what they know from elsewhere: from an alarm, whose settings they have copied, and from a routing
//! control, which may be Off when they are made.

use std::time::Duration;

use suite::world::{Cloud, WEST, standing};
use understudy::plan::Plan;
use understudy::provision::{AlarmPlace, AlarmSettings, Brought, Change, Consent, bring};

use super::estates::{self, ApplicationDraw, RegionDraw};
use super::provision::{cloud, difference, maker, plan, task};

fn alarm(threshold: f64) -> AlarmSettings {
    AlarmSettings {
        namespace: Some("Shop".to_owned()),
        metric: Some("Writable".to_owned()),
        dimensions: [("Cluster".to_owned(), "orders".to_owned())].into(),
        statistic: Some("Minimum".to_owned()),
        period: 60,
        periods: 2,
        datapoints: Some(2),
        threshold: Some(threshold),
        comparison: "LessThanThreshold".to_owned(),
    }
}

fn brought(cloud: &Cloud, plan: &Plan, consent: Consent) -> Brought {
    let world = maker(cloud);
    cloud.run(async { bring(&world, plan, &task(&world, consent)).await.expect("allowed") })
}

#[test]
fn a_check_that_has_copied_what_its_alarm_was_set_to_copies_it_again() {
    let cloud = cloud();
    let line =
        "data_check = { alarm = \"arn:aws:cloudwatch:REGION:123456789012:alarm:db\", missing = \"healthy\" }";
    let plan = plan(&cloud, "failover", 2, "", line);
    let set = |threshold: f64| {
        let place = AlarmPlace { region: WEST.into(), name: "db".to_owned() };
        cloud.state.borrow_mut().put_alarm(&place, alarm(threshold));
    };
    set(1.0);
    brought(&cloud, &plan, Consent::ToCreate);
    let world = maker(&cloud);
    let proposed = || cloud.run(difference(&world, &plan));
    assert!(proposed().is_empty());

    set(5.0);
    let stale = proposed();
    let [Change::UpdateCheck { name, from, .. }] = stale.changes.as_slice() else {
        panic!("{:?}", stale.changes)
    };
    assert!(name.to_string().contains(WEST), "{name}");
    assert_eq!(from, "settings that its alarm no longer has");
    let brought = brought(&cloud, &plan, Consent::To(stale.digest()));
    assert!(brought.rest.is_empty() && proposed().is_empty(), "{brought:?}");
}

#[test]
fn nothing_hangs_on_a_routing_control_before_it_is_on() {
    let drawn =
        ApplicationDraw { overrides: &["arc"], ..ApplicationDraw::plain(vec![RegionDraw::plain(); 2]) };
    let cloud = cloud();
    estates::stand(&cloud, std::slice::from_ref(&drawn));
    let plan = estates::plan(&cloud, &[drawn], 0);
    let turn = |on| {
        let now = cloud.time.elapsed();
        cloud.state.borrow_mut().twin.set_routing_control(&estates::control(0, 0), on, now);
    };
    turn(false);
    let first = brought(&cloud, &plan, Consent::ToCreate);
    let waiting: Vec<&String> = first.applied.waiting.iter().collect();
    assert!(matches!(&waiting[..], [one] if one.contains("turn it On")), "{first:?}");
    assert!(first.applied.unfinished && first.applied.failed.is_empty());
    assert_eq!(standing(&cloud, &estates::served(0)).len(), 0, "half of a pair is none");

    turn(true);
    cloud.run(cloud.time.sleep(Duration::from_secs(60)));
    let second = brought(&cloud, &plan, Consent::ToCreate);
    assert!(second.rest.is_empty() && second.applied.waiting.is_empty(), "{second:?}");
    assert_eq!(standing(&cloud, &estates::served(0)).len(), 2);
}
