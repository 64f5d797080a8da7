//! Values of each type: zone file text to meaning, with Route 53's own names for what can be wrong.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::record::RecordType;
use crate::model::DnsName;

/// A value's meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rdata {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// A name (CNAME, NS, PTR).
    Name(DnsName),
    /// A mail exchanger.
    Mx {
        /// Lower is preferred.
        preference: u16,
        /// The host.
        exchange: DnsName,
    },
    /// Character strings (TXT, SPF), each of at most 255 bytes.
    Text(Vec<Vec<u8>>),
    /// The start of authority.
    Soa {
        /// The first name server.
        primary: DnsName,
        /// The mailbox, as a name.
        mailbox: DnsName,
        /// Serial, refresh, retry, expire, minimum.
        numbers: [u32; 5],
    },
    /// A service.
    Srv {
        /// Priority, weight, port.
        numbers: [u16; 3],
        /// The host.
        target: DnsName,
    },
    /// A certification authority authorisation.
    Caa {
        /// 128 is "critical".
        flags: u8,
        /// `issue`, `issuewild`, `iodef`.
        tag: String,
        /// What belongs to the tag.
        value: Vec<u8>,
    },
}

/// What is wrong with a value, as in `FATAL problem: <name> (<words>) encountered with '<value>'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RdataFault {
    pub name: &'static str,
    pub words: &'static str,
}

const NOT_SINGLE: RdataFault = RdataFault { name: "ARRDATANotSingleField", words: "Value contains spaces" };
const BAD_V4: RdataFault =
    RdataFault { name: "ARRDATAIllegalIPv4Address", words: "Value is not a valid IPv4 address" };
const BAD_V6: RdataFault =
    RdataFault { name: "AAAARRDATAIllegalIPv6Address", words: "Value is not a valid IPv6 address" };
// The service's issue tracker quotes call the unquoted case by both names; the reference names this one.
const UNQUOTED: RdataFault =
    RdataFault { name: "InvalidTXTRDATA", words: "Value should be enclosed in quotation marks" };
const TOO_LONG: RdataFault = RdataFault { name: "CharacterStringTooLong", words: "Value is too long" };
const BAD_NAME: RdataFault =
    RdataFault { name: "InvalidDomainName", words: "Value is not a valid domain name" };
const BAD_FIELDS: RdataFault =
    RdataFault { name: "InvalidRDATA", words: "Value does not have the fields of its type" };

impl Rdata {
    pub(super) fn parse(rtype: RecordType, text: &str) -> Result<Self, RdataFault> {
        match rtype {
            RecordType::A => single(text)?.parse().map(Self::A).map_err(|_| BAD_V4),
            RecordType::Aaaa => single(text)?.parse().map(Self::Aaaa).map_err(|_| BAD_V6),
            RecordType::Cname | RecordType::Ns | RecordType::Ptr => name(single(text)?).map(Self::Name),
            RecordType::Mx => mx(text),
            RecordType::Txt | RecordType::Spf => character_strings(text).map(Self::Text),
            RecordType::Soa => soa(text),
            RecordType::Srv => srv(text),
            RecordType::Caa => caa(text),
        }
    }
}

fn single(text: &str) -> Result<&str, RdataFault> {
    if text.chars().any(char::is_whitespace) { Err(NOT_SINGLE) } else { Ok(text) }
}

fn name(text: &str) -> Result<DnsName, RdataFault> {
    DnsName::parse(text).map_err(|_| BAD_NAME)
}

fn fields<const N: usize>(text: &str) -> Result<[&str; N], RdataFault> {
    text.split_whitespace().collect::<Vec<_>>().try_into().map_err(|_| BAD_FIELDS)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, RdataFault> {
    text.parse().map_err(|_| BAD_FIELDS)
}

fn mx(text: &str) -> Result<Rdata, RdataFault> {
    let [preference, exchange] = fields(text)?;
    Ok(Rdata::Mx { preference: number(preference)?, exchange: name(exchange)? })
}

fn soa(text: &str) -> Result<Rdata, RdataFault> {
    let [primary, mailbox, serial, refresh, retry, expire, minimum] = fields(text)?;
    let numbers = [number(serial)?, number(refresh)?, number(retry)?, number(expire)?, number(minimum)?];
    Ok(Rdata::Soa { primary: name(primary)?, mailbox: name(mailbox)?, numbers })
}

fn srv(text: &str) -> Result<Rdata, RdataFault> {
    let [priority, weight, port, target] = fields(text)?;
    Ok(Rdata::Srv { numbers: [number(priority)?, number(weight)?, number(port)?], target: name(target)? })
}

fn caa(text: &str) -> Result<Rdata, RdataFault> {
    let (flags, rest) = text.trim().split_once(' ').ok_or(BAD_FIELDS)?;
    let (tag, value) = rest.trim_start().split_once(' ').ok_or(BAD_FIELDS)?;
    let strings = character_strings(value.trim_start())?;
    let [value] = <[Vec<u8>; 1]>::try_from(strings).map_err(|_| BAD_FIELDS)?;
    if tag.is_empty() || tag.len() > 15 || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(BAD_FIELDS);
    }
    Ok(Rdata::Caa { flags: number(flags)?, tag: tag.to_ascii_lowercase(), value })
}

/// One or more strings in quotation marks with blanks between. Inside, `\"` and `\\` stand for themselves
/// and `\ooo` for the byte with this octal number (Route 53 developer guide, "TXT record type").
fn character_strings(text: &str) -> Result<Vec<Vec<u8>>, RdataFault> {
    let mut strings = Vec::new();
    let mut rest = text.trim_matches(' ').as_bytes();
    loop {
        let (string, after) = quoted(rest)?;
        if string.len() > 255 {
            return Err(TOO_LONG);
        }
        strings.push(string);
        let next =
            after.iter().position(|&byte| byte != b' ').map_or(&after[after.len()..], |at| &after[at..]);
        if next.is_empty() {
            return Ok(strings);
        }
        if next.len() == after.len() {
            return Err(UNQUOTED);
        }
        rest = next;
    }
}

fn quoted(bytes: &[u8]) -> Result<(Vec<u8>, &[u8]), RdataFault> {
    let mut rest = bytes.strip_prefix(b"\"").ok_or(UNQUOTED)?;
    let mut string = Vec::new();
    loop {
        match rest {
            [b'"', after @ ..] => return Ok((string, after)),
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                string.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
                rest = after;
            }
            [b'\\', byte, after @ ..] | [byte, after @ ..] => {
                string.push(*byte);
                rest = after;
            }
            [] => return Err(UNQUOTED),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_their_type() {
        let parse = |rtype, text| Rdata::parse(rtype, text).unwrap();
        assert_eq!(parse(RecordType::A, "192.0.2.1"), Rdata::A(Ipv4Addr::new(192, 0, 2, 1)));
        assert_eq!(parse(RecordType::Aaaa, "2001:db8::1"), Rdata::Aaaa("2001:db8::1".parse().unwrap()));
        assert_eq!(
            parse(RecordType::Txt, r#""one" "tw\"o" "\101""#),
            Rdata::Text(vec![b"one".to_vec(), b"tw\"o".to_vec(), b"A".to_vec()])
        );
        assert!(matches!(parse(RecordType::Mx, "10 mail.example.com"), Rdata::Mx { preference: 10, .. }));
        assert!(matches!(
            parse(RecordType::Srv, "1 2 443 a.example.com"),
            Rdata::Srv { numbers: [1, 2, 443], .. }
        ));
        assert!(matches!(parse(RecordType::Caa, "0 issue \"ca.example.net\""), Rdata::Caa { flags: 0, .. }));
        assert!(matches!(parse(RecordType::Soa, "a.test. b.test. 1 2 3 4 5"), Rdata::Soa { .. }));
    }

    #[test]
    fn wrong_values_are_named_as_the_service_names_them() {
        let long = format!("\"{}\"", "x".repeat(256));
        for (rtype, text, fault) in [
            (RecordType::A, "ns-738.awsdns-28.net", BAD_V4),
            (RecordType::A, "192.0.2.1, 192.0.2.2", NOT_SINGLE),
            (RecordType::A, "192.0.2", BAD_V4),
            (RecordType::Aaaa, "192.0.2.1", BAD_V6),
            (RecordType::Txt, "bare", UNQUOTED),
            (RecordType::Txt, "\"open", UNQUOTED),
            (RecordType::Txt, "\"a\"\"b\"", UNQUOTED),
            (RecordType::Txt, &long, TOO_LONG),
            (RecordType::Mx, "mail.example.com", BAD_FIELDS),
            (RecordType::Cname, "a..b", BAD_NAME),
            (RecordType::Caa, "0 issue", BAD_FIELDS),
        ] {
            assert_eq!(Rdata::parse(rtype, text), Err(fault), "{text}");
        }
    }
}
