//! Windows, drills, and the waits for people and for others.

use std::time::Duration;

use jiff::civil::{Weekday, time};

use super::{SMALL, all_serve, good, rules, shop, with};
use crate::names::Region;
use crate::plan::{DrillKind, Window};

/// A plan with this list of windows.
fn windows(list: &str) -> String {
    with(SMALL, &format!("maintenance = [{list}]"))
}

#[test]
fn a_window_comes_once_or_every_week() {
    let once = r#"{ from = "2026-12-01T00:00:00Z", until = "2026-12-01T02:00:00Z", reason = "migration" }"#;
    let weekly = r#"{ days = ["sun", "mon"], at = "02:30", lasts = "2h", reason = "patches" }"#;
    let shop = shop(&windows(&format!("{once}, {weekly}")));
    let [Window::Once { from, until, .. }, Window::Weekly { begins, lasts, .. }] =
        shop.maintenance.as_slice()
    else {
        panic!("{:?}", shop.maintenance)
    };
    assert_eq!(until.duration_since(*from).as_secs(), 7_200);
    assert_eq!(begins.days, [Weekday::Monday, Weekday::Sunday]);
    assert_eq!((begins.at, *lasts), (time(2, 30, 0, 0), Duration::from_secs(7_200)));
    assert_eq!(shop.maintenance[1].reason(), "patches");
}

#[test]
fn the_form_of_a_time_is_not_its_content() {
    let quoted = r#"{ from = "2026-12-01T00:00:00Z", until = "2026-12-01T02:00:00Z", reason = "x" }"#;
    let bare = "{ from = 2026-12-01T00:00:00Z, until = 2026-12-01T03:00:00+01:00, reason = \"x\" }";
    assert_eq!(good(&windows(quoted)).digest, good(&windows(bare)).digest);
    let days =
        |days: &str| windows(&format!("{{ days = {days}, at = \"02:00\", lasts = \"1h\", reason = \"x\" }}"));
    let digest = good(&days(r#"["sat", "sun"]"#)).digest;
    assert_eq!(good(&days(r#"["sun", "sat"]"#)).digest, digest);
    assert_ne!(good(&days(r#"["sun"]"#)).digest, digest);
}

#[test]
fn a_window_that_says_too_little_or_too_much_is_refused() {
    let (from, until) = (r#"from = "2026-12-01T00:00:00Z""#, r#"until = "2026-12-01T02:00:00Z""#);
    let (days, at, lasts) = (r#"days = ["sun"]"#, r#"at = "02:00""#, r#"lasts = "2h""#);
    let reason = r#"reason = "x""#;
    for (keys, rule) in [
        (vec![from, reason], "missing-key"),
        (vec![until, reason], "missing-key"),
        (vec![from, until], "missing-key"),
        (vec![days, at, lasts], "missing-key"),
        (vec![days, lasts, reason], "missing-key"),
        (vec![days, at, reason], "missing-key"),
        (vec![from, until, "reason = \" \""], "empty-text"),
        (vec![from, until, reason, "why = 1"], "unknown-key"),
        (vec![from, "until = 2026-12-01", reason], "malformed-instant"),
        (vec![from, "until = \"2026-12-01T02:00+00:00[Europe/Paris]\"", reason], "malformed-instant"),
        (vec![from, "until = 7", reason], "wrong-type"),
        (vec![from, "until = 2026-12-01T00:00:00Z", reason], "window-order"),
        (vec![reason], "window-kind"),
        (vec![from, until, days, at, lasts, reason], "window-kind"),
        (vec!["days = []", at, lasts, reason], "empty-list"),
        (vec!["days = [\"sunday\"]", at, lasts, reason], "unknown-word"),
        (vec!["days = [\"sun\", \"sun\"]", at, lasts, reason], "duplicate-entry"),
        (vec![days, "at = 02:00:00", lasts, reason], "wrong-type"),
        (vec![days, at, "lasts = \"0s\"", reason], "zero-duration"),
    ] {
        let text = windows(&format!("{{ {} }}", keys.join(", ")));
        assert_eq!(rules(&text), [rule], "{keys:?}");
    }
}

#[test]
fn a_drill_is_for_the_region_that_serves_unless_it_names_another() {
    let drill = |text: &str, keys: &str| with(text, &format!("drill = {{ {keys} }}"));
    let keys = r#"days = ["tue"], at = "10:00""#;
    let dry = shop(&drill(SMALL, keys)).drill.expect("a drill");
    assert_eq!(
        (dry.kind, dry.lose, dry.when.at),
        (DrillKind::Dry, Region::new("us-east-1"), time(10, 0, 0, 0))
    );
    let first = shop(&drill(&all_serve("latency"), keys)).drill.expect("a drill");
    assert_eq!(first.lose, Region::new("us-east-1"));
    let named = shop(&drill(SMALL, &format!("{keys}, lose = \"us-west-2\", kind = \"dry\""))).drill;
    assert_eq!(named.expect("a drill").lose, Region::new("us-west-2"));
    for (keys, rule) in [
        (r#"days = ["tue"]"#, "missing-key"),
        (r#"at = "10:00""#, "missing-key"),
        (r#"days = ["tue"], at = "10:00", kind = "wet""#, "unknown-word"),
        (r#"days = ["tue"], at = "10:00", lose = "us-east""#, "malformed-region"),
    ] {
        assert_eq!(rules(&drill(SMALL, keys)), [rule], "{keys}");
    }
}

#[test]
fn waits_have_bounds() {
    for line in ["approval = \"0s\"", "stage = \"0s\""] {
        assert_eq!(rules(&with(SMALL, &format!("timing = {{ {line} }}"))), ["zero-duration"], "{line}");
    }
    assert_eq!(rules(&format!("[fleet]\nstop_within = \"0s\"\n{SMALL}")), ["zero-duration"]);
    let line = "timing = { rank_wait = \"5s\", approval = \"24h\", stage = \"1m\" }";
    let timing = shop(&with(SMALL, line)).timing;
    assert_eq!(
        (timing.rank_wait.as_secs(), timing.approval.as_secs(), timing.stage.as_secs()),
        (5, 86_400, 60)
    );
}
