//! Follows the table: reads it at the start, at each announcement, and now and then in case one was lost.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::Context as _;
use chrono::TimeDelta;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::enforce::Enforcer;
use super::list::{Entry, GlobalBans};
use super::metrics::ENTRIES;
use super::table::list_all;
use crate::domain::ids::UserId;
use crate::store::listen::Ear;
use crate::store::{Pool, StoreError};

/// The channel on which the database announces changes.
const CHANNEL: &str = "aimod_global_bans";
/// How often the list is read without an announcement.
pub const SWEEP: Duration = Duration::from_secs(60);
/// The pauses between attempts to connect: the first and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// How long the database may take to answer on the listening connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// Entries of this age are enforced anew after a start: the process may have ended in the middle.
const ENFORCED_ANEW: TimeDelta = TimeDelta::days(1);

impl GlobalBans {
    /// Reads the whole list, before anything is judged.
    ///
    /// # Errors
    /// Where the database does not answer: without the list nobody could be kept out.
    pub async fn load(&self, pool: &Pool) -> anyhow::Result<()> {
        self.read(pool)
            .await
            .map(drop)
            .context("the global bans cannot be read")
    }

    async fn read(&self, pool: &Pool) -> Result<Vec<(UserId, Entry)>, StoreError> {
        let mut conn = pool.acquire().await?;
        let rows = list_all(&mut conn).await?;
        let new = self.replace(rows);
        ENTRIES.set([], self.len() as f64);
        Ok(new)
    }
}

/// What a follower works with.
pub struct Follower {
    /// The list that is kept up.
    pub bans: GlobalBans,
    /// For reading the table.
    pub pool: Pool,
    /// The database's address: listening takes a connection of its own.
    pub url: SecretString,
    /// How often the list is read without an announcement; see [`SWEEP`].
    pub sweep_every: Duration,
    /// Finds members of new entries.
    pub enforcer: Enforcer,
    /// Set when the process stops.
    pub stopping: CancellationToken,
}

impl Follower {
    /// Follows until the process stops.
    pub async fn follow(self) {
        let stopping = self.stopping.clone();
        stopping.run_until_cancelled(self.follow_on()).await;
    }

    async fn follow_on(self) {
        tokio::join!(self.listen_on(), self.enforce_recent());
    }

    async fn listen_on(&self) {
        let mut pause = PAUSE.0;
        loop {
            let Err(error) = self.listen(&mut pause).await;
            tracing::warn!(%error, "changes of global bans are not heard for a moment");
            tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    /// Ends only with an error. What was missed before is read at once.
    async fn listen(&self, pause: &mut Duration) -> Result<Infallible, StoreError> {
        let mut ear = Ear::connect(&self.url, &[CHANNEL], PATIENCE).await?;
        let mut sweep = tokio::time::interval(self.sweep_every);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                heard = ear.hear() => drop(heard?),
                _ = sweep.tick() => {}
            }
            let new = self.bans.read(&self.pool).await?;
            *pause = PAUSE.0;
            if !new.is_empty() {
                self.enforcer.enforce(new);
            }
        }
    }

    /// Waits until Discord has described the servers.
    async fn enforce_recent(&self) {
        tokio::time::sleep(self.sweep_every).await;
        let recent = self.bans.list_since(self.enforcer.now() - ENFORCED_ANEW);
        if !recent.is_empty() {
            self.enforcer.enforce(recent);
        }
    }
}
