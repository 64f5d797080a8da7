//! How far a long measurement is: on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A line that moves on; none where nobody looks.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Of so many steps.
    pub fn of(what: &str, steps: usize) -> Self {
        let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {prefix} {bar:30} {pos}/{len} {wide_msg} {elapsed}")
        {
            bar.set_style(style);
        }
        bar.set_prefix(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// What is measured now.
    pub fn now(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    /// One step is done.
    pub fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
