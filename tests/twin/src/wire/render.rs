//! Responses and refusals as the service writes them.

use super::Clock;
use super::xml::Writer;
use crate::model::health::{AlarmConfiguration, HealthCheck, HealthCheckInput, Observation};
use crate::model::records::{RecordPage, RecordSetInput};
use crate::model::{ApiError, ChangeInfo, ErrorCode, Page, Response, Tag, ZoneDetails};

/// How a refused batch is written. The service has used both forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BatchErrorForm {
    /// `<ErrorResponse><Error><Code>InvalidChangeBatch</Code><Message>[one, two]</Message>`: what the service
    /// sends now (quoted in aws-sdk-kotlin#1433 and #1435). The Rust SDK reads the code and `message()`; its
    /// `messages()` stays empty.
    #[default]
    Wrapped,
    /// `<InvalidChangeBatch><Messages><Message>one</Message>...`: what the API reference still shows and older
    /// clients know. The Rust SDK (1.132) finds neither a code nor a message in it.
    Bare,
}

/// A response ready to be sent.
#[derive(Debug)]
pub(super) struct Rendered {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}

pub(super) fn error(error: &ApiError, form: BatchErrorForm, request_id: &str) -> Rendered {
    let body = if error.code == ErrorCode::InvalidChangeBatch && form == BatchErrorForm::Bare {
        Writer::document("InvalidChangeBatch", |xml| {
            xml.element("Messages", |xml| {
                error.messages.iter().for_each(|message| xml.text("Message", message))
            });
            xml.text("RequestId", request_id);
        })
    } else {
        Writer::document("ErrorResponse", |xml| {
            xml.element("Error", |xml| {
                xml.text("Type", if error.status < 500 { "Sender" } else { "Receiver" });
                xml.text("Code", error.code);
                xml.text("Message", error.message());
            });
            xml.text("RequestId", request_id);
        })
    };
    Rendered { status: error.status, location: None, body }
}

pub(super) fn response(response: &Response, clock: &Clock) -> Rendered {
    let (status, location) = match response {
        Response::ZoneCreated { zone, .. } => (201, Some(format!("hostedzone/{}", zone.id))),
        Response::HealthCheckCreated(check) => (201, Some(format!("healthcheck/{}", check.id))),
        _ => (200, None),
    };
    let location = location.map(|path| format!("https://route53.amazonaws.com/2013-04-01/{path}"));
    Rendered { status, location, body: body(response, clock) }
}

fn body(response: &Response, clock: &Clock) -> String {
    match response {
        Response::ZoneCreated { zone: details, change } => {
            Writer::document("CreateHostedZoneResponse", |xml| {
                zone(xml, details);
                change_info(xml, change, clock);
                delegation(xml, details);
            })
        }
        Response::Zone(details) => Writer::document("GetHostedZoneResponse", |xml| {
            zone(xml, details);
            delegation(xml, details);
        }),
        Response::ZoneDeleted(change) => changed("DeleteHostedZoneResponse", change, clock),
        Response::Zones(page) => Writer::document("ListHostedZonesResponse", |xml| {
            xml.element("HostedZones", |xml| page.items.iter().for_each(|details| zone(xml, details)));
            paging(xml, page);
        }),
        Response::ZonesByName { page, asked_name, asked_zone } => {
            Writer::document("ListHostedZonesByNameResponse", |xml| {
                xml.element("HostedZones", |xml| page.items.iter().for_each(|details| zone(xml, details)));
                xml.option("DNSName", asked_name.as_ref());
                xml.option("HostedZoneId", asked_zone.as_ref());
                xml.text("IsTruncated", page.next.is_some());
                if let Some((name, id)) = page.next.as_ref().and_then(|next| next.split_once(' ')) {
                    xml.text("NextDNSName", name);
                    xml.text("NextHostedZoneId", id);
                }
                xml.text("MaxItems", page.max_items);
            })
        }
        Response::Changed(change) => changed("ChangeResourceRecordSetsResponse", change, clock),
        Response::Change(change) => changed("GetChangeResponse", change, clock),
        Response::Records(page) => records(page),
        Response::HealthCheckCreated(it) => {
            Writer::document("CreateHealthCheckResponse", |xml| check(xml, it))
        }
        Response::HealthCheck(it) => Writer::document("GetHealthCheckResponse", |xml| check(xml, it)),
        Response::HealthCheckUpdated(it) => {
            Writer::document("UpdateHealthCheckResponse", |xml| check(xml, it))
        }
        Response::HealthCheckDeleted => Writer::document("DeleteHealthCheckResponse", |_| {}),
        Response::HealthChecks(page) => Writer::document("ListHealthChecksResponse", |xml| {
            xml.element("HealthChecks", |xml| page.items.iter().for_each(|it| check(xml, it)));
            paging(xml, page);
        }),
        Response::Status(seen) => observations("GetHealthCheckStatusResponse", seen, clock),
        Response::LastFailure(seen) => observations("GetHealthCheckLastFailureReasonResponse", seen, clock),
        Response::TagsChanged => Writer::document("ChangeTagsForResourceResponse", |_| {}),
        Response::Tags { kind, id, tags } => {
            Writer::document("ListTagsForResourceResponse", |xml| tag_set(xml, kind.as_str(), id, tags))
        }
        Response::TagSets { kind, sets } => Writer::document("ListTagsForResourcesResponse", |xml| {
            xml.element("ResourceTagSets", |xml| {
                sets.iter().for_each(|(id, tags)| tag_set(xml, kind.as_str(), id, tags))
            });
        }),
        Response::Limit(limit) => Writer::document("GetAccountLimitResponse", |xml| {
            xml.element("Limit", |xml| {
                xml.text("Type", limit.kind.as_str());
                xml.text("Value", limit.value);
            });
            xml.text("Count", limit.count);
        }),
    }
}

fn changed(root: &str, change: &ChangeInfo, clock: &Clock) -> String {
    Writer::document(root, |xml| change_info(xml, change, clock))
}

fn change_info(xml: &mut Writer, change: &ChangeInfo, clock: &Clock) {
    xml.element("ChangeInfo", |xml| {
        xml.text("Id", format!("/change/{}", change.id));
        xml.text("Status", change.status.as_str());
        xml.text("SubmittedAt", clock.iso8601(change.submitted_at));
        xml.option("Comment", change.comment.as_ref());
    });
}

fn zone(xml: &mut Writer, details: &ZoneDetails) {
    xml.element("HostedZone", |xml| {
        xml.text("Id", format!("/hostedzone/{}", details.id));
        xml.text("Name", &details.name);
        xml.text("CallerReference", &details.caller_reference);
        xml.element("Config", |xml| {
            xml.option("Comment", details.comment.as_ref());
            xml.text("PrivateZone", details.private);
        });
        xml.text("ResourceRecordSetCount", details.record_count);
    });
}

fn delegation(xml: &mut Writer, details: &ZoneDetails) {
    // A private zone has no delegation set.
    if !details.private {
        let host = |name: &String| name.trim_end_matches('.').to_owned();
        xml.element("DelegationSet", |xml| {
            xml.element("NameServers", |xml| {
                details.name_servers.iter().map(host).for_each(|host| xml.text("NameServer", host));
            });
        });
    }
}

fn paging<T>(xml: &mut Writer, page: &Page<T>) {
    xml.text("Marker", page.marker.as_deref().unwrap_or_default());
    xml.text("IsTruncated", page.next.is_some());
    xml.option("NextMarker", page.next.as_ref());
    xml.text("MaxItems", page.max_items);
}

fn records(page: &RecordPage) -> String {
    Writer::document("ListResourceRecordSetsResponse", |xml| {
        xml.element("ResourceRecordSets", |xml| {
            page.records.iter().for_each(|set| record_set(xml, &RecordSetInput::from(set)));
        });
        xml.text("IsTruncated", page.next.is_some());
        if let Some(next) = &page.next {
            xml.text("NextRecordName", &next.name);
            xml.text("NextRecordType", next.rtype);
            xml.option("NextRecordIdentifier", next.set_identifier.as_ref());
        }
        xml.text("MaxItems", page.max_items);
    })
}

fn record_set(xml: &mut Writer, set: &RecordSetInput) {
    xml.element("ResourceRecordSet", |xml| {
        xml.text("Name", &set.name);
        xml.text("Type", &set.rtype);
        xml.option("SetIdentifier", set.set_identifier.as_ref());
        xml.option("Weight", set.weight);
        xml.option("Region", set.region.as_ref());
        xml.option("Failover", set.failover.as_ref());
        xml.option("MultiValueAnswer", set.multivalue_answer);
        xml.option("TTL", set.ttl);
        if !set.values.is_empty() {
            xml.element("ResourceRecords", |xml| {
                set.values
                    .iter()
                    .for_each(|value| xml.element("ResourceRecord", |xml| xml.text("Value", value)));
            });
        }
        if let Some(alias) = &set.alias {
            xml.element("AliasTarget", |xml| {
                xml.text("HostedZoneId", &alias.zone);
                xml.text("DNSName", &alias.dns_name);
                xml.text("EvaluateTargetHealth", alias.evaluate_target_health);
            });
        }
        xml.option("HealthCheckId", set.health_check.as_ref());
    });
}

fn check(xml: &mut Writer, check: &HealthCheck) {
    xml.element("HealthCheck", |xml| {
        xml.text("Id", &check.id);
        xml.text("CallerReference", &check.caller_reference);
        check_config(xml, &HealthCheckInput::from(check.config()));
        xml.text("HealthCheckVersion", check.version);
        if let Some(alarm) = &check.alarm {
            copied(xml, alarm);
        }
    });
}

fn copied(xml: &mut Writer, alarm: &AlarmConfiguration) {
    xml.element("CloudWatchAlarmConfiguration", |xml| {
        xml.text("EvaluationPeriods", alarm.evaluation_periods);
        xml.text("Threshold", alarm.threshold);
        xml.text("ComparisonOperator", &alarm.comparison_operator);
        xml.text("Period", alarm.period);
        xml.text("MetricName", &alarm.metric_name);
        xml.text("Namespace", &alarm.namespace);
        xml.text("Statistic", &alarm.statistic);
        xml.element("Dimensions", |xml| {
            for (name, value) in &alarm.dimensions {
                xml.element("Dimension", |xml| {
                    xml.text("Name", name);
                    xml.text("Value", value);
                });
            }
        });
    });
}

fn check_config(xml: &mut Writer, config: &HealthCheckInput) {
    let list = |xml: &mut Writer, name: &str, item: &str, texts: &Option<Vec<String>>| {
        if let Some(texts) = texts {
            xml.element(name, |xml| texts.iter().for_each(|text| xml.text(item, text)));
        }
    };
    xml.element("HealthCheckConfig", |xml| {
        xml.option("IPAddress", config.ip_address.as_ref());
        xml.option("Port", config.port);
        xml.text("Type", &config.check_type);
        xml.option("ResourcePath", config.resource_path.as_ref());
        xml.option("FullyQualifiedDomainName", config.fully_qualified_domain_name.as_ref());
        xml.option("SearchString", config.search_string.as_ref());
        xml.option("RequestInterval", config.request_interval);
        xml.option("FailureThreshold", config.failure_threshold);
        xml.option("MeasureLatency", config.measure_latency);
        xml.option("Inverted", config.inverted);
        xml.option("Disabled", config.disabled);
        xml.option("HealthThreshold", config.health_threshold);
        list(xml, "ChildHealthChecks", "ChildHealthCheck", &config.child_health_checks);
        xml.option("EnableSNI", config.enable_sni);
        list(xml, "Regions", "Region", &config.regions);
        if let Some(alarm) = &config.alarm {
            xml.element("AlarmIdentifier", |xml| {
                xml.text("Region", &alarm.region);
                xml.text("Name", &alarm.name);
            });
        }
        xml.option("InsufficientDataHealthStatus", config.insufficient_data_health_status.as_ref());
        xml.option("RoutingControlArn", config.routing_control_arn.as_ref());
    });
}

fn observations(root: &str, seen: &[Observation], clock: &Clock) -> String {
    Writer::document(root, |xml| {
        xml.element("HealthCheckObservations", |xml| {
            for observation in seen {
                xml.element("HealthCheckObservation", |xml| {
                    xml.text("Region", &observation.region);
                    xml.text("IPAddress", observation.ip);
                    xml.element("StatusReport", |xml| {
                        xml.text("Status", &observation.status);
                        xml.text("CheckedTime", clock.iso8601(observation.checked_at));
                    });
                });
            }
        });
    })
}

fn tag_set(xml: &mut Writer, kind: &str, id: &str, tags: &[Tag]) {
    xml.element("ResourceTagSet", |xml| {
        xml.text("ResourceType", kind);
        xml.text("ResourceId", id);
        xml.element("Tags", |xml| {
            for tag in tags {
                xml.element("Tag", |xml| {
                    xml.text("Key", &tag.key);
                    xml.text("Value", &tag.value);
                });
            }
        });
    });
}
