//! The controllers' tables, as the lab reads and writes them: by no signed call, and also while their region
//! is lost.

use serde_json::{Value, json};
use winterbaume_core::MockResponse;

use super::Services;

/// The table's name in each region.
pub const TABLE: &str = "understudy";

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// The sort key.
    pub sort: String,
    /// JSON text of one of the product's types.
    pub body: String,
}

impl Services {
    /// Creates a region's table.
    ///
    /// # Errors
    /// The emulation's answer, where it refuses.
    pub async fn create_table(&self, region: &str) -> Result<(), String> {
        let body = json!({
            "TableName": TABLE,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                { "AttributeName": "pk", "AttributeType": "S" },
                { "AttributeName": "sk", "AttributeType": "S" },
            ],
            "KeySchema": [
                { "AttributeName": "pk", "KeyType": "HASH" },
                { "AttributeName": "sk", "KeyType": "RANGE" },
            ],
        });
        succeeded(&self.of(region).dynamodb.call(region, "CreateTable", &body).await).map(drop)
    }

    /// The rows of a partition, in order of their sort key.
    ///
    /// # Errors
    /// The emulation's answer, where it refuses.
    pub async fn rows(&self, region: &str, partition: &str) -> Result<Vec<TableRow>, String> {
        let body = json!({
            "TableName": TABLE,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": partition } },
            "ConsistentRead": true,
        });
        let told = succeeded(&self.of(region).dynamodb.call(region, "Query", &body).await)?;
        let text = |item: &Value, name: &str| item[name]["S"].as_str().map(str::to_owned);
        let row = |item: &Value| Some(TableRow { sort: text(item, "sk")?, body: text(item, "body")? });
        Ok(told["Items"].as_array().into_iter().flatten().filter_map(row).collect())
    }

    /// Writes a row as a person's command does.
    ///
    /// # Errors
    /// The emulation's answer, where it refuses.
    pub async fn put_row(&self, region: &str, partition: &str, row: &TableRow) -> Result<(), String> {
        let item = json!({
            "pk": { "S": partition },
            "sk": { "S": row.sort },
            "version": { "N": "1" },
            "body": { "S": row.body },
        });
        let body = json!({ "TableName": TABLE, "Item": item });
        succeeded(&self.of(region).dynamodb.call(region, "PutItem", &body).await).map(drop)
    }
}

fn succeeded(response: &MockResponse) -> Result<Value, String> {
    if response.status == 200 {
        return serde_json::from_slice(&response.body).map_err(|error| error.to_string());
    }
    Err(String::from_utf8_lossy(&response.body).into_owned())
}
