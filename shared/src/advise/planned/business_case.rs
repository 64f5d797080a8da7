//! What the plan costs, what an outage costs, and when the one pays for the other.

use serde::Serialize;

use super::recovery::Recovery;
use crate::advise::business::Business;
use crate::advise::cost::{Cost, Line, monthly_cost, running_cost};
use crate::advise::figure::Figure;
use crate::advise::input::{COUNT, MONEY, Members, SECONDS};
use crate::plan::Plan;

/// What the plan costs a month, and what it saves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BusinessCase {
    /// What provisioning makes and the controllers use, by kind.
    pub lines: Vec<Item>,
    /// All of that, in dollars a month.
    pub monthly: Figure,
    /// The standby's own cost as it was given, in dollars a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standby_monthly: Option<Figure>,
    /// Both, in dollars a month.
    pub total_monthly: Figure,
    /// Against what an outage costs; none where the business was not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outages: Option<Outages>,
}

/// One kind of cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// What, and how many.
    pub what: String,
    /// In dollars a month.
    pub dollars: Figure,
}

/// What outages cost, with failover and without.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outages {
    /// As given: how often a year a region fails.
    pub per_year: Figure,
    /// As given: how long it stays away, in seconds.
    pub without_failover: Figure,
    /// How long users are away with failover, in seconds: the slowest application's typical case. None where nobody can
    /// tell.
    pub with_failover: Option<Figure>,
    /// In money a year; none where nobody can tell.
    pub saved_yearly: Option<Figure>,
    /// In money a year.
    pub cost_yearly: Figure,
    /// So many minutes of downtime a year must be saved to pay for it all; none where downtime costs nothing.
    pub break_even_minutes: Option<Figure>,
    /// Whether more is saved than spent; none where nobody can tell.
    pub pays: Option<bool>,
}

const MONTHS: f64 = 12.0;
const MINUTE: f64 = 60.0;
/// Seconds of a year: more downtime than that nobody has.
const YEAR: f64 = 365.25 * 24.0 * 3600.0;
/// A region's failure that is worth the name: an assumption where nobody says.
const AN_OUTAGE: f64 = 4.0 * 3600.0;

/// What a request tells beside the plan.
pub(super) struct Given {
    standby: Option<f64>,
    per_year: f64,
    lasts: f64,
    business: Option<Business>,
}

impl Given {
    /// Reads `standby_monthly_cost`, `outages_per_year`, `outage_duration` and `business`.
    pub fn read(input: &mut Members<'_, '_>) -> Self {
        let business = if input.has("business") { Business::read(input) } else { None };
        let given = Self {
            standby: input.number("standby_monthly_cost", &MONEY),
            per_year: input.number("outages_per_year", &COUNT).unwrap_or(1.0),
            lasts: input.number("outage_duration", &SECONDS).unwrap_or(AN_OUTAGE),
            business,
        };
        if given.per_year * given.lasts > YEAR {
            let problem = format!("{} outages of {} s are more than a year", given.per_year, given.lasts);
            input.fault("outages_per_year", problem, "outages that fit into a year");
        }
        given
    }
}

/// The costs, with what was assumed.
pub(super) fn business_case(
    plan: &Plan,
    given: &Given,
    recoveries: &[Recovery],
) -> (BusinessCase, Vec<String>) {
    let costs: Vec<Cost> = monthly_cost(plan).into_iter().chain([running_cost(plan)]).collect();
    let monthly = costs.iter().map(|cost| f64::from(cost.cents()) / 100.0).sum::<f64>();
    let total = monthly + given.standby.unwrap_or(0.0);
    let outages = given.business.as_ref().map(|business| outages(business, given, total, recoveries));
    let (lines, notes): (Vec<_>, Vec<_>) = costs.into_iter().map(|cost| (cost.lines, cost.notes)).unzip();
    let mut notes = notes.concat();
    if given.standby.is_none() {
        notes.push(
            "What the standby itself costs is not in the plan: give it as standby_monthly_cost. It is most of the bill.".into(),
        );
    }
    let items = lines.concat().into_iter();
    let items = items.map(|Line { what, cents }| Item { what, dollars: (f64::from(cents) / 100.0).into() });
    let case = BusinessCase {
        lines: items.collect(),
        monthly: monthly.into(),
        standby_monthly: given.standby.map(Figure::new),
        total_monthly: total.into(),
        outages,
    };
    (case, notes)
}

fn outages(business: &Business, given: &Given, monthly: f64, recoveries: &[Recovery]) -> Outages {
    let with =
        recoveries.iter().map(|recovery| recovery.is_whole().then_some(recovery.total().typical.get()));
    let with = with.collect::<Option<Vec<f64>>>().map(|all| all.into_iter().fold(0.0, f64::max));
    let saved = with.map(|with| business.downtime((given.lasts - with).max(0.0)) * given.per_year);
    let cost = monthly * MONTHS;
    let break_even = cost / business.hourly_revenue * MINUTE;
    Outages {
        per_year: given.per_year.into(),
        without_failover: given.lasts.into(),
        with_failover: with.map(Figure::new),
        saved_yearly: saved.map(Figure::new),
        cost_yearly: cost.into(),
        break_even_minutes: break_even.is_finite().then_some(Figure::new(break_even)),
        pays: saved.map(|saved| saved > cost),
    }
}
