//! What an SDK call's error says, in one line.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::ports::PortError;

/// As much as a log line needs; service messages can be pages long.
const LONGEST: usize = 1_000;

/// The service's code and words, or the chain of causes where it did not answer.
pub(super) fn words<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug,
    SdkError<E, R>: Error,
{
    let text = match error.as_service_error() {
        Some(service) => {
            let message = service.message().unwrap_or("no message");
            format!("{}: {message}", service.code().unwrap_or("no code"))
        }
        None => chain(error),
    };
    text.chars().take(LONGEST).collect()
}

/// An error and its causes; a cause that repeats the words before it is left out.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

/// A port's error from an SDK's error.
pub(super) fn port_error<E, R>(operation: &'static str, error: &SdkError<E, R>) -> PortError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug,
    SdkError<E, R>: Error,
{
    PortError::new(operation, words(error))
}
