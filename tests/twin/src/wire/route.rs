//! From method, path, query and body to a [`Request`] (Route 53 API reference, request syntax of each operation).

use std::collections::BTreeMap;
use std::str::FromStr;

use super::api_call::{batch, check_input, check_update, new_zone, tags};
use super::xml::Element;
use crate::model::records::ListStart;
use crate::model::{ApiError, ErrorCode, LimitKind, Request, ResourceKind};

/// What came over the wire.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub body: &'a str,
}

impl Call<'_> {
    /// The request.
    pub fn request(&self) -> Result<Request, ApiError> {
        let path = self.path.strip_prefix("/2013-04-01/").ok_or_else(|| self.unknown())?;
        let decoded: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
        let parts: Vec<&str> = decoded.iter().map(String::as_str).collect();
        match parts.first().copied() {
            Some("hostedzone" | "hostedzonesbyname") => self.zones(&parts),
            Some("healthcheck") => self.checks(&parts),
            Some("tags") => self.tags(&parts),
            Some("change") if parts.len() == 2 && self.method == "GET" => {
                Ok(Request::GetChange { id: parts[1].into() })
            }
            Some("accountlimit") if parts.len() == 2 && self.method == "GET" => {
                LimitKind::parse(parts[1]).map(|kind| Request::GetAccountLimit { kind }).ok_or_else(|| {
                    ApiError::new(
                        ErrorCode::NotModelled,
                        format!("the twin does not model the limit {}", parts[1]),
                    )
                })
            }
            _ => Err(self.unknown()),
        }
    }

    fn unknown(&self) -> ApiError {
        ApiError::new(
            ErrorCode::NotModelled,
            format!("the twin does not model {} {}", self.method, self.path),
        )
    }

    fn zones(&self, parts: &[&str]) -> Result<Request, ApiError> {
        let query = self.query();
        match (self.method, parts) {
            ("POST", ["hostedzone"]) => {
                Ok(Request::CreateHostedZone(new_zone(&self.document("CreateHostedZoneRequest")?)))
            }
            ("GET", ["hostedzone"]) => Ok(Request::ListHostedZones {
                marker: query.text("marker"),
                max_items: query.number("maxitems")?,
            }),
            ("GET", ["hostedzonesbyname"]) => Ok(Request::ListHostedZonesByName {
                dns_name: query.text("dnsname"),
                zone: query.text("hostedzoneid").map(Into::into),
                max_items: query.number("maxitems")?,
            }),
            ("GET", ["hostedzone", id]) => Ok(Request::GetHostedZone { id: (*id).into() }),
            ("DELETE", ["hostedzone", id]) => Ok(Request::DeleteHostedZone { id: (*id).into() }),
            ("POST", ["hostedzone", id, "rrset"]) => Ok(Request::ChangeResourceRecordSets {
                zone: (*id).into(),
                batch: batch(&self.document("ChangeResourceRecordSetsRequest")?)?,
            }),
            ("GET", ["hostedzone", id, "rrset"]) => Ok(Request::ListResourceRecordSets {
                zone: (*id).into(),
                start: ListStart {
                    name: query.text("name"),
                    rtype: query.text("type"),
                    identifier: query.text("identifier"),
                },
                max_items: query.number("maxitems")?,
            }),
            _ => Err(self.unknown()),
        }
    }

    fn checks(&self, parts: &[&str]) -> Result<Request, ApiError> {
        match (self.method, parts) {
            ("POST", ["healthcheck"]) => {
                let root = self.document("CreateHealthCheckRequest")?;
                Ok(Request::CreateHealthCheck {
                    caller_reference: root.text_of("CallerReference").unwrap_or_default(),
                    config: check_input(root.child("HealthCheckConfig").unwrap_or(&Element::default()))?,
                })
            }
            ("GET", ["healthcheck"]) => {
                let query = self.query();
                Ok(Request::ListHealthChecks {
                    marker: query.text("marker"),
                    max_items: query.number("maxitems")?,
                })
            }
            ("GET", ["healthcheck", id]) => Ok(Request::GetHealthCheck { id: (*id).into() }),
            ("DELETE", ["healthcheck", id]) => Ok(Request::DeleteHealthCheck { id: (*id).into() }),
            ("POST", ["healthcheck", id]) => Ok(Request::UpdateHealthCheck {
                id: (*id).into(),
                update: check_update(&self.document("UpdateHealthCheckRequest")?)?,
            }),
            ("GET", ["healthcheck", id, "status"]) => Ok(Request::GetHealthCheckStatus { id: (*id).into() }),
            ("GET", ["healthcheck", id, "lastfailurereason"]) => {
                Ok(Request::GetHealthCheckLastFailureReason { id: (*id).into() })
            }
            _ => Err(self.unknown()),
        }
    }

    fn tags(&self, parts: &[&str]) -> Result<Request, ApiError> {
        let kind = parts.get(1).and_then(|text| ResourceKind::parse(text));
        let kind = kind.ok_or_else(|| {
            ApiError::invalid_input("Invalid request: ResourceType must be healthcheck or hostedzone")
        })?;
        match (self.method, parts) {
            ("GET", [_, _, id]) => Ok(Request::ListTagsForResource { kind, id: (*id).to_owned() }),
            ("POST", [_, _, id]) => {
                let (add, remove) = tags(&self.document("ChangeTagsForResourceRequest")?);
                Ok(Request::ChangeTagsForResource { kind, id: (*id).to_owned(), add, remove })
            }
            ("POST", [_, _]) => {
                let root = self.document("ListTagsForResourcesRequest")?;
                Ok(Request::ListTagsForResources {
                    kind,
                    ids: root.list("ResourceIds").map(|id| id.text.clone()).collect(),
                })
            }
            _ => Err(self.unknown()),
        }
    }

    /// The body, whose root must be the operation's own (issue dns-update#44 quotes the refusal).
    fn document(&self, root: &str) -> Result<Element, ApiError> {
        let element = Element::parse(self.body).map_err(ApiError::invalid_input)?;
        if element.name == root {
            return Ok(element);
        }
        Err(ApiError::new(
            ErrorCode::MalformedInput,
            format!("{} is not valid, expected {root}", element.name),
        ))
    }

    fn query(&self) -> Query {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        Query(pairs.map(|(key, value)| (decode(key), decode(&value.replace('+', " ")))).collect())
    }
}

struct Query(BTreeMap<String, String>);

impl Query {
    fn text(&self, key: &str) -> Option<String> {
        self.0.get(key).cloned()
    }

    fn number<T: FromStr>(&self, key: &str) -> Result<Option<T>, ApiError> {
        let refuse = |_| ApiError::invalid_input(format!("Invalid request: {key} is not a number"));
        self.0.get(key).map(|text| text.parse().map_err(refuse)).transpose()
    }
}

/// Undoes percent-encoding; what is not valid stays as it is.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |digit: u8| char::from(digit).to_digit(16);
        match (first, after) {
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                bytes.push((hex(*high).unwrap_or_default() * 16 + hex(*low).unwrap_or_default()) as u8);
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, query: &str) -> Result<Request, ApiError> {
        Call { method: "GET", path, query, body: "" }.request()
    }

    #[test]
    fn paths_and_queries_become_requests() {
        let listed =
            get("/2013-04-01/hostedzone/Z1/rrset", "name=%5C052.example.com.&type=A&maxitems=3").unwrap();
        let start =
            ListStart { name: Some("\\052.example.com.".into()), rtype: Some("A".into()), identifier: None };
        assert_eq!(listed, Request::ListResourceRecordSets { zone: "Z1".into(), start, max_items: Some(3) });
        assert_eq!(get("/2013-04-01/change/C1", "").unwrap(), Request::GetChange { id: "C1".into() });
    }

    #[test]
    fn what_is_not_modelled_or_malformed_says_so() {
        assert_eq!(get("/2013-04-01/trafficpolicies", "").unwrap_err().code, ErrorCode::NotModelled);
        assert_eq!(get("/2013-04-01/hostedzone", "maxitems=x").unwrap_err().code, ErrorCode::InvalidInput);
        let wrong = Call {
            method: "POST",
            path: "/2013-04-01/hostedzone/Z1/rrset/",
            query: "",
            body: "<ChangeBatch/>",
        };
        assert_eq!(
            wrong.request().unwrap_err().message(),
            "ChangeBatch is not valid, expected ChangeResourceRecordSetsRequest"
        );
    }
}
