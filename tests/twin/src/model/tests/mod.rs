//! Small worlds, and what holds in them.

mod answers;
mod batches;
mod checks;
mod faults;
mod listing;
mod propagation;
mod properties;
mod status;

use std::net::IpAddr;

use super::health::{Health, HealthCheckInput};
use super::records::{ChangeBatch, FailoverRole, RecordSetInput, RecordType};
use super::*;

/// One public zone `example.com`, changes that arrive at once, no throttling.
struct World {
    twin: Twin,
    zone: ZoneId,
    now: Time,
    references: u32,
}

impl World {
    fn new() -> Self {
        Self::with(Config::default().propagation(Propagation::exactly(Time::ZERO)).throttled(false))
    }

    fn with(config: Config) -> Self {
        let mut twin = Twin::new(config);
        let zone = twin.create_hosted_zone(&NewZone::public("example.com"), Time::ZERO).unwrap().0.id;
        Self { twin, zone, now: Time::ZERO, references: 0 }
    }

    fn change(&mut self, batch: ChangeBatch) -> Result<ChangeInfo, ApiError> {
        self.twin.change_resource_record_sets(&self.zone, &batch, self.now)
    }

    fn create(&mut self, records: impl IntoIterator<Item = RecordSetInput>) -> &mut Self {
        self.change(records.into_iter().fold(ChangeBatch::new(), ChangeBatch::create)).unwrap();
        self
    }

    /// The messages of a batch that must be refused as invalid.
    fn refusal(&mut self, batch: ChangeBatch) -> Vec<String> {
        let error = self.change(batch).unwrap_err();
        assert_eq!((error.code, error.status), (ErrorCode::InvalidChangeBatch, 400), "{error}");
        error.messages
    }

    fn check(&mut self, config: &HealthCheckInput) -> HealthCheckId {
        self.references += 1;
        self.twin.create_health_check(&format!("check-{}", self.references), config, self.now).unwrap().id
    }

    /// A check that a test can turn: it follows a routing control of this name.
    fn switch(&mut self, name: &str) -> HealthCheckId {
        let check = self.check(&HealthCheckInput::recovery_control(name));
        self.turn(name, Health::Healthy);
        check
    }

    fn turn(&mut self, name: &str, health: Health) {
        self.twin.set_routing_control(name, health.is_healthy(), self.now);
    }

    fn health(&self, check: &HealthCheckId) -> Health {
        self.twin.health(check, self.now).unwrap()
    }

    fn ask(&self, name: &str, rtype: RecordType, client: &AnswerContext) -> Answer {
        self.twin.answer(0, name, rtype, self.now, client)
    }

    /// The first IPv4 address's last number.
    fn answered(&self, name: &str) -> u8 {
        last_number(&self.ask(name, RecordType::A, &AnswerContext::default()))
    }

    fn balancer(&mut self, name: &str, region: &str, addresses: &[&str]) -> ZoneId {
        let zone = alb_zone(region).unwrap();
        let addresses: Vec<IpAddr> = addresses.iter().map(|ip| ip.parse().unwrap()).collect();
        self.twin.add_load_balancer(name, zone.clone(), addresses, Health::Healthy).unwrap();
        zone
    }
}

fn last_number(answer: &Answer) -> u8 {
    match answer.addresses().first() {
        Some(IpAddr::V4(ip)) => ip.octets()[3],
        other => panic!("no address: {other:?}"),
    }
}

fn a(name: &str, last: u8) -> RecordSetInput {
    RecordSetInput::simple(name, "A", 60, &[&format!("192.0.2.{last}")])
}

fn txt(name: &str, value: &str) -> RecordSetInput {
    RecordSetInput::simple(name, "TXT", 60, &[value])
}

const PRIMARY: FailoverRole = FailoverRole::Primary;
const SECONDARY: FailoverRole = FailoverRole::Secondary;
