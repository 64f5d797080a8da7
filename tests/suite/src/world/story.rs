//! A story: shop.example.com in two regions, a controller in each, a tick every minute.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use twin::model::records::{ChangeBatch, FailoverRole, RecordSetInput, RecordType};
use twin::model::{AnswerContext, Request};
use understudy::dns::Content;
use understudy::event::{self, Event};
use understudy::names::{OrderId, Region};
use understudy::plan::Plan;
use understudy::ports::Row;
use understudy::state::{Home, Order, Pause, People, Wanted};
use understudy::time::after;
use understudy::wake::{Summary, wake};

use super::cloud::Cloud;
use super::estate::Estate;
use super::ports::{Controller, Crash};
use super::records::standing;

/// The region that serves when all is well.
pub const EAST: &str = "us-east-1";
/// The region that takes over.
pub const WEST: &str = "us-west-2";
/// A third one.
pub const EU: &str = "eu-west-1";

/// A Lambda's time for `alarm` and `tick`.
const LAMBDA_TIME: Duration = Duration::from_secs(120);

/// A region's address.
pub fn address(region: &str) -> &'static str {
    match region {
        EAST => "198.51.100.1",
        WEST => "198.51.100.2",
        EU => "198.51.100.3",
        _ => "198.51.100.4",
    }
}

/// A world, a plan, and controllers that tick.
#[derive(Clone)]
pub struct Story {
    /// The world.
    pub cloud: Cloud,
    /// The plan that every controller has.
    pub plan: Plan,
    /// The plans of controllers that have another one.
    pub other_plans: BTreeMap<Region, Plan>,
    /// Where controllers run.
    pub controllers: Vec<&'static str>,
    /// What wakes answered, by region.
    pub summaries: Rc<RefCell<Vec<(Region, Summary)>>>,
}

impl Story {
    /// A story with further lines in the application's section of the plan, such as `mode = "advise"`.
    pub fn new(lines: &str) -> Self {
        Self::tell(lines, "")
    }

    /// The same with an alarm on us-east-1, hosted in us-west-2.
    pub fn with_alarm(lines: &str) -> Self {
        let arn = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors";
        Self::tell(lines, &format!(r#", {{ alarm = "{arn}" }}"#))
    }

    fn tell(lines: &str, east_signals: &str) -> Self {
        let (lines, first_signals) = (lines.to_owned(), east_signals.to_owned());
        Self::of(&Estate { lines, first_signals, ..Estate::default() })
    }

    /// A story about an estate.
    pub fn of(estate: &Estate) -> Self {
        let cloud = Cloud::new(estate);
        let plan = estate.plan(&cloud);
        let controllers = estate.regions.iter().chain(&estate.witnesses).copied().collect();
        Self { cloud, plan, other_plans: BTreeMap::new(), controllers, summaries: Rc::default() }
    }

    /// Wakes a controller once.
    pub async fn wake(&self, region: &str, event: &Event, crash: Crash) {
        let controller =
            Controller { cloud: self.cloud.clone(), region: region.into(), crash: crash.clone() };
        if self.cloud.state.borrow().lost.contains(&controller.region) {
            return;
        }
        let deadline = after(self.cloud.time.now(), LAMBDA_TIME);
        let plan = self.other_plans.get(&controller.region).unwrap_or(&self.plan);
        let mut awake = pin!(wake(&controller, plan, &controller.region, event, deadline));
        // A process that died is dropped where it stood.
        let summary = std::future::poll_fn(|context| match awake.as_mut().poll(context) {
            Poll::Ready(summary) => Poll::Ready(Some(summary)),
            Poll::Pending if crash.is_dead() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await;
        if let Some(summary) = summary {
            self.summaries.borrow_mut().push((region.into(), summary));
        }
    }

    /// Ticks a controller every minute for a time; each wake on its own, as Lambda does.
    pub async fn ticks(&self, region: &str, time: Duration) {
        let count = time.as_secs() / 60;
        join_all((0..count).map(|minute| async move {
            self.cloud.time.sleep(Duration::from_secs(60 * minute + 7)).await;
            self.wake(region, &tick(), Crash::never()).await;
        }))
        .await;
    }

    /// Runs all controllers for a time beside a script.
    pub fn play<F: Future>(&self, time: Duration, script: F) -> F::Output {
        let controllers = join_all(self.controllers.iter().map(|region| self.ticks(region, time)));
        self.cloud.run(async { futures_util::future::join(controllers, script).await.1 })
    }

    /// A person pauses the application, as far as one region's controller knows.
    pub fn pause_by(&self, region: &str, author: &str, until: &str) {
        let at = self.cloud.time.now();
        let (author, reason, until) = (author.to_owned(), "migration".to_owned(), until.parse().unwrap());
        let id = OrderId::new(format!("pause-{at}-{author}"));
        let pause = Pause { author, reason, at, until, resumed: None };
        self.change_people(region, |people| drop(people.pauses.insert(id, pause)));
    }

    /// A person orders something, as far as one region's table knows.
    pub fn order_in(&self, region: &str, what: Wanted) {
        let at = self.cloud.time.now();
        let until = after(at, Duration::from_secs(3600));
        let (author, reason) = ("alice".into(), "as agreed".into());
        let order = Order { author, reason, at, until, what, done: None };
        self.change_people(region, |people| drop(people.orders.insert("o-1".into(), order)));
    }

    fn change_people(&self, region: &str, change: impl FnOnce(&mut People)) {
        let key = People::key(&"shop".into());
        let mut state = self.cloud.state.borrow_mut();
        let table = state.tables.entry(region.into()).or_default();
        let standing = table.get(&key);
        let version = standing.map_or(1, |row| row.version + 1);
        let mut people: People =
            standing.map(|row| serde_json::from_str(&row.body).unwrap()).unwrap_or_default();
        change(&mut people);
        let body = serde_json::to_string(&people).unwrap();
        table.insert(key.clone(), Row { key, version, body });
    }

    /// Sends a batch as a person would, past all controllers.
    pub fn send(&self, batch: ChangeBatch) {
        let request = Request::ChangeResourceRecordSets { zone: self.cloud.zone.clone(), batch };
        let now = self.cloud.time.elapsed();
        self.cloud.state.borrow_mut().twin.call(request, now).expect("the twin takes it");
    }

    /// A batch that seats two regions as a person would.
    pub fn seats(&self, primary: &str, secondary: &str) -> ChangeBatch {
        let seat = |batch: ChangeBatch, region: &str, role: FailoverRole| {
            let set = RecordSetInput::simple("shop.example.com", "A", 60, &[address(region)]);
            let check = &self.cloud.checks[&Region::from(region)];
            batch.upsert(set.failover(role.as_str(), role).checked_by(check))
        };
        seat(seat(ChangeBatch::new(), primary, FailoverRole::Primary), secondary, FailoverRole::Secondary)
    }

    /// A batch that gives a region's weighted set another weight, as a person would.
    pub fn weight(&self, region: &str, weight: i64) -> ChangeBatch {
        let set = RecordSetInput::simple("shop.example.com", "A", 60, &[address(region)]);
        let check = &self.cloud.checks[&Region::from(region)];
        ChangeBatch::new().upsert(set.weighted(region, weight).checked_by(check))
    }

    /// A TXT record below `_understudy`.
    pub fn txt(label: &str, text: &str) -> RecordSetInput {
        Self::txt_of("shop", label, text)
    }

    /// The same of any application.
    pub fn txt_of(application: &str, label: &str, text: &str) -> RecordSetInput {
        let name = format!("{label}._understudy.{application}.example.com");
        RecordSetInput::simple(&name, "TXT", 5, &[&format!("\"{text}\"")])
    }

    /// Changes the rows of a region's table.
    pub fn spoil(&self, region: &str, change: impl Fn(&mut Row)) {
        let mut state = self.cloud.state.borrow_mut();
        state.tables.entry(region.into()).or_default().values_mut().for_each(change);
    }

    /// The subjects of what people were told, in order.
    pub fn subjects(&self) -> Vec<String> {
        let state = self.cloud.state.borrow();
        state.published.iter().map(|published| published.message.subject.clone()).collect()
    }

    /// Somebody else's batch claims an epoch.
    pub fn claim_by_another(&self, epoch: u32, text: &str) {
        self.send(ChangeBatch::new().create(Self::txt(&format!("e{epoch:08}"), text)));
    }

    /// Three ticks of the taker's controller: enough that it knows all to be well.
    pub async fn settle(&self) {
        for _ in 0..3 {
            self.pause(60).await;
            self.wake(WEST, &tick(), Crash::never()).await;
        }
    }

    /// Waits, within a script.
    pub async fn pause(&self, seconds: u64) {
        self.cloud.time.sleep(Duration::from_secs(seconds)).await;
    }

    /// The region that each name server answers now.
    pub fn answers(&self) -> Vec<&'static str> {
        let state = self.cloud.state.borrow();
        let region = |server| {
            let client = AnswerContext::seeded(1);
            let now = self.cloud.time.elapsed();
            let answer = state.twin.answer(server, "shop.example.com", RecordType::A, now, &client);
            let ips: Vec<String> = answer.addresses().iter().map(ToString::to_string).collect();
            [EAST, WEST, EU].into_iter().find(|region| ips == [address(region)]).unwrap_or("nobody")
        };
        (0..state.twin.name_servers()).map(region).collect()
    }

    /// The epoch records, oldest first, as one name server answers them when all has settled.
    pub fn epochs(&self) -> Vec<String> {
        (1..).map_while(|epoch| self.epoch(epoch)).collect()
    }

    /// The record of one epoch.
    pub fn epoch(&self, epoch: u32) -> Option<String> {
        let name = format!("e{epoch:08}._understudy.shop.example.com");
        let client = AnswerContext::seeded(1);
        let state = self.cloud.state.borrow();
        state.twin.answer(0, &name, RecordType::Txt, self.cloud.time.elapsed(), &client).texts().pop()
    }

    /// Moves as `from>to`, one for each epoch.
    pub fn moves(&self) -> Vec<String> {
        let moved = |text: &String| format!("{}>{}", Self::field(text, "from="), Self::field(text, "to="));
        self.epochs().iter().map(moved).collect()
    }

    /// One field of an epoch's text; empty where it has none.
    pub fn field(text: &str, key: &str) -> String {
        text.split(' ').find_map(|part| part.strip_prefix(key)).unwrap_or_default().to_owned()
    }

    /// The weight of each region's set.
    pub fn weights(&self) -> Vec<(&'static str, u8)> {
        let sets = standing(&self.cloud, "shop.example.com");
        let weight = |region: &&'static str| {
            let set = sets.iter().find(|set| set.routing.set() == Some(*region))?;
            Some((*region, set.routing.weight()?))
        };
        [EAST, WEST, EU].iter().filter_map(weight).collect()
    }

    /// Whose address each region's latency set answers.
    pub fn values(&self) -> Vec<(&'static str, &'static str)> {
        let sets = standing(&self.cloud, "shop.example.com");
        let holder = |region: &&'static str| {
            let set = sets.iter().find(|set| set.routing.set() == Some(*region))?;
            let Content::Values { values, .. } = &set.content else { return None };
            let whose = [EAST, WEST, EU].into_iter().find(|of| values == &[address(of)])?;
            Some((*region, whose))
        };
        [EAST, WEST, EU].iter().filter_map(holder).collect()
    }

    /// Who has paused the application, by a region's table.
    pub fn paused_in(&self, region: &str) -> Option<String> {
        let state = self.cloud.state.borrow();
        let row = state.tables.get(&Region::from(region))?.get(&People::key(&"shop".into()))?;
        let people: People = serde_json::from_str(&row.body).unwrap();
        people.paused(self.cloud.time.now()).map(|pause| pause.author.clone())
    }

    /// What people were told, in order: the events, once for each message.
    pub fn told(&self) -> Vec<String> {
        let state = self.cloud.state.borrow();
        state.published.iter().map(|published| published.message.attributes["event"].clone()).collect()
    }

    /// Entries of a region's ledger, as `kind`.
    pub fn ledger(&self, region: &str) -> Vec<String> {
        let state = self.cloud.state.borrow();
        let rows = state.tables.get(&Region::from(region)).into_iter().flat_map(BTreeMap::values);
        let entries = rows.filter(|row| row.key.partition == "ledger#shop");
        let kind =
            |body: &str| serde_json::from_str::<Value>(body).unwrap()["kind"].as_str().unwrap().to_owned();
        entries.map(|row| kind(&row.body)).collect()
    }

    /// How often a region's controller made a call.
    pub fn calls(&self, region: &str, name: &str) -> usize {
        let calls = &self.cloud.state.borrow().calls;
        calls.iter().filter(|(by, call)| by.as_str() == region && *call == name).count()
    }
}

/// The minute's tick.
pub fn tick() -> Event {
    event::read(r#"{"understudy":"tick"}"#)
}
