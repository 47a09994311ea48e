//! Redis, a shared cache that may vanish at any moment.
//!
//! Nothing here ever fails a caller: a cache that is absent, slow, wiped or full of somebody else's data answers
//! [`Outcome::Miss`] or [`Outcome::Error`], and the caller asks the database. What is found damaged is deleted, counted as
//! an error, and written anew by whoever reads it next.
//!
//! Per guild there are two keys: its configuration, at most 300 s old, and its members' permissions, at most 60 s. Neither
//! holds a secret or what anybody wrote in a message: sealed keys are no configuration, and permissions are numbers.
//!
//! [`sessions`] are no cache: nothing else knows them, so without an answer of Redis nobody is signed in.

mod breaker;
mod guild_config;
mod metrics;
mod remote;
pub mod sessions;
mod upkeep;
mod user_permissions;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use guild_config::{Outcome, Stored};
#[cfg(feature = "simulator")]
pub(crate) use metrics::REQUESTS;
pub use metrics::{count_guild_config, count_user_permissions, metrics};

use crate::settings::RedisSettings;
use remote::Remote;
pub use remote::{CacheError, CallError};
pub use upkeep::{Cached, ServerFacts};

/// The shared cache, or none. Cloning is cheap; clones share the connection.
#[derive(Clone, Debug)]
pub struct Cache {
    remote: Option<Arc<Remote>>,
}

impl Cache {
    /// Prepares the cache. Connects at the first call, so a Redis that is away delays nothing.
    ///
    /// # Errors
    /// [`CacheError`] when the address is none.
    pub fn open(settings: &RedisSettings) -> Result<Self, CacheError> {
        let Some(url) = &settings.url else {
            tracing::info!("REDIS_URL is not set: every process keeps its cache in its own memory");
            return Ok(Self { remote: None });
        };
        let remote = Remote::new(url, settings.timeout)?;
        Ok(Self {
            remote: Some(Arc::new(remote)),
        })
    }

    /// Whether there is a Redis to share with other processes.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.remote.is_some()
    }

    /// Asks Redis for a sign of life; without one to ask, there is nothing wrong.
    ///
    /// # Errors
    /// [`CallError`] when it does not answer in time.
    pub async fn ping(&self) -> Result<(), CallError> {
        match &self.remote {
            Some(remote) => remote.call::<()>(&redis::cmd("PING")).await,
            None => Ok(()),
        }
    }
}
