//! The model as a whole, and what the world does to it from outside the API.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::balancers::{Balancers, LoadBalancer};
use super::change::ChangeRecord;
use super::error::{ApiError, ErrorCode};
use super::faults::{Delivery, Fault, Faults, Outcome};
use super::health::{AlarmConfiguration, AlarmIdentifier, Checks, Health, MetricState, Probe, ProbeOutcome};
use super::tags::Tags;
use super::throttle::Throttles;
use super::zones::Zones;
use super::{ChangeId, Config, DnsName, HealthCheckId, NameFault, Request, Response, Time, ZoneId};

/// A Route 53 of one's own. Every method that needs the time is told it; time must not run backwards.
///
/// [`Twin::call`] is the API as its clients see it, throttled and with the faults that were ordered. The other
/// methods of the API's names do the same without either: a test uses them to set the stage.
#[derive(Clone, Debug)]
pub struct Twin {
    pub(super) config: Config,
    pub(super) zones: Zones,
    pub(super) changes: BTreeMap<ChangeId, ChangeRecord>,
    pub(super) checks: Checks,
    pub(super) balancers: Balancers,
    pub(super) tags: Tags,
    throttles: Throttles,
    faults: Faults,
}

impl Twin {
    /// An empty account.
    pub fn new(config: Config) -> Self {
        Self {
            checks: Checks::new(&config),
            config,
            zones: Zones::default(),
            changes: BTreeMap::new(),
            balancers: Balancers::default(),
            tags: Tags::default(),
            throttles: Throttles::full(),
            faults: Faults::default(),
        }
    }

    /// One call of the API, as a client sees it. Where no answer comes, the error is
    /// [`ErrorCode::NoAnswer`]; a delay is not shown (see [`Twin::deliver`]).
    ///
    /// # Errors
    /// Whatever Route 53 refuses, and the faults that were ordered.
    pub fn call(&mut self, request: Request, now: Time) -> Result<Response, ApiError> {
        self.deliver(request, now).outcome.result()
    }

    /// The same with what the network adds: how long the answer takes, and whether there is one.
    pub fn deliver(&mut self, request: Request, now: Time) -> Delivery {
        let (after, fault) = self.faults.befall(request.operation(), now);
        let failed = |code, message| Outcome::Answered(Box::new(Err(ApiError::new(code, message))));
        let outcome = match fault {
            None => Outcome::Answered(Box::new(self.admit(request, now))),
            Some(Fault::Unavailable) => failed(ErrorCode::ServiceUnavailable, "Service Unavailable"),
            Some(Fault::Throttled) => failed(ErrorCode::Throttling, "Rate exceeded"),
            Some(Fault::Refused(error)) => Outcome::Answered(Box::new(Err(error))),
            Some(Fault::Hang | Fault::Slow(_)) => Outcome::Nothing,
            Some(Fault::AppliedButFailed) => {
                // Only the effect counts: the caller does not learn what the result was.
                drop(self.admit(request, now));
                failed(ErrorCode::InternalFailure, "We encountered an internal error. Please try again.")
            }
            Some(Fault::AppliedButLost) => {
                drop(self.admit(request, now));
                Outcome::Nothing
            }
        };
        Delivery { after, outcome }
    }

    fn admit(&mut self, request: Request, now: Time) -> Result<Response, ApiError> {
        if self.config.throttled {
            self.throttles.admit(request.operation(), now)?;
        }
        self.serve(request, now)
    }

    /// The faults, to order or end some.
    pub fn faults_mut(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// How many name servers each zone has.
    pub fn name_servers(&self) -> usize {
        self.config.name_servers
    }

    /// How many batches of record sets a zone has accepted; none where there is no such zone.
    pub fn batches_accepted(&self, zone: &ZoneId) -> Option<u64> {
        self.zones.find(zone).ok().map(|zone| zone.accepted())
    }

    /// Puts a load balancer (or a CloudFront distribution, or an accelerator) into the world. Aliases can
    /// target it in this canonical zone, and its name can be resolved by itself.
    ///
    /// # Errors
    /// The name is none.
    pub fn add_load_balancer(
        &mut self,
        dns_name: &str,
        canonical_zone: ZoneId,
        addresses: impl IntoIterator<Item = IpAddr>,
        health: Health,
    ) -> Result<(), NameFault> {
        let addresses = addresses.into_iter().collect();
        self.balancers.insert(
            DnsName::parse(dns_name)?,
            LoadBalancer { zone: Some(canonical_zone), addresses, health, only_for: None },
        );
        Ok(())
    }

    /// Puts something into the world that answers for one name only: a distribution, an API's domain, a website's
    /// bucket. An alias of another name cannot target it.
    ///
    /// # Errors
    /// A name is none.
    pub fn add_named_target(
        &mut self,
        dns_name: &str,
        zone: ZoneId,
        addresses: impl IntoIterator<Item = IpAddr>,
        only_for: &str,
    ) -> Result<(), NameFault> {
        let only_for = Some(DnsName::parse(only_for)?);
        let addresses = addresses.into_iter().collect();
        self.balancers.insert(
            DnsName::parse(dns_name)?,
            LoadBalancer { zone: Some(zone), addresses, health: Health::Healthy, only_for },
        );
        Ok(())
    }

    /// Makes a load balancer's targets healthy or not. `false` where there is none of this name.
    pub fn set_load_balancer_health(&mut self, dns_name: &str, health: Health) -> bool {
        self.with_balancer(dns_name, |balancer| balancer.health = health)
    }

    /// Gives a load balancer other addresses. `false` where there is none of this name.
    pub fn set_load_balancer_addresses(
        &mut self,
        dns_name: &str,
        addresses: impl IntoIterator<Item = IpAddr>,
    ) -> bool {
        self.with_balancer(dns_name, |balancer| balancer.addresses = addresses.into_iter().collect())
    }

    fn with_balancer(&mut self, dns_name: &str, change: impl FnOnce(&mut LoadBalancer)) -> bool {
        let found = DnsName::parse(dns_name).ok().and_then(|name| self.balancers.get_mut(&name));
        found.map(change).is_some()
    }

    /// Puts a plain host outside every zone into the world (a name server's own name, for instance). It is
    /// resolved like a load balancer's name; no alias can target it.
    ///
    /// # Errors
    /// The name is none.
    pub fn add_host(
        &mut self,
        dns_name: &str,
        addresses: impl IntoIterator<Item = IpAddr>,
    ) -> Result<(), NameFault> {
        let host = LoadBalancer {
            zone: None,
            addresses: addresses.into_iter().collect(),
            health: Health::Healthy,
            only_for: None,
        };
        self.balancers.insert(DnsName::parse(dns_name)?, host);
        Ok(())
    }

    /// The requests of the checkers that are due. Each must come back by [`Twin::probe_finished`].
    pub fn probes_due(&mut self, now: Time) -> Vec<Probe> {
        self.checks.probes_due(now)
    }

    /// When the next request of a checker is due; none while there is no endpoint check.
    pub fn next_probe_at(&self) -> Option<Time> {
        self.checks.next_probe_at()
    }

    /// What came of a checker's request.
    pub fn probe_finished(
        &mut self,
        check: &HealthCheckId,
        checker: usize,
        outcome: ProbeOutcome,
        now: Time,
    ) {
        self.checks.probe_finished(check, checker, outcome, now);
    }

    /// An alarm is made or changed: the checks of it that are made or updated from now on copy its settings.
    pub fn put_alarm(&mut self, alarm: AlarmIdentifier, settings: AlarmConfiguration) {
        self.checks.put_alarm(alarm, settings);
    }

    /// What an alarm's data say from now on.
    pub fn set_metric_state(&mut self, alarm_region: &str, alarm_name: &str, state: MetricState, now: Time) {
        let alarm = AlarmIdentifier { region: alarm_region.to_owned(), name: alarm_name.to_owned() };
        self.checks.set_metric(alarm, state, now);
    }

    /// Turns a routing control on (healthy) or off (unhealthy).
    pub fn set_routing_control(&mut self, arn: &str, on: bool, now: Time) {
        self.checks.set_control(arn, Health::healthy_if(on), now);
    }

    /// The status of a health check as the service itself sees it; name servers may see it later
    /// ([`Config::health_delay`]). None for a check that never was or is deleted.
    pub fn health(&self, check: &HealthCheckId, now: Time) -> Option<Health> {
        self.checks.get(check).map(|_| self.checks.status(check, now))
    }
}
