//! The connection pool: bb8 over diesel-async, with a bounded wait and a name.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::result::{ConnectionError, DatabaseErrorKind, Error};
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolableConnection, RecyclingMethod, bb8,
};
use futures_util::FutureExt;
use secrecy::SecretString;

use super::StoreError;
use super::connect::Connector;
use super::metrics::{CONNECTIONS, CONNECTIONS_MAX, TIMEOUTS, WAIT};
use crate::settings::DatabaseSettings;

/// A connection on loan; dropping it gives it back, or closes it if it is broken or inside a transaction.
pub type PooledConnection = bb8::PooledConnection<'static, AsyncPgConnection>;

/// What a pool is held to.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// Names the pool in errors and metrics.
    pub name: &'static str,
    /// Connections that are kept open.
    pub min_connections: u32,
    /// Most connections at one time.
    pub max_connections: u32,
    /// Time limit of a single statement, kept by the server.
    pub statement_timeout: Duration,
    /// A connection that was idle for longer is closed.
    pub idle_timeout: Duration,
    /// How long a caller waits for a connection.
    pub acquire_timeout: Duration,
}

impl PoolOptions {
    /// The options that the settings give the pool called `name`.
    #[must_use]
    pub fn from_settings(name: &'static str, settings: &DatabaseSettings) -> Self {
        Self {
            name,
            min_connections: settings.min_connections,
            max_connections: settings.max_connections,
            statement_timeout: settings.statement_timeout,
            idle_timeout: settings.idle_timeout,
            acquire_timeout: settings.acquire_timeout,
        }
    }
}

/// A pool of connections to one database. Cloning is cheap; clones share the connections.
#[derive(Clone)]
pub struct Pool {
    inner: bb8::Pool<AsyncPgConnection>,
    options: Arc<PoolOptions>,
    /// Why the last attempt to open a connection failed; cleared by one that succeeds.
    last_failure: LastFailure,
}

type LastFailure = Arc<Mutex<Option<String>>>;

/// A pool's figures at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// The pool's name.
    pub name: &'static str,
    /// Open connections.
    pub size: u32,
    /// Open connections that nobody uses.
    pub idle: u32,
    /// Connections on loan.
    pub in_use: u32,
    /// Most connections at one time.
    pub max: u32,
    /// Callers that wait for a connection.
    pub waiting: u64,
    /// All loans since the start.
    pub acquired_total: u64,
    /// All waits since the start that ended without a connection.
    pub timeouts_total: u64,
    /// All time since the start that callers waited.
    pub wait_total: Duration,
}

impl Pool {
    /// Prepares a pool; connections are opened when they are first wanted, so a database that is away is no error here.
    /// Must be called inside a Tokio runtime, which then carries the pool's upkeep.
    ///
    /// # Errors
    /// [`StoreError::Address`] for a wrong address, [`StoreError::Certificates`] for unusable certificates.
    pub fn open(url: &SecretString, options: PoolOptions) -> Result<Self, StoreError> {
        // Half of a caller's patience, so that one attempt that got stuck leaves time for another.
        let connector = Connector::new(
            url,
            options.acquire_timeout / 2,
            Some(options.statement_timeout),
        )?;
        let last_failure = LastFailure::default();
        let manager = manager(connector, Arc::clone(&last_failure));
        let inner = bb8::Pool::builder()
            .min_idle(options.min_connections)
            .max_size(options.max_connections)
            .idle_timeout(options.idle_timeout)
            .connection_timeout(options.acquire_timeout)
            .test_on_check_out(true)
            .build_unchecked(manager);
        TIMEOUTS.add([options.name], 0);
        Ok(Self {
            inner,
            options: Arc::new(options),
            last_failure,
        })
    }

    /// Lends a connection.
    ///
    /// # Errors
    /// [`StoreError::NoConnection`], which names the pool, when none is free or can be opened within the limit.
    pub async fn acquire(&self) -> Result<PooledConnection, StoreError> {
        let pool = self.options.name;
        let began = Instant::now();
        let acquired = self.inner.get_owned().await;
        WAIT.record([pool], began.elapsed());
        acquired.map_err(|_| {
            TIMEOUTS.increment([pool]);
            StoreError::NoConnection {
                pool,
                limit: self.options.acquire_timeout,
                cause: self.last_failure(),
            }
        })
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// As [`Pool::acquire`], or [`StoreError::Query`] when the database does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        use diesel_async::SimpleAsyncConnection as _;
        self.acquire().await?.batch_execute("SELECT 1").await?;
        Ok(())
    }

    /// The pool's figures now.
    #[must_use]
    pub fn state(&self) -> PoolState {
        let state = self.inner.state();
        PoolState {
            name: self.options.name,
            size: state.connections,
            idle: state.idle_connections,
            in_use: state.connections.saturating_sub(state.idle_connections),
            max: self.options.max_connections,
            waiting: state.statistics.pending_gets(),
            acquired_total: state.statistics.get_direct + state.statistics.get_waited,
            timeouts_total: state.statistics.get_timed_out,
            wait_total: state.statistics.get_wait_time,
        }
    }

    /// Sets the pool's gauges to what they are now; to be called before the metrics are read.
    pub fn report(&self) {
        let state = self.state();
        CONNECTIONS.set([state.name, "idle"], state.idle);
        CONNECTIONS.set([state.name, "in_use"], state.in_use);
        CONNECTIONS_MAX.set([state.name], state.max);
    }

    fn last_failure(&self) -> Option<String> {
        self.last_failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pool").field(&self.state()).finish()
    }
}

fn manager(
    connector: Connector,
    last_failure: LastFailure,
) -> AsyncDieselConnectionManager<AsyncPgConnection> {
    let connector = Arc::new(connector);
    let mut config = ManagerConfig::default();
    // A query at each loan would double the cost of short statements. A connection whose socket has ended is known
    // without one; any other fault is the statement's own to report.
    config.recycling_method =
        RecyclingMethod::CustomFunction(Box::new(|connection: &mut AsyncPgConnection| {
            let broken = connection.is_broken();
            async move { if broken { Err(lost()) } else { Ok(()) } }.boxed()
        }));
    config.custom_setup = Box::new(move |_| {
        let connector = Arc::clone(&connector);
        let last_failure = Arc::clone(&last_failure);
        async move {
            let opened = connector.open().await;
            let failure = opened.as_ref().err().map(ToString::to_string);
            *last_failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
            opened.map_err(|error| ConnectionError::BadConnection(error.to_string()))
        }
        .boxed()
    });
    AsyncDieselConnectionManager::new_with_config(String::new(), config)
}

fn lost() -> Error {
    Error::DatabaseError(
        DatabaseErrorKind::ClosedConnection,
        Box::new("the connection was lost while nobody used it".to_owned()),
    )
}
