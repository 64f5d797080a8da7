//! What Route 53 answers when it refuses.

use std::fmt;

/// A refusal, as a client sees it: HTTP status, code, and one or more messages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} ({status}): {}", self.message())]
pub struct ApiError {
    /// The HTTP status; 0 where no answer came ([`ErrorCode::NoAnswer`]).
    pub status: u16,
    /// The machine-readable reason.
    pub code: ErrorCode,
    /// What is wrong, in the service's words where they are known. Only `InvalidChangeBatch` has several.
    pub messages: Vec<String>,
}

impl ApiError {
    /// A refusal with one message and the code's own status.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { status: code.status(), code, messages: vec![message.into()] }
    }

    /// `InvalidInput`: the request is not well formed.
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidInput, message)
    }

    /// `InvalidChangeBatch`: nothing of the batch was done, for each of these reasons.
    pub fn invalid_batch(messages: Vec<String>) -> Self {
        Self { status: 400, code: ErrorCode::InvalidChangeBatch, messages }
    }

    /// The text of the element `Message`. A refused batch lists its messages in brackets with commas
    /// between, as the service does (quoted in aws-sdk-kotlin#1433 and #1435).
    pub fn message(&self) -> String {
        match self.code {
            ErrorCode::InvalidChangeBatch => format!("[{}]", self.messages.join(", ")),
            _ => self.messages.join(", "),
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal,)*) => {
        /// The codes of the refusals that the twin gives.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// The code as it stands in the XML.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The HTTP status that goes with it (Route 53 API reference, errors of each operation).
            pub fn status(self) -> u16 {
                match self {
                    $(Self::$name => $status,)*
                }
            }
        }
    };
}

codes! {
    /// A change of records was refused as a whole.
    InvalidChangeBatch = 400,
    /// The request is not valid in itself.
    InvalidInput = 400,
    /// The XML is not what the operation expects.
    MalformedInput = 400,
    /// A zone's name is not a domain name.
    InvalidDomainName = 400,
    /// The zone's previous change is still being processed.
    PriorRequestNotComplete = 400,
    /// Too many requests.
    Throttling = 400,
    /// The account has as many health checks as it may.
    TooManyHealthChecks = 400,
    /// No hosted zone has this id.
    NoSuchHostedZone = 404,
    /// No change has this id.
    NoSuchChange = 404,
    /// No health check has this id.
    NoSuchHealthCheck = 404,
    /// The caller reference was used for something else.
    HealthCheckAlreadyExists = 409,
    /// Somebody else updated the health check.
    HealthCheckVersionMismatch = 409,
    /// The caller reference was used for another zone.
    HostedZoneAlreadyExists = 409,
    /// The zone still has records of its own.
    HostedZoneNotEmpty = 400,
    /// The service is down.
    ServiceUnavailable = 503,
    /// The service failed; whether it did the work is not known.
    InternalFailure = 500,
    /// No answer came at all: the connection hung until the caller gave up. Not a code of Route 53.
    NoAnswer = 0,
    /// The real service can do this, the twin cannot. Not a code of Route 53.
    NotModelled = 501,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refused_batch_lists_its_messages_in_brackets() {
        let batch = ApiError::invalid_batch(vec!["one".into(), "two".into()]);
        assert_eq!(batch.message(), "[one, two]");
        assert_eq!(ApiError::invalid_input("one").message(), "one");
        assert_eq!(ApiError::new(ErrorCode::NoSuchChange, "x").status, 404);
    }
}
