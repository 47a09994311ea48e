//! The store's metrics: the pool's connections and waits, and the time of each named query.

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
