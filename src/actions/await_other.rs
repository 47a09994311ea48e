//! What a step waits for before it is tried: the outcome of another operation, and the card that another one posts.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use tokio::sync::futures::Notified;

use super::executor::Executor;
use super::operation::Operation;
use super::plan::{Call, Step};
use super::resume::{MAY_BE_SENT, ended, step_of};
use super::step::CARD_GONE;
use crate::domain::ids::GuildId;
use crate::store::tables::operations::{JournaledStep, Place, StepState, find_card, list_steps};

/// How soon the journal is read again after something in it was settled.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Why an edit is not made that would only tell of a failure.
const NOTHING_FAILED: &str = "all of it was carried out";

/// What of the journal decides whether somebody waits on.
enum Seen<T> {
    /// It has no outcome yet.
    Waiting,
    Ended(T),
}

impl Executor {
    /// The call as it is to be made: what has become of the punishment is known by then, and where the card stands.
    /// `Err` tells why nothing is to be called any more; `None` where the process stops first.
    pub(super) async fn awaited(
        self: &Arc<Self>,
        operation: &Operation,
        step: &Step,
    ) -> Option<Result<Call, &'static str>> {
        let guild = operation.guild;
        let (failure, waited) = match &step.after {
            Some(key) => self.failure_of(guild, key).await?,
            None => (operation.failure(), false),
        };
        if let Some(key) = &step.after {
            // An earlier run can have told of an outcome only where there was one.
            let is_new = waited || self.journal.is_remembered(key);
            if !is_new && self.may_be_sent(operation, &step.call) {
                return Some(Err(MAY_BE_SENT));
            }
        }
        if step.after.is_some() && failure.is_none() && step.call.is_edit() {
            return Some(Err(NOTHING_FAILED));
        }
        let call = step.call.clone().with_case(operation.case);
        let call = match failure {
            Some(why) => call.undone(&why),
            None => call,
        };
        let Call::EditPosted { posted_by, card } = call else {
            return Some(Ok(call));
        };
        let Some((channel, message)) = self.place_of(guild, &posted_by).await? else {
            return Some(Err(CARD_GONE));
        };
        // By now it is known what became of the punishment that the card tells of.
        let (failure, _) = self.failure_of(guild, &posted_by).await?;
        let card = match failure {
            Some(why) => card.undone(&why),
            None => card,
        };
        let call = Call::EditCard {
            channel,
            message,
            card,
        };
        self.cards.note_one(&call, operation.decided_at);
        Some(Ok(call))
    }

    /// Why an operation's punishment was not carried out, once that is known, or nothing where it was; and whether that had
    /// to be waited for.
    async fn failure_of(
        self: &Arc<Self>,
        guild: GuildId,
        key: &str,
    ) -> Option<(Option<String>, bool)> {
        let mut waited = false;
        loop {
            let settled = self.settled.notified();
            match self.read_failure(key).await {
                Ok(Seen::Ended(failure)) => return Some((failure, waited)),
                seen => {
                    waited |= seen.is_ok();
                    self.wait_on(guild, key, seen.err(), settled).await?;
                }
            }
        }
    }

    async fn read_failure(&self, key: &str) -> anyhow::Result<Seen<Option<String>>> {
        let mut conn = self.pool.acquire().await?;
        Ok(failure_in(&list_steps(&mut conn, key).await?))
    }

    /// Where the card of an operation stands, once it has been posted; nothing where it never is.
    async fn place_of(self: &Arc<Self>, guild: GuildId, key: &str) -> Option<Option<Place>> {
        loop {
            let settled = self.settled.notified();
            match self.read_place(key).await {
                Ok(Seen::Ended(place)) => return Some(place),
                seen => self.wait_on(guild, key, seen.err(), settled).await?,
            }
        }
    }

    async fn read_place(&self, key: &str) -> anyhow::Result<Seen<Option<Place>>> {
        let mut conn = self.pool.acquire().await?;
        Ok(match find_card(&mut conn, key).await? {
            None => Seen::Ended(None),
            Some(card) => match card.place() {
                None => Seen::Waiting,
                place => Seen::Ended(place),
            },
        })
    }

    /// Waits until the journal may tell more. What nobody in this process carries out is taken up here, so that in
    /// whatever order operations are taken up, none waits for one that would come after it. `None` where the process
    /// stops.
    async fn wait_on(
        self: &Arc<Self>,
        guild: GuildId,
        key: &str,
        error: Option<anyhow::Error>,
        settled: Notified<'_>,
    ) -> Option<()> {
        match error {
            Some(error) => tracing::warn!(operation = key, %error, "an outcome cannot be read yet"),
            None => self.take_up_boxed(guild, key).await,
        }
        tokio::select! {
            // Perhaps it was another's: of many that wait none asks more often than this.
            () = settled => tokio::time::sleep(BETWEEN_LOOKS).await,
            () = self.pause() => {}
        }
        (!self.stopping.is_cancelled()).then_some(())
    }

    /// Breaks the circle of futures: what is taken up may wait itself.
    fn take_up_boxed<'a>(self: &'a Arc<Self>, guild: GuildId, key: &'a str) -> BoxFuture<'a, ()> {
        self.take_up(guild, key).boxed()
    }
}

/// Why the punishment among these steps was not carried out. Of an operation that is not in the journal any more, nothing
/// is known to have failed.
fn failure_in(steps: &[JournaledStep]) -> Seen<Option<String>> {
    for journaled in steps {
        if !step_of(journaled).call.is_punishment() {
            continue;
        }
        match ended(&journaled.state) {
            None => return Seen::Waiting,
            Some(StepState::Done) => {}
            Some(_) => return Seen::Ended(Some(journaled.detail.clone().unwrap_or_default())),
        }
    }
    Seen::Ended(None)
}
