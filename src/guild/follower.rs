//! Follows what others do in the database: hears of new configuration versions, looks for those it did not hear of, and
//! hands what it reads to the guilds; hears of erasures, and sees to it that nothing in memory undoes them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::config::snapshot::Snapshot;
use super::guilds::Guilds;
use super::metrics::{ANNOUNCED_TOTAL, FOLLOWING, SWEPT_TOTAL};
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::store::StoreError;
use crate::store::listen::{Announced, Listener};

/// How many configurations are read by one statement.
const AT_ONCE: usize = 500;
/// The pauses between attempts to connect: the first and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// How long the database may take to answer on the listening connection.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a follower works with.
pub struct Follower {
    /// The guilds of this process.
    pub guilds: Guilds,
    /// The database's address: listening takes a connection of its own.
    pub url: SecretString,
    /// How often versions are compared, in case an announcement was lost.
    pub sweep_every: Duration,
    /// Set when the process stops.
    pub stopping: CancellationToken,
}

impl Follower {
    /// Follows until the process stops. A lost connection is made anew, with growing pauses, and whatever may have been
    /// missed meanwhile is looked up.
    pub async fn follow(self) {
        let stopping = self.stopping.clone();
        stopping.run_until_cancelled(self.follow_on()).await;
        FOLLOWING.set([], 0);
    }

    async fn follow_on(self) {
        let mut pause = PAUSE.0;
        loop {
            match Listener::connect(&self.url, PATIENCE).await {
                Ok(mut listener) => {
                    FOLLOWING.set([], 1);
                    let Err(error) = self.listen(&mut listener, &mut pause).await;
                    FOLLOWING.set([], 0);
                    tracing::warn!(%error, "changes of configurations are not heard for a moment");
                }
                Err(error) => {
                    tracing::warn!(%error, "changes of configurations cannot be heard yet")
                }
            }
            tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    /// Ends only with an error. Once a sweep has come through, the next pause is short again.
    async fn listen(
        &self,
        listener: &mut Listener,
        pause: &mut Duration,
    ) -> Result<Infallible, StoreError> {
        // At once, for what was missed while nobody listened.
        let mut sweep = tokio::time::interval(self.sweep_every);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                heard = listener.hear() => self.take(&heard?).await?,
                _ = sweep.tick() => {
                    self.sweep(listener).await?;
                    *pause = PAUSE.0;
                }
            }
        }
    }

    /// Reads what has been announced. Announcements may be doubled, late or of versions that this process made itself.
    async fn take(&self, heard: &[Announced]) -> Result<(), StoreError> {
        let mut newest = BTreeMap::<GuildId, ConfigVersion>::new();
        let mut versions = 0;
        for announced in heard {
            match *announced {
                Announced::Version(guild, version) => {
                    let known = newest.entry(guild).or_default();
                    *known = (*known).max(version);
                    versions += 1;
                }
                Announced::GuildErased(guild) => {
                    newest.remove(&guild);
                    self.guilds.start_over(guild);
                }
                Announced::UserErased(user) => self.forget(user),
                Announced::Errands(guild) => self.guilds.settle(guild),
            }
        }
        let behind = self.guilds.list_behind(newest);
        ANNOUNCED_TOTAL.add(["new"], count(behind.len()));
        ANNOUNCED_TOTAL.add(
            ["known"],
            count(versions).saturating_sub(count(behind.len())),
        );
        self.read(&behind).await
    }

    /// Beside the listening, which waits for no guild.
    fn forget(&self, user: UserId) {
        let guilds = self.guilds.clone();
        self.guilds.tasks().spawn(async move {
            if let Err(error) = guilds.forget_user(user).await {
                tracing::error!(user.id = %user, %error, "counts of an erased person may come back");
            }
        });
    }

    /// Compares the versions of all awake guilds with the database's.
    async fn sweep(&self, listener: &mut Listener) -> Result<(), StoreError> {
        let versions = listener.versions(&self.guilds.list_awake()).await?;
        let behind = self.guilds.list_behind(versions);
        SWEPT_TOTAL.add([], count(behind.len()));
        self.read(&behind).await
    }

    /// One guild whose configuration cannot be read keeps no other from following.
    async fn read(&self, behind: &[GuildId]) -> Result<(), StoreError> {
        let loader = self.guilds.loader();
        let reads: Vec<_> = behind
            .chunks(AT_ONCE)
            .map(|some| async move { (some, loader.read_many(some).await) })
            .collect();
        // The database reads the next ones while these are compiled.
        let mut reads = stream::iter(reads).buffered(2);
        while let Some((some, read)) = reads.next().await {
            match read {
                Ok(read) => self.hand_over(read),
                Err(error) if error.is_transient() => return Err(error),
                Err(_) => self.read_singly(some).await?,
            }
        }
        Ok(())
    }

    async fn read_singly(&self, guilds: &[GuildId]) -> Result<(), StoreError> {
        for guild in guilds {
            match self.guilds.loader().read_many(&[*guild]).await {
                Ok(read) => self.hand_over(read),
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    tracing::error!(guild.id = %guild, %error, "a configuration cannot be read; the former one holds");
                }
            }
        }
        Ok(())
    }

    fn hand_over(&self, read: Vec<(GuildId, Snapshot)>) {
        for (guild, snapshot) in read {
            self.guilds.hand_over(guild, snapshot);
        }
    }
}

fn count(many: usize) -> u64 {
    u64::try_from(many).unwrap_or(u64::MAX)
}
