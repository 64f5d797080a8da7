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
    assert_eq!(healed, &(Moment::When(Mark::Verified, 1, seconds(3)), Action::Heal("us-east-1".into())));
    assert_eq!(hanging.1, Action::Application("us-west-2".into(), Mode::HangsOnConnect));
    assert_eq!(scenario.ending, Ending { when: Some((Mark::Restored, 1, seconds(3))), at_most: seconds(60) });
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
        "at 5s app in us-east-1 turns hostile: one byte a second",
        "at 5s app in us-east-1 turns hostile: a body of 5 GB",
        "expect no wake hangs",
        "expect peak memory at most 40 MB",
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
        "expect idle wakes use at most 40ms of processor",
        "expect answer us-west-2",
        "when second verified +2s lose us-west-2",
        "at 1s isolate us-west-2",
        "at 1s isolate probes of us-west-2",
        "at 1s connect us-west-2",
        "at 1s cut us-east-1 and us-west-2",
        "at 1s cut us-east-1 from us-west-2",
        "at 1s join us-east-1 and us-west-2",
        "at 1s claim us-east-1",
        "at 1s deploy to us-west-2 with ttl 9s",
        "at 1s sns in us-west-2 down for 20s",
        "at 1s dynamodb in us-west-2 works",
        "at 1s route53 throttled for 20s",
        "at 1s route53 loses the answers to 2 changes",
        "at 1s alarm shop-us-west-2-ready in ALARM",
        "at 1s drill shop in us-west-2",
        "at 1s drill what is due in us-west-2",
        "at 1s pause shop in us-west-2 for 20s by alice: a migration",
        "at 1s resume shop by alice: it is over",
        "when asked approve shop by bob: yes",
        "at 1s fail-over shop from us-east-1 to us-west-2 despite soak, cooldown by alice: smoke",
        "at 1s acknowledge shop by alice",
        "at 1s status shop in us-east-1",
        "expect at most 3 moves",
        "expect moves 1 of each application",
        "expect moves in order of priority",
        "expect each application moved within 3s..40s",
        "expect outage of each application at most 40s",
        "expect no hold paused",
        "expect some run superseded",
        "expect weights us-east-1 0, us-west-2 100 if native off",
        "expect set us-east-1 holds us-west-2",
        "expect answer near us-east-1 us-west-2",
        "expect calls sts AssumeRole at least 1",
        "expect calls route53 ChangeResourceRecordSets at most 0",
        "expect operate pause recorded",
        "expect operate pause not reached in us-east-1",
        "expect notification failed-over to ops-team once after healed",
    ] {
        let text = format!("about x\nexpect no move\n{line}\n");
        assert!(Scenario::parse(&text, "x.txt").is_ok(), "{line}: {:?}", Scenario::parse(&text, "x.txt"));
    }
}

#[test]
fn all_faults_are_told_with_their_lines() {
    let text = "set dwel 3s\nat soon lose us-east-1\n\nat 5s lose mars-north-1\nwhen moved heal us-east-1\nfoo\n\
                at 5s app in us-east-1 sleeps\nexpect outcome won\nexpect answer us-west-2 quickly\nat 5s efs down\n";
    let faults = Scenario::parse(text, "bad.txt").unwrap_err();
    let lines: Vec<usize> = faults.faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [1, 2, 4, 5, 6, 7, 8, 9, 10, 0], "{faults}");
    let told = faults.to_string();
    for words in [
        "bad.txt cannot be run",
        "line 2: \"soon\" is no time",
        "no region \"mars-north-1\"",
        "does not say what it is about",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn a_square_wave_is_dead_for_the_first_half_of_each_period() {
    let text = "about x\nexpect no move\nat 2s flap us-east-1 every 8s for 20s\n";
    let wave: Vec<(Moment, Action)> = Scenario::parse(text, "x.txt").unwrap().script;
    let is = |second, mode| (Moment::At(seconds(second)), Action::Application("us-east-1".into(), mode));
    assert_eq!(wave, [is(2, Mode::Dead), is(6, Mode::Healthy), is(10, Mode::Dead), is(14, Mode::Healthy)]);
}

#[test]
fn a_region_that_the_lab_has_not_is_a_fault() {
    let text = "about x\nexpect no move\nat 2s lose eu-west-1\n";
    assert!(
        Scenario::parse(text, "x.txt").unwrap_err().to_string().contains("eu-west-1 is none of its regions")
    );
    assert!(Scenario::parse(&format!("set regions us-east-1 eu-west-1\n{text}"), "x.txt").is_ok());
}

#[test]
fn the_repository_s_scenarios_have_no_faults() {
    let stored = all().unwrap();
    for name in ["region-loss", "crash-mid-run", "everything-down"] {
        assert!(stored.iter().any(|one| one.name == name), "{name}");
    }
}
