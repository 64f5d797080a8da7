//! The look at each call, and what it can do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_route53::error::ProvideErrorMetadata;
use aws_sdk_route53::types::ChangeAction;

use twin::model::{ApiError, ErrorCode, Operation, Twin};
use twin::wire::{Hook, HookAction, Phase, ServerConfig};

use crate::world::{World, a, client, config};

async fn world(hook: Hook) -> World {
    World::serve(ServerConfig::new(Twin::new(config())).hook(hook)).await
}

#[tokio::test]
async fn calls_are_counted_by_operation_and_by_the_caller_s_region_and_key() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = seen.clone();
    let world = world(Arc::new(move |call| {
        if let Phase::After { status, error } = call.phase {
            let operation = call.operation.map_or("?", Operation::as_str);
            let caller = (
                call.caller.region.as_deref().unwrap_or("-"),
                call.caller.access_key.as_deref().unwrap_or("-"),
            );
            log.lock().unwrap().push(format!("{operation} {} {} {status} {error:?}", caller.0, caller.1));
        }
        HookAction::Continue
    }))
    .await;
    let _refused = client(world.http, "us-west-2").get_change().id("C0").send().await;
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "CreateHostedZone us-east-1 AKIDTEST 201 None",
            "GetChange us-west-2 AKIDTEST 404 Some(NoSuchChange)",
        ]
    );
    world.running.shutdown().await;
}

#[tokio::test]
async fn a_call_can_be_refused_or_dropped_before_or_after_its_effect() {
    let action: Arc<Mutex<Option<(bool, HookAction)>>> = Arc::default();
    let ordered = action.clone();
    let world = world(Arc::new(move |call| match ordered.lock().unwrap().clone() {
        Some((before, action)) if before == (call.phase == Phase::Before) => action,
        _ => HookAction::Continue,
    }))
    .await;
    let create = async |name: &str, order: Option<(bool, HookAction)>| {
        *action.lock().unwrap() = order;
        let done = world.change([(ChangeAction::Create, a(name, "192.0.2.1"))]).await;
        *action.lock().unwrap() = None;
        done
    };
    let refusal = HookAction::Fail(ApiError::new(ErrorCode::ServiceUnavailable, "the lab says so"));
    let error = create("a.example.com", Some((true, refusal.clone()))).await.unwrap_err();
    assert_eq!((error.code(), error.message()), (Some("ServiceUnavailable"), Some("the lab says so")));
    create("a.example.com", None).await.expect("nothing was done before");

    assert!(create("b.example.com", Some((false, HookAction::Drop))).await.is_err());
    let error = create("b.example.com", None).await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidChangeBatch"), "it was done, and the answer was lost");

    assert!(create("c.example.com", Some((true, HookAction::Drop))).await.is_err());
    create("c.example.com", None).await.expect("nothing was done before");

    let before = world.running.clock().now();
    create("d.example.com", Some((true, HookAction::Delay(Duration::from_millis(120))))).await.unwrap();
    assert!(world.running.clock().now() - before >= Duration::from_millis(120));
    world.running.shutdown().await;
}

#[tokio::test]
async fn after_shutdown_nothing_listens_and_hanging_calls_end() {
    use twin::model::{Fault, Scope, Span};
    let world = World::start(config()).await;
    world.running.twin().faults_mut().inject(Fault::Hang, Scope::All, Span::NextCalls(1));
    let hanging = tokio::spawn({
        let client = world.client.clone();
        async move { client.list_hosted_zones().send().await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    tokio::time::timeout(Duration::from_secs(2), world.running.shutdown()).await.expect("a prompt end");
    assert!(hanging.await.unwrap().is_err());
    assert!(tokio::net::TcpStream::connect(world.http).await.is_err());
    assert!(tokio::net::TcpStream::connect(world.dns[0]).await.is_err());
}
