//! The system's resolvers.

use std::net::{IpAddr, SocketAddr};

const FILE: &str = "/etc/resolv.conf";

/// The resolvers that the system names. None where its file cannot be read: asking them fails
/// then, with words that say so.
pub(super) fn resolvers() -> Vec<SocketAddr> {
    std::fs::read_to_string(FILE).map(|text| named(&text)).unwrap_or_default()
}

/// The `nameserver` lines of resolv.conf(5), at most three of which count.
fn named(text: &str) -> Vec<SocketAddr> {
    let servers =
        text.lines().map(str::split_whitespace).filter_map(|mut line| match (line.next(), line.next()) {
            (Some("nameserver"), Some(address)) => address.parse::<IpAddr>().ok(),
            _ => None,
        });
    servers.take(3).map(|address| (address, 53).into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_three_servers_are_named() {
        let text = "# made by hand\nsearch example.com\nnameserver 169.254.100.5\n nameserver\t::1 # x\n\
                    nameserver fe80::1%eth0\noptions ndots:5\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n";
        let servers: Vec<String> = named(text).iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["169.254.100.5:53", "[::1]:53", "10.0.0.2:53"]);
    }
}
