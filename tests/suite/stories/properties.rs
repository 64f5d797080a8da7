//! What holds of provisioning for every plan: it comes to an end, Route 53 takes all of it, no served name is ever
//! without an answer that had one, and no move is undone.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use suite::world::{Cloud, Controller};
use twin::model::AnswerContext;
use twin::model::records::RecordType;
use understudy::dns::{Arrangement, EpochRecord, Listing, MoveKind, Serving, ServingUnit, Units};
use understudy::names::{Epoch, Region};
use understudy::plan::{Application, Plan, Policy};
use understudy::ports::{ChangeRecords, Clock, ReadRecords};
use understudy::provision::{Adopted, Brought, Consent, Difference, bring, look};

use super::estates::{self, ApplicationDraw, application};
use super::provision::{cloud, maker, task, writes};

/// A move, by two numbers that are taken as far as there are regions.
#[derive(Clone, Copy, Debug)]
struct Wish {
    application: prop::sample::Index,
    from: prop::sample::Index,
    to: prop::sample::Index,
    restores: bool,
}

fn wish() -> impl Strategy<Value = Wish> {
    let index = any::<prop::sample::Index>;
    (index(), index(), index(), any::<bool>()).prop_map(|(application, from, to, restores)| Wish {
        application,
        from,
        to,
        restores,
    })
}

/// Which served names each name server has answered, and that none of them fell silent since.
#[derive(Default)]
struct Answers(RefCell<BTreeSet<(usize, String, &'static str)>>);

impl Answers {
    fn look(&self, cloud: &Cloud, plan: &Plan) {
        let (state, at) = (cloud.state.borrow(), cloud.time.elapsed());
        for application in &plan.applications {
            for (kind, word) in
                [(RecordType::A, "A"), (RecordType::Aaaa, "AAAA"), (RecordType::Cname, "CNAME")]
            {
                for server in 0..state.twin.name_servers() {
                    let served = application.served.as_str();
                    let client = AnswerContext::seeded(at.as_secs());
                    let answer = state.twin.answer(server, served, kind, at, &client);
                    let key = (server, served.to_owned(), word);
                    if answer.answers.is_empty() {
                        assert!(!self.0.borrow().contains(&key), "{key:?} fell silent at {at:?}");
                    } else {
                        self.0.borrow_mut().insert(key);
                    }
                }
            }
        }
    }

    fn count(&self) -> usize {
        self.0.borrow().len()
    }
}

fn difference(cloud: &Cloud, plan: &Plan) -> Difference {
    let world = maker(cloud);
    let live = cloud.run(async { look(&world, plan).await.expect("readable") });
    Difference::between(plan, &live, &Adopted::new())
}

/// Brings the world to a plan while somebody asks the name servers all the time.
fn brought(cloud: &Cloud, plan: &Plan, consent: Consent, answers: &Answers) -> Brought {
    let world = maker(cloud);
    let refused = cloud.state.borrow().refused.len();
    let mut all = task(&world, consent);
    all.terms.share = 100;
    let brought = cloud.run_with(bring(&world, plan, &all), || answers.look(cloud, plan)).expect("allowed");
    let state = cloud.state.borrow();
    assert_eq!(&state.refused[refused..], [], "Route 53 takes every call");
    assert!(brought.rest.is_empty() && brought.applied.failed.is_empty(), "{brought:?}");
    drop(state);
    answers.look(cloud, plan);
    brought
}

fn listed(cloud: &Cloud, application: &Application) -> (Listing, Units) {
    let world = maker(cloud);
    let listing =
        cloud.run(async { world.list(&application.zone, &application.served).await.expect("readable") });
    let unit = |region: &understudy::plan::RegionPlan| {
        (region.name.clone(), ServingUnit::of(application, region, Some(&listing)))
    };
    let units = application.regions.iter().map(unit).collect();
    (listing, units)
}

/// Who serves by the records alone.
fn serving(cloud: &Cloud, application: &Application) -> Serving {
    let (listing, units) = listed(cloud, application);
    let epochs = listing.epochs(&application.served).expect("readable");
    Serving::by_records(application, &listing, &units, epochs.first()).expect("as we made them")
}

/// Moves an application by the batch that a controller would send, if the wish means anything as things stand.
fn moved(cloud: &Cloud, plan: &Plan, wish: &Wish) -> bool {
    let application = wish.application.get(&plan.applications);
    let (listing, units) = listed(cloud, application);
    let newest = listing.epochs(&application.served).expect("readable").into_iter().next();
    let serving = serving(cloud, application);
    let name = |index: &prop::sample::Index| index.get(&application.regions).name.clone();
    let (from, to) = match (&serving, application.policy) {
        (Serving::Seat(seat), _) => (seat.clone(), name(&wish.to)),
        _ => (name(&wish.from), name(&wish.to)),
    };
    let kind = match application.policy {
        Policy::Failover => MoveKind::Evacuate,
        _ if wish.restores => MoveKind::Restore,
        _ => MoveKind::Evacuate,
    };
    let Some(out) = out(application, &serving, kind, (&from, &to)) else { return false };
    let claim = EpochRecord {
        epoch: Epoch(newest.map_or(1, |record| record.epoch.0 + 1)),
        run: "r-1".into(),
        from: from.clone(),
        to: to.clone(),
        kind,
        out,
        at: maker(cloud).now(),
        plan: plan.digest.clone(),
    };
    let secondary = application.regions.iter().map(|region| &region.name).find(|name| **name != to);
    let arrangement = Arrangement {
        application,
        live: Some(&listing),
        units: &units,
        serving: &serving,
        kind,
        from: &from,
        to: &to,
        secondary: secondary.expect("two regions"),
        share: 100,
    };
    let batch = arrangement.batch(claim).expect("every unit is known");
    let mover = Controller { cloud: cloud.clone(), region: to, crash: suite::world::Crash::never() };
    cloud.run(async {
        mover.change(&application.zone, &batch).await.expect("taken");
        cloud.time.sleep(Duration::from_secs(30)).await;
    });
    true
}

/// Who serves less than planned after a move; none where it would be none, or leave nobody.
fn out(
    application: &Application,
    serving: &Serving,
    kind: MoveKind,
    (from, to): (&Region, &Region),
) -> Option<understudy::dns::Shares> {
    let Serving::All { out } = serving else {
        return (from != to).then(understudy::dns::Shares::new);
    };
    let mut out = out.clone();
    match kind {
        MoveKind::Evacuate if from == to || !serving.serves(from) => return None,
        MoveKind::Evacuate => {
            out.insert(from.clone(), 0);
            out.remove(to);
        }
        MoveKind::Restore => drop(out.remove(to)?),
    }
    (out.len() < application.regions.len()).then_some(out)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("stories/properties.proptest-regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_plan_is_reached_and_no_move_is_undone(
        drawn in prop::collection::vec(application(), 1..=3),
        wishes in prop::collection::vec(wish(), 0..=6),
        longer in 1..=30_u8,
    ) {
        holds(&drawn, &wishes, longer);
    }
}

fn holds(drawn: &[ApplicationDraw], wishes: &[Wish], longer: u8) {
    let cloud = cloud();
    estates::stand(&cloud, drawn);
    let plan = estates::plan(&cloud, drawn, 0);
    let answers = Answers::default();
    brought(&cloud, &plan, Consent::ToCreate, &answers);
    assert!(answers.count() > 0, "users are answered");

    let before = writes(&cloud);
    assert!(difference(&cloud, &plan).is_empty(), "the second time nothing is left to do");
    brought(&cloud, &plan, Consent::ToCreate, &answers);
    assert_eq!(writes(&cloud), before, "and nothing is sent");

    for wish in wishes {
        let moves = moved(&cloud, &plan, wish);
        let proposed = difference(&cloud, &plan);
        assert!(proposed.is_empty(), "after {wish:?} ({moves}): {:#?}", proposed.changes);
    }

    // A plan that changes what is served keeps to the moves.
    let serve = |plan: &Plan| -> Vec<Serving> {
        plan.applications.iter().map(|application| serving(&cloud, application)).collect()
    };
    let stood = serve(&plan);
    let longer = estates::plan(&cloud, drawn, longer);
    let digest = difference(&cloud, &longer).digest();
    brought(&cloud, &longer, Consent::To(digest), &answers);
    assert_eq!(serve(&longer), stood, "who serves stays");
    assert!(difference(&cloud, &longer).is_empty());
}

/// As many health checks as an account has: CreateHealthCheck takes 50 at once and then one in two seconds, everything
/// else 5 a second (Developer Guide, API request throttling). The twin refuses what comes faster.
#[test]
fn two_hundred_checks_are_made_and_route_53_refuses_no_call() {
    let region = estates::RegionDraw { data: true, ..estates::RegionDraw::plain() };
    let large = ApplicationDraw::plain(vec![region; 3]);
    let bare = vec![estates::RegionDraw::plain(); 2];
    let small = ApplicationDraw { native: "backstop", ..ApplicationDraw::plain(bare) };
    let drawn: Vec<ApplicationDraw> = std::iter::repeat_n(large, 22).chain([small]).collect();
    let cloud = cloud();
    let plan = estates::plan(&cloud, &drawn, 0);
    brought(&cloud, &plan, Consent::ToCreate, &Answers::default());
    let world = maker(&cloud);
    let live = cloud.run(async { look(&world, &plan).await.expect("readable") });
    assert_eq!(live.checks.len(), 200);
    assert!(cloud.time.elapsed() > Duration::from_secs(300), "the quota of CreateHealthCheck was waited for");
    assert!(difference(&cloud, &plan).is_empty());
}
