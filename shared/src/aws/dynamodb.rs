//! This region's table: `pk` and `sk` (text), `version` (number), `body` (text), and `expires`
//! (number, epoch seconds: the table's TTL attribute) where a row may be removed some day.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use sha2::{Digest, Sha256};

use super::sdk_error::port_error;
use crate::ports::{Commit, Expect, Key, PortError, Row, Write};

const QUERY: &str = "DynamoDB Query";
const PUT: &str = "DynamoDB PutItem";

/// Pages of up to 1 MB (API reference, `Query`) that one question may take: more than the rows of a
/// thousand applications, and less than a function's memory.
const PAGES: usize = 32;

/// Between attempts at a transaction that met another one.
const CONFLICT_PAUSES: [Duration; 3] =
    [Duration::from_millis(20), Duration::from_millis(60), Duration::from_millis(180)];

const TRANSACT: &str = "DynamoDB TransactWriteItems";

type Item = HashMap<String, AttributeValue>;

/// The rows of a partition whose sort key begins with `prefix`.
pub(super) async fn query(
    client: &aws_sdk_dynamodb::Client,
    table: &str,
    partition: &str,
    prefix: &str,
) -> Result<Vec<Row>, PortError> {
    let mut rows = Vec::new();
    let mut start: Option<Item> = None;
    for _ in 0..PAGES {
        let mut request = client
            .query()
            .table_name(table)
            .consistent_read(true)
            .expression_attribute_values(":pk", text(partition))
            .set_exclusive_start_key(start);
        // `begins_with` refuses an empty prefix.
        request = if prefix.is_empty() {
            request.key_condition_expression("pk = :pk")
        } else {
            request
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .expression_attribute_values(":sk", text(prefix))
        };
        let page = request.send().await.map_err(|error| port_error(QUERY, &error))?;
        for item in page.items() {
            rows.push(row(item).ok_or_else(|| unreadable(item))?);
        }
        match page.last_evaluated_key {
            Some(last) if !last.is_empty() => start = Some(last),
            _ => return Ok(rows),
        }
    }
    Err(PortError::new(QUERY, format!("more than {PAGES} pages of rows")))
}

/// Writes all rows or none.
pub(super) async fn commit(
    client: &aws_sdk_dynamodb::Client,
    table: &str,
    writes: &[Write],
) -> Result<Commit, PortError> {
    match writes {
        [] => Ok(Commit::Done),
        [write] => put(client, table, write).await,
        _ => transact(client, table, writes).await,
    }
}

async fn put(client: &aws_sdk_dynamodb::Client, table: &str, write: &Write) -> Result<Commit, PortError> {
    let mut request = client
        .put_item()
        .table_name(table)
        .set_item(Some(item(write)))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    if let Some(condition) = Condition::of(write.expect) {
        request = request
            .condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values);
    }
    match request.send().await {
        Ok(_) => Ok(Commit::Done),
        Err(error) => match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                Ok(if is_ours(write, failed.item()) { Commit::Done } else { Commit::Conflict })
            }
            _ => Err(port_error(PUT, &error)),
        },
    }
}

async fn transact(
    client: &aws_sdk_dynamodb::Client,
    table: &str,
    writes: &[Write],
) -> Result<Commit, PortError> {
    for pause in CONFLICT_PAUSES {
        match transact_once(client, table, writes).await {
            Err(error) if canceled(&error).is_some_and(meets_another) => tokio::time::sleep(pause).await,
            sent => return transacted(writes, sent),
        }
    }
    transacted(writes, transact_once(client, table, writes).await)
}

fn transacted(
    writes: &[Write],
    sent: Result<(), SdkError<TransactWriteItemsError>>,
) -> Result<Commit, PortError> {
    match sent {
        Ok(()) => Ok(Commit::Done),
        Err(error) => match canceled(&error).and_then(|reasons| verdict(writes, reasons)) {
            Some(commit) => Ok(commit),
            None => Err(port_error(TRANSACT, &error)),
        },
    }
}

/// Whether the transaction met another one in flight: the one cause that is over in no time, and
/// that the SDK does not repeat (API reference, `TransactionCanceledException`).
fn meets_another(reasons: &[CancellationReason]) -> bool {
    reasons.iter().any(|reason| reason.code.as_deref() == Some("TransactionConflict"))
}

async fn transact_once(
    client: &aws_sdk_dynamodb::Client,
    table: &str,
    writes: &[Write],
) -> Result<(), SdkError<TransactWriteItemsError>> {
    let puts: Result<Vec<_>, _> = writes.iter().map(|write| transact_put(table, write)).collect();
    let puts = puts.map_err(SdkError::construction_failure)?;
    let request =
        client.transact_write_items().set_transact_items(Some(puts)).set_client_request_token(token(writes));
    request.send().await.map(|_| ())
}

fn transact_put(
    table: &str,
    write: &Write,
) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError> {
    let mut put = Put::builder()
        .table_name(table)
        .set_item(Some(item(write)))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    if let Some(condition) = Condition::of(write.expect) {
        put = put
            .condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values);
    }
    Ok(TransactWriteItem::builder().put(put.build()?).build())
}

fn canceled(error: &SdkError<TransactWriteItemsError>) -> Option<&[CancellationReason]> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(canceled) => {
            Some(canceled.cancellation_reasons())
        }
        _ => None,
    }
}

/// What a cancelled transaction means: `None` where it failed for another reason than its
/// conditions (a conflict with a transaction in flight, throttling), so that it may be repeated.
///
/// It is our own earlier attempt when every condition failed and each failed on exactly our row:
/// a transaction is whole, so that one that stands in part is not ours.
fn verdict(writes: &[Write], reasons: &[CancellationReason]) -> Option<Commit> {
    let failed = |reason: &CancellationReason| reason.code.as_deref() == Some("ConditionalCheckFailed");
    let other = |reason: &CancellationReason| {
        !matches!(reason.code.as_deref(), None | Some("None")) && !failed(reason)
    };
    if reasons.len() != writes.len() || !reasons.iter().any(failed) || reasons.iter().any(other) {
        return None;
    }
    let ours = writes.iter().zip(reasons).all(|(write, reason)| match write.expect {
        Expect::Anything => true,
        Expect::Absent | Expect::Version(_) => failed(reason) && is_ours(write, reason.item.as_ref()),
    });
    Some(if ours { Commit::Done } else { Commit::Conflict })
}

/// Whether a row that stands where a write was refused is that very write, made by an earlier
/// attempt whose answer was lost.
fn is_ours(write: &Write, standing: Option<&Item>) -> bool {
    standing.and_then(row).is_some_and(|row| {
        row.key == write.key && row.version == write.expect.next_version() && row.body == write.body
    })
}

/// The token under which DynamoDB takes a repeated transaction for the same one, for 10 minutes
/// (API reference, `ClientRequestToken`, at most 36 characters): made from the content.
///
/// A transaction without any condition gets none of ours: writing a first body, a second and the
/// first again is three writes, and the third must not be taken for a repetition.
fn token(writes: &[Write]) -> Option<String> {
    if writes.iter().all(|write| write.expect == Expect::Anything) {
        return None;
    }
    let mut hash = Sha256::new();
    for write in writes {
        let expect = format!("{:?} {:?}", write.expect, write.expires);
        for part in [&write.key.partition, &write.key.sort, &write.body, &expect] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
    }
    Some(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// A condition as DynamoDB takes it.
struct Condition {
    expression: &'static str,
    names: Option<HashMap<String, String>>,
    values: Option<Item>,
}

impl Condition {
    fn of(expect: Expect) -> Option<Self> {
        match expect {
            Expect::Anything => None,
            Expect::Absent => {
                Some(Self { expression: "attribute_not_exists(pk)", names: None, values: None })
            }
            Expect::Version(version) => Some(Self {
                expression: "#version = :version",
                names: Some([("#version".to_owned(), "version".to_owned())].into()),
                values: Some([(":version".to_owned(), number(version))].into()),
            }),
        }
    }
}

fn item(write: &Write) -> Item {
    let mut item = Item::from([
        ("pk".to_owned(), text(&write.key.partition)),
        ("sk".to_owned(), text(&write.key.sort)),
        ("version".to_owned(), number(write.expect.next_version())),
        ("body".to_owned(), text(&write.body)),
    ]);
    if let Some(expires) = write.expires {
        item.insert("expires".to_owned(), number(expires.as_second()));
    }
    item
}

fn row(item: &Item) -> Option<Row> {
    let text = |name: &str| item.get(name)?.as_s().ok().cloned();
    Some(Row {
        key: Key { partition: text("pk")?, sort: text("sk")? },
        version: item.get("version")?.as_n().ok()?.parse().ok()?,
        body: text("body")?,
    })
}

/// A row of another shape is a foreign hand in the table: better said than skipped.
fn unreadable(item: &Item) -> PortError {
    PortError::new(QUERY, format!("a row has no version or body: {:?} {:?}", item.get("pk"), item.get("sk")))
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

#[cfg(test)]
mod tests;
