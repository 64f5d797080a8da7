//! STS, as far as another account's zone needs it.

use std::time::Duration;

use jiff::Timestamp;

use super::form;
use super::scope::ASSUMED;
use crate::clock;
use crate::net::{self, Reply};

/// How long temporary credentials last (STS API reference, `AssumeRole.DurationSeconds`: one hour by default).
const LASTS: Duration = Duration::from_secs(3600);

/// Gives whoever asks the role: its credentials still tell which process has them.
pub(super) fn answer(access_key: &str, operation: &str, body: &[u8], now: Timestamp) -> Reply {
    let Some(role) = form::field(body, "RoleArn").filter(|_| operation == "AssumeRole") else {
        return net::reply(400, format!("the lab's STS does not know {operation}"));
    };
    let session = form::field(body, "RoleSessionName").unwrap_or_default();
    let expires = clock::after(now, LASTS).strftime("%Y-%m-%dT%H:%M:%SZ");
    let text = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
         <AssumedRoleUser><AssumedRoleId>AROALAB:{session}</AssumedRoleId><Arn>{role}/{session}</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>{access_key}.{ASSUMED}</AccessKeyId>\
         <SecretAccessKey>of-the-lab</SecretAccessKey><SessionToken>of-the-lab</SessionToken>\
         <Expiration>{expires}</Expiration></Credentials></AssumeRoleResult><ResponseMetadata>\
         <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></AssumeRoleResponse>"
    );
    net::reply(200, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_given_and_nothing_else() {
        let body = form::body(&[("Action", "AssumeRole"), ("RoleArn", "arn:role"), ("RoleSessionName", "u")]);
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(answer("a.b.1", "AssumeRole", body.as_bytes(), at).status(), 200);
        assert_eq!(answer("a.b.1", "GetCallerIdentity", b"", at).status(), 400);
    }
}
