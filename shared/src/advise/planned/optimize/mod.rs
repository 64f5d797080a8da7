//! The cheapest settings of a plan that meet its targets.

mod levers;

use serde::Serialize;

pub use levers::Change;
use levers::{LEVERS, Lever};

use super::judge::Judged;
use super::recovery::Recovery;
use crate::advise::cost::checks_cost;
use crate::advise::figure::Figure;
use crate::plan::{Application, Plan};

/// What is to be changed, so that the targets are met.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Optimization {
    /// The application.
    pub application: String,
    /// The longest outage that is accepted, in seconds.
    pub rto_target: Figure,
    /// The longest that a move takes now, in seconds.
    pub worst_now: Figure,
    /// The longest that it takes with all steps, in seconds.
    pub worst_then: Figure,
    /// Whether that meets the target.
    pub rto: Judged,
    /// In their order. None where nothing need be changed.
    pub steps: Vec<Step>,
    /// What all steps cost, in dollars a month.
    pub monthly: Figure,
    /// The changes to the plan file.
    pub changes: Vec<Change>,
    /// The same as lines of TOML.
    pub toml: String,
    /// Whether the replication meets its own target: no setting of the plan makes it better.
    pub rpo: Judged,
}

/// One setting that is changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The setting, as the plan file has it.
    pub setting: String,
    /// What stands there.
    pub from: u64,
    /// What is to stand there.
    pub to: u64,
    /// By how much the worst case is shorter after it, in seconds.
    pub shorter: Figure,
    /// What it costs, in dollars a month.
    pub monthly: Figure,
    /// What else it asks in return.
    pub price: &'static str,
}

/// Levers, each with the value to which it is pulled.
type Pulled = Vec<(&'static Lever, u64)>;

/// A way to set the levers, and what it leads to.
struct Candidate {
    pulled: Pulled,
    worst: f64,
    cents: u32,
    risk: u32,
}

impl Optimization {
    /// Of an application, for a target in seconds.
    pub fn of(plan: &Plan, application: &Application, rto: f64, rpo: Judged) -> Self {
        let worst_now = worst(plan, application);
        let chosen = if worst_now <= rto { Pulled::new() } else { chosen(plan, application, rto) };
        let (steps, optimised) = steps(plan, application, &chosen);
        let changes = changes(application, &optimised, &chosen);
        let recovery = Recovery::of(plan, &optimised);
        let worst_then = recovery.total().worst;
        let whole = recovery.is_whole() || worst_then.get() > rto;
        Self {
            application: application.name.to_string(),
            rto_target: rto.into(),
            worst_now: worst_now.into(),
            worst_then,
            rto: Judged::of(whole.then_some(worst_then.get()), Some(rto)),
            monthly: steps.iter().map(|step| step.monthly.get()).sum::<f64>().into(),
            steps,
            toml: toml(application, &changes),
            changes,
            rpo,
        }
    }
}

/// Of all ways that meet the target the cheapest; of those the one that risks least, then the one of fewest
/// changes. Where none meets it, the one that comes nearest.
fn chosen(plan: &Plan, application: &Application, rto: f64) -> Pulled {
    let mut candidates = vec![(Pulled::new(), application.clone(), 0)];
    for lever in &LEVERS {
        let mut more = Vec::new();
        for (pulled, changed, risk) in &candidates {
            for (boldness, value) in (1_u32..).zip(lever.bolder(plan, application)) {
                let further = [pulled.clone(), vec![(lever, value)]].concat();
                more.push((further, lever.pull(changed, value), risk + lever.risk * boldness));
            }
        }
        candidates.extend(more);
    }
    let before = cents(plan, application);
    let judged = candidates.into_iter().map(|(pulled, changed, risk)| Candidate {
        worst: worst(plan, &changed),
        cents: cents(plan, &changed).saturating_sub(before),
        pulled,
        risk,
    });
    let judged: Vec<Candidate> = judged.collect();
    let best = judged.iter().map(|one| one.worst).fold(f64::INFINITY, f64::min);
    let enough = judged.into_iter().filter(|one| one.worst <= rto.max(best));
    enough.min_by_key(|one| (one.cents, one.risk, one.pulled.len())).map(|one| one.pulled).unwrap_or_default()
}

fn steps(plan: &Plan, application: &Application, chosen: &Pulled) -> (Vec<Step>, Application) {
    let mut changed = application.clone();
    let mut steps = Vec::new();
    for (lever, value) in chosen {
        let next = lever.pull(&changed, *value);
        let setting = lever.written(&next, *value).first().map(|change| change.path.clone());
        steps.push(Step {
            setting: setting.unwrap_or_default(),
            from: lever.now(plan, application).unwrap_or_default(),
            to: *value,
            shorter: (worst(plan, &changed) - worst(plan, &next)).into(),
            monthly: (f64::from(cents(plan, &next).saturating_sub(cents(plan, &changed))) / 100.0).into(),
            price: lever.price,
        });
        changed = next;
    }
    (steps, changed)
}

/// The longest that a move takes, in seconds, as far as it is known.
fn worst(plan: &Plan, application: &Application) -> f64 {
    Recovery::of(plan, application).total().worst.get()
}

/// What the application's checks cost a month.
fn cents(plan: &Plan, application: &Application) -> u32 {
    checks_cost(plan, [application]).map_or(0, |cost| cost.cents())
}

/// A check that the plan file does not name, since it asks what a probe asks, is to be written whole.
fn changes(application: &Application, optimised: &Application, chosen: &Pulled) -> Vec<Change> {
    let changes = chosen.iter().flat_map(|(lever, value)| lever.written(optimised, *value));
    let named = |change: &Change| {
        let regions = application.regions.iter().enumerate();
        let mut unnamed = regions.filter(|(_, region)| region.check.is_none());
        !unnamed.any(|(place, _)| change.path.contains(&format!(".region[{place}].check.")))
    };
    let mut changes: Vec<Change> = changes.filter(named).collect();
    for (place, (before, after)) in application.regions.iter().zip(&optimised.regions).enumerate() {
        if let (None, Some(check)) = (&before.check, &after.check)
            && let Some(value) = super::toml::check(check)
        {
            changes.push(Change {
                path: format!("application.{}.region[{place}].check", application.name),
                value,
            });
        }
    }
    changes
}

/// What a person copies into the plan file.
fn toml(application: &Application, changes: &[Change]) -> String {
    let base = format!("application.{}", application.name);
    let below = |table: &str| -> Vec<String> {
        let keys = changes.iter().filter_map(|change| {
            let key = change.path.strip_prefix(table)?.strip_prefix('.')?;
            (!key.contains('.') && !key.contains('[')).then(|| format!("{key} = {}\n", change.value))
        });
        keys.collect()
    };
    let mut text = String::new();
    for table in [base.clone(), format!("{base}.timing")] {
        let keys = below(&table);
        if !keys.is_empty() {
            text.push_str(&format!("[{table}]\n{}", keys.concat()));
        }
    }
    for (place, region) in application.regions.iter().enumerate() {
        let table = format!("{base}.region[{place}].");
        for change in changes {
            if let Some(key) = change.path.strip_prefix(&table) {
                let (within, key) = match key.strip_prefix("check.") {
                    Some(key) => (", within its check", key),
                    None => ("", key),
                };
                let Change { value, .. } = change;
                text.push_str(&format!(
                    "# in [[{base}.region]] of {}{within}:\n{key} = {value}\n",
                    region.name
                ));
            }
        }
    }
    text
}
