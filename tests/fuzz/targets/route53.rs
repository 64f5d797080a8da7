//! Route 53's answers. What a batch came to must never be taken for more than was said: only who was told so may
//! believe that nothing was changed.

use bolero::TypeGenerator;
use fuzz::{Grammar, Input, Limit, Recorded};
use understudy::dns::Batch;
use understudy::names::{DnsName, ZoneId};
use understudy::plan::Zone;
use understudy::ports::{ChangeError, ChangeId, ChangeRecords, ReadRecords};

use crate::loopback::{Answer, Cloud};
use crate::survived;

/// A request and its answer as the SDK keeps them, whatever they say, and what the answer says.
const LIMIT: Limit = Limit { times: 64, base: 1024 * 1024 };

fn zone(id: &str) -> Zone {
    Zone { id: ZoneId::from(id), name: DnsName::new("example.com"), role: None }
}

fn batch() -> Batch {
    survived::run().claim.batch().clone()
}

const XMLNS: &str = "https://route53.amazonaws.com/doc/2013-04-01/";

const ZONE: &str = r#"<GetHostedZoneResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HostedZone>
    <Id>/hostedzone/Z1</Id><Name>example.com.</Name><CallerReference>1</CallerReference>
    <Config><PrivateZone>true</PrivateZone></Config></HostedZone></GetHostedZoneResponse>"#;

const EMPTY: &str = r#"<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
    <ResourceRecordSets/><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>"#;

/// Answers in Route 53's shapes (API reference, sample responses).
fn documents(batch: &Batch) -> Recorded {
    let within = |operation: &str, content: &str| {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><{operation} xmlns="{XMLNS}">{content}</{operation}>"#
        )
    };
    let change = "<ChangeInfo><Id>/change/C123</Id><Status>PENDING</Status><SubmittedAt>2026-11-22T21:45:01Z</SubmittedAt></ChangeInfo>";
    let fault = |code: &str, message: &str| {
        within(
            "ErrorResponse",
            &format!(
                "<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>1</RequestId>"
            ),
        )
    };
    let claimed = batch.create().name;
    let exists = format!(
        "[Tried to create resource record set [name='{claimed}.', type='TXT'] but it already exists]"
    );
    let invalid = format!(
        "<Messages><Message>{exists}</Message><Message>another</Message></Messages><RequestId>1</RequestId>"
    );
    let documents = [
        within("ChangeResourceRecordSetsResponse", change),
        within("GetChangeResponse", change),
        within("ListResourceRecordSetsResponse", LISTED),
        ZONE.to_owned(),
        fault("InvalidChangeBatch", &exists),
        within("InvalidChangeBatch", &invalid),
        fault("Throttling", "Rate exceeded"),
        fault("NoSuchHostedZone", "none"),
        // Entities of entities, each ten times the one before.
        r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x><Code>&b;</Code></x>"#.into(),
    ];
    Recorded::of(Grammar::Text, documents)
}

const LISTED: &str = "<ResourceRecordSets>\
    <ResourceRecordSet><Name>shop.example.com.</Name><Type>A</Type><SetIdentifier>PRIMARY</SetIdentifier>\
    <Failover>PRIMARY</Failover><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord>\
    </ResourceRecords><HealthCheckId>11111111-2222-3333-4444-555555555555</HealthCheckId></ResourceRecordSet>\
    <ResourceRecordSet><Name>shop.example.com.</Name><Type>A</Type><SetIdentifier>w</SetIdentifier><Weight>100</Weight>\
    <AliasTarget><HostedZoneId>Z35SXDOTRQ7X7K</HostedZoneId><DNSName>lb.us-east-1.elb.amazonaws.com.</DNSName>\
    <EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>\
    <ResourceRecordSet><Name>e00000042.\\137understudy.shop.example.com.</Name><Type>TXT</Type><TTL>5</TTL><ResourceRecords>\
    <ResourceRecord><Value>\"understudy v=1 epoch=42 run=r-1 from=us-east-1 to=us-west-2 at=2026-11-22T21:45:01Z plan=0\"</Value>\
    </ResourceRecord></ResourceRecords></ResourceRecordSet></ResourceRecordSets>\
    <IsTruncated>true</IsTruncated><NextRecordName>now._understudy.shop.example.com.</NextRecordName>\
    <NextRecordType>TXT</NextRecordType><MaxItems>300</MaxItems>";

/// An answer of a service.
#[derive(Clone, Debug, TypeGenerator)]
struct Said {
    // Those after which the SDK asks again are left out: it would wait up to a second.
    #[generator(bolero::one_value_of([200_u16, 201, 204, 301, 400, 403, 404, 409, 413, 422]))]
    status: u16,
    body: Input,
}

#[test]
fn route53_changes() {
    let batch = batch();
    let (recorded, cloud) = (documents(&batch), Cloud::start());
    bolero::check!().with_type::<Said>().for_each(|said| {
        let body = recorded.bytes(&said.body);
        let text = String::from_utf8_lossy(&body).into_owned();
        cloud.answer(Answer::Whole(said.status, body));
        let changed = LIMIT.hold(text.len(), || cloud.ask(cloud.world.change(&zone("Z1"), &batch)));
        let answered = 400..500;
        match changed {
            Ok(ChangeId(id)) => assert!((200..300).contains(&said.status) && text.contains(&id), "{id:?}"),
            Err(ChangeError::NotSent(why)) => panic!("it was sent: {why}"),
            Err(ChangeError::Exists(_)) => {
                assert!(
                    answered.contains(&said.status) && text.to_ascii_lowercase().contains("already exists")
                );
            }
            Err(ChangeError::Busy { code } | ChangeError::Refused { code, .. }) => {
                assert!(answered.contains(&said.status), "{code} of status {}", said.status);
            }
            Err(ChangeError::OutcomeUnknown(why)) => assert!(why.chars().count() < 1_100, "{why}"),
        }
    });
}

#[test]
fn route53_listings() {
    let (recorded, cloud) = (documents(&batch()), Cloud::knowing(Some(("/hostedzone/z1 ", ZONE))));
    let (zone, served) = (zone("Z1"), DnsName::new("shop.example.com"));
    bolero::check!().with_type::<Said>().for_each(|said| {
        let body = recorded.bytes(&said.body);
        let size = body.len();
        cloud.answer(Answer::Whole(said.status, body));
        // Ten pages at most, and all that is ours of each.
        match LIMIT.hold(10 * size, || cloud.ask(cloud.world.list(&zone, &served))) {
            Ok(listing) => assert!(listing.sets.iter().all(|set| set.name.is_within(&served)), "{listing:?}"),
            Err(error) => assert!(error.message.chars().count() < 1_500, "{error}"),
        }
    });
}

#[test]
fn route53_zones_and_progress() {
    let (recorded, cloud) = (documents(&batch()), Cloud::knowing(Some(("/rrset", EMPTY))));
    let served = DnsName::new("shop.example.com");
    let mut number = 0;
    bolero::check!().with_type::<Said>().for_each(|said| {
        let body = recorded.bytes(&said.body);
        let (size, good) = (body.len(), (200..300).contains(&said.status));
        cloud.answer(Answer::Whole(said.status, body));
        // What a zone is is asked once: each time it must be another.
        number += 1;
        let zone = zone(&format!("Z{number}"));
        let listed = LIMIT.hold(size, || cloud.ask(cloud.world.list(&zone, &served)));
        assert!(good || listed.is_err(), "nobody said what the zone is");
        let synced = LIMIT.hold(size, || cloud.ask(cloud.world.in_sync(&zone, &ChangeId("C1".to_owned()))));
        assert!(good || synced.is_err(), "nobody said how far it is");
    });
}

/// Below HTTP: whatever comes by the connection.
#[test]
fn route53_connections() {
    let cloud = Cloud::start();
    let whole = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 0\r\n\r\n";
    let chunked = "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<xml>\r\n0\r\n\r\n";
    let recorded = Recorded::of(Grammar::Text, [whole, chunked]);
    let batch = batch();
    bolero::check!().with_type::<Input>().for_each(|input| {
        let bytes = recorded.bytes(input);
        let size = bytes.len();
        cloud.answer(Answer::Raw(bytes));
        let changed = LIMIT.hold(size, || cloud.ask(cloud.world.change(&zone("Z1"), &batch)));
        assert!(matches!(changed, Err(ChangeError::OutcomeUnknown(_))), "nobody said anything: {changed:?}");
    });
}
