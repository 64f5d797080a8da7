//! S3, as far as overrides need it: objects, written and deleted under conditions, read by anybody.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

use bytes::Bytes;
use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};

use super::lock;
use crate::net::{self, Asked, Reply};

/// What the buckets of overrides are called, with the region behind.
pub const BUCKET: &str = "lab-override";

/// The objects of one region, by bucket and key.
#[derive(Debug, Default)]
pub(super) struct Objects(Mutex<BTreeMap<String, Bytes>>);

/// The region whose bucket a request names first in its path.
pub(super) fn region_of(asked: &Asked) -> Option<String> {
    let bucket = asked.uri().path().trim_start_matches('/').split('/').next()?;
    Some(bucket.strip_prefix(BUCKET)?.strip_prefix('-')?.to_owned())
}

impl Objects {
    /// Answers a request with the bucket in its path (S3 API: GetObject, PutObject, DeleteObject).
    pub(super) fn answer(&self, asked: &Asked) -> Reply {
        let mut objects = lock(&self.0);
        let path = asked.uri().path().to_owned();
        let header = |name| asked.headers().get(name).and_then(|value| value.to_str().ok());
        let standing = objects.get(&path).map(etag);
        let refused = (header(IF_NONE_MATCH.as_str()) == Some("*") && standing.is_some())
            || header(IF_MATCH.as_str())
                .is_some_and(|wanted| standing.as_deref().is_some_and(|tag| tag != wanted));
        match (asked.method().as_str(), objects.get(&path)) {
            ("PUT" | "DELETE", _) if refused => error(412, "PreconditionFailed"),
            ("PUT", _) => {
                drop(objects.insert(path, asked.body().clone()));
                net::reply(200, Bytes::new())
            }
            ("DELETE", _) => {
                drop(objects.remove(&path));
                net::reply(204, Bytes::new())
            }
            ("GET", Some(body)) => {
                let mut reply = net::reply(200, body.clone());
                if let Ok(tag) = etag(body).parse() {
                    reply.headers_mut().insert(ETAG, tag);
                }
                reply
            }
            ("GET", None) => error(404, "NoSuchKey"),
            _ => error(405, "MethodNotAllowed"),
        }
    }
}

fn etag(body: &Bytes) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

fn error(status: u16, code: &str) -> Reply {
    net::reply(
        status,
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code></Error>"),
    )
}
