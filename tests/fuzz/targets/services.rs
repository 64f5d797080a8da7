//! The answers of the other services: rows of DynamoDB (JSON), alarms of CloudWatch (CBOR), a topic's receipt and a
//! role's credentials (XML).

use fuzz::{Grammar, Input, Limit, Recorded};
use understudy::names::Arn;
use understudy::plan::Zone;
use understudy::ports::{
    Alarms, ChangeError, ChangeRecords, Commit, Expect, Key, Message, Store, Topics, Write,
};

use crate::loopback::{Answer, Cloud};
use crate::survived;

/// A request and its answer as the SDK keeps them, whatever they say, and what the answer says.
const LIMIT: Limit = Limit { times: 256, base: 1024 * 1024 };

#[test]
fn dynamodb_answers() {
    let row =
        r#"{"pk":{"S":"controller"},"sk":{"S":"application#shop"},"version":{"N":"3"},"body":{"S":"{}"}}"#;
    let fault =
        |code: &str, more: &str| format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}",{more}}}"#);
    let reasons = format!(r#"[{{"Code":"ConditionalCheckFailed","Item":{row}}},{{"Code":"None"}}]"#);
    let recorded = Recorded::of(
        Grammar::Json,
        [
            format!(r#"{{"Items":[{row}],"Count":1,"ScannedCount":1}}"#),
            format!(r#"{{"Items":[{row}],"LastEvaluatedKey":{row}}}"#),
            "{}".to_owned(),
            fault("ConditionalCheckFailedException", &format!(r#""message":"failed","Item":{row}"#)),
            fault(
                "TransactionCanceledException",
                &format!(r#""Message":"x","CancellationReasons":{reasons}"#),
            ),
            fault("ResourceNotFoundException", r#""message":"no table""#),
        ],
    );
    let cloud = Cloud::start();
    let write = |sort: &str| Write {
        key: Key::new("controller", sort),
        body: "{}".to_owned(),
        expect: Expect::Version(2),
        expires: None,
    };
    let (one, two) = ([write("application#shop")], [write("application#shop"), write("x")]);
    bolero::check!().with_type::<(bool, Input)>().for_each(|(good, input)| {
        let body = recorded.bytes(input);
        let (status, size) = (if *good { 200 } else { 400 }, body.len());
        cloud.answer(Answer::Whole(status, body));
        // As many pages as are taken.
        let rows = LIMIT.hold(32 * size, || cloud.ask(cloud.world.query("controller", "")));
        let done =
            [&one[..], &two[..]].map(|writes| LIMIT.hold(size, || cloud.ask(cloud.world.commit(writes))));
        assert!(*good || rows.is_err(), "a refusal has no rows");
        assert!(
            !*good || done.iter().all(|done| *done != Ok(Commit::Conflict)),
            "a success is no conflict: {done:?}"
        );
    });
}

#[test]
fn cloudwatch_answers() {
    let arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-errors";
    let alarms: [Arn; 1] = [arn.parse().unwrap()];
    let recorded = Recorded::of(Grammar::Text, [cbor(arn)]);
    let cloud = Cloud::start();
    bolero::check!().with_type::<(bool, Input)>().for_each(|(good, input)| {
        let body = recorded.bytes(input);
        let (status, size) = (if *good { 200 } else { 400 }, body.len());
        cloud.answer(Answer::Whole(status, body));
        match LIMIT.hold(size, || cloud.ask(cloud.world.alarm_states(&alarms))) {
            Ok(states) => {
                assert!(*good && states.len() <= 1);
                assert!(states.values().all(|reading| reading.seen.chars().count() < 400), "{states:?}");
            }
            Err(error) => assert!(error.message.chars().count() < 1_500, "{error}"),
        }
    });
}

/// What `DescribeAlarms` answers, in CBOR (RFC 8949).
fn cbor(arn: &str) -> Vec<u8> {
    let text = |text: &str| [&[0x78, text.len() as u8], text.as_bytes()].concat();
    let fields = [("AlarmArn", arn), ("StateValue", "ALARM"), ("StateReason", "Threshold Crossed")];
    let alarm: Vec<u8> = fields.iter().flat_map(|(name, value)| [text(name), text(value)].concat()).collect();
    [&[0xa1], text("MetricAlarms").as_slice(), &[0x81, 0xa3], &alarm].concat()
}

#[test]
fn sns_answers() {
    let recorded = Recorded::of(
        Grammar::Text,
        [
            r#"<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId>
               </PublishResult></PublishResponse>"#,
            r#"<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>no topic</Message></Error></ErrorResponse>"#,
        ],
    );
    let cloud = Cloud::start();
    let topic: Arn = "arn:aws:sns:eu-west-1:123456789012:ops".parse().unwrap();
    let message = Message {
        subject: "shop: moved".to_owned(),
        text: "It moved.".to_owned(),
        json: "{}".to_owned(),
        attributes: [("severity".to_owned(), "critical".to_owned())].into(),
    };
    bolero::check!().with_type::<(bool, Input)>().for_each(|(good, input)| {
        let body = recorded.bytes(input);
        let (status, size) = (if *good { 200 } else { 403 }, body.len());
        cloud.answer(Answer::Whole(status, body));
        let published = LIMIT.hold(size, || cloud.ask(cloud.world.publish(&topic, &message)));
        assert!(*good || published.is_err(), "what was refused was not published");
    });
}

/// Who we are in another account. Whatever is said of that, a batch is sent with it or not sent.
#[test]
fn sts_answers() {
    let recorded = Recorded::of(
        Grammar::Text,
        [
            r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
               <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
               <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"#,
            r#"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"#,
        ],
    );
    let cloud = Cloud::knowing(Some(("/rrset", "")));
    let claim = survived::run().claim;
    let mut number = 0;
    bolero::check!().with_type::<(bool, Input)>().for_each(|(good, input)| {
        let body = recorded.bytes(input);
        let (status, size) = (if *good { 200 } else { 403 }, body.len());
        cloud.answer(Answer::Whole(status, body));
        // Credentials of a role are kept: each time it must be another.
        number += 1;
        let role = Some(format!("arn:aws:iam::210987654321:role/r{number}").as_str().into());
        let zone = Zone { role, ..claim.zone().clone() };
        let changed = LIMIT.hold(size, || cloud.ask(cloud.world.change(&zone, claim.batch())));
        let sent = matches!(changed, Err(ChangeError::OutcomeUnknown(_)));
        assert!(sent && *good || matches!(changed, Err(ChangeError::NotSent(_))), "{changed:?}");
    });
}
