//! Addresses that the public cannot reach, and those that nobody should ask.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether only a network of one's own routes it: private, shared, loopback, link-local, unspecified, multicast.
pub(in crate::plan) fn is_private(address: IpAddr) -> bool {
    is_forbidden(address)
        || match address.to_canonical() {
            IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || is_shared(v4),
            IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
        }
}

/// Whether no endpoint can be there: link-local (which holds the metadata and credential services
/// 169.254.169.254 and 169.254.170.2), AWS's own fd00:ec2::/32, unspecified, multicast, broadcast.
pub(in crate::plan) fn is_forbidden(address: IpAddr) -> bool {
    // An address of one family written in the other (::ffff:169.254.169.254) is the same address.
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast(),
        IpAddr::V6(v6) => {
            v6.is_unicast_link_local() || v6.is_unspecified() || v6.is_multicast() || is_of_aws_services(v6)
        }
    }
}

/// 100.64.0.0/10, shared by carriers (RFC 6598).
fn is_shared(v4: Ipv4Addr) -> bool {
    let [first, second, ..] = v4.octets();
    first == 100 && (64..128).contains(&second)
}

/// fd00:ec2::/32: the instance's local services over IPv6, among them fd00:ec2::254.
fn is_of_aws_services(v6: Ipv6Addr) -> bool {
    let [first, second, ..] = v6.segments();
    first == 0xfd00 && second == 0x0ec2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_asks_the_metadata_service_however_it_is_written() {
        for text in ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "fe80::1", "0.0.0.0", "::"]
        {
            assert!(is_forbidden(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn networks_of_ones_own_are_private() {
        for text in
            ["10.0.1.100", "127.0.1.1", "::1", "fd12::1", "192.168.0.1", "100.64.0.1", "::ffff:10.0.0.1"]
        {
            assert!(is_private(text.parse().unwrap()), "{text}");
            assert!(!is_forbidden(text.parse().unwrap()), "{text}");
        }
        for text in ["192.0.2.1", "8.8.8.8", "2001:db8::1", "2600:1f18::1"] {
            assert!(!is_private(text.parse().unwrap()), "{text}");
        }
    }
}
