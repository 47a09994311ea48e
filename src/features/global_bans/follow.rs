//! Follows the table: reads it at the start, at each announcement, and now and then in case one was lost.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::Context as _;
use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::enforce::{self, Enforcer};
use super::list::GlobalBans;
use super::metrics::ENTRIES;
use super::table::list_all;
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
/// How often it is looked whether there is something to search.
const LOOK: Duration = Duration::from_millis(200);

impl GlobalBans {
    /// Reads the whole list, before anything is judged.
    ///
    /// # Errors
    /// Where the database does not answer: without the list nobody could be kept out.
    pub async fn load(&self, pool: &Pool) -> anyhow::Result<()> {
        self.read(pool)
            .await
            .context("the global bans cannot be read")
    }

    async fn read(&self, pool: &Pool) -> Result<(), StoreError> {
        let mut conn = pool.acquire().await?;
        self.replace(list_all(&mut conn).await?);
        ENTRIES.set([], self.len() as f64);
        Ok(())
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
    /// Finds members of entries.
    pub enforcer: Enforcer,
    /// Set when the process stops.
    pub stopping: CancellationToken,
}

impl Follower {
    /// Follows until the process stops.
    pub async fn follow(self) {
        let stopping = self.stopping.clone();
        stopping
            .run_until_cancelled(Box::pin(self.follow_on()))
            .await;
    }

    async fn follow_on(self) {
        tokio::join!(self.listen_on(), self.enforce_on(), self.search_again_on());
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
            self.bans.read(&self.pool).await?;
            *pause = PAUSE.0;
        }
    }

    /// Searches servers to which nobody listened for a while, one after the other.
    async fn search_again_on(&self) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            while self.enforcer.search_one_again().await {}
        }
    }

    /// Searches for members whenever there are new entries or new servers, and again where something could not be
    /// searched.
    async fn enforce_on(&self) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut searched, mut again) = (None, None);
        loop {
            look.tick().await;
            let scope = self.enforcer.scope();
            let is_due = again.is_some_and(|at| Instant::now() >= at);
            if searched == Some(scope) && !is_due {
                continue;
            }
            let is_new = searched != Some(scope);
            let all = self
                .enforcer
                .catch_up(is_new)
                .await
                .unwrap_or_else(|error| {
                    tracing::warn!(
                        error = format!("{error:#}"),
                        "global bans cannot be enforced for a moment"
                    );
                    false
                });
            searched = Some(scope);
            // A server may be known a moment before it has its row.
            let pause = if all {
                self.sweep_every
            } else {
                enforce::PAUSE.0
            };
            again = Some(Instant::now() + pause);
        }
    }
}
