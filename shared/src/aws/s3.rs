//! S3: the objects that say overrides. Three small requests, signed here, since the SDK's client would add
//! a tenth to every function for them.
//!
//! An object is put only where none stands (`If-None-Match`), and deleted only as it was read (`If-Match`;
//! both: S3 User Guide, conditional requests).

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::config::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HOST, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderName, Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};

use super::clock::SystemClock;
use super::settings::Settings;
use crate::away::Away;
use crate::names::Region;
use crate::plan::Overrides;
use crate::ports::{Clock, PortError, Said};

/// For one request with all that belongs to it: within the time that a run gives a try.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// What we write has some 300 bytes.
const MOST: usize = 4_096;

/// This region's buckets.
#[derive(Debug)]
pub(super) struct Buckets {
    region: Region,
    credentials: Credentials,
    endpoint: Option<String>,
    connector: OnceLock<Connector>,
}

/// An answer: its status, its entity tag, and the beginning of its body.
struct Answer {
    status: StatusCode,
    etag: Option<String>,
    body: String,
}

impl Buckets {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            region: settings.region.clone(),
            credentials: settings.credentials.clone(),
            endpoint: settings.endpoints.s3.clone(),
            connector: OnceLock::new(),
        }
    }

    /// Says an override, unless one is said already.
    pub(super) async fn put(&self, overrides: &Overrides, away: &Away) -> Result<Said, PortError> {
        let what = "say an override";
        let headers = [(IF_NONE_MATCH, "*"), (CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
        let answer = self.send(what, Method::PUT, overrides, away, &headers, away.text()).await?;
        match answer.status {
            StatusCode::OK => Ok(Said::Now),
            StatusCode::PRECONDITION_FAILED => Ok(Said::Before),
            _ => Err(answer.refused(what)),
        }
    }

    /// What is said. A key that is missing is 404 only for who may list the bucket (S3 API, GetObject).
    pub(super) async fn get(&self, overrides: &Overrides, away: &Away) -> Result<Option<Away>, PortError> {
        Ok(self.read(overrides, away).await?.and_then(|(standing, _)| standing))
    }

    /// Takes back what that very run said.
    pub(super) async fn delete(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        let what = "take an override back";
        let Some((Some(standing), etag)) = self.read(overrides, away).await? else { return Ok(()) };
        if standing.run != away.run {
            return Ok(());
        }
        let headers = [(IF_MATCH, etag.as_str())];
        let answer = self.send(what, Method::DELETE, overrides, away, &headers, String::new()).await?;
        match answer.status {
            // Gone, or another one by now.
            status if status.is_success() || status == StatusCode::PRECONDITION_FAILED => Ok(()),
            StatusCode::NOT_FOUND => Ok(()),
            _ => Err(answer.refused(what)),
        }
    }

    /// What stands there, with its entity tag; none of it where nothing does.
    async fn read(
        &self,
        overrides: &Overrides,
        away: &Away,
    ) -> Result<Option<(Option<Away>, String)>, PortError> {
        let what = "read an override";
        let answer = self.send(what, Method::GET, overrides, away, &[], String::new()).await?;
        match answer.status {
            StatusCode::OK => {
                Ok(Some((Away::parse(&answer.body).ok(), answer.etag.clone().unwrap_or_default())))
            }
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(answer.refused(what)),
        }
    }

    async fn send(
        &self,
        what: &'static str,
        method: Method,
        overrides: &Overrides,
        away: &Away,
        headers: &[(HeaderName, &str)],
        body: String,
    ) -> Result<Answer, PortError> {
        let failed = |error: String| PortError::new(what, error);
        let url = self.url(overrides, away);
        let request = self.signed(method, &url, headers, body).map_err(failed)?;
        let exchange = async {
            let response = self.connector().call(request).await.map_err(|error| failed(error.to_string()))?;
            let status = StatusCode::from_u16(response.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
            let etag = response.headers().get(ETAG.as_str()).map(str::to_owned);
            let body = Limited::new(response.into_body(), MOST).collect().await;
            let body = body.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned());
            Ok(Answer { status, etag, body: body.unwrap_or_default() })
        };
        tokio::time::timeout(PATIENCE, exchange).await.map_err(|_| failed("no answer".to_owned()))?
    }

    fn url(&self, overrides: &Overrides, away: &Away) -> String {
        let (bucket, key) = (overrides.kind.bucket_in(&self.region), away.key());
        match &self.endpoint {
            Some(endpoint) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{}.amazonaws.com/{key}", self.region),
        }
    }

    fn signed(
        &self,
        method: Method,
        url: &str,
        headers: &[(HeaderName, &str)],
        body: String,
    ) -> Result<HttpRequest, String> {
        let host = url::Url::parse(url).map_err(|error| error.to_string())?;
        let host = host.host_str().map(|name| match host.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        });
        let host = host.ok_or("an endpoint without a host")?;
        let named = || {
            headers
                .iter()
                .map(|(name, value)| (name.as_str(), *value))
                .chain([(HOST.as_str(), host.as_str())])
        };
        let signable =
            SignableRequest::new(method.as_str(), url, named(), SignableBody::Bytes(body.as_bytes()));
        let identity = self.credentials.clone().into();
        let settings = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region.as_str())
            .name("s3")
            .time(SystemTime::from(SystemClock.now()))
            .settings(as_s3_signs())
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let signed =
            signable.and_then(|signable| sign(signable, &settings)).map_err(|error| error.to_string())?;
        let mut request = Request::builder().method(method.clone()).uri(url);
        for (name, value) in named() {
            request = request.header(name, value);
        }
        let mut request = request.body(SdkBody::from(body.as_str())).map_err(|error| error.to_string())?;
        signed.into_parts().0.apply_to_request_http1x(&mut request);
        HttpRequest::try_from(request).map_err(|error| error.to_string())
    }

    fn connector(&self) -> &Connector {
        self.connector
            .get_or_init(|| Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build())
    }
}

/// S3 signs the body's hash and takes paths as they are (S3 API, authenticating requests).
fn as_s3_signs() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings
}

impl Answer {
    fn refused(&self, what: &'static str) -> PortError {
        let code = self.body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        let code = code.map(|(code, _)| format!(" ({code})")).unwrap_or_default();
        PortError::new(what, format!("S3 answered {}{code}", self.status.as_u16()))
    }
}
