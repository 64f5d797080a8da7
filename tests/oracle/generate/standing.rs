//! What the tables say: people, runs, peers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use understudy::away::Away;
use understudy::decide::{GUARDS_BY_NAME, Standing, Wish};
use understudy::names::{EffectDigest, Epoch, OrderId, PlanDigest, Region};
use understudy::plan::{Application, Plan, PlanView};
use understudy::state::{
    Cleared, Done, Drift, FailedRun, Findings, Order, Pause, People, Resumed, Stretch, Wanted,
};

use super::spans::{Span, before, shifted, span};
use super::{MOST_REGIONS, percent, region};

/// A pause.
#[derive(Clone, Copy, Debug)]
pub struct PauseDraw {
    pub ends_in_ms: i64,
    pub resumed: bool,
}

/// A person's order to move.
#[derive(Clone, Debug)]
pub struct OrderDraw {
    pub back: bool,
    pub from: Whom,
    pub to: Whom,
    /// Guards by number.
    pub force: Vec<usize>,
    pub force_all: bool,
    pub ends_in_ms: i64,
    pub done: bool,
    pub said_ms_ago: i64,
    /// It was given before the newest move.
    pub overtaken: bool,
}

/// A region, by what it is to the controller.
#[derive(Clone, Copy, Debug)]
pub enum Whom {
    Holder,
    Here,
    Preferred,
    Other(usize),
}

/// What people say of the very effect that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct ConsentDraw {
    pub deny: bool,
    /// By the one who ordered it.
    pub same_person: bool,
    pub ends_in_ms: i64,
    pub done: bool,
    /// Of something else.
    pub other: bool,
}

/// How a peer's plan differs.
#[derive(Clone, Copy, Debug)]
pub enum PeerPlanDraw {
    Same,
    OtherDigest,
    OtherValue(usize),
    WithoutRegion(usize),
    WithoutApplication,
}

/// The rows.
#[derive(Clone, Debug)]
pub struct StandingDraw {
    pub pauses: Vec<PauseDraw>,
    pub acknowledged: bool,
    pub orders: Vec<OrderDraw>,
    pub consents: Vec<ConsentDraw>,
    pub in_flight: bool,
    /// The last failure: since when, and of what (the wish itself, anything, or something else).
    pub failed: Option<(Span, FailedDraw)>,
    /// Since when nothing but rank stood in the way, and whether of another wish or epoch.
    pub cleared: Option<(Span, bool, bool)>,
    /// Since when regions look unhealthy, and when that was last so.
    pub suspects: Vec<(usize, Span, Span)>,
    pub peer_plans: Vec<(usize, PeerPlanDraw)>,
    pub unheard: bool,
    /// What provisioning found: how many things that matter, how many that do not, and for how long it
    /// says something.
    pub drift: Option<(usize, usize, i64)>,
    /// The region that an override keeps out, of a run that has ended.
    pub left_behind: Option<usize>,
}

/// Of what a run failed.
#[derive(Clone, Copy, Debug)]
pub enum FailedDraw {
    TheWish,
    Unsaid,
    Another,
}

/// What the rows refer to.
pub struct Context<'a> {
    pub plan: &'a Plan,
    pub application: &'a Application,
    pub here: &'a Region,
    pub holder: &'a Region,
    pub newest: Epoch,
    pub now: Timestamp,
}

const ALICE: &str = "alice";

impl StandingDraw {
    /// What is so whatever is wanted: the orders, and what stands in every way.
    pub fn standing(&self, context: &Context<'_>) -> Standing {
        let Context { plan, application, now, .. } = context;
        let suspects = self.suspects.iter().map(|(index, since, last)| {
            let last = before(*now, last.of(plan, application));
            let since = before(*now, since.of(plan, application)).min(last);
            // Regions of other applications are counted, too.
            let name =
                if *index < MOST_REGIONS { region(application, *index).name.clone() } else { "x".into() };
            (name, Stretch { since, last })
        });
        Standing {
            people: self.people(context),
            run: self.in_flight.then(|| "r-flight".into()),
            away: None,
            left_behind: self.left_behind.map(|index| left_behind(context, index)).into_iter().collect(),
            failed: None,
            cleared: None,
            suspects: suspects.collect(),
            drift: self.drift.map(|(critical, minor, good_for_ms)| Drift {
                critical: findings(critical),
                minor: findings(minor),
                seen: before_minute(*now),
                until: shifted(*now, good_for_ms),
            }),
            peer_plans: self.peer_plans(context),
            unheard: BTreeMap::from_iter(self.unheard.then(|| ("us-west-2".into(), "half a row".into()))),
        }
    }

    fn people(&self, context: &Context<'_>) -> People {
        let now = context.now;
        let pauses = self.pauses.iter().enumerate().map(|(number, draw)| {
            let end = Resumed { at: before_minute(now), author: "bob".into(), reason: "over".into() };
            let pause = Pause {
                author: ALICE.into(),
                reason: "migration".into(),
                at: before_minute(now),
                until: shifted(now, draw.ends_in_ms),
                resumed: draw.resumed.then_some(end),
            };
            (OrderId::new(format!("pause-{number}")), pause)
        });
        let orders = self.orders.iter().enumerate();
        let orders =
            orders.map(|(number, draw)| (OrderId::new(format!("order-{number}")), draw.order(context)));
        let acknowledged = if self.acknowledged { context.newest } else { Epoch(0) };
        People { pauses: pauses.collect(), acknowledged, orders: orders.collect() }
    }

    fn peer_plans(&self, context: &Context<'_>) -> BTreeMap<Region, PlanView> {
        let ours = PlanView::of(context.plan);
        let peers: Vec<&Region> =
            context.plan.controllers.iter().filter(|name| *name != context.here).collect();
        let mut plans = BTreeMap::new();
        for (index, draw) in &self.peer_plans {
            let Some(peer) = peers.get(index % peers.len().max(1)) else { continue };
            let mut view = ours.clone();
            let whom = |index: &usize| region(context.application, *index).name.clone();
            let name = &context.application.name;
            if !matches!(draw, PeerPlanDraw::Same) {
                view.digest = PlanDigest::new("000000000000");
            }
            let regions = view.applications.get_mut(name).unwrap();
            match draw {
                PeerPlanDraw::Same | PeerPlanDraw::OtherDigest => {}
                PeerPlanDraw::OtherValue(index) => drop(regions.insert(whom(index), "0".into())),
                PeerPlanDraw::WithoutRegion(index) => drop(regions.remove(&whom(index))),
                PeerPlanDraw::WithoutApplication => drop(view.applications.remove(name)),
            }
            plans.insert((*peer).clone(), view);
        }
        plans
    }

    /// Adds what refers to the very thing that is wanted: consent to it, its failure, its turn.
    pub fn refer_to(
        &self,
        standing: &mut Standing,
        wish: &Wish,
        effect: Option<&EffectDigest>,
        context: &Context<'_>,
    ) {
        let Context { plan, application, now, newest, .. } = context;
        let other = Wish { share: wish.share ^ 1, ..wish.clone() };
        if let Some((since, what)) = &self.failed {
            let wish = match what {
                FailedDraw::TheWish => Some(wish.clone()),
                FailedDraw::Unsaid => None,
                FailedDraw::Another => Some(other.clone()),
            };
            let at = before(*now, since.of(plan, application));
            let (run, error) = ("r-failed".into(), "InvalidChangeBatch".into());
            standing.failed = Some(FailedRun { run, error, at, wish });
        }
        if let Some((since, another_wish, another_epoch)) = &self.cleared {
            standing.cleared = Some(Cleared {
                wish: if *another_wish { other } else { wish.clone() },
                epoch: if *another_epoch { Epoch(newest.0 + 9) } else { *newest },
                at: before(*now, since.of(plan, application)),
            });
        }
        for (number, draw) in self.consents.iter().enumerate() {
            let Some(effect) = effect else { continue };
            let digest = if draw.other { EffectDigest::new("0123456789abcdef") } else { effect.clone() };
            let order = draw.order(digest, *now);
            standing.people.orders.insert(OrderId::new(format!("word-{number}")), order);
        }
    }
}

fn findings(count: usize) -> Findings {
    Findings { count, first: vec!["a record set is missing".into(); count], digest: count.to_string() }
}

fn before_minute(now: Timestamp) -> Timestamp {
    shifted(now, -60_000)
}

impl ConsentDraw {
    fn order(&self, digest: EffectDigest, now: Timestamp) -> Order {
        Order {
            author: if self.same_person { ALICE.into() } else { "bob".into() },
            reason: "seen".into(),
            at: before_minute(now),
            until: shifted(now, self.ends_in_ms),
            what: if self.deny { Wanted::Deny { digest } } else { Wanted::Approve { digest } },
            done: self.done.then(|| done(now)),
        }
    }
}

fn done(now: Timestamp) -> Done {
    Done { at: before_minute(now), by: "us-west-2".into(), word: "moved".into() }
}

impl OrderDraw {
    fn order(&self, context: &Context<'_>) -> Order {
        let of = |whom: Whom| match whom {
            Whom::Holder => context.holder.clone(),
            Whom::Here => context.here.clone(),
            Whom::Preferred => context.application.preferred().name.clone(),
            Whom::Other(index) => region(context.application, index).name.clone(),
        };
        let all = GUARDS_BY_NAME.iter().filter(|(_, overridable)| self.force_all && *overridable);
        let some = self.force.iter().map(|number| &GUARDS_BY_NAME[number % GUARDS_BY_NAME.len()]);
        let force: BTreeSet<String> = all.chain(some).map(|(name, _)| (*name).to_owned()).collect();
        let after = if self.overtaken { Epoch(context.newest.0.saturating_sub(1)) } else { context.newest };
        let (from, to) = (of(self.from), of(self.to));
        let what = if self.back {
            Wanted::FailBack { from, to, force, after }
        } else {
            Wanted::FailOver { from, to, force, after }
        };
        Order {
            author: ALICE.into(),
            reason: "by hand".into(),
            at: shifted(context.now, -self.said_ms_ago),
            until: shifted(context.now, self.ends_in_ms),
            what,
            done: self.done.then(|| done(context.now)),
        }
    }
}

/// The rows. In a quiet world nothing stands in the way.
pub fn standing() -> impl Strategy<Value = StandingDraw> {
    let quiet = (
        Just(Vec::new()),
        orders(),
        consents(),
        Just(false),
        Just(None),
        Just(Vec::new()),
        Just((None, None)),
    );
    let loud = (
        prop::collection::vec(pause(), 0..=1),
        orders(),
        consents(),
        percent(8),
        failed(),
        prop::collection::vec((0..=MOST_REGIONS, span(), span()), 0..=4),
        (drift(), left_over()),
    );
    let plans = prop::collection::vec((0..MOST_REGIONS, peer_plan()), 0..=1);
    let rows = prop_oneof![3 => quiet, 2 => loud];
    (rows, percent(60), cleared(), plans, percent(3)).prop_map(
        |(
            (pauses, orders, consents, in_flight, failed, suspects, (drift, left_behind)),
            acknowledged,
            cleared,
            peer_plans,
            unheard,
        )| {
            StandingDraw {
                pauses,
                acknowledged,
                orders,
                consents,
                in_flight,
                failed,
                cleared,
                suspects,
                peer_plans,
                unheard,
                drift,
                left_behind,
            }
        },
    )
}

fn drift() -> impl Strategy<Value = Option<(usize, usize, i64)>> {
    prop_oneof![9 => Just(None), 1 => (0_usize..3, 0_usize..2, ends()).prop_map(Some)]
}

fn left_over() -> impl Strategy<Value = Option<usize>> {
    prop_oneof![9 => Just(None), 1 => (0..MOST_REGIONS).prop_map(Some)]
}

/// An override that nobody has taken back.
fn left_behind(context: &Context<'_>, index: usize) -> Away {
    Away {
        application: context.application.name.clone(),
        from: region(context.application, index).name.clone(),
        to: context.here.clone(),
        epoch: context.newest,
        run: "r-ended".into(),
        at: before_minute(context.now),
        until: context.now,
        by: understudy::plan::Actuator::Override,
    }
}

fn ends() -> impl Strategy<Value = i64> {
    prop_oneof![8 => Just(60_000_i64), 1 => Just(0), 1 => Just(1), 1 => Just(-60_000)]
}

fn pause() -> impl Strategy<Value = PauseDraw> {
    (ends(), percent(40)).prop_map(|(ends_in_ms, resumed)| PauseDraw { ends_in_ms, resumed })
}

fn failed() -> impl Strategy<Value = Option<(Span, FailedDraw)>> {
    let what = prop_oneof![2 => Just(FailedDraw::TheWish), 1 => Just(FailedDraw::Unsaid), 1 => Just(FailedDraw::Another)];
    prop_oneof![4 => Just(None), 1 => (span(), what).prop_map(Some)]
}

fn cleared() -> impl Strategy<Value = Option<(Span, bool, bool)>> {
    prop_oneof![1 => Just(None), 3 => (span(), percent(10), percent(10)).prop_map(Some)]
}

fn peer_plan() -> impl Strategy<Value = PeerPlanDraw> {
    prop_oneof![
        4 => Just(PeerPlanDraw::Same),
        2 => Just(PeerPlanDraw::OtherDigest),
        1 => (0..MOST_REGIONS).prop_map(PeerPlanDraw::OtherValue),
        1 => (0..MOST_REGIONS).prop_map(PeerPlanDraw::WithoutRegion),
        1 => Just(PeerPlanDraw::WithoutApplication),
    ]
}

fn orders() -> impl Strategy<Value = Vec<OrderDraw>> {
    prop_oneof![
        3 => Just(Vec::new()),
        1 => prop::collection::vec(order(), 1..=1),
        1 => prop::collection::vec(order(), 2..=2),
    ]
}

fn order() -> impl Strategy<Value = OrderDraw> {
    let whom = || {
        prop_oneof![
            3 => Just(Whom::Here),
            2 => Just(Whom::Holder),
            2 => Just(Whom::Preferred),
            2 => (0..MOST_REGIONS).prop_map(Whom::Other),
        ]
    };
    let who = (any::<bool>(), whom(), whom());
    let force = (prop::collection::vec(0_usize..30, 0..=3), percent(40));
    let when = (ends(), percent(5), 0_i64..120_000, percent(8));
    (who, force, when).prop_map(
        |((back, from, to), (force, force_all), (ends_in_ms, done, said_ms_ago, overtaken))| OrderDraw {
            back,
            from,
            to,
            force,
            force_all,
            ends_in_ms,
            done,
            said_ms_ago,
            overtaken,
        },
    )
}

fn consents() -> impl Strategy<Value = Vec<ConsentDraw>> {
    let several = |count| prop::collection::vec(consent(), count..=count);
    prop_oneof![2 => several(0), 2 => several(1), 1 => several(2)]
}

fn consent() -> impl Strategy<Value = ConsentDraw> {
    (percent(15), percent(25), ends(), percent(5), percent(10)).prop_map(
        |(deny, same_person, ends_in_ms, done, other)| ConsentDraw {
            deny,
            same_person,
            ends_in_ms,
            done,
            other,
        },
    )
}
