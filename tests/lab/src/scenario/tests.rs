use std::time::Duration;

use super::*;
use crate::region::Mode;
use crate::timeline::Mark;
use crate::world::Band;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn a_scenario_is_read_line_by_line() {
    let text = "about A region dies.   # for people\nset dwell 4s\nalso native off\nat 2s lose us-east-1\n\
                when verified +3s heal us-east-1\nat 1s app in us-west-2 hangs on connect\n\
                ends when restored +3s at most 60s\nexpect outcome moved\n\
                expect detected within 3s..7s\nexpect user outage at most 9s if native off\n";
    let scenario = Scenario::parse(text, "x.txt").unwrap();
    assert_eq!(scenario.about, "A region dies.");
    assert_eq!(scenario.settings.dwell, seconds(4));
    assert_eq!(scenario.also_native, ["off"]);
    let [lost, healed, hanging] = scenario.script.as_slice() else { panic!("three actions") };
    assert_eq!(lost, &(Moment::At(seconds(2)), Action::Lose("us-east-1".into())));
    assert_eq!(healed, &(Moment::When(Mark::Verified, seconds(3)), Action::Heal("us-east-1".into())));
    assert_eq!(hanging.1, Action::Application("us-west-2".into(), Mode::HangsOnConnect));
    assert_eq!(scenario.ending, Ending { when: Some((Mark::Restored, seconds(3))), at_most: seconds(60) });
    let [_, detected, outage] = scenario.expectations.as_slice() else { panic!("three expectations") };
    assert_eq!(detected.what, Expectation::Within(Mark::Detected, Band { from: seconds(3), to: seconds(7) }));
    assert_eq!((outage.line, outage.only_native.as_deref()), (10, Some("off")));
}

#[test]
fn every_form_of_line_is_understood() {
    for line in [
        "at 5s route53 api down for 20s",
        "at 5s route53 api works",
        "at 5s sns slow by 2s",
        "at 5s dynamodb fails after the effect for 1 calls",
        "at 5s cloudwatch hangs for 3s",
        "at 5s app in us-east-1 accepts and hangs",
        "when detected pause shop by alice: the database is being moved",
        "at 1s deliver alarm shop-us-east-1-errors in ALARM 400s late twice",
        "at 1s deliver alarm shop-us-west-2-errors in OK twice",
        "at 1s deliver alarm shop-us-west-2-errors in OK",
        "kill before and after each call of a run",
        "ends at 40s",
        "expect order fault, detected, submitted, verified",
        "expect user outage at least 20s",
        "expect users served for 20s after verified",
        "expect users not served at the end",
        "expect notification waiting to ops-team once",
        "expect no notification failed-over",
        "expect no move",
        "expect moves 2",
        "expect hold everything-unhealthy",
        "expect at most 8 calls from verdict to change",
        "expect idle wakes make no route53 call",
        "expect answer us-west-2",
    ] {
        let text = format!("about x\nexpect no move\n{line}\n");
        assert!(Scenario::parse(&text, "x.txt").is_ok(), "{line}: {:?}", Scenario::parse(&text, "x.txt"));
    }
}

#[test]
fn all_faults_are_told_with_their_lines() {
    let text = "set dwel 3s\nat soon lose us-east-1\n\nat 5s lose eu-west-1\nwhen moved heal us-east-1\nfoo\n\
                at 5s app in us-east-1 sleeps\nexpect outcome won\nexpect answer us-west-2 quickly\nat 5s s3 down\n";
    let faults = Scenario::parse(text, "bad.txt").unwrap_err();
    let lines: Vec<usize> = faults.faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [1, 2, 4, 5, 6, 7, 8, 9, 10, 0], "{faults}");
    let told = faults.to_string();
    for words in [
        "bad.txt cannot be run",
        "line 2: \"soon\" is no time",
        "no region \"eu-west-1\"",
        "does not say what it is about",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn the_repository_s_scenarios_have_no_faults() {
    let stored = all().unwrap();
    for name in ["region-loss", "crash-mid-run", "everything-down"] {
        assert!(stored.iter().any(|one| one.name == name), "{name}");
    }
}
