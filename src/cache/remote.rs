//! Redis itself: one connection for all, a time limit on every call, and the circuit breaker before it.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, Script, ScriptInvocation};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use super::breaker::{Admission, Breaker};

/// The cache cannot be prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    /// `redis.url` is no address.
    #[error("redis.url is not a Redis address")]
    Address,
}

/// Why a call to Redis gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// There is no Redis to call.
    #[error("REDIS_URL is not set: there is no shared cache")]
    NotConfigured,
    /// Redis was away a moment ago and is not asked again yet.
    #[error("redis is away")]
    Away,
    /// No answer in time.
    #[error("redis did not answer within {0:?}")]
    TimedOut(Duration),
    /// Redis could not be reached.
    #[error("redis could not be reached: {0}")]
    Unreachable(String),
    /// Redis answered, but not with what was asked for: the key holds something of another kind.
    #[error("redis holds something else under this key")]
    Foreign,
}

/// The connection and its breaker.
pub(super) struct Remote {
    client: redis::Client,
    timeout: Duration,
    guarded: Mutex<Guarded>,
}

struct Guarded {
    /// Made at the first call and again when the circuit opens: a connection that was lost without a word would
    /// otherwise be waited for until the system gives it up.
    connection: Option<ConnectionManager>,
    breaker: Breaker,
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client's own output holds the password.
        f.debug_struct("Remote")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Remote {
    pub(super) fn new(url: &SecretString, timeout: Duration) -> Result<Self, CacheError> {
        // For rediss://. An error says that a provider is already there, which is all that is wanted.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let client = redis::Client::open(url.expose_secret()).map_err(|_| CacheError::Address)?;
        Ok(Self {
            client,
            timeout,
            guarded: Mutex::new(Guarded {
                connection: None,
                breaker: Breaker::new(),
            }),
        })
    }

    /// Sends one command.
    pub(super) async fn call<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, CallError> {
        self.guard(async |mut connection| command.query_async(&mut connection).await)
            .await
    }

    /// Runs a script; Redis learns it when it does not know it.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        prepare: impl FnOnce(&mut ScriptInvocation<'_>),
    ) -> Result<T, CallError> {
        let mut invocation = script.prepare_invoke();
        prepare(&mut invocation);
        self.guard(async |mut connection| invocation.invoke_async(&mut connection).await)
            .await
    }

    async fn guard<T>(
        &self,
        call: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> Result<T, CallError> {
        let connection = self.admit()?;
        // The manager's own limits do not cover a reconnect that is under way.
        let outcome = tokio::time::timeout(self.timeout, call(connection))
            .await
            .map_err(|_| CallError::TimedOut(self.timeout))
            .and_then(|answer| answer.map_err(|error| told(&error)));
        self.settle(outcome.as_ref().err());
        outcome
    }

    fn admit(&self) -> Result<ConnectionManager, CallError> {
        let mut guarded = self.guarded.lock().unwrap_or_else(PoisonError::into_inner);
        if guarded.breaker.admit(Instant::now(), self.timeout * 2) == Admission::Refuse {
            return Err(CallError::Away);
        }
        if let Some(connection) = &guarded.connection {
            return Ok(connection.clone());
        }
        let config = ConnectionManagerConfig::new()
            // The breaker decides when to try again.
            .set_number_of_retries(0)
            .set_connection_timeout(Some(self.timeout))
            .set_response_timeout(Some(self.timeout));
        let connection = ConnectionManager::new_lazy_with_config(self.client.clone(), config)
            .map_err(|error| told(&error))?;
        guarded.connection = Some(connection.clone());
        Ok(connection)
    }

    fn settle(&self, error: Option<&CallError>) {
        let mut guarded = self.guarded.lock().unwrap_or_else(PoisonError::into_inner);
        match error {
            // Redis is there, whatever it holds.
            None | Some(CallError::Foreign) => guarded.breaker.succeeded(),
            Some(error) => {
                if guarded.breaker.failed(Instant::now(), rand::random()) {
                    guarded.connection = None;
                    tracing::warn!(%error, "redis is away; going on without it");
                }
            }
        }
    }
}

/// An answer of the wrong kind is told from a Redis that cannot be used.
fn told(error: &RedisError) -> CallError {
    match error.kind() {
        ErrorKind::UnexpectedReturnType => CallError::Foreign,
        _ if error.code() == Some("WRONGTYPE") => CallError::Foreign,
        _ if error.is_timeout() => CallError::Unreachable("no answer in time".to_owned()),
        kind => CallError::Unreachable(format!("{kind:?}")),
    }
}
