//! Who calls, and what for: read from the `Authorization` header, not verified.

use std::fmt;

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// A process of a function. Its access key says so: `us-west-2.tick.3`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Caller {
    /// The region in which it runs.
    pub region: String,
    /// The function.
    pub function: String,
    /// Which of its processes; the first is 1.
    pub process: u32,
}

impl Caller {
    /// The access key that the process is given.
    pub fn access_key(&self) -> String {
        format!("{}.{}.{}", self.region, self.function, self.process)
    }

    /// The process that has this access key.
    pub fn of(access_key: &str) -> Option<Self> {
        let mut parts = access_key.split('.');
        let caller = Self {
            region: parts.next()?.to_owned(),
            function: parts.next()?.to_owned(),
            process: parts.next()?.parse().ok()?,
        };
        let rest = parts.next();
        (rest.is_none() || rest == Some(ASSUMED) && parts.next().is_none()).then_some(caller)
    }
}

/// Ends the access key that a process is given with an assumed role.
pub const ASSUMED: &str = "assumed";

/// Whether an access key came with an assumed role.
pub fn is_assumed(access_key: &str) -> bool {
    access_key.rsplit('.').next() == Some(ASSUMED)
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} (process {})", self.function, self.region, self.process)
    }
}

/// The scope of a signature: `Credential=<key>/20260131/us-west-2/sns/aws4_request`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The access key.
    pub access_key: String,
    /// The region that is asked.
    pub region: String,
    /// The service, as people call it.
    pub service: String,
}

impl Scope {
    /// The scope of a request's signature, if it has one.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (_, credential) = header.split_once("Credential=")?;
        let mut parts = credential.split([',', ' ']).next()?.split('/');
        let access_key = parts.next()?.to_owned();
        let (_date, region, service) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { access_key, region: region.to_owned(), service: in_plain(service).to_owned() })
    }

    /// The process that signed, where it is one of the lab's.
    pub fn caller(&self) -> Option<Caller> {
        Caller::of(&self.access_key)
    }
}

/// CloudWatch signs by its old name, and ARC's cluster by one that nobody says.
fn in_plain(service: &str) -> &str {
    match service {
        "monitoring" => "cloudwatch",
        "route53-recovery-cluster" => "arc",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(header: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, header.parse().unwrap())])
    }

    #[test]
    fn the_scope_tells_service_region_and_caller() {
        let headers = signed(
            "AWS4-HMAC-SHA256 Credential=us-west-2.tick.3/20260131/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0",
        );
        let scope = Scope::of(&headers).unwrap();
        assert_eq!((scope.region.as_str(), scope.service.as_str()), ("us-east-1", "cloudwatch"));
        let caller = scope.caller().unwrap();
        assert_eq!(
            (caller.region.as_str(), caller.function.as_str(), caller.process),
            ("us-west-2", "tick", 3)
        );
        assert_eq!(Caller::of(&caller.access_key()), Some(caller));
    }

    #[test]
    fn a_request_without_a_signature_has_no_scope() {
        assert_eq!(Scope::of(&HeaderMap::new()), None);
        assert_eq!(Scope::of(&signed("Basic eA==")), None);
        assert_eq!(Scope::of(&signed("AWS4-HMAC-SHA256 Credential=key/20260131")), None);
    }

    #[test]
    fn a_stranger_s_key_is_no_process_of_the_lab() {
        for key in ["AKIDEXAMPLE", "us-east-1.tick", "us-east-1.tick.x", "a.b.1.c", "a.b.1.assumed.x"] {
            assert_eq!(Caller::of(key), None, "{key}");
        }
    }

    #[test]
    fn who_has_assumed_a_role_is_still_known() {
        let key = "us-west-2.tick.3.assumed";
        assert_eq!(Caller::of(key).map(|caller| caller.process), Some(3));
        assert!(is_assumed(key) && !is_assumed("us-west-2.tick.3"));
    }
}
