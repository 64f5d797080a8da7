//! Where a probe may go. A plan is written by people who may deploy, but what a name resolves to
//! is anybody's: a probe must not become a way to the credentials and neighbours of its function.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Refuses addresses that a probe may never ask, and private ones unless the plan admits them.
///
/// # Errors
/// What the address is.
pub(super) fn check(
    address: SocketAddr,
    private: bool,
    runtime_api: Option<SocketAddr>,
) -> Result<(), &'static str> {
    let ip = meant(address.ip());
    if runtime_api.is_some_and(|api| is_runtime_api(ip, address.port(), api)) {
        return Err("the Lambda Runtime API");
    }
    if let Some(what) = forbidden(ip) {
        return Err(what);
    }
    if !private && is_private(ip) {
        return Err("private: `private = true` in the plan would admit it");
    }
    Ok(())
}

/// The IPv4 address within an IPv6 one: mapped (RFC 4291), or translated by NAT64 (RFC 6052),
/// which a VPC's NAT gateway does.
fn meant(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) if v6.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0] => {
            let [.., a, b, c, d] = v6.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        ip => ip,
    }
}

/// Any loopback address reaches what listens on all of them.
fn is_runtime_api(ip: IpAddr, port: u16, api: SocketAddr) -> bool {
    let its = meant(api.ip());
    port == api.port() && (ip == its || (ip.is_loopback() && its.is_loopback()))
}

fn forbidden(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(v4) => forbidden_v4(v4),
        IpAddr::V6(v6) => forbidden_v6(v6),
    }
}

fn forbidden_v4(ip: Ipv4Addr) -> Option<&'static str> {
    match ip.octets() {
        // 0.0.0.0 is this very host (RFC 1122, 3.2.1.3).
        [0, ..] => Some("unspecified"),
        // Also the metadata services of instances (169.254.169.254) and tasks (169.254.170.2).
        [169, 254, ..] => Some("link-local, where credentials are handed out"),
        [224..=239, ..] => Some("multicast"),
        [240..=255, ..] => Some("reserved or broadcast"),
        _ => None,
    }
}

fn forbidden_v6(ip: Ipv6Addr) -> Option<&'static str> {
    match ip.segments() {
        _ if ip.is_unspecified() => Some("unspecified"),
        [0xfe80..=0xfebf, ..] => Some("link-local, where credentials are handed out"),
        // AWS's own services within a VPC: metadata (fd00:ec2::254), pod identity (fd00:ec2::23),
        // and others (EC2 user guide, IMDS; EKS user guide, pod identities).
        [0xfd00, 0xec2, ..] => Some("an AWS service of the VPC, where credentials are handed out"),
        [0xff00..=0xffff, ..] => Some("multicast"),
        _ => None,
    }
}

/// RFC 1918, carrier-grade NAT (RFC 6598), loopback, unique local (RFC 4193) and the old
/// site-local addresses.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || matches!(v4.octets(), [100, 64..=127, ..]),
        IpAddr::V6(v6) => {
            v6.is_loopback() || matches!(v6.segments(), [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(ip: &str, private: bool) -> bool {
        let api = SocketAddr::from(([127, 0, 0, 1], 9001));
        check(SocketAddr::new(ip.parse().unwrap(), 443), private, Some(api)).is_ok()
    }

    #[test]
    fn public_addresses_are_always_allowed() {
        for ip in
            ["192.0.2.1", "100.63.255.255", "100.128.0.0", "172.32.0.1", "2001:db8::1", "64:ff9b::c000:201"]
        {
            assert!(allowed(ip, false), "{ip}");
        }
    }

    #[test]
    fn private_addresses_need_the_plans_word() {
        for ip in [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "127.0.0.1",
            "127.8.8.8",
            "100.64.0.1",
            "100.127.255.255",
            "::1",
            "fc00::1",
            "fd12::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(!allowed(ip, false), "{ip}");
            assert!(allowed(ip, true), "{ip}");
        }
    }

    #[test]
    fn nothing_admits_the_rest() {
        for ip in [
            "169.254.169.254",
            "169.254.170.2",
            "169.254.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "fe80::1",
            "febf::1",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "0.0.0.0",
            "0.1.2.3",
            "::",
            "224.0.0.1",
            "239.1.1.1",
            "255.255.255.255",
            "250.0.0.1",
            "ff02::1",
        ] {
            assert!(!allowed(ip, true), "{ip}");
        }
    }

    #[test]
    fn the_runtime_api_is_refused_by_address_and_port() {
        let api = Some(SocketAddr::from(([127, 0, 0, 1], 9001)));
        let of = |text: &str| check(text.parse().unwrap(), true, api).is_ok();
        assert!(!of("127.0.0.1:9001") && !of("127.0.0.2:9001") && !of("[::ffff:127.0.0.1]:9001"));
        assert!(!of("[::1]:9001"));
        assert!(of("127.0.0.1:9002") && of("10.0.0.1:9001"));
    }
}
