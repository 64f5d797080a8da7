//! Route 53's protocol against canned answers.

use crate::aws::tests::world;
use crate::aws::{AwsWorld, settings};
use crate::dns::{Batch, EpochRecord, Listing, MoveKind, Shares, Sweep};
use crate::names::{DnsName, Epoch, ZoneId};
use crate::plan::Zone;
use crate::ports::{ChangeError, ChangeId, ChangeRecords, ReadRecords};

fn zone() -> Zone {
    Zone { id: ZoneId::from("Z1"), name: DnsName::new("example.com"), role: None }
}

fn claim(epoch: u64) -> EpochRecord {
    EpochRecord {
        epoch: Epoch(epoch),
        run: "r-1".into(),
        from: "us-east-1".into(),
        to: "us-west-2".into(),
        kind: MoveKind::Evacuate,
        out: Shares::new(),
        at: "2026-11-22T21:45:01Z".parse().unwrap(),
        plan: "0123456789ab".into(),
    }
}

fn batch() -> Batch {
    Batch::new(DnsName::new("shop.example.com"), claim(42), Vec::new())
}

fn set(name: &str) -> String {
    format!(
        "<ResourceRecordSet><Name>{name}</Name><Type>A</Type><TTL>60</TTL><ResourceRecords>\
         <ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"
    )
}

/// A page of record sets, with the name at which the next one begins.
fn page(names: &[&str], next: Option<&str>) -> String {
    let sets: String = names.iter().map(|name| set(name)).collect();
    let next = next.map_or_else(
        || "<IsTruncated>false</IsTruncated>".to_owned(),
        |name| {
            format!(
                "<IsTruncated>true</IsTruncated><NextRecordName>{name}</NextRecordName>\
                 <NextRecordType>A</NextRecordType>"
            )
        },
    );
    format!(
        "<ListResourceRecordSetsResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
         <ResourceRecordSets>{sets}</ResourceRecordSets>{next}<MaxItems>300</MaxItems></ListResourceRecordSetsResponse>"
    )
}

const ZONE_REPLY: &str = "<GetHostedZoneResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
    <HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name><CallerReference>1</CallerReference>\
    <Config><PrivateZone>true</PrivateZone></Config></HostedZone></GetHostedZoneResponse>";

#[tokio::test]
async fn a_listing_skips_what_lies_between_and_stops_after_the_subtree() {
    let (world, requests) = world(|request| {
        let line = request.lines().next().unwrap();
        let body = if !line.contains("/rrset") {
            ZONE_REPLY.to_owned()
        } else if line.contains("name=_understudy.shop") {
            page(&["e00000042._understudy.shop.example.com."], Some("now._understudy.shop.example.com."))
        } else if line.contains("name=now._understudy") {
            page(&["now._understudy.shop.example.com.", "a.shop.example.com."], Some("b.shop.example.com."))
        } else {
            page(&["shop.example.com.", "0.shop.example.com."], Some("1.shop.example.com."))
        };
        Some((200, body.into_bytes()))
    })
    .await;
    let served = DnsName::new("shop.example.com");
    let listing = world.list(&zone(), &served).await.unwrap();
    assert!(listing.private_zone);
    let names: Vec<&str> = listing.sets.iter().map(|set| set.name.as_str()).collect();
    assert_eq!(
        names,
        ["shop.example.com", "e00000042._understudy.shop.example.com", "now._understudy.shop.example.com"]
    );
    assert_eq!(requests.lock().unwrap().len(), 4);
    world.list(&zone(), &served).await.unwrap();
    assert_eq!(requests.lock().unwrap().len(), 7, "what a zone is does not change and is asked once");
}

#[tokio::test]
async fn a_page_tells_of_all_whose_names_it_shows_whole() {
    let names = [
        "a.example.com.",
        "now._understudy.a.example.com.",
        "b.example.com.",
        "c.example.com.",
        "e00000001._understudy.c.example.com.",
    ];
    let (world, requests) = world(move |request| {
        let list = request.lines().next().unwrap().contains("/rrset");
        let next = Some("now._understudy.c.example.com.");
        Some((200, if list { page(&names, next) } else { ZONE_REPLY.to_owned() }.into_bytes()))
    })
    .await;
    let [before, a, b, c] = ["0", "a", "b", "c"].map(|label| DnsName::new(&format!("{label}.example.com")));
    let (listing, along) = world.list_along(&zone(), &a, &[&before, &b, &c]).await.unwrap();
    assert_eq!(listing.sets.len(), 2);
    // `b` may have been moved: that nothing stands below it is told, too. The page ends within `c`.
    assert_eq!(along.keys().collect::<Vec<_>>(), [&b]);
    assert_eq!((along[&b].sets.len(), along[&b].private_zone), (1, true));
    assert_eq!(requests.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_listing_without_end_is_an_error() {
    let (world, requests) = world(|request| {
        let list = request.lines().next().unwrap().contains("/rrset");
        let body =
            if list { page(&[], Some("now._understudy.shop.example.com.")) } else { ZONE_REPLY.to_owned() };
        Some((200, body.into_bytes()))
    })
    .await;
    let error = world.list(&zone(), &DnsName::new("shop.example.com")).await.unwrap_err();
    assert_eq!(error.message, "more than 10 pages of record sets");
    assert_eq!(requests.lock().unwrap().len(), 11);
}

#[tokio::test]
async fn an_accepted_change_has_an_id() {
    let body = "<ChangeResourceRecordSetsResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeInfo>\
        <Id>/change/C123</Id><Status>PENDING</Status><SubmittedAt>2026-11-22T21:45:01Z</SubmittedAt>\
        </ChangeInfo></ChangeResourceRecordSetsResponse>";
    let (world, requests) = world(move |_| Some((200, body.into()))).await;
    assert_eq!(world.change(&zone(), &batch()).await, Ok(ChangeId("C123".to_owned())));
    let request = requests.lock().unwrap().concat();
    assert!(request.contains("<Action>CREATE</Action>"), "{request}");
    assert!(request.contains("e00000042._understudy.shop.example.com"), "{request}");
    assert!(request.contains("/route53/aws4_request"), "{request}");
}

fn sweep() -> Sweep {
    let served = DnsName::new("shop.example.com");
    let sets = [1, 2, 99].map(|epoch| claim(epoch).claim_set(&served));
    let listing = Listing { private_zone: false, sets: sets.into() };
    Sweep::of(&listing, &served, "2026-12-22T21:45:01Z".parse().unwrap()).unwrap()
}

#[tokio::test]
async fn a_sweep_deletes_what_it_names_as_it_stands_and_is_sent_once() {
    let (world, requests) = world(|_| Some((503, fault("ServiceUnavailable", "later").into_bytes()))).await;
    let error = world.sweep(&zone(), &sweep()).await.unwrap_err();
    assert!(matches!(error, ChangeError::OutcomeUnknown(_)), "{error:?}");
    let requests = requests.lock().unwrap();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert!(request.contains("<Comment>understudy sweep</Comment>"), "{request}");
    assert_eq!(request.matches("<Action>").count(), 2);
    assert_eq!(request.matches("<Action>DELETE</Action>").count(), 2);
    for part in
        ["e00000001._understudy", "e00000002._understudy", "<TTL>5</TTL>", "understudy v=1 epoch=1 run=r-1"]
    {
        assert!(request.contains(part), "{part} {request}");
    }
}

#[tokio::test]
async fn a_refusal_by_iam_says_that_another_accounts_zone_needs_a_role() {
    let (world, _) = world(|_| Some((403, fault("AccessDenied", "not authorized").into_bytes()))).await;
    let listed = world.list(&zone(), &DnsName::new("shop.example.com")).await.unwrap_err().to_string();
    let changed = world.change(&zone(), &batch()).await.unwrap_err().to_string();
    let swept = world.sweep(&zone(), &sweep()).await.unwrap_err().to_string();
    for text in [listed, changed, swept] {
        assert!(text.contains("not authorized") && text.contains("`zone.role` in the plan"), "{text}");
    }
}

#[tokio::test]
async fn a_change_is_in_sync_when_route53_says_so() {
    for (status, expected) in [("PENDING", false), ("INSYNC", true)] {
        let body = format!(
            "<GetChangeResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeInfo>\
             <Id>/change/C123</Id><Status>{status}</Status><SubmittedAt>2026-11-22T21:45:01Z</SubmittedAt>\
             </ChangeInfo></GetChangeResponse>"
        );
        let (world, _) = world(move |_| Some((200, body.clone().into_bytes()))).await;
        assert_eq!(world.in_sync(&zone(), &ChangeId("C123".to_owned())).await, Ok(expected));
    }
}

/// The outcome of a change that is answered so, and how often it was sent.
async fn changed(status: u16, body: &str) -> (ChangeError, usize) {
    let body = body.to_owned();
    let (world, requests) = world(move |_| Some((status, body.clone().into_bytes()))).await;
    let error = world.change(&zone(), &batch()).await.unwrap_err();
    let sent = requests.lock().unwrap().len();
    (error, sent)
}

fn fault(code: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    )
}

const EXISTS: &str = "Tried to create resource record set [name='e00000042._understudy.shop.example.com.', \
                      type='TXT'] but it already exists";

#[tokio::test]
async fn an_existing_claim_is_recognised() {
    let (error, sent) = changed(400, &fault("InvalidChangeBatch", &format!("[{EXISTS}]"))).await;
    assert!(matches!(error, ChangeError::Exists(_)), "{error:?}");
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn a_refusal_that_cannot_be_read_leaves_the_outcome_unknown() {
    for body in ["<html>Forbidden</html>", "Forbidden", ""] {
        let (error, _) = changed(403, body).await;
        assert!(matches!(error, ChangeError::OutcomeUnknown(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_change_is_sent_once_whatever_the_answer() {
    let (error, sent) = changed(400, &fault("Throttling", "Rate exceeded")).await;
    assert_eq!((error, sent), (ChangeError::Busy { code: "Throttling".to_owned() }, 1));
    let (error, sent) = changed(400, &fault("PriorRequestNotComplete", "wait")).await;
    assert_eq!((error, sent), (ChangeError::Busy { code: "PriorRequestNotComplete".to_owned() }, 1));
    let (error, sent) = changed(503, &fault("ServiceUnavailable", "later")).await;
    assert!(matches!(error, ChangeError::OutcomeUnknown(_)), "{error:?}");
    assert_eq!(sent, 1);
    let (error, sent) = changed(404, &fault("NoSuchHostedZone", "none")).await;
    assert!(matches!(&error, ChangeError::Refused { code, .. } if code == "NoSuchHostedZone"), "{error:?}");
    assert_eq!(sent, 1);
    let (error, _) = changed(200, "not XML").await;
    assert!(matches!(error, ChangeError::OutcomeUnknown(_)), "{error:?}");
}

#[tokio::test]
async fn a_connection_that_dies_leaves_the_outcome_unknown() {
    let (world, requests) = world(|_| None).await;
    let error = world.change(&zone(), &batch()).await.unwrap_err();
    assert!(matches!(error, ChangeError::OutcomeUnknown(_)), "{error:?}");
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    // One that takes connections, and never says a word of TLS.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = mute.local_addr().map(|address| (format!("https://{address}"), mute)).unwrap();
    for endpoint in [format!("http://127.0.0.1:{port}"), "http://route53.invalid".to_owned(), mute.0] {
        let settings = settings::tests::settings(&[("AWS_ENDPOINT_URL", &endpoint)]).unwrap();
        let error = AwsWorld::new(settings).change(&zone(), &batch()).await.unwrap_err();
        assert!(matches!(error, ChangeError::NotSent(_)), "{error:?}");
    }
}
