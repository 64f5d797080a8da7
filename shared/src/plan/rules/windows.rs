//! Maintenance windows and drills.

use crate::plan::draft::{Draft, WindowDraft};
use crate::plan::duration::show;
use crate::plan::report::Report;
use crate::plan::rule::{DRILL_REGION, WINDOW_ORDER, WINDOW_TOO_LONG, ZERO_DURATION};
use crate::plan::window::Window;
use crate::time::DAY;

use super::unread;

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    for window in &draft.maintenance {
        length(window, report);
    }
    drill(draft, report);
}

fn length(draft: &WindowDraft, report: &mut Report<'_>) {
    match &draft.window {
        Some(Window::Once { from, until, .. }) if from >= until => {
            let message = format!("the window ends at {until}, but begins at {from}");
            let remedy = "write the earlier instant in from, the later one in until";
            report.raise(WINDOW_ORDER, &draft.path.key("until"), message, remedy);
        }
        Some(Window::Weekly { lasts, .. }) if lasts.is_zero() => {
            let path = draft.path.key("lasts");
            report.raise(ZERO_DURATION, &path, "the window lasts no time", "write a longer time");
        }
        Some(Window::Weekly { lasts, .. }) if *lasts > DAY => {
            let message = format!("the window lasts {}", show(*lasts));
            let remedy = "write at most 24h, and each day on which it begins";
            report.raise(WINDOW_TOO_LONG, &draft.path.key("lasts"), message, remedy);
        }
        Some(Window::Once { .. } | Window::Weekly { .. }) | None => {}
    }
}

fn drill(draft: &Draft, report: &mut Report<'_>) {
    let Some(lost) = draft.drill.as_ref().and_then(|drill| drill.lose.as_ref()) else { return };
    let unknown = draft.regions.iter().any(|region| region.name.is_none());
    if unknown || unread(&draft.path.key("region"), draft.regions.len(), report) {
        return;
    }
    if draft.regions.iter().all(|region| region.name.as_ref() != Some(lost)) {
        let message = format!("{lost} is no region of {}", draft.name);
        let remedy = "name one of the application's regions, or leave the key out";
        report.raise(DRILL_REGION, &draft.path.key("drill").key("lose"), message, remedy);
    }
}
