//! Parts of a plan file, written.

use crate::dns::{Endpoint, HealthCheck, NoChild, Page, Place, Protocol, Watches};
use crate::plan::Target;

/// A text, quoted: JSON's escapes are TOML's, but for one character.
pub(super) fn quoted(text: &str) -> String {
    let clean: String = text.chars().filter(|c| *c != '\u{7f}').collect();
    serde_json::to_string(&clean).unwrap_or_default()
}

/// A check of an endpoint with default options, as a plan names one. Nothing for any other.
pub(super) fn check(check: &HealthCheck<NoChild>) -> Option<String> {
    let Watches::Endpoint(endpoint) = &check.watches else { return None };
    let Endpoint { interval, threshold, .. } = endpoint;
    let (target, contains) = asked(endpoint);
    let contains = contains.map(|text| format!("contains = {}, ", quoted(text))).unwrap_or_default();
    let endpoint = quoted(&target.to_string());
    let seconds = interval.seconds();
    Some(format!("{{ endpoint = {endpoint}, {contains}interval = \"{seconds}s\", threshold = {threshold} }}"))
}

fn asked(endpoint: &Endpoint) -> (Target, Option<&str>) {
    let host = match &endpoint.target {
        Place::Name(name) => name.as_str().trim_end_matches('.').to_owned(),
        Place::Address { ip, .. } => ip.to_string(),
    };
    let port = endpoint.port;
    let http =
        |page: &Page, tls: bool| Target::Http { tls, host: host.clone(), port, path: page.path.clone() };
    match &endpoint.protocol {
        Protocol::Tcp => (Target::Tcp { host, port }, None),
        Protocol::Http(page) => (http(page, false), page.contains.as_deref()),
        Protocol::Https { page, .. } => (http(page, true), page.contains.as_deref()),
    }
}
