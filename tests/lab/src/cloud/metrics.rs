//! Metrics that are written, as far as overrides need it: the newest value of each, and until when it says something.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::Timestamp;
use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};
use serde_json::{Map, Value, json};
use understudy::time::after;

use super::lock;

/// A metric's period: it covers the minute of its last datum.
const PERIOD: std::time::Duration = std::time::Duration::from_secs(60);

/// The metrics of one region, by their dimensions' values.
#[derive(Debug, Default)]
pub(super) struct Metrics(Mutex<BTreeMap<Vec<String>, Written>>);

/// What was written last.
#[derive(Clone, Copy, Debug)]
struct Written {
    value: f64,
    until: Timestamp,
}

impl Metrics {
    /// Takes what a `PutMetricData` in CBOR writes (RFC 8949; Smithy RPC v2 CBOR).
    pub(super) fn take(&self, body: &[u8]) {
        let Ok(request) = value(&mut Decoder::new(body)) else { return };
        for datum in request["MetricData"].as_array().into_iter().flatten() {
            let dimensions = datum["Dimensions"].as_array().into_iter().flatten();
            let key: Vec<String> =
                dimensions.filter_map(|one| one["Value"].as_str()).map(str::to_owned).collect();
            let at = datum["Timestamp"].as_f64().and_then(|at| Timestamp::from_second(at as i64).ok());
            if let (Some(value), Some(at)) = (datum["Value"].as_f64(), at) {
                lock(&self.0).insert(key, Written { value, until: after(at, PERIOD) });
            }
        }
    }

    /// The values that say something now; none where there are no data any more.
    pub(super) fn read(&self, now: Timestamp) -> BTreeMap<Vec<String>, Option<f64>> {
        let metrics = lock(&self.0);
        let told = |written: &Written| (now < written.until).then_some(written.value);
        metrics.iter().map(|(key, written)| (key.clone(), told(written))).collect()
    }
}

/// One data item, tags left out.
fn value(from: &mut Decoder<'_>) -> Result<Value, Error> {
    Ok(match from.datatype()? {
        Type::Map | Type::MapIndef => {
            let length = from.map()?;
            let mut map = Map::new();
            while !is_over(from, length, map.len())? {
                let key = from.str()?.to_owned();
                map.insert(key, value(from)?);
            }
            Value::Object(map)
        }
        Type::Array | Type::ArrayIndef => {
            let length = from.array()?;
            let mut items = Vec::new();
            while !is_over(from, length, items.len())? {
                items.push(value(from)?);
            }
            Value::Array(items)
        }
        Type::String => from.str()?.into(),
        Type::F16 | Type::F32 | Type::F64 => json!(from.f64()?),
        Type::Tag => {
            from.tag()?;
            value(from)?
        }
        Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64 => {
            json!(from.i64()?)
        }
        _ => {
            from.skip()?;
            Value::Null
        }
    })
}

/// Whether a map or a list has ended: after its length, or at the break that ends one without.
fn is_over(from: &mut Decoder<'_>, length: Option<u64>, read: usize) -> Result<bool, Error> {
    match length {
        Some(length) => Ok(read as u64 >= length),
        None if from.datatype()? == Type::Break => from.skip().map(|()| true),
        None => Ok(false),
    }
}
