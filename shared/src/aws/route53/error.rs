//! What a refused or failed change means. The question behind it: can the batch have been applied?

use std::error::Error;

use aws_sdk_route53::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_route53::operation::change_resource_record_sets::ChangeResourceRecordSetsError;
use hyper_util::client::legacy;

use super::super::sdk_error::{chain, words};
use crate::names::DnsName;
use crate::plan::Zone;
use crate::ports::{ChangeError, PortError};

/// Codes by which AWS asks to come again (the SDK's own list, aws-runtime
/// `retries/classifiers.rs`, as far as they can be Route 53's).
const BUSY: [&str; 9] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
    "PriorRequestNotComplete",
];

/// Codes by which IAM refuses.
const DENIED: [&str; 2] = ["AccessDenied", "AccessDeniedException"];

/// A read's error.
pub(super) fn read_error<E, R>(operation: &'static str, error: &SdkError<E, R>, zone: &Zone) -> PortError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug,
    SdkError<E, R>: Error,
{
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or_default();
    PortError::new(operation, format!("{}{}", words(error), hint(code, zone)))
}

/// What a refusal by IAM most often means: Route 53 says the same of a zone that is somebody else's.
fn hint(code: &str, zone: &Zone) -> String {
    match &zone.role {
        _ if !DENIED.contains(&code) => String::new(),
        None => format!("; if {} belongs to another account, it needs `zone.role` in the plan", zone.id),
        Some(role) => {
            format!("; asked as {role}: that role needs the permissions of this function on {}", zone.id)
        }
    }
}

/// Sorts an error of `ChangeResourceRecordSets`; `claimed` is the name that the batch CREATEs.
pub(super) fn change_error(
    error: &SdkError<ChangeResourceRecordSetsError>,
    zone: &Zone,
    claimed: Option<&DnsName>,
) -> ChangeError {
    match sorted(error, |status, error| refusal(status, error, claimed)) {
        ChangeError::Refused { code, message } => {
            ChangeError::Refused { message: message + &hint(&code, zone), code }
        }
        other => other,
    }
}

/// Sorts an error of a change of health checks.
#[cfg(feature = "provision")]
pub(in crate::aws) fn check_error<E>(error: &SdkError<E>) -> ChangeError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    sorted(error, |status, error| {
        let code = error.code().filter(|_| (400..500).contains(&status))?.to_owned();
        let message = error.message().unwrap_or_default().to_owned();
        Some(match code.as_str() {
            busy if BUSY.contains(&busy) => ChangeError::Busy { code },
            // The reference was used before, by a check with other settings or by one that was deleted.
            "HealthCheckAlreadyExists" => ChangeError::Exists(message),
            _ => ChangeError::Refused { code, message },
        })
    })
}

/// An error of a read that concerns no zone.
#[cfg(feature = "provision")]
pub(super) fn check_read_error<E>(operation: &'static str, error: &SdkError<E>) -> PortError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    PortError::new(operation, words(error))
}

fn sorted<E>(error: &SdkError<E>, refusal: impl Fn(u16, &E) -> Option<ChangeError>) -> ChangeError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ConstructionFailure(_) => ChangeError::NotSent(words(error)),
        SdkError::DispatchFailure(_) if never_connected(error) => ChangeError::NotSent(words(error)),
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            refusal(status, service.err())
                .unwrap_or_else(|| ChangeError::OutcomeUnknown(format!("status {status}, {}", words(error))))
        }
        _ => ChangeError::OutcomeUnknown(words(error)),
    }
}

/// A request that cannot be written was never sent, and never will be.
pub(super) fn incomplete(error: aws_sdk_route53::error::BuildError) -> ChangeError {
    ChangeError::Refused { code: "NotSent".to_owned(), message: error.to_string() }
}

/// The refusal of a request that Route 53 understood; `None` where its own fault answered, or
/// somebody else (a proxy) without a code that could be read.
fn refusal(
    status: u16,
    error: &ChangeResourceRecordSetsError,
    claimed: Option<&DnsName>,
) -> Option<ChangeError> {
    if !(400..500).contains(&status) {
        return None;
    }
    let code = error.code()?.to_owned();
    if BUSY.contains(&code.as_str()) {
        return Some(ChangeError::Busy { code });
    }
    let messages = messages(error);
    let exists = claimed.is_some_and(|name| messages.iter().any(|message| says_exists(message, name)));
    let message = if messages.is_empty() { chain(error) } else { messages.join("; ") };
    Some(if exists { ChangeError::Exists(message) } else { ChangeError::Refused { code, message } })
}

/// Route 53's words. An invalid batch has several messages, each about one change.
fn messages(error: &ChangeResourceRecordSetsError) -> Vec<&str> {
    match error {
        ChangeResourceRecordSetsError::InvalidChangeBatch(batch) => {
            batch.messages().iter().map(String::as_str).chain(batch.message()).collect()
        }
        other => other.message().into_iter().collect(),
    }
}

/// `Tried to create resource record set [name='e00000042._understudy.shop.example.com.',
/// type='TXT'] but it already exists`. The service writes several such sentences into one message;
/// only the one about the claim counts.
fn says_exists(message: &str, claimed: &DnsName) -> bool {
    let message = message.to_ascii_lowercase();
    let named = format!("name='{claimed}");
    let mut sentences = message.split("tried to ");
    sentences.any(|sentence| sentence.contains(&named) && sentence.contains("but it already exists"))
}

/// Whether the failure came before the first byte of the request: no address, no connection, no
/// TLS. The HTTP client marks these, and only these, as errors of connecting.
fn never_connected(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(client) = error.downcast_ref::<legacy::Error>() {
            return client.is_connect();
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use aws_sdk_route53::config::http::HttpResponse;
    use aws_sdk_route53::error::{ConnectorError, ErrorMetadata};
    use aws_sdk_route53::types::error::InvalidChangeBatch;

    use super::*;

    const EXISTS: &str = "[Tried to create resource record set [name='e00000042._understudy.shop.example.com.', \
                          type='TXT'] but it already exists]";

    fn answered(status: u16, error: ChangeResourceRecordSetsError) -> ChangeError {
        let raw = HttpResponse::new(status.try_into().unwrap(), "".into());
        sort(&SdkError::service_error(error, raw))
    }

    fn sort(error: &SdkError<ChangeResourceRecordSetsError>) -> ChangeError {
        change_error(error, &zone(None), Some(&DnsName::new("e00000042._understudy.shop.example.com")))
    }

    fn zone(role: Option<&str>) -> Zone {
        Zone { id: "Z1".into(), name: DnsName::new("example.com"), role: role.map(Into::into) }
    }

    fn generic(code: &str) -> ChangeResourceRecordSetsError {
        let meta = ErrorMetadata::builder().code(code).message("Rate exceeded").build();
        ChangeResourceRecordSetsError::generic(meta)
    }

    fn invalid(messages: &[&str]) -> ChangeResourceRecordSetsError {
        let messages = messages.iter().map(|&text| text.to_owned()).collect();
        let meta = ErrorMetadata::builder().code("InvalidChangeBatch").build();
        let batch = InvalidChangeBatch::builder().set_messages(Some(messages)).meta(meta).build();
        ChangeResourceRecordSetsError::InvalidChangeBatch(batch)
    }

    #[test]
    fn an_existing_claim_is_told_from_other_faults_of_the_batch() {
        assert!(matches!(answered(400, invalid(&[EXISTS])), ChangeError::Exists(_)));
        assert!(matches!(answered(400, invalid(&["other", EXISTS])), ChangeError::Exists(_)));
        let another = EXISTS.replace("00000042", "00000041");
        let both = format!(
            "{another}, [Tried to create resource record set [name='e00000042._understudy.\
                            shop.example.com.', type='TXT'] but the zone is full]"
        );
        assert!(matches!(answered(400, invalid(&[&both])), ChangeError::Refused { .. }));
        assert!(matches!(answered(400, invalid(&[&another])), ChangeError::Refused { .. }));
        assert!(matches!(answered(400, invalid(&[])), ChangeError::Refused { .. }));
    }

    #[test]
    fn a_refusal_tells_every_message() {
        let refused = ChangeError::Refused {
            code: "InvalidChangeBatch".to_owned(),
            message: "no health check; no target".to_owned(),
        };
        assert_eq!(answered(400, invalid(&["no health check", "no target"])), refused);
    }

    #[test]
    fn throttling_is_busy_and_a_fault_of_the_service_is_unknown() {
        let busy = |code: &str| ChangeError::Busy { code: code.to_owned() };
        assert_eq!(answered(400, generic("Throttling")), busy("Throttling"));
        assert_eq!(answered(400, generic("PriorRequestNotComplete")), busy("PriorRequestNotComplete"));
        assert!(matches!(answered(503, generic("ServiceUnavailable")), ChangeError::OutcomeUnknown(_)));
        assert!(matches!(answered(503, generic("Throttling")), ChangeError::OutcomeUnknown(_)));
        assert!(matches!(answered(500, invalid(&[EXISTS])), ChangeError::OutcomeUnknown(_)));
        assert!(matches!(answered(403, generic("AccessDenied")), ChangeError::Refused { .. }));
        let no_code = ChangeResourceRecordSetsError::generic(ErrorMetadata::builder().build());
        assert!(matches!(answered(403, no_code), ChangeError::OutcomeUnknown(_)));
    }

    #[test]
    fn without_an_answer_only_a_failed_connection_is_certainly_not_sent() {
        let unknown = |error| matches!(sort(&error), ChangeError::OutcomeUnknown(_));
        assert!(unknown(SdkError::timeout_error("5 s")));
        assert!(unknown(SdkError::dispatch_failure(ConnectorError::io("connection reset".into()))));
        assert!(unknown(SdkError::dispatch_failure(ConnectorError::timeout("read timed out".into()))));
        let raw = HttpResponse::new(200.try_into().unwrap(), "".into());
        assert!(unknown(SdkError::response_error("no XML", raw)));
        assert!(matches!(sort(&SdkError::construction_failure("no region")), ChangeError::NotSent(_)));
    }

    #[test]
    fn a_refusal_by_iam_says_where_a_role_is_named() {
        let denied = generic;
        let of = |zone: &Zone| {
            let raw = HttpResponse::new(403.try_into().unwrap(), "".into());
            change_error(&SdkError::service_error(denied("AccessDenied"), raw), zone, None).to_string()
        };
        assert!(of(&zone(None)).contains("needs `zone.role` in the plan"));
        let role = "arn:aws:iam::210987654321:role/understudy";
        assert!(of(&zone(Some(role))).contains(&format!("asked as {role}")));
        assert_eq!(hint("NoSuchHostedZone", &zone(None)), "");
    }
}
