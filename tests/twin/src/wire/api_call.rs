//! The bodies of requests: from elements to the model's inputs.

use super::xml::Element;
use crate::model::health::{AlarmIdentifier, HealthCheckInput, HealthCheckUpdate, ResetElement};
use crate::model::records::{Action, AliasInput, Change, ChangeBatch, RecordSetInput};
use crate::model::{ApiError, NewZone, Tag};

pub(super) fn new_zone(root: &Element) -> NewZone {
    let config = root.child("HostedZoneConfig");
    NewZone {
        name: root.text_of("Name").unwrap_or_default(),
        caller_reference: root.text_of("CallerReference").unwrap_or_default(),
        comment: config.and_then(|config| config.text_of("Comment")),
        // The service needs a VPC for a private zone; the twin takes either as the sign of one.
        private: root.child("VPC").is_some()
            || config.and_then(|config| config.text_of("PrivateZone")).as_deref() == Some("true"),
    }
}

pub(super) fn batch(root: &Element) -> Result<ChangeBatch, ApiError> {
    let batch = root
        .child("ChangeBatch")
        .ok_or_else(|| ApiError::invalid_input("Invalid XML ; ChangeBatch is missing"))?;
    let changes = batch.list("Changes").map(change).collect::<Result<_, _>>()?;
    Ok(ChangeBatch { comment: batch.text_of("Comment"), changes })
}

fn change(element: &Element) -> Result<Change, ApiError> {
    let action = element.text_of("Action").unwrap_or_default();
    let action = Action::parse(&action).ok_or_else(|| {
        ApiError::invalid_input(format!("Invalid XML ; '{action}' is not a facet-valid Action"))
    })?;
    let record = element
        .child("ResourceRecordSet")
        .ok_or_else(|| ApiError::invalid_input("Invalid XML ; ResourceRecordSet is missing"))?;
    Ok(Change { action, record: record_set(record)? })
}

/// Elements that the service knows and the twin does not.
const NOT_MODELLED: [&str; 4] =
    ["GeoLocation", "GeoProximityLocation", "CidrRoutingConfig", "TrafficPolicyInstanceId"];

fn record_set(element: &Element) -> Result<RecordSetInput, ApiError> {
    let alias = element.child("AliasTarget").map(|alias| {
        Ok::<_, ApiError>(AliasInput {
            zone: alias.text_of("HostedZoneId").unwrap_or_default(),
            dns_name: alias.text_of("DNSName").unwrap_or_default(),
            evaluate_target_health: flag(alias, "EvaluateTargetHealth")?
                .ok_or_else(|| ApiError::invalid_input("Invalid XML ; EvaluateTargetHealth is missing"))?,
        })
    });
    Ok(RecordSetInput {
        name: element.text_of("Name").unwrap_or_default(),
        rtype: element.text_of("Type").unwrap_or_default(),
        set_identifier: element.text_of("SetIdentifier"),
        weight: number(element, "Weight")?,
        region: element.text_of("Region"),
        failover: element.text_of("Failover"),
        multivalue_answer: flag(element, "MultiValueAnswer")?,
        ttl: number(element, "TTL")?,
        values: element
            .list("ResourceRecords")
            .map(|record| record.text_of("Value").unwrap_or_default())
            .collect(),
        alias: alias.transpose()?,
        health_check: element.text_of("HealthCheckId"),
        not_modelled: NOT_MODELLED
            .iter()
            .find(|name| element.child(name).is_some())
            .map(|&name| name.to_owned()),
    })
}

fn number(element: &Element, name: &str) -> Result<Option<i64>, ApiError> {
    let refuse = |_| ApiError::invalid_input(format!("Invalid XML ; {name} is not a number"));
    element.child(name).map(|child| child.text.trim().parse().map_err(refuse)).transpose()
}

fn flag(element: &Element, name: &str) -> Result<Option<bool>, ApiError> {
    let refuse = |_| ApiError::invalid_input(format!("Invalid XML ; {name} is neither true nor false"));
    element.child(name).map(|child| child.text.trim().parse().map_err(refuse)).transpose()
}

fn texts(element: &Element, name: &str) -> Option<Vec<String>> {
    element.child(name).map(|list| list.children.iter().map(|item| item.text.clone()).collect())
}

fn alarm(element: &Element) -> Option<AlarmIdentifier> {
    element.child("AlarmIdentifier").map(|alarm| AlarmIdentifier {
        region: alarm.text_of("Region").unwrap_or_default(),
        name: alarm.text_of("Name").unwrap_or_default(),
    })
}

pub(super) fn check_input(element: &Element) -> Result<HealthCheckInput, ApiError> {
    Ok(HealthCheckInput {
        check_type: element.text_of("Type").unwrap_or_default(),
        ip_address: element.text_of("IPAddress"),
        port: number(element, "Port")?,
        resource_path: element.text_of("ResourcePath"),
        fully_qualified_domain_name: element.text_of("FullyQualifiedDomainName"),
        search_string: element.text_of("SearchString"),
        request_interval: number(element, "RequestInterval")?,
        failure_threshold: number(element, "FailureThreshold")?,
        measure_latency: flag(element, "MeasureLatency")?,
        inverted: flag(element, "Inverted")?,
        disabled: flag(element, "Disabled")?,
        health_threshold: number(element, "HealthThreshold")?,
        child_health_checks: texts(element, "ChildHealthChecks"),
        enable_sni: flag(element, "EnableSNI")?,
        regions: texts(element, "Regions"),
        alarm: alarm(element),
        insufficient_data_health_status: element.text_of("InsufficientDataHealthStatus"),
        routing_control_arn: element.text_of("RoutingControlArn"),
    })
}

pub(super) fn check_update(element: &Element) -> Result<HealthCheckUpdate, ApiError> {
    let reset = |item: &Element| {
        ResetElement::parse(&item.text)
            .ok_or_else(|| ApiError::invalid_input(format!("Invalid XML ; '{}' cannot be reset", item.text)))
    };
    Ok(HealthCheckUpdate {
        version: number(element, "HealthCheckVersion")?,
        ip_address: element.text_of("IPAddress"),
        port: number(element, "Port")?,
        resource_path: element.text_of("ResourcePath"),
        fully_qualified_domain_name: element.text_of("FullyQualifiedDomainName"),
        search_string: element.text_of("SearchString"),
        failure_threshold: number(element, "FailureThreshold")?,
        inverted: flag(element, "Inverted")?,
        disabled: flag(element, "Disabled")?,
        health_threshold: number(element, "HealthThreshold")?,
        child_health_checks: texts(element, "ChildHealthChecks"),
        enable_sni: flag(element, "EnableSNI")?,
        regions: texts(element, "Regions"),
        alarm: alarm(element),
        insufficient_data_health_status: element.text_of("InsufficientDataHealthStatus"),
        reset_elements: element.list("ResetElements").map(reset).collect::<Result<_, _>>()?,
    })
}

pub(super) fn tags(root: &Element) -> (Vec<Tag>, Vec<String>) {
    let tag = |tag: &Element| Tag {
        key: tag.text_of("Key").unwrap_or_default(),
        value: tag.text_of("Value").unwrap_or_default(),
    };
    (root.list("AddTags").map(tag).collect(), texts(root, "RemoveTagKeys").unwrap_or_default())
}
