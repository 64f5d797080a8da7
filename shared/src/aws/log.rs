//! Logs: one JSON object per line on standard output, where Lambda collects it.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Starts logging at the level of `RUST_LOG`, or at `info`. Later calls change nothing.
///
/// The fields of all open spans stand on every line: the application, the run and the epoch.
pub fn init() {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(true)
        .with_env_filter(filter)
        .finish();
    // A second start (a test, a function that is called twice) finds the first one in place.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
