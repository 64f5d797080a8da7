//! The health checks that provisioning is to make.

use crate::dns::{Endpoint, HealthCheck, NoChild, Place, Protocol, Watches};
use crate::names::{DnsName, Region};
use crate::plan::draft::{CheckDraft, Draft, PlanDraft, RegionDraft};
use crate::plan::path::Path;
use crate::plan::read::is_private;
use crate::plan::report::Report;
use crate::plan::rule::{
    CHECK_AT_SERVED_NAME, CHECK_TWICE, FORCED_CHECK, NOTHING_TO_CHECK, PRIVATE_CHECK, PROVISION_FOREIGN_ZONE,
    PROVISION_FROM_ELSEWHERE, PROVISION_FROM_PRIMARY, PUBLIC_DATA_CHECK,
};

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    in_this_account(draft, report);
    for region in &draft.regions {
        made_once(region, report);
        something_to_check(draft, region, report);
        derived(draft, region, report);
        let backup = region.backup.as_ref().and_then(|backup| backup.check.as_ref());
        let own = [&region.check, &region.data_check].into_iter().flatten();
        for one in own.chain(backup) {
            whole(draft, one, report);
        }
        data_is_not_public(region, report);
    }
}

fn in_this_account(draft: &Draft, report: &mut Report<'_>) {
    if let (Some(true), Some(role)) = (draft.provision, &draft.zone.role) {
        let message = format!("the zone belongs to the account of {role}, in which no checks are made");
        let remedy = "write provision = false, and make its checks and records there by hand";
        report.raise(PROVISION_FOREIGN_ZONE, &draft.path.key("provision"), message, remedy);
    }
}

fn made_once(region: &RegionDraft, report: &mut Report<'_>) {
    if let (Some(_), Some(check)) =
        (&region.health_check, region.check.as_ref().or(region.data_check.as_ref()))
    {
        let message = "the region names a check that people made, and describes one to be made";
        let remedy = "remove health_check to have the check made, or the description to keep yours";
        report.raise(CHECK_TWICE, &check.path, message, remedy);
    }
}

fn something_to_check(draft: &Draft, region: &RegionDraft, report: &mut Report<'_>) {
    let asked = draft.provision == Some(true) && region.health_check.is_none();
    if asked && region.check.is_none() && region.public_probe().is_none() {
        let message =
            "provisioning is to make a check, but the region names no endpoint that the public can reach";
        let remedy = "add check = { endpoint = \"https://…\" } with a name that always leads to this region";
        report.raise(NOTHING_TO_CHECK, &region.path.key("check"), message, remedy);
    }
}

/// The check that is made of a probe, where none is described.
fn derived(draft: &Draft, region: &RegionDraft, report: &mut Report<'_>) {
    if region.check.is_some() || region.health_check.is_some() || !draft.is_provisioned() {
        return;
    }
    let probe = region.probes().find(|(_, probe)| probe.is_public());
    let Some((path, probe)) = probe else { return };
    let host = DnsName::new(probe.target.host());
    let is_beside = |served: &DnsName| host != *served && follows_it(&host, served);
    if draft.served.as_ref().is_some_and(is_beside) {
        let message = format!("the check made of this probe asks {host}, which follows what the check says");
        let remedy = "add check = { endpoint = \"https://…\" } with a name that always leads to this region";
        report.raise(CHECK_AT_SERVED_NAME, &path.key("probe"), message, remedy);
    }
}

fn whole(draft: &Draft, one: &CheckDraft, report: &mut Report<'_>) {
    let Some(HealthCheck { watches, disabled, inverted }) = &one.check else { return };
    if *disabled {
        let stands = if *inverted { "unhealthy" } else { "healthy" };
        let message = format!("the check is {stands} whatever happens");
        report.raise(FORCED_CHECK, &one.path.key("forced"), message, "remove the key when the work is over");
    }
    if let Watches::Endpoint(endpoint) = watches {
        place(draft, endpoint, &one.path.key("endpoint"), report);
    }
}

fn place(draft: &Draft, endpoint: &Endpoint, path: &Path, report: &mut Report<'_>) {
    match &endpoint.target {
        Place::Name(name) if draft.served.as_ref().is_some_and(|served| follows_it(name, served)) => {
            let message = format!("the check asks {name}, which follows what the check says");
            let remedy = "ask a name or an address that always leads to this region";
            report.raise(CHECK_AT_SERVED_NAME, path, message, remedy);
        }
        Place::Address { ip, .. } if is_private(*ip) => {
            let message = format!("Route 53's checkers cannot reach {ip}");
            let remedy = "ask a public endpoint, or watch an alarm whose data come from within";
            report.raise(PRIVATE_CHECK, path, message, remedy);
        }
        Place::Name(_) | Place::Address { .. } => {}
    }
}

/// The served name, and those beside it that are answered by health checks.
fn follows_it(name: &DnsName, served: &DnsName) -> bool {
    let beside = name.as_str().strip_suffix(served.as_str());
    beside.is_some_and(|beside| {
        beside.is_empty() || (beside.ends_with("._understudy.") && !beside.starts_with("origin-"))
    })
}

fn data_is_not_public(region: &RegionDraft, report: &mut Report<'_>) {
    let Some(CheckDraft { path, check: Some(check), .. }) = &region.data_check else { return };
    if is_tcp(check) {
        let message = "the data store is asked over the public internet, and only whether its port opens";
        let remedy = "measure it from within, put the measure into CloudWatch, and write { alarm = \"arn:…\", missing = \"unhealthy\" }";
        report.raise(PUBLIC_DATA_CHECK, &path.key("endpoint"), message, remedy);
    }
}

fn is_tcp(check: &HealthCheck<NoChild>) -> bool {
    matches!(&check.watches, Watches::Endpoint(Endpoint { protocol: Protocol::Tcp, .. }))
}

/// Who makes checks and records must have a controller, and not be lost with what it is to leave.
pub(super) fn maker(plan: &PlanDraft, report: &mut Report<'_>) {
    let Some(maker) = &plan.provision_from else { return };
    let path = Path::default().key("controller").key("provision_from");
    let primary = |draft: &&Draft| draft.primary().and_then(|region| region.name.as_ref()) == Some(maker);
    if let Some(draft) = plan.applications.iter().find(primary) {
        let message = format!("{maker} is the primary region of {}", draft.name);
        report.raise(PROVISION_FROM_PRIMARY, &path, message, "name a region that takes over, or a witness");
    }
    if plan.controllers.as_ref().is_some_and(|controllers: &Vec<Region>| !controllers.contains(maker)) {
        let message = format!("no controller is in {maker}");
        report.raise(PROVISION_FROM_ELSEWHERE, &path, message, "name one of controller.regions");
    }
}
