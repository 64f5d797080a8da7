//! Small requests, signed here: an SDK client for a few of them would add a tenth to every function.

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
use http::header::{ETAG, HOST};
use http::{HeaderName, Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};

use crate::aws::clock::SystemClock;
use crate::names::Region;
use crate::ports::{Clock, PortError};

/// What is answered has some hundred bytes.
const MOST: usize = 4_096;

/// A request.
pub(super) struct Asked<'a> {
    pub method: Method,
    pub url: &'a str,
    pub headers: &'a [(HeaderName, &'a str)],
    pub body: String,
}

/// For whom it is signed.
#[derive(Clone, Copy)]
pub(super) struct Signing<'a> {
    /// The service's name in signatures.
    pub service: &'a str,
    pub region: &'a Region,
}

/// An answer: its status, its entity tag, and the beginning of its body.
pub(super) struct Answer {
    pub status: StatusCode,
    pub etag: Option<String>,
    pub body: String,
}

/// Signs and sends.
#[derive(Debug)]
pub(super) struct Sender {
    credentials: Credentials,
    connector: OnceLock<Connector>,
}

impl Sender {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self { credentials, connector: OnceLock::new() }
    }

    /// Sends it once.
    pub(super) async fn send(
        &self,
        what: &'static str,
        signing: Signing<'_>,
        asked: Asked<'_>,
        patience: Duration,
    ) -> Result<Answer, PortError> {
        let failed = |error: String| PortError::new(what, error);
        let request = self.signed(signing, asked).map_err(failed)?;
        let exchange = async {
            let response = self.connector().call(request).await.map_err(|error| failed(error.to_string()))?;
            let status = StatusCode::from_u16(response.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
            let etag = response.headers().get(ETAG.as_str()).map(str::to_owned);
            let body = Limited::new(response.into_body(), MOST).collect().await;
            let body = body.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned());
            Ok(Answer { status, etag, body: body.unwrap_or_default() })
        };
        tokio::time::timeout(patience, exchange).await.map_err(|_| failed("no answer".to_owned()))?
    }

    fn signed(&self, signing: Signing<'_>, asked: Asked<'_>) -> Result<HttpRequest, String> {
        let Asked { method, url, headers, body } = asked;
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
            .region(signing.region.as_str())
            .name(signing.service)
            .time(SystemTime::from(SystemClock.now()))
            .settings(if signing.service == "s3" { as_s3_signs() } else { SigningSettings::default() })
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
    /// An error of S3's, whose code stands in the body.
    pub(super) fn refused(&self, what: &'static str) -> PortError {
        let code = self.body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        let code = code.map(|(code, _)| format!(" ({code})")).unwrap_or_default();
        PortError::new(what, format!("S3 answered {}{code}", self.status.as_u16()))
    }
}
