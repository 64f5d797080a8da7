//! The health checks that Route 53 is to have for a region.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::{probe, value};
use crate::dns::{
    CheckerRegion, Endpoint, HealthCheck, Interval, MissingData, NoChild, Page, Place, Protocol, Watches,
};
use crate::in_order::InOrder;
use crate::names::DnsName;
use crate::plan::fault::{counted, seen};
use crate::plan::path::Path;
use crate::plan::reader::{Entry, Table, each_once};
use crate::plan::report::Report;
use crate::plan::rule::{
    CHECK_INTERVAL, CHECK_KIND, CHECK_PATH_TOO_LONG, CHECK_TEXT_TOO_LONG, FEW_CHECKERS, NEEDLESS_CHECK_KEY,
    UNKNOWN_CHECKER_REGION,
};
use crate::plan::types::Target;

/// Equal results in a row (Route 53 API, `HealthCheckConfig.FailureThreshold`).
const THRESHOLDS: RangeInclusive<u32> = 1..=10;
/// What Route 53 takes where nobody says (the same page).
const THRESHOLD: u8 = 3;
/// The longest path and the longest text to search for (Route 53 API, `ResourcePath`, `SearchString`).
const LONGEST: usize = 255;
/// The fewest regions of checkers (Route 53 API, `HealthCheckConfig.Regions`).
const FEWEST_CHECKERS: usize = 3;

const MISSING: &[(&str, MissingData)] = &[
    ("healthy", MissingData::Healthy),
    ("unhealthy", MissingData::Unhealthy),
    ("last-known", MissingData::LastKnown),
];
/// Whether a check that stands still is inverted.
const FORCED: &[(&str, bool)] = &[("healthy", false), ("unhealthy", true)];

/// Reads a check of an endpoint, or of an alarm's data.
pub(super) fn read(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<HealthCheck<NoChild>> {
    let mut table = entry.table(report)?;
    let inverted = table.take("inverted");
    let forced = table.take("forced").and_then(|entry| entry.word(FORCED, report));
    let watches = match (table.take("endpoint"), table.take("alarm")) {
        (Some(asked), None) => endpoint(&asked, &mut table, report).map(Watches::Endpoint),
        (None, Some(alarm)) => metric(&alarm, &mut table, report),
        _ => {
            let message =
                format!("a check asks an endpoint or an alarm's data, this one has {}", table.keys());
            let remedy =
                "write { endpoint = \"https://..\" } or { alarm = \"arn:..\", missing = \"unhealthy\" }";
            report.raise(CHECK_KIND, &entry.path, message, remedy);
            return None;
        }
    };
    if let (Some(_), Some(entry)) = (forced, &inverted) {
        let message = "a check that is forced does not ask whether it is inverted";
        report.raise(NEEDLESS_CHECK_KEY, &entry.path, message, "remove the key");
    }
    let inverted = inverted.and_then(|entry| entry.flag(report)).unwrap_or(false);
    table.finish(report);
    // A check that is forced stands as it is told, whatever it sees.
    Some(HealthCheck { watches: watches?, inverted: forced.unwrap_or(inverted), disabled: forced.is_some() })
}

fn metric(alarm: &Entry<'_>, table: &mut Table<'_>, report: &mut Report<'_>) -> Option<Watches<NoChild>> {
    let missing = table.require("missing", report).and_then(|entry| entry.word(MISSING, report));
    let arn = value::alarm(alarm, report)?;
    let alarm = arn.alarm_name()?.to_owned();
    Some(Watches::Metric { region: arn.region().clone(), alarm, missing: missing? })
}

fn endpoint(asked: &Entry<'_>, table: &mut Table<'_>, report: &mut Report<'_>) -> Option<Endpoint> {
    let (contains, sni, host) = (table.take("contains"), table.take("sni"), table.take("host"));
    let interval = table.take("interval").map_or(Some(Interval::Standard), |entry| interval(&entry, report));
    let threshold = table.take("threshold").and_then(|entry| entry.within(THRESHOLDS, report));
    let measure_latency = table.take("latency").and_then(|entry| entry.flag(report)).unwrap_or(false);
    let checkers = table.take("checkers").map_or_else(BTreeSet::new, |entry| checkers(&entry, report));
    let asked = (probe::target(asked, report)?, &asked.path);
    needless(&asked.0, [&contains, &sni, &host], report);
    let sni = sni.and_then(|entry| entry.flag(report)).unwrap_or(true);
    Some(Endpoint {
        protocol: protocol(&asked, contains, sni, report),
        target: place(&asked.0, host, report),
        port: asked.0.port(),
        interval: interval?,
        threshold: threshold.and_then(|count| u8::try_from(count).ok()).unwrap_or(THRESHOLD),
        measure_latency,
        checkers,
    })
}

fn protocol(
    asked: &(Target, &Path),
    contains: Option<Entry<'_>>,
    sni: bool,
    report: &mut Report<'_>,
) -> Protocol {
    let (Target::Http { tls, path, .. }, place) = asked else { return Protocol::Tcp };
    if path.chars().count() > LONGEST {
        let message =
            format!("the path has {} characters, Route 53 asks for {LONGEST} at most", path.chars().count());
        report.raise(CHECK_PATH_TOO_LONG, place, message, "serve the health page under a shorter path");
    }
    let page = Page { path: path.clone(), contains: contains.and_then(|entry| searched(&entry, report)) };
    if *tls { Protocol::Https { page, sni } } else { Protocol::Http(page) }
}

fn searched(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = entry.words(report)?;
    let count = text.chars().count();
    if count > LONGEST {
        let message = format!("the text has {count} characters, Route 53 searches for {LONGEST} at most");
        report.raise(CHECK_TEXT_TOO_LONG, &entry.path, message, "search for a shorter text");
    }
    Some(text.to_owned())
}

fn place(asked: &Target, host: Option<Entry<'_>>, report: &mut Report<'_>) -> Place {
    match asked.host().parse::<IpAddr>() {
        Ok(ip) => Place::Address { ip, host: host.and_then(|entry| value::name(&entry, report)) },
        Err(_) => Place::Name(DnsName::new(asked.host())),
    }
}

/// A key that this endpoint knows nothing of would promise what nobody does.
fn needless(asked: &Target, [contains, sni, host]: [&Option<Entry<'_>>; 3], report: &mut Report<'_>) {
    let tcp = matches!(asked, Target::Tcp { .. });
    let tls = matches!(asked, Target::Http { tls: true, .. });
    let address = asked.host().parse::<IpAddr>().is_ok();
    let needless = [
        (contains, tcp, "sees no body"),
        (sni, !tls, "speaks no TLS"),
        (host, tcp || !address, "tells its own name"),
    ];
    for (entry, is_needless, what) in needless {
        if let Some(entry) = entry.as_ref().filter(|_| is_needless) {
            report.raise(
                NEEDLESS_CHECK_KEY,
                &entry.path,
                format!("the check of {asked} {what}"),
                "remove the key",
            );
        }
    }
}

fn interval(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<Interval> {
    let time = entry.duration(report)?;
    let interval = Interval::of(time);
    if interval.is_none() {
        let message = format!("Route 53's checkers do not ask every {}", crate::plan::duration::show(time));
        report.raise(CHECK_INTERVAL, &entry.path, message, "write \"30s\", or \"10s\", which costs more");
    }
    interval
}

fn checkers(list: &Entry<'_>, report: &mut Report<'_>) -> BTreeSet<CheckerRegion> {
    let items = list.items(report).unwrap_or_default();
    let count = items.len();
    let mut read = Vec::new();
    for item in items {
        let Some(text) = item.text(report) else { continue };
        match CheckerRegion::from_name(text) {
            Some(region) => read.push((item.path, region)),
            None => {
                let known: Vec<&str> = CheckerRegion::ALL.into_iter().map(CheckerRegion::as_str).collect();
                let message = format!("Route 53 has no checkers in {}", seen(text));
                let remedy = format!("name some of {}, or leave the key out for all", known.join(", "));
                report.raise(UNKNOWN_CHECKER_REGION, &item.path, message, remedy);
            }
        }
    }
    let checkers = each_once(read, report);
    if (1..FEWEST_CHECKERS).contains(&count) {
        let message = format!("checkers in {} alone", counted(count, "region"));
        report.raise(
            FEW_CHECKERS,
            &list.path,
            message,
            "name three regions at least, or leave the key out for all",
        );
    }
    checkers.into_iter().in_order()
}
