//! Users: each resolves the served name as a resolver with a cache does, and sends requests all the time.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::cloud::lock;
use crate::timeline::{Mark, Timeline};
use crate::{clock, dns, net};

/// Between two requests of a user whom nothing else is said of.
pub const EVERY: Duration = Duration::from_millis(100);
/// A user's patience.
const PATIENCE: Duration = Duration::from_secs(1);

/// One request of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// When it was sent.
    pub at: Timestamp,
    /// The region that answered; none where nobody did.
    pub answered: Option<String>,
}

/// What the user saw, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Seen {
    /// Requests sent.
    pub requests: usize,
    /// Those that nobody answered.
    pub failed: usize,
    /// The longest span from a first failed request to the first answered one after it, in seconds.
    pub outage_s: f64,
}

impl Seen {
    /// The numbers of these requests, in the order in which they were sent.
    pub fn of(requests: &[Request]) -> Self {
        let failed = requests.iter().filter(|request| request.answered.is_none()).count();
        let longest =
            outages(requests).into_iter().map(|(from, to)| clock::seconds(from, to)).fold(0.0, f64::max);
        Self { requests: requests.len(), failed, outage_s: longest }
    }
}

/// The spans in which the user was not served: from the first failed request to the first answered one. The
/// last one may end with the last request.
pub fn outages(requests: &[Request]) -> Vec<(Timestamp, Timestamp)> {
    let mut spans = Vec::new();
    let mut since: Option<Timestamp> = None;
    for request in requests {
        match (&request.answered, since) {
            (None, None) => since = Some(request.at),
            (Some(_), Some(from)) => {
                spans.push((from, request.at));
                since = None;
            }
            _ => {}
        }
    }
    if let (Some(from), Some(last)) = (since, requests.last()) {
        spans.push((from, last.at));
    }
    spans
}

/// A resolver's memory of one name.
#[derive(Clone, Debug, Default)]
pub struct Cache(Option<(Ipv4Addr, Timestamp)>);

impl Cache {
    /// The address, while it may be kept.
    pub fn get(&self, now: Timestamp) -> Option<Ipv4Addr> {
        self.0.filter(|(_, until)| now < *until).map(|(address, _)| address)
    }

    /// Keeps the first address of an answer for its time to live. An answer without one is not kept.
    pub fn put(&mut self, answer: &dns::Addresses, now: Timestamp) -> Option<Ipv4Addr> {
        let address = answer.addresses.first().copied();
        self.0 = address.map(|address| (address, clock::after(now, answer.ttl)));
        address
    }
}

/// Who a user is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The application that is used.
    pub application: String,
    /// The region near which the user is.
    pub near: String,
    /// Where the user's resolver asks from.
    pub resolver: Ipv4Addr,
    /// Between two requests.
    pub every: Duration,
}

/// A user at work. Dropping it ends it.
#[derive(Debug)]
pub struct User {
    /// Who.
    pub person: Person,
    diary: Arc<Mutex<Diary>>,
    _at_work: JoinSet<()>,
}

/// Requests in the order in which they were sent, whenever they end.
#[derive(Debug, Default)]
struct Diary {
    requests: Vec<(Timestamp, Option<Option<String>>)>,
    /// How many were looked at for the timeline.
    told: usize,
    unserved: bool,
}

/// Whom the user asks, and for what.
#[derive(Clone, Debug)]
struct Way {
    name_servers: Arc<Vec<SocketAddr>>,
    name: String,
    port: u16,
    resolver: Ipv4Addr,
    cache: Arc<Mutex<Cache>>,
}

impl User {
    /// Lets a user in, who sends requests to what a name is resolved to. The timeline, where there is one, is
    /// told when service is lost and found.
    pub fn start(
        person: Person,
        name_servers: Arc<Vec<SocketAddr>>,
        name: &str,
        port: u16,
        timeline: Option<Arc<Timeline>>,
    ) -> Self {
        let diary = Arc::new(Mutex::new(Diary::default()));
        let resolver = person.resolver;
        let way = Way { name_servers, name: name.to_owned(), port, resolver, cache: Arc::default() };
        let mut at_work = JoinSet::new();
        at_work.spawn(send_for_ever(way, person.every, diary.clone(), timeline));
        Self { person, diary, _at_work: at_work }
    }

    /// The requests that have ended, in the order in which they were sent.
    pub fn requests(&self) -> Vec<Request> {
        let diary = lock(&self.diary);
        let ended = diary.requests.iter().filter_map(|(at, end)| end.clone().map(|answered| (at, answered)));
        ended.map(|(at, answered)| Request { at: *at, answered }).collect()
    }
}

async fn send_for_ever(way: Way, every: Duration, diary: Arc<Mutex<Diary>>, timeline: Option<Arc<Timeline>>) {
    let mut requests = JoinSet::new();
    let mut next = interval(every);
    next.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = next.tick() => {
                let number = lock(&diary).begin(clock::now());
                let (way, diary, timeline) = (way.clone(), diary.clone(), timeline.clone());
                requests.spawn(async move {
                    let answered = timeout(PATIENCE, way.send()).await.ok().flatten();
                    lock(&diary).end(number, answered, timeline.as_deref());
                });
            }
            Some(_) = requests.join_next() => {}
        }
    }
}

impl Diary {
    fn begin(&mut self, at: Timestamp) -> usize {
        self.requests.push((at, None));
        self.requests.len() - 1
    }

    fn end(&mut self, number: usize, answered: Option<String>, timeline: Option<&Timeline>) {
        if let Some((_, end)) = self.requests.get_mut(number) {
            *end = Some(answered);
        }
        while let Some((at, Some(answered))) = self.requests.get(self.told) {
            match (answered, self.unserved, timeline) {
                (None, false, Some(timeline)) => {
                    timeline.add(*at, Some(Mark::Unserved), "users are NOT served");
                }
                (Some(region), true, Some(timeline)) => {
                    timeline.add(*at, Some(Mark::Served), format!("users are served again, by {region}"));
                }
                _ => {}
            }
            self.unserved = answered.is_none();
            self.told += 1;
        }
    }
}

impl Way {
    /// Sends one request; the region that answered it.
    async fn send(&self) -> Option<String> {
        let address = self.address().await?;
        let request =
            http::Request::builder().uri("/").header("host", &self.name).body(Default::default()).ok()?;
        let answer = net::ask((address, self.port).into(), request).await.ok()?;
        let region = String::from_utf8_lossy(answer.body()).into_owned();
        answer.status().is_success().then_some(region)
    }

    async fn address(&self) -> Option<Ipv4Addr> {
        if let Some(known) = lock(&self.cache).get(clock::now()) {
            return Some(known);
        }
        let server = *self.name_servers.get(rand::random_range(0..self.name_servers.len()))?;
        let answer = dns::addresses(server, &self.name, self.resolver).await.ok()?;
        lock(&self.cache).put(&answer, clock::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(tenths: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000 + 100 * tenths).unwrap()
    }

    fn requests(answers: &[bool]) -> Vec<Request> {
        let request = |(number, answered): (usize, &bool)| Request {
            at: at(i64::try_from(number).unwrap()),
            answered: answered.then(|| "us-east-1".to_owned()),
        };
        answers.iter().enumerate().map(request).collect()
    }

    #[test]
    fn an_outage_lasts_from_the_first_failed_to_the_first_answered_request() {
        let (yes, no) = (true, false);
        assert_eq!(outages(&requests(&[yes, no, no, yes, yes, no, yes])), [(at(1), at(3)), (at(5), at(6))]);
        let seen = Seen::of(&requests(&[yes, no, no, yes, no]));
        assert_eq!((seen.requests, seen.failed), (5, 3));
        assert!((seen.outage_s - 0.2).abs() < 1e-9, "{}", seen.outage_s);
    }

    #[test]
    fn an_outage_that_does_not_end_lasts_until_the_last_request() {
        assert_eq!(outages(&requests(&[true, false, false, false])), [(at(1), at(3))]);
        assert_eq!(outages(&requests(&[true, true])), []);
        assert_eq!(Seen::of(&[]), Seen::default());
    }

    #[test]
    fn an_address_is_kept_for_its_time_to_live() {
        let answer = |last, seconds| dns::Addresses {
            addresses: vec![Ipv4Addr::new(127, 0, last, 1)],
            ttl: Duration::from_secs(seconds),
        };
        let mut cache = Cache::default();
        assert_eq!(cache.get(at(0)), None);
        cache.put(&answer(1, 2), at(0));
        assert_eq!(cache.get(at(19)), Some(Ipv4Addr::new(127, 0, 1, 1)));
        assert_eq!(cache.get(at(20)), None);
        cache.put(&answer(2, 0), at(20));
        assert_eq!(cache.get(at(20)), None, "a time to live of zero is not kept at all");
        assert_eq!(cache.put(&dns::Addresses { addresses: vec![], ttl: Duration::ZERO }, at(30)), None);
    }
}
