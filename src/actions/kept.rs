//! Records of the rooms that open operations in their own transaction: what is decided and what follows from it are
//! written together, and no crash parts them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::oneshot;

use super::executor::{Actions, Claim, Executor, Place};
use super::perform::Performed;
use crate::domain::ids::GuildId;
use crate::store::record::Record;
use crate::writer::WriteError;

/// How long a stop waits for a database that does not answer; what it still writes is carried out after the next start.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// A record whose [`Record::write_all`] writes operations into the journal.
pub trait Opens: Record {
    /// The guild that they are for.
    fn guild(&self) -> GuildId;

    /// The keys of those that it opened. They are carried out side by side; one that waits for another says so.
    fn opened(ack: &Self::Ack) -> Vec<String>;
}

/// A record that is written; what it opened is being carried out.
#[derive(Debug)]
pub struct Kept<A> {
    /// What the record tells.
    pub ack: A,
    performed: oneshot::Receiver<Vec<Option<Performed>>>,
}

impl<A> Kept<A> {
    /// How each opened operation ended, in order; `None` for one that somebody else carries out. Empty where that takes
    /// longer: it goes on all the same.
    pub async fn performed_within(self, limit: Duration) -> Vec<Option<Performed>> {
        match tokio::time::timeout(limit, self.performed).await {
            Ok(Ok(performed)) => performed,
            _ => Vec::new(),
        }
    }
}

impl Actions {
    /// Writes a record and carries out what it opened in the journal. Whoever stops waiting takes nothing back: it is
    /// carried out all the same, and where the process ends in between, by the next one.
    ///
    /// # Errors
    /// See [`WriteError`]: those of the record itself.
    pub async fn keep<R: Opens>(&self, record: R) -> Result<Kept<R::Ack>, WriteError> {
        let (told, ack) = oneshot::channel();
        let (ended, performed) = oneshot::channel();
        let executor = Arc::clone(&self.0);
        // What is written has to be carried out, so a full house is no reason to refuse it.
        let place = self.0.find_room().map(Place::take);
        self.0.tasks.spawn(async move {
            let guild = record.guild();
            let written = executor.written(record).await;
            let keys = written.as_ref().map(R::opened).unwrap_or_default();
            // Whoever stopped waiting does not want to know.
            drop(told.send(written));
            drop(ended.send(executor.carry_on(guild, keys).await));
            drop(place);
        });
        let ack = ack.await.unwrap_or(Err(WriteError::Interrupted))?;
        Ok(Kept { ack, performed })
    }
}

impl Executor {
    async fn written<R: Opens>(&self, record: R) -> Result<R::Ack, WriteError> {
        let given_up = async {
            self.stopping.cancelled().await;
            tokio::time::sleep(STOP_GRACE).await;
        };
        tokio::select! {
            written = self.journal.writer().keep_now(record) => written,
            () = given_up => Err(WriteError::Interrupted),
        }
    }

    async fn carry_on(
        self: &Arc<Self>,
        guild: GuildId,
        keys: Vec<String>,
    ) -> Vec<Option<Performed>> {
        // Claimed before any is begun: one that waits for another would take it up itself.
        let claims: Vec<_> = keys.iter().map(|key| self.claim(key)).collect();
        let all = claims
            .into_iter()
            .map(|claim| self.carry_one_on(guild, claim));
        join_all(all).await
    }

    async fn carry_one_on(
        self: &Arc<Self>,
        guild: GuildId,
        claim: Option<Claim>,
    ) -> Option<Performed> {
        self.resume(guild, &claim?).await
    }
}
