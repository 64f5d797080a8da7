//! One call, from its arrival to its answer.

use bytes::Bytes;
use http_body_util::Full;

use super::{
    Call, Caller, Cloud, Moment, Outcome, Publication, Scope, Target, Trouble, is_assumed, lambda, lock,
    operation, s3, sts,
};
use crate::clock;
use crate::net::{self, Asked, Reply};

/// What is known of a call.
struct Arrived {
    scope: Scope,
    caller: Option<Caller>,
    operation: String,
    number: usize,
}

impl Cloud {
    /// Answers a call; `None` closes the connection.
    pub(super) async fn answer(&self, asked: Asked) -> Option<Reply> {
        let Some(scope) = Scope::of(asked.headers()) else {
            if let Some(region) = s3::region_of(&asked) {
                return self.read_by_anybody(&region, asked).await;
            }
            return Some(net::reply(403, "the request has no signature whose scope could be read"));
        };
        let operation = operation(&scope.service, &asked);
        let caller = scope.caller();
        let number = self.calls.begin(Call {
            at: clock::now(),
            caller: caller.clone(),
            service: scope.service.clone(),
            region: scope.region.clone(),
            operation: operation.clone(),
            outcome: Outcome::Open,
        });
        let arrived = Arrived { scope, caller, operation, number };
        let reply = self.befallen(&arrived, asked).await;
        let outcome = match &reply {
            Some(reply) => Outcome::Answered(reply.status().as_u16()),
            None => Outcome::Closed,
        };
        // A kill has been written down as such already.
        if !matches!(self.calls.outcome(arrived.number), Some(Outcome::Killed)) {
            self.calls.end(arrived.number, outcome);
        }
        reply
    }

    /// Who signs nothing may read objects: Route 53's checkers do.
    async fn read_by_anybody(&self, region: &str, asked: Asked) -> Option<Reply> {
        let trouble = self.faults().befall(Target { service: "s3", region, from: None }, clock::now());
        match trouble {
            Some(Trouble::Hang) => std::future::pending().await,
            Some(Trouble::Reset) => None,
            Some(Trouble::Unavailable | Trouble::AfterEffect) => Some(net::reply(503, "SlowDown")),
            Some(Trouble::Slow(_)) | None if asked.method() != http::Method::GET => {
                Some(net::reply(403, "AccessDenied"))
            }
            Some(Trouble::Slow(by)) => {
                tokio::time::sleep(by).await;
                Some(self.services.of(region).s3.answer(&asked))
            }
            None => Some(self.services.of(region).s3.answer(&asked)),
        }
    }

    /// The call with the faults that were ordered.
    async fn befallen(&self, arrived: &Arrived, asked: Asked) -> Option<Reply> {
        let target = Target {
            service: &arrived.scope.service,
            region: &arrived.scope.region,
            from: arrived.caller.as_ref().map(|caller| caller.region.as_str()),
        };
        let trouble = self.faults().befall(target, clock::now());
        match trouble {
            // Ends with the caller's connection.
            Some(Trouble::Hang) => std::future::pending().await,
            Some(Trouble::Reset) => None,
            Some(Trouble::Unavailable) => Some(net::reply(503, "Service Unavailable")),
            Some(Trouble::Slow(by)) => {
                let reply = self.struck(arrived, asked).await;
                tokio::time::sleep(by).await;
                reply
            }
            Some(Trouble::AfterEffect) => {
                drop(self.struck(arrived, asked).await?);
                Some(net::reply(500, "InternalFailure"))
            }
            None => self.struck(arrived, asked).await,
        }
    }

    /// The call, unless its caller is killed before it, or after it.
    async fn struck(&self, arrived: &Arrived, asked: Asked) -> Option<Reply> {
        let moment = arrived.caller.as_ref().and_then(|caller| {
            let mut strike = lock(&self.strike);
            strike.as_mut()?.notice(caller, &arrived.scope.service, &arrived.operation, asked.body())
        });
        if moment == Some(Moment::Before) {
            return self.kill(arrived).await;
        }
        let reply = self.perform(arrived, asked).await;
        if moment == Some(Moment::After) {
            return self.kill(arrived).await;
        }
        reply
    }

    async fn kill(&self, arrived: &Arrived) -> Option<Reply> {
        self.calls.end(arrived.number, Outcome::Killed);
        if let (Some(killer), Some(caller)) = (self.killer.get(), &arrived.caller) {
            killer(caller.clone()).await;
        }
        None
    }

    async fn perform(&self, arrived: &Arrived, asked: Asked) -> Option<Reply> {
        match arrived.scope.service.as_str() {
            "route53" if !self.may_change_zone(arrived) => return Some(denied(&arrived.scope.access_key)),
            "route53" => return self.forward(asked).await,
            "sts" => {
                return Some(sts::answer(
                    &arrived.scope.access_key,
                    &arrived.operation,
                    asked.body(),
                    clock::now(),
                ));
            }
            "lambda" => return Some(lambda::answer(self.waker.get(), &arrived.scope.region, &asked)),
            _ => {}
        }
        let (service, region) = (&arrived.scope.service, &arrived.scope.region);
        let published = (service == "sns" && arrived.operation == "Publish").then(|| asked.body().clone());
        let reply = self.services.perform(service, region, &arrived.operation, asked).await;
        if let Some(body) = published.filter(|_| reply.status().is_success()) {
            lock(&self.published).push(Publication::read(&body, region, clock::now()));
        }
        Some(reply)
    }

    /// Another account's zone obeys only who has assumed its role.
    fn may_change_zone(&self, arrived: &Arrived) -> bool {
        self.zone_role.get().is_none() || is_assumed(&arrived.scope.access_key)
    }

    /// Passes a request of Route 53 on to the twin. Where the twin closes the connection, so do we.
    async fn forward(&self, asked: Asked) -> Option<Reply> {
        let twin = *self.route53.get()?;
        let (mut head, body) = asked.into_parts();
        head.headers.remove(http::header::CONNECTION);
        let answered = net::ask(twin, http::Request::from_parts(head, Full::new(body))).await.ok()?;
        let (mut head, body) = answered.into_parts();
        head.headers.remove(http::header::TRANSFER_ENCODING);
        head.headers.remove(http::header::CONNECTION);
        Some(http::Response::from_parts(head, Full::<Bytes>::new(body)))
    }
}

/// What Route 53 answers to whom the zone does not know.
fn denied(access_key: &str) -> Reply {
    let message = format!("User: {access_key} is not authorized to access this resource");
    let body = format!(
        "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error>\
         <Type>Sender</Type><Code>AccessDenied</Code><Message>{message}</Message></Error>\
         <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
    );
    net::reply(403, body)
}
