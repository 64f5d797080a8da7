//! What one command knows from its start, and how it looks.

use std::time::Duration;

use jiff::Timestamp;

use super::answer::{Refusable, Refusal};
use super::members::Who;
use crate::decide::EpochReading;
use crate::names::{OrderId, Region};
use crate::observe::{Depth, newest_epoch};
use crate::plan::{Application, Plan};
use crate::ports::{Functions, Watching, within};
use crate::state::{Order, Wanted, stamp};
use crate::time::since;
use crate::wake::{Look, Survey, survey};

/// One call to a table or a function may take this long: what does not answer is a lost region.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// What is left of the function's time for writing and waking after a look.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// However little time is left, a look gets this.
const GLANCE: Duration = Duration::from_secs(1);

/// Where a command is carried out.
pub(super) struct Desk<'a, W> {
    pub world: &'a W,
    pub plan: &'a Plan,
    pub here: &'a Region,
    pub deadline: Timestamp,
    /// When the person said it.
    pub said: Timestamp,
    /// Whether it came by way of EventBridge: late, perhaps, and more than once.
    pub by_event: bool,
    /// Names this very command, the same for each delivery of one event.
    ticket: u32,
}

impl<'a, W: Watching + Functions> Desk<'a, W> {
    pub fn new(
        world: &'a W,
        plan: &'a Plan,
        here: &'a Region,
        deadline: Timestamp,
        (said, ticket): (Timestamp, Option<u32>),
    ) -> Self {
        let by_event = ticket.is_some();
        // The upper half of the bits: whole by construction.
        let ticket = ticket.unwrap_or_else(|| u32::try_from(world.bits() >> 32).unwrap_or_default());
        Self { world, plan, here, deadline, said, by_event, ticket }
    }

    /// The name of this command.
    pub fn id(&self, verb: &str) -> OrderId {
        OrderId::new(format!("{verb}-{}-{:08x}", stamp(self.said), self.ticket))
    }

    /// An order of this moment.
    pub fn order(&self, who: &Who, until: Timestamp, what: Wanted) -> Order {
        let (author, reason) = (who.author.clone(), who.reason.clone());
        Order { author, reason, at: self.said, until, what, done: None }
    }

    /// The regions of all controllers, this one among them.
    pub fn controllers(&self) -> Vec<&'a Region> {
        let planned = self.plan.controllers.iter();
        let missing = (!self.plan.controllers.contains(self.here)).then_some(self.here);
        planned.chain(missing).collect()
    }

    /// How long a look may take.
    fn budget(&self) -> Duration {
        since(self.world.now(), self.deadline).saturating_sub(LAST_WORDS).max(GLANCE)
    }

    /// Looks at applications, by Route 53's API as well where that is wanted.
    pub async fn look<'b>(&self, applications: &[&'b Application], listed: bool) -> Refusable<Vec<Survey<'b>>>
    where
        'a: 'b,
    {
        let look = Look { plan: self.plan, here: self.here, listed };
        let looked = within(self.world, self.budget(), survey(self.world, look, applications)).await;
        let elsewhere = "the same command to the function of another region";
        match looked {
            Some(Ok((surveys, _))) => Ok(surveys),
            Some(Err(error)) => {
                let problem = format!("{} cannot look: {error}", self.here);
                Err(Refusal::one("", problem, elsewhere))
            }
            None => Err(Refusal::one("", format!("{} saw too little in time", self.here), elsewhere)),
        }
    }

    /// The newest epoch by all name servers, and who they are.
    pub async fn epoch(&self, application: &Application) -> (EpochReading, Vec<std::net::SocketAddr>) {
        let asked = async {
            let servers = self.world.name_servers(&application.zone.name).await.unwrap_or_default();
            (newest_epoch(self.world, application, &servers, Depth::Close).await, servers)
        };
        let silent = || (EpochReading::Unknown { why: "no name server answers in time".into() }, Vec::new());
        within(self.world, self.budget(), asked).await.unwrap_or_else(silent)
    }
}
