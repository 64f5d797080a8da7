//! Logs: one JSON object per line on standard output, where Lambda collects it.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;

/// Starts logging at the level of `RUST_LOG` (`debug`, or `info,understudy=trace`), or at `info`.
/// Later calls change nothing.
///
/// The fields of all open spans stand on every line: the application, the run and the epoch.
#[allow(clippy::disallowed_methods, reason = "logs begin before the settings are read")]
pub fn init() {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(true);
    let subscriber = tracing_subscriber::registry().with(lines).with(levels(std::env::var("RUST_LOG").ok()));
    // A second start (a test, a function that is called twice) finds the first one in place.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// What is logged: filters by regular expression would cost half a megabyte in every function.
fn levels(told: Option<String>) -> Targets {
    let told = told.filter(|told| !told.trim().is_empty()).and_then(|told| told.parse().ok());
    told.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn levels_are_told_for_all_or_by_module_and_nonsense_is_info() {
        let logged = |told: &str, target, level| levels(Some(told.to_owned())).would_enable(target, &level);
        assert!(logged("debug", "hyper", Level::DEBUG) && !logged("debug", "hyper", Level::TRACE));
        assert!(logged("warn,understudy=trace", "understudy::wake", Level::TRACE));
        assert!(!logged("warn,understudy=trace", "hyper", Level::INFO));
        for nonsense in ["", "  ", "understudy=loud"] {
            assert!(logged(nonsense, "understudy", Level::INFO) && !logged(nonsense, "hyper", Level::DEBUG));
        }
        assert!(levels(None).would_enable("understudy", &Level::INFO));
    }
}
