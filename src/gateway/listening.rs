//! Until when this process has heard everything that Discord sent, kept in the database.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::away::Away;
use super::present::Present;
use super::shards::ShardStates;
use crate::domain::clock::Clock;
use crate::domain::ids::GuildId;
use crate::store::Pool;
use crate::store::tables::progress::{HeardUntil, find_heard_until};
use crate::writer::{WriteError, Writer};

/// A connection that has died unnoticed is found out after a missed heartbeat, and what has been received needs some
/// time to be judged: what was posted so shortly before counts as not heard.
const SLACK: Duration = Duration::from_secs(60);

/// How often the moment is stored.
const STORE_EVERY: Duration = Duration::from_secs(5);

/// The moment, for one range of shards. Cloning is cheap; all clones are one.
#[derive(Clone)]
pub struct Listening {
    shards: Arc<str>,
    heard: Arc<Mutex<Option<DateTime<Utc>>>>,
    clock: Clock,
    writer: Writer,
    /// What reads back what was missed. Nothing more counts as heard before it is done.
    pub(super) reading: TaskTracker,
    away: Arc<Away>,
    /// Which guilds are there.
    pub(super) present: Arc<Present>,
}

impl Listening {
    /// Goes on where an earlier run of these shards has ended; `shards` has at most 40 characters.
    ///
    /// # Errors
    /// Where the database cannot be read or written.
    pub async fn resume(
        shards: String,
        pool: &Pool,
        writer: Writer,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let mut conn = pool.acquire().await?;
        let heard = find_heard_until(&mut conn, &shards).await?;
        let listening = Self {
            shards: shards.into(),
            heard: Arc::new(Mutex::new(heard)),
            clock,
            writer,
            reading: TaskTracker::new(),
            away: Arc::default(),
            present: Arc::default(),
        };
        if heard.is_none() {
            // Shards that never listened begin now, also where this run is killed before its first notes.
            let beginning = listening.reach(listening.now());
            listening.writer.keep_now(beginning).await?;
        }
        Ok(listening)
    }

    /// Until when everything has been heard; without a note, nothing is missed before the start.
    #[must_use]
    pub fn heard_until(&self) -> Option<DateTime<Utc>> {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Discord cannot serve a guild any more. What is posted there from now on is heard of by nobody.
    pub(super) fn lost(&self, guild: GuildId) {
        self.away.went(guild, self.now() - SLACK);
    }

    /// A guild is back, or gone for good: until when it was heard, if that is less than all others were.
    pub(super) fn found(&self, guild: GuildId) -> Option<DateTime<Utc>> {
        self.away.end(guild)
    }

    /// What the time is.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Follows the time while every shard is connected, until `stopping`.
    pub async fn follow(self, shards: watch::Receiver<ShardStates>, stopping: CancellationToken) {
        let mut ticks = tokio::time::interval(STORE_EVERY);
        while stopping.run_until_cancelled(ticks.tick()).await.is_some() {
            let connected = shards.borrow().all_connected();
            if !connected || self.is_reading() {
                continue;
            }
            let note = self.reach(self.now() - SLACK);
            // With the database away the next moment will do.
            if let Err(error) = self.writer.keep(note).await {
                tracing::debug!(%error, "how far was listened is not stored");
            }
        }
    }

    /// Whether something is being read back.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        !self.reading.is_empty()
    }

    /// To be called when all that came before `closing` has been judged and nothing further is received.
    ///
    /// # Errors
    /// Where it cannot be stored: the next start then reads a little more than it had to.
    pub async fn close(&self, closing: DateTime<Utc>) -> Result<(), WriteError> {
        if self.is_reading() {
            return Ok(());
        }
        self.writer.keep(self.reach(closing)).await
    }

    fn reach(&self, moment: DateTime<Utc>) -> HeardUntil {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let until = heard.map_or(moment, |before| before.max(moment));
        *heard = Some(until);
        HeardUntil {
            shards: self.shards.to_string(),
            until,
        }
    }
}
