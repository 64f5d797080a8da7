//! Every reason: its name, what may end it, and its sentence.

use super::*;

type Sentences = Vec<(Reason, &'static str)>;

fn east() -> Region {
    EAST.into()
}

fn west() -> Region {
    WEST.into()
}

fn why() -> String {
    "silence".into()
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

/// One reason of each kind, with its sentence.
fn every_reason() -> Sentences {
    [what_people_said(), what_is_seen(), what_is_too_soon_or_too_much()].concat()
}

fn what_people_said() -> Sentences {
    let (author, reason, until) = (|| "alice".to_owned(), || "migration".to_owned(), now());
    vec![
        (
            Reason::Paused { author: author(), reason: reason(), until },
            "paused by alice until 2026-11-22T12:00:00Z: migration",
        ),
        (
            Reason::Denied { author: author(), reason: reason(), until },
            "denied by alice until 2026-11-22T12:00:00Z: migration",
        ),
        (
            Reason::PeopleUnreadable { peer: east(), why: why() },
            "what people said in us-east-1 cannot be read here, and may be a pause: silence",
        ),
        (
            Reason::Maintenance { reason: reason(), until },
            "a maintenance window is open until 2026-11-22T12:00:00Z: migration",
        ),
        (Reason::Advise, "the plan says advise: decide and report, never act"),
        (
            Reason::SecondPersonNeeded { author: author() },
            "ordered by alice, and the plan asks for the approval of another person",
        ),
        (
            Reason::DataNeedsConsent { kind: "aurora".into() },
            "its data (aurora) cannot be promoted by this version, and moving users without it may lose writes",
        ),
        (
            Reason::ConsentNeeded { to: "move shop".into() },
            "the plan asks for a person's consent to move shop",
        ),
    ]
}

fn what_is_seen() -> Sentences {
    vec![
        (
            Reason::QuorumMissing { heard: vec![Vantage::Here], needed: 2 },
            "1 of 2 kinds of vantage say that it is unhealthy (this region's probes and alarms)",
        ),
        (
            Reason::DwellNotMet { bad_for: Duration::from_secs(5), needed: Duration::from_secs(20) },
            "bad for 5 s, 20 s are asked for",
        ),
        (
            Reason::EverythingUnhealthy {
                verdicts: vec![(east(), Verdict::Unhealthy), (west(), Verdict::Unknown)],
            },
            "no region looks healthy from here, so the observer is suspect (us-east-1 unhealthy, us-west-2 unknown)",
        ),
        (
            Reason::NoFitTarget { region: west(), verdict: Verdict::Unknown, evidence: why() },
            "us-west-2 is not verified healthy but unknown: silence",
        ),
        (Reason::TargetDegraded { region: west(), evidence: "503".into() }, "us-west-2 is degraded: 503"),
        (
            Reason::TargetNotReady {
                region: west(),
                alarms: vec!["arn:aws:cloudwatch:us-west-2:123456789012:alarm:a".parse().unwrap()],
            },
            "us-west-2 says that it is not ready: arn:aws:cloudwatch:us-west-2:123456789012:alarm:a",
        ),
        (
            Reason::BelowCapacity { left: 50, needed: 100 },
            "those that stay would carry 50 % of the load, 100 % are asked for",
        ),
        (
            Reason::TargetIncomplete { region: west() },
            "us-west-2 has no health check in the plan or on a live record, and its record set needs one",
        ),
        (Reason::EpochUnknown { why: why() }, "the newest epoch could not be read: silence"),
        (
            Reason::EpochUnreadable { epoch: Epoch(7), text: "?".into() },
            "the record of epoch 7 is not in a form that we know: \"?\"",
        ),
        (
            Reason::ClockBehind { newest: after(now(), minutes(1)), now: now() },
            "this clock says 2026-11-22T12:00:00Z, before the newest epoch at 2026-11-22T12:01:00Z",
        ),
        (Reason::HolderUnknown { why: why() }, "nobody can say where traffic is: silence"),
        (Reason::RecordsUnusable { why: why() }, "the record sets cannot be moved: silence"),
        (
            Reason::OverrideStands { region: east(), run: "r-1".into() },
            "an override of run r-1 still says to leave us-east-1, and Route 53 would not answer it",
        ),
        (
            Reason::Drift { count: 2, first: "no up pair".into(), seen: now() },
            "2 things are not as the plan says, seen at 2026-11-22T12:00:00Z, the first: no up pair",
        ),
    ]
}

fn what_is_too_soon_or_too_much() -> Sentences {
    vec![
        (Reason::RunInFlight { run: "r-1".into() }, "run r-1 is in flight"),
        (
            Reason::Cooldown { elapsed: minutes(5), needed: minutes(60), acknowledged: false },
            "5 min since the last move (not acknowledged), 1 h are asked for",
        ),
        (Reason::FlapLimit { moves: 3, limit: 3 }, "3 moves in 24 hours, 3 are allowed"),
        (Reason::MovesUnknown { why: why() }, "the last moves could not be read: silence"),
        (
            Reason::SoakNotMet { good_for: minutes(1), needed: minutes(15) },
            "healthy for 1 min, 15 min are asked for",
        ),
        (
            Reason::PlanSkew { peers: vec![east(), west()] },
            "another plan is deployed in us-east-1, us-west-2, in which this move means something else",
        ),
        (
            Reason::FleetStop { regions: vec![east(), west()], limit: 2, within: minutes(10) },
            "us-east-1, us-west-2 look unhealthy within 10 min, and 2 different regions stop all moves",
        ),
        (
            Reason::RankWait { rank: 2, waited: Duration::ZERO, needed: Duration::from_secs(30) },
            "taker number 2 gives those before it 30 s, 0 ms are over",
        ),
        (
            Reason::FleetPace { ahead: Duration::from_secs(15), per_second: 5 },
            "those before it take 15 s at 5 requests to Route 53 a second",
        ),
        (
            Reason::RunFailed { run: "r-1".into(), error: "AccessDenied".into() },
            "run r-1 failed: AccessDenied",
        ),
    ]
}

fn names(of: fn(&Reason) -> bool) -> Vec<&'static str> {
    every_reason().iter().filter(|(reason, _)| of(reason)).map(|(reason, _)| reason.guard()).collect()
}

#[test]
fn each_reason_has_its_sentence() {
    for (reason, sentence) in every_reason() {
        assert_eq!(reason.in_words(), sentence);
    }
    let nobody = Reason::QuorumMissing { heard: Vec::new(), needed: 2 };
    assert_eq!(nobody.in_words(), "0 of 2 kinds of vantage say that it is unhealthy (nobody)");
    let one = Reason::Drift { count: 1, first: "no up pair".into(), seen: now() };
    assert_eq!(one.in_words(), "not as the plan says, seen at 2026-11-22T12:00:00Z: no up pair");
}

#[test]
fn the_list_of_guards_names_each_reason_once_and_says_whether_people_may_override_it() {
    let listed: BTreeMap<&str, bool> = GUARDS_BY_NAME.into();
    let reasons = every_reason();
    let raised: BTreeMap<&str, bool> =
        reasons.iter().map(|(reason, _)| (reason.guard(), reason.is_overridable())).collect();
    assert_eq!(raised, listed);
    assert_eq!((reasons.len(), GUARDS_BY_NAME.len()), (listed.len(), listed.len()));
    let never: Vec<&str> = listed.into_iter().filter(|(_, may)| !may).map(|(guard, _)| guard).collect();
    assert_eq!(
        never,
        [
            "clock",
            "epoch-unknown",
            "epoch-unreadable",
            "fleet-pace",
            "override-stands",
            "records",
            "run-in-flight",
            "target-incomplete",
            "two-person"
        ]
    );
}

#[test]
fn what_people_answer_is_told_apart_from_what_ends_by_itself() {
    assert_eq!(names(Reason::is_consent), ["two-person", "data-consent", "consent", "target-degraded"]);
    assert_eq!(names(Reason::is_passing), ["cooldown", "soak", "rank", "fleet-pace"]);
}

#[test]
fn what_more_samples_may_lift_is_what_is_not_known_yet_and_what_others_may_do() {
    let counting = ["quorum", "dwell", "epoch-unknown", "holder-unknown", "moves-unknown"];
    assert_eq!(names(Reason::is_counting), counting);
    let mut settling = names(Reason::may_settle);
    settling.retain(|guard| !counting.contains(guard));
    assert_eq!(settling, ["everything-unhealthy", "no-fit-target", "rank", "fleet-pace"]);
}

#[test]
fn only_what_would_act_waits_for_its_turn() {
    let out_of_turn = |world: &World| world.decide().out_of_turn(Duration::from_secs(15), 5);
    assert!(out_of_turn(&World::east_is_dead()).waits_for_its_turn());
    let mut held = World::east_is_dead();
    held.standing.run = Some("r-0".into());
    assert_eq!(out_of_turn(&held), held.decide());
    assert!(!held.decide().waits_for_its_turn());
    let mut well = World::east_is_dead();
    well.facts.health.insert(EAST.into(), healthy(EAST, 3600));
    assert_eq!(out_of_turn(&well), Decision::Steady);
    assert!(!Decision::Steady.waits_for_its_turn());
}

#[test]
fn a_hold_in_words_is_its_guard_its_reason_and_what_ends_it() {
    let mut world = World::east_is_dead();
    world.standing.run = Some("r-0".into());
    let words: Vec<HoldWords> = world.decide().holds().iter().map(Hold::in_words).collect();
    assert_eq!(
        words,
        [HoldWords {
            guard: "run-in-flight".into(),
            reason: "run r-0 is in flight".into(),
            ends: "the run's own end: each wake resumes it".into(),
        }]
    );
}

#[test]
fn what_is_lost_is_said() {
    assert_eq!(DataLoss::Stateless.in_words(), "none: the application keeps no data");
    assert!(DataLoss::Unknown.in_words().starts_with("UNKNOWN: "));
}
