//! DynamoDB, with what the emulation lacks and the functions rely on:
//!
//! - a condition and its write are one step: here, because a region's calls are served one after another;
//! - `ReturnValuesOnConditionCheckFailure`: the row that stood in the way is returned;
//! - `ClientRequestToken`: a repeated transaction succeeds without being done twice;
//! - a table may be named by its ARN (API reference, `TableName`), in its own region only.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use winterbaume_core::{MockRequest, MockResponse, MockService};
use winterbaume_dynamodb::DynamoDbService;

use crate::world::ACCOUNT;

/// The tables of one region.
#[derive(Default)]
pub(super) struct Tables {
    service: DynamoDbService,
    /// Transactions by token. They are remembered for ten minutes in the service; longer than any lab lives.
    done: Mutex<BTreeMap<String, Value>>,
}

impl Tables {
    pub async fn handle(&self, region: &str, operation: &str, mut request: MockRequest) -> MockResponse {
        request.body = by_name(region, &request.body);
        let mut done = self.done.lock().await;
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let uri = request.uri.clone();
        match operation {
            "PutItem" => {
                let response = self.service.handle(request).await;
                self.with_standing_item(response, &asked, &uri).await
            }
            "TransactWriteItems" => match repeated(&done, &asked) {
                Some(response) => response,
                None => {
                    let response = self.service.handle(request).await;
                    let response = self.with_standing_items(response, &asked, &uri).await;
                    if let (true, Some(token)) =
                        (response.status == 200, asked["ClientRequestToken"].as_str())
                    {
                        done.insert(token.to_owned(), asked["TransactItems"].clone());
                    }
                    response
                }
            },
            _ => self.service.handle(request).await,
        }
    }

    /// One call by the lab itself.
    pub async fn call(&self, region: &str, operation: &str, body: &Value) -> MockResponse {
        let uri = format!("https://dynamodb.{region}.amazonaws.com/");
        self.handle(region, operation, request(&uri, operation, body)).await
    }

    async fn with_standing_item(&self, response: MockResponse, asked: &Value, uri: &str) -> MockResponse {
        let mut told: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let failed = told["__type"].as_str().is_some_and(|kind| kind.contains("ConditionalCheckFailed"));
        if failed && wants_standing(asked) {
            let standing = self.standing(asked, uri).await;
            set(&mut told, "Item", standing);
            return MockResponse { body: told.to_string().into(), ..response };
        }
        response
    }

    async fn with_standing_items(&self, response: MockResponse, asked: &Value, uri: &str) -> MockResponse {
        let mut told: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let Some(reasons) = told["CancellationReasons"].as_array_mut() else { return response };
        for (reason, item) in reasons.iter_mut().zip(asked["TransactItems"].as_array().into_iter().flatten())
        {
            let put = &item["Put"];
            if reason["Code"] == "ConditionalCheckFailed" && wants_standing(put) {
                let standing = self.standing(put, uri).await;
                set(reason, "Item", standing);
            }
        }
        MockResponse { body: told.to_string().into(), ..response }
    }

    /// The row at the key of the item that was to be put.
    async fn standing(&self, put: &Value, uri: &str) -> Option<Value> {
        let item = &put["Item"];
        let key = json!({ "pk": item["pk"], "sk": item["sk"] });
        let body = json!({ "TableName": put["TableName"], "Key": key, "ConsistentRead": true });
        let response = self.service.handle(request(uri, "GetItem", &body)).await;
        let told: Value = serde_json::from_slice(&response.body).ok()?;
        told.get("Item").cloned()
    }
}

/// The request with tables of this region named by their names.
fn by_name(region: &str, body: &Bytes) -> Bytes {
    let text = String::from_utf8_lossy(body);
    Bytes::from(text.replace(&format!("\"arn:aws:dynamodb:{region}:{ACCOUNT}:table/"), "\""))
}

fn wants_standing(put: &Value) -> bool {
    put["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
}

fn set(object: &mut Value, name: &str, value: Option<Value>) {
    if let (Some(members), Some(value)) = (object.as_object_mut(), value) {
        members.insert(name.to_owned(), value);
    }
}

/// The answer to a transaction whose token was seen (API reference, `TransactWriteItems`, "Idempotency").
fn repeated(done: &BTreeMap<String, Value>, asked: &Value) -> Option<MockResponse> {
    let before = done.get(asked["ClientRequestToken"].as_str()?)?;
    if before == &asked["TransactItems"] {
        return Some(MockResponse::json(200, "{}"));
    }
    let error = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
        "Message": "the token was used for another transaction",
    });
    Some(MockResponse::json(400, error.to_string()))
}

fn request(uri: &str, operation: &str, body: &Value) -> MockRequest {
    let mut headers = HeaderMap::new();
    if let Ok(target) = format!("DynamoDB_20120810.{operation}").parse() {
        headers.insert("x-amz-target", target);
    }
    MockRequest {
        method: "POST".to_owned(),
        uri: uri.to_owned(),
        headers,
        body: Bytes::from(body.to_string()),
    }
}
