//! Name servers, probes and alarms.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use suite::world::{Controller, EAST};
use understudy::dns::RecordType;
use understudy::health::{Health, Reading};
use understudy::names::{Arn, DnsName};
use understudy::plan::Probe;
use understudy::ports::{Alarms, DnsAnswer, NameServers, PortError, Probes};

use super::{Port, Ports, late, refused};
use crate::kinds::Kind;
use crate::trouble::Trouble;

const ASK: Port =
    Port { name: "a DNS question", patience: Duration::from_millis(1_500), fates: &[refused, late] };
const SERVERS: Port = Port { name: "the zone's NS", patience: Duration::from_secs(3), fates: &[refused] };
const PROBE: Port = Port { name: "a probe", patience: Duration::from_secs(4), fates: &[late] };
const DESCRIBE: Port =
    Port { name: "DescribeAlarms", patience: Duration::from_secs(3), fates: &[refused, late] };

/// How far back an answer from the past may be.
const STALE: (u64, u64) = (1_000, 60_000);

impl NameServers for Ports {
    async fn name_servers(&self, zone: &DnsName) -> Result<Vec<SocketAddr>, PortError> {
        let call = |inner: Controller| {
            let zone = zone.clone();
            async move { inner.name_servers(&zone).await }
        };
        let servers = self.through(SERVERS, call).await;
        servers.unwrap_or_else(|| Err(PortError::new("name_servers", "no answer")))
    }

    async fn ask(
        &self,
        server: SocketAddr,
        name: &DnsName,
        kind: RecordType,
    ) -> Result<DnsAnswer, PortError> {
        let call = |inner: Controller| {
            let name = name.clone();
            async move { inner.ask(server, &name, kind).await }
        };
        let answer = self.through(ASK, call).await;
        let silent = |trouble: &Trouble| {
            matches!(trouble, Trouble::NameServerSilent(_)).then_some(Kind::NameServerSilent)
        };
        if matches!(answer, Some(Err(_)))
            && let Some(kind) = self.sim.first_trouble(silent)
        {
            self.fault(kind, || format!("name server {server} is silent"));
        }
        let answer = answer.unwrap_or_else(|| Err(PortError::new("ask", "timed out")))?;
        Ok(self.perhaps_stale(server, name, kind, answer))
    }

    async fn resolve(&self, name: &DnsName) -> Result<Vec<IpAddr>, PortError> {
        self.inner.resolve(name).await
    }
}

impl Ports {
    /// The same answer, or the one of a while ago.
    fn perhaps_stale(
        &self,
        server: SocketAddr,
        name: &DnsName,
        kind: RecordType,
        now: DnsAnswer,
    ) -> DnsAnswer {
        // Where several regions serve, two answers differ whenever they were given.
        let comparable = kind == RecordType::Txt || self.sim.setting.policy == "failover";
        if !comparable || !self.sim.dice.in_thousand(self.flaky()) {
            return now;
        }
        let ago = self.sim.dice.between(STALE.0, STALE.1);
        let then = self.inner.answer_at(server, name, kind, self.time().saturating_sub(ago));
        if then != now {
            self.fault(Kind::StaleReply, || format!("{name} is answered as {ago:?} ago"));
        }
        then
    }
}

impl Probes for Ports {
    async fn probe(&self, probe: &Probe, at: Option<IpAddr>) -> Reading {
        let call = |inner: Controller| {
            let probe = probe.clone();
            async move { inner.probe(&probe, at).await }
        };
        let reading = self.through(PROBE, call).await;
        let now = self.sim.clock(self.here());
        let host = probe.target.host();
        let broken = at.is_none() && self.sim.path_is_broken(self.here(), host);
        let Some(reading) = reading else {
            return Reading::new(Health::Unknown, "the probe did not come back", now);
        };
        if self
            .sim
            .suffers(|trouble| matches!(trouble, Trouble::ProbesMute(it) if *it == self.here().as_str()))
        {
            self.fault(Kind::PortError, || format!("the probe of {host} says nothing"));
            return Reading::new(Health::Unknown, "no address", now);
        }
        if broken {
            return Reading::new(Health::Unhealthy, "connect timed out", now);
        }
        if reading.health == Health::Healthy && self.sim.dice.in_thousand(self.flaky() / 4) {
            self.fault(Kind::FailedProbe, || format!("one probe of {host} fails"));
            self.sim.judge.observer_errs(self.time());
            return Reading::new(Health::Unhealthy, "connection reset", now);
        }
        if at.is_none() {
            self.sim.judge.probed(self.here(), host, reading.health, self.time());
        }
        Reading { observed_at: now, ..reading }
    }
}

impl Alarms for Ports {
    async fn alarm_states(&self, alarms: &[Arn]) -> Result<BTreeMap<Arn, Reading>, PortError> {
        let call = |inner: Controller| {
            let alarms = alarms.to_vec();
            async move { inner.alarm_states(&alarms).await }
        };
        let known = self.through(DESCRIBE, call).await;
        let mut known = known.unwrap_or_else(|| Err(PortError::new("alarm_states", "no answer")))?;
        let now = self.sim.clock(self.here());
        if self.sim.suffers(|trouble| *trouble == Trouble::MetricBlackout) {
            self.fault(Kind::MetricBlackout, || "alarms tell nothing".to_owned());
            return Ok(known);
        }
        let health = if self.sim.alarm_is_on() { Health::Unhealthy } else { Health::Healthy };
        for reading in known.values_mut() {
            *reading = Reading::new(health, format!("{health:?}"), now);
        }
        if !known.is_empty() {
            self.sim.judge.probed(self.here(), EAST, health, self.time());
        }
        Ok(known)
    }
}
