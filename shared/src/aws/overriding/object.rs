//! S3: the objects that say overrides.
//!
//! An object is put only where none stands (`If-None-Match`), and deleted only as it was read (`If-Match`;
//! both: S3 User Guide, conditional requests).

use std::time::Duration;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderName, Method, StatusCode};

use super::Speaker;
use super::signed::{Answer, Asked, Signing};
use crate::away::Away;
use crate::plan::Overrides;
use crate::ports::{PortError, Said};

/// For one request with all that belongs to it: within the time that a run gives a try.
const PATIENCE: Duration = Duration::from_millis(2_500);

impl Speaker {
    /// Says an override, unless one is said already.
    pub(super) async fn put(&self, overrides: &Overrides, away: &Away) -> Result<Said, PortError> {
        let what = "say an override";
        let headers = [(IF_NONE_MATCH, "*"), (CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
        let answer = self.send(what, Method::PUT, (overrides, away), &headers, away.text()).await?;
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
        let answer = self.send(what, Method::DELETE, (overrides, away), &headers, String::new()).await?;
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
        let answer = self.send(what, Method::GET, (overrides, away), &[], String::new()).await?;
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
        (overrides, away): (&Overrides, &Away),
        headers: &[(HeaderName, &str)],
        body: String,
    ) -> Result<Answer, PortError> {
        let (bucket, key) = (overrides.kind.bucket_in(&self.region).unwrap_or_default(), away.key());
        let url = match &self.endpoint {
            Some(endpoint) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{}.amazonaws.com/{key}", self.region),
        };
        let signing = Signing { service: "s3", region: &self.region };
        self.sender.send(what, signing, Asked { method, url: &url, headers, body }, PATIENCE).await
    }
}
