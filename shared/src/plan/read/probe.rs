//! Probes: what is asked, and how.

use std::time::Duration;

use url::{Host, Url};

use super::value::is_host_name;
use crate::names::DnsName;
use crate::plan::fault::seen;
use crate::plan::reader::{Entry, Table};
use crate::plan::report::Report;
use crate::plan::rule::{CONTAINS_TOO_LONG, MALFORMED_PROBE, NEEDLESS_PROBE_KEY};
use crate::plan::types::{Probe, Target};

/// How far into a body a text is searched.
const SEARCHED_BYTES: usize = 5_120;

/// Reads the keys of a probe from a table whose key `probe` is `asked`.
pub(super) fn read(
    asked: Option<&Entry<'_>>,
    table: &mut Table<'_>,
    timeout: Duration,
    report: &mut Report<'_>,
) -> Option<Probe> {
    let contains = table.take("contains");
    let private = table.take("private").and_then(|entry| entry.flag(report));
    let verify_tls = table.take("verify_tls");
    let own_timeout = table.take("timeout").and_then(|entry| entry.duration(report));
    let target = asked.and_then(|entry| target(entry, report));
    if let Some(target) = &target {
        needless(target, [contains.as_ref(), verify_tls.as_ref()], report);
    }
    let probe = Probe {
        contains: contains.and_then(|entry| searched(&entry, report)),
        private: private.unwrap_or(false),
        verify_tls: verify_tls.and_then(|entry| entry.flag(report)).unwrap_or(true),
        timeout: own_timeout.unwrap_or(timeout),
        target: target?,
    };
    Some(probe)
}

fn searched(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = entry.words(report)?;
    if text.len() > SEARCHED_BYTES {
        let message =
            format!("the text has {} bytes, only {SEARCHED_BYTES} of a body are searched", text.len());
        report.raise(CONTAINS_TOO_LONG, &entry.path, message, "search for a shorter text");
    }
    Some(text.to_owned())
}

fn needless(target: &Target, [contains, verify_tls]: [Option<&Entry<'_>>; 2], report: &mut Report<'_>) {
    let no_body = contains.filter(|_| matches!(target, Target::Tcp { .. }));
    let no_tls = verify_tls.filter(|_| !matches!(target, Target::Http { tls: true, .. }));
    for (entry, what) in [(no_body, "sees no body"), (no_tls, "speaks no TLS")] {
        if let Some(entry) = entry {
            let message = format!("the probe {target} {what}");
            report.raise(NEEDLESS_PROBE_KEY, &entry.path, message, "remove the key, or ask by https://");
        }
    }
}

pub(super) fn target(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<Target> {
    let text = entry.text(report)?;
    match parse(text) {
        Ok(target) => Some(target),
        Err(reason) => {
            let remedy = "write https://host/path, http://host/path or tcp://host:port";
            report.raise(MALFORMED_PROBE, &entry.path, format!("{} {reason}", seen(text)), remedy);
            None
        }
    }
}

/// Reads a target; an error completes the sentence "<text> …".
fn parse(text: &str) -> Result<Target, &'static str> {
    let (scheme, rest) = text.split_once("://").ok_or("has no scheme")?;
    // The URL standard mends these silently; here they are slips.
    if rest.starts_with(['/', '\\'])
        || rest.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\')
    {
        return Err("is not a URL");
    }
    match scheme {
        "http" | "https" => http(scheme == "https", text),
        "tcp" => tcp(rest),
        _ => Err("has a scheme that nobody can probe"),
    }
}

fn http(tls: bool, text: &str) -> Result<Target, &'static str> {
    let url = Url::parse(text).map_err(|_| "is not a URL")?;
    let port = url.port_or_known_default().filter(|port| *port != 0).ok_or("has no usable port")?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    Ok(Target::Http { tls, host: host(&url)?, port, path: format!("{}{query}", url.path()) })
}

fn tcp(rest: &str) -> Result<Target, &'static str> {
    let (_, port) = rest.rsplit_once(':').ok_or("has no port")?;
    let port = port.parse().ok().filter(|port| *port != 0).ok_or("has no usable port")?;
    // Read as an http URL, whose hosts are normalised: 2852039166 is 169.254.169.254 to a resolver.
    let url = Url::parse(&format!("http://{rest}")).map_err(|_| "is not a host and a port")?;
    if url.path() != "/" || url.query().is_some() {
        return Err("has a path, which TCP does not know");
    }
    Ok(Target::Tcp { host: host(&url)?, port })
}

fn host(url: &Url) -> Result<String, &'static str> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds credentials, which do not belong into a plan");
    }
    if url.fragment().is_some() {
        return Err("has a fragment, which is never sent");
    }
    match url.host() {
        Some(Host::Ipv4(address)) => Ok(address.to_string()),
        Some(Host::Ipv6(address)) => Ok(address.to_string()),
        Some(Host::Domain(name)) if is_host_name(DnsName::new(name).as_str()) => {
            Ok(DnsName::new(name).as_str().to_owned())
        }
        _ => Err("has no usable host"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_reads_as_it_is_written_out() {
        for (text, written) in [
            ("https://shop.example.com/health?full=1", "https://shop.example.com:443/health?full=1"),
            ("http://127.0.1.1:8080", "http://127.0.1.1:8080/"),
            ("https://Shop.Example.COM./", "https://shop.example.com:443/"),
            ("http://[2001:db8::1]:81/x", "http://[2001:db8::1]:81/x"),
            ("tcp://db.example.com:5432", "tcp://db.example.com:5432"),
            ("tcp://[::1]:80", "tcp://[::1]:80"),
            ("tcp://2852039166:80", "tcp://169.254.169.254:80"),
        ] {
            assert_eq!(parse(text).map(|target| target.to_string()).as_deref(), Ok(written), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_probed_is_refused() {
        for text in [
            "",
            "shop.example.com",
            "https://",
            "https:///x",
            "ftp://a/",
            "HTTPS://a/",
            "https://a b/",
            "https://u:p@a/",
            "https://a/#x",
            "https://*/",
            "https://a:0/",
            "https://a:99999/",
            "tcp://a",
            "tcp://a:0",
            "tcp://a:80/x",
            "tcp://[::1]",
            "tcp://u@a:80",
            "https://a\\@b/",
            "https://a\n/",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
