//! Waiting for something to become true, without sleeping.

use std::time::Duration;

use super::error::Timeout;
use super::run::Simulator;
use crate::simulator::shared::{Shared, State};
use crate::simulator::world::World;

/// How long is waited unless told otherwise.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

impl Shared {
    /// Looks after every change until there is something to find.
    pub(crate) async fn wait<T>(
        &self,
        what: &str,
        limit: Duration,
        find: impl Fn(&State) -> Option<T>,
    ) -> Result<T, Timeout> {
        let mut bell = self.bell();
        let found = async {
            loop {
                bell.borrow_and_update();
                if let Some(found) = self.read(&find) {
                    return found;
                }
                if bell.changed().await.is_err() {
                    // The bell lives as long as `self`; nothing more would come.
                    std::future::pending::<()>().await;
                }
            }
        };
        let late = |_| Timeout {
            what: what.to_owned(),
            limit,
        };
        tokio::time::timeout(limit, found).await.map_err(late)
    }
}

impl Simulator {
    /// Waits until something is true of the world, for 30 s at most.
    ///
    /// # Errors
    ///
    /// [`Timeout`], which names `what` was waited for.
    pub async fn wait_until(
        &self,
        what: &str,
        is_so: impl Fn(&World) -> bool,
    ) -> Result<(), Timeout> {
        self.wait_for(what, |world| is_so(world).then_some(()))
            .await
    }

    /// Waits until there is something to find in the world, for 30 s at most.
    ///
    /// # Errors
    ///
    /// [`Timeout`], which names `what` was waited for.
    pub async fn wait_for<T>(
        &self,
        what: &str,
        find: impl Fn(&World) -> Option<T>,
    ) -> Result<T, Timeout> {
        self.wait_within(what, LIMIT, find).await
    }

    /// Waits as [`Simulator::wait_for`] does, for as long as told.
    ///
    /// # Errors
    ///
    /// [`Timeout`], which names `what` was waited for.
    pub async fn wait_within<T>(
        &self,
        what: &str,
        limit: Duration,
        find: impl Fn(&World) -> Option<T>,
    ) -> Result<T, Timeout> {
        self.shared
            .wait(what, limit, |state| find(&state.world))
            .await
    }

    /// Waits until every shard of the bot has had READY and its guilds, and the bot has registered its commands.
    ///
    /// # Errors
    ///
    /// [`Timeout`] after 30 s.
    pub async fn bot_ready(&self) -> Result<(), Timeout> {
        self.shared
            .wait(
                "the bot to connect and register its commands",
                LIMIT,
                |state| {
                    let ready = state.gateway.is_complete() && state.world.commands.registered;
                    ready.then_some(())
                },
            )
            .await
    }

    /// Waits until every shard of the bot is connected, whether commands are registered or not.
    ///
    /// # Errors
    ///
    /// [`Timeout`] after 30 s.
    pub async fn bot_connected(&self) -> Result<(), Timeout> {
        self.shared
            .wait("every shard of the bot to connect", LIMIT, |state| {
                state.gateway.is_complete().then_some(())
            })
            .await
    }

    /// Waits until RESUME or IDENTIFY succeeded so often in all.
    ///
    /// # Errors
    ///
    /// [`Timeout`] after 30 s.
    pub async fn bot_reconnected(&self, resumed: u64, identified: u64) -> Result<(), Timeout> {
        self.shared
            .wait("the bot to come back", LIMIT, |state| {
                let gateway = &state.gateway;
                let back = gateway.resumed >= resumed && gateway.identified >= identified;
                (back && gateway.is_complete()).then_some(())
            })
            .await
    }

    /// Waits until an outage has refused so many connections.
    ///
    /// # Errors
    ///
    /// [`Timeout`] after 30 s.
    pub async fn bot_refused(&self, times: u64) -> Result<(), Timeout> {
        let what = format!("{times} connections to be refused");
        self.shared
            .wait(&what, LIMIT, |state| {
                (state.gateway.outage.refused >= times).then_some(())
            })
            .await
    }

    /// Waits until at most `most` frames wait to be written to the bot: the back-pressure of a flood.
    ///
    /// # Errors
    ///
    /// [`Timeout`] after 30 s.
    pub async fn drained_to(&self, most: usize) -> Result<(), Timeout> {
        self.shared
            .wait("the frames to be written", LIMIT, |state| {
                (state.gateway.backlog() <= most).then_some(())
            })
            .await
    }

    /// Waits until the bot has made so many requests that fit a pattern (see [`Simulator::requests`]).
    ///
    /// # Errors
    ///
    /// [`Timeout`] after 30 s.
    pub async fn requested(&self, pattern: &str, times: usize) -> Result<(), Timeout> {
        let what = format!("{times} requests {pattern}");
        self.shared
            .wait(&what, LIMIT, |state| {
                (state.log.list(pattern).count() >= times).then_some(())
            })
            .await
    }
}
