//! A look at each call of the API, before and after its effect: for counting, delaying and breaking.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{ApiError, ErrorCode, Operation, Request, Time};

/// Who calls, read from the `Authorization` header and not verified: access key and region of the credential
/// scope (`AKID/20260131/us-east-1/route53/aws4_request`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The access key id.
    pub access_key: Option<String>,
    /// The region in the signature. The service accepts only us-east-1; the twin does not mind, so that a lab
    /// can tell callers apart by it.
    pub region: Option<String>,
}

impl Caller {
    pub(super) fn of(authorization: &str) -> Self {
        let credential = authorization.split_once("Credential=").map_or("", |(_, rest)| rest);
        let scope = credential.split([',', ' ']).next().unwrap_or_default();
        let mut parts = scope.split('/').map(str::to_owned);
        let access_key = parts.next().filter(|key| !key.is_empty());
        Self { access_key, region: parts.nth(1) }
    }
}

/// When the hook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before anything is done.
    Before,
    /// After it is done, before it is answered.
    After {
        /// The HTTP status of the answer.
        status: u16,
        /// The refusal's code.
        error: Option<ErrorCode>,
    },
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub struct CallInfo<'a> {
    /// Before or after.
    pub phase: Phase,
    /// The operation; none for what is no valid request.
    pub operation: Option<Operation>,
    /// The request; none for what is no valid request.
    pub request: Option<&'a Request>,
    /// Who calls.
    pub caller: &'a Caller,
    /// The HTTP method.
    pub method: &'a str,
    /// The path with the query.
    pub path: &'a str,
    /// The model's time.
    pub at: Time,
}

/// What is to become of the call.
#[derive(Clone, Debug)]
pub enum HookAction {
    /// It goes on.
    Continue,
    /// It goes on after a while.
    Delay(Duration),
    /// The connection is closed without an answer. After the effect, the caller cannot know that there was one.
    Drop,
    /// It is refused in these words. After the effect, the effect stays.
    Fail(ApiError),
}

/// The hook itself. It is called from within the server's tasks: it must not block.
pub type Hook = Arc<dyn Fn(&CallInfo<'_>) -> HookAction + Send + Sync>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_is_read_from_the_signature_s_scope() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131/us-west-2/route53/aws4_request, SignedHeaders=host";
        let caller = Caller::of(header);
        assert_eq!(caller.access_key.as_deref(), Some("AKIDEXAMPLE"));
        assert_eq!(caller.region.as_deref(), Some("us-west-2"));
        assert_eq!(Caller::of("Basic xyz"), Caller::default());
    }
}
