//! The store's metrics: the pool's connections and waits, the time of each named query, and what was taken away.

use std::time::Instant;

use crate::telemetry::metrics::{Metric, SECONDS, metrics};

metrics! {
    /// Open connections to PostgreSQL, by what they do: idle or in_use.
    pub(super) static CONNECTIONS: Gauge<2> = ("aimod_db_pool_connections", ["pool", "state"]);
    /// Most connections that the pool opens.
    pub(super) static CONNECTIONS_MAX: Gauge<1> = ("aimod_db_pool_connections_max", ["pool"]);
    /// Time that callers waited for a connection.
    pub(super) static WAIT: Histogram<1> = ("aimod_db_pool_wait_seconds", ["pool"], buckets SECONDS);
    /// Waits that ended without a connection.
    pub(super) static TIMEOUTS: Counter<1> = ("aimod_db_pool_timeouts_total", ["pool"]);
    /// Time of a query at the database, the way there and back included.
    pub(super) static QUERY: Histogram<1> = ("aimod_db_query_seconds", ["query"], buckets SECONDS);
    /// Rows that went because they were too old, by class of the settings' section retention; left_guilds are those of
    /// guilds that AIMod was removed from.
    pub(crate) static RETENTION_ROWS: Counter<1> = ("aimod_retention_rows_total", ["class"]);
    /// Times that everything kept was looked through; outcome is done, failed, or elsewhere (another process does it).
    pub(crate) static RETENTION_RUNS: Counter<1> = ("aimod_retention_runs_total", ["outcome"]);
    /// When this process last looked through everything, seconds since 1970.
    pub(crate) static RETENTION_LAST_RUN: Gauge<0> = ("aimod_retention_last_run_timestamp_seconds", []);
    /// Guilds and people of whom everything that may go was taken away, by why: left, asked (by the person) or operator.
    pub(crate) static ERASURES: Counter<2> = ("aimod_erasures_total", ["whose", "reason"]);
}

/// The metrics of the store, for the app's list.
#[must_use]
pub fn metrics() -> Vec<&'static dyn Metric> {
    METRICS.to_vec()
}

/// Notes how long the query called `name` takes. The names are a closed set: one per function that asks the database.
pub async fn timed<T>(name: &'static str, query: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let answer = query.await;
    QUERY.record([name], began.elapsed());
    answer
}
