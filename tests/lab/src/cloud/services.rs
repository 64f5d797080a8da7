//! The emulated services, one set for each region.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::Full;
use winterbaume_cloudwatch::CloudWatchService;
use winterbaume_core::{MockRequest, MockResponse, MockService};
use winterbaume_sns::SnsService;

use super::cluster::Cluster;
use super::dynamodb::Tables;
use super::metrics::Metrics;
use super::s3::Objects;
use super::{form, lock, sns};
use crate::net::{self, Asked, Reply};

/// The services of one region. What is in one is not in another.
#[derive(Default)]
pub(super) struct Regional {
    pub dynamodb: Tables,
    pub s3: Objects,
    pub metrics: Metrics,
    sns: SnsService,
    cloudwatch: CloudWatchService,
}

/// All regions' services. A region's set is made when it is first asked for.
#[derive(Default)]
pub struct Services {
    regions: Mutex<BTreeMap<String, Arc<Regional>>>,
    /// One for all regions.
    pub(super) cluster: Cluster,
}

impl Services {
    pub(super) fn of(&self, region: &str) -> Arc<Regional> {
        lock(&self.regions).entry(region.to_owned()).or_default().clone()
    }

    /// Has a service do what a request asks for.
    pub(super) async fn perform(&self, service: &str, region: &str, operation: &str, asked: Asked) -> Reply {
        let regional = self.of(region);
        if service == "s3" {
            return regional.s3.answer(&asked);
        }
        if service == "arc" {
            return self.cluster.answer(operation, &asked);
        }
        if operation == "PutMetricData" {
            regional.metrics.take(asked.body());
        }
        let request = mock(service, region, asked);
        let response = match service {
            "dynamodb" => regional.dynamodb.handle(region, operation, request).await,
            "sns" => match sns::refusal(operation, &request.body) {
                Some(why) => MockResponse::error(400, "InvalidParameter", &why),
                None => regional.sns.handle(request).await,
            },
            "cloudwatch" => regional.cloudwatch.handle(request).await,
            other => return net::reply(501, format!("the lab has no service {other}")),
        };
        real(response)
    }

    /// One call of a service that speaks the Query protocol, by the lab itself.
    ///
    /// # Errors
    /// The service's answer, where it refuses.
    pub async fn query(&self, service: &str, region: &str, fields: &[(&str, &str)]) -> Result<(), String> {
        let action = fields.iter().find(|(name, _)| *name == "Action").map_or("", |(_, value)| *value);
        let mut asked = http::Request::new(Bytes::from(form::body(fields)));
        *asked.method_mut() = http::Method::POST;
        let reply = self.perform(service, region, action, asked).await;
        if reply.status().is_success() {
            return Ok(());
        }
        Err(format!("{service} {action} in {region}: {}", reply.status()))
    }
}

/// The emulation reads the region from the host's name.
fn mock(service: &str, region: &str, asked: Asked) -> MockRequest {
    let (head, body) = asked.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    MockRequest {
        method: head.method.to_string(),
        uri: format!("https://{service}.{region}.amazonaws.com{path}"),
        headers: head.headers,
        body,
    }
}

fn real(response: MockResponse) -> Reply {
    let mut reply = net::reply(response.status, Bytes::new());
    *reply.headers_mut() = response.headers;
    *reply.body_mut() = Full::new(response.body);
    reply
}
