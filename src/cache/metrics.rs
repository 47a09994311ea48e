//! The cache's metrics.

use crate::telemetry::metrics::{Metric, metrics};

metrics! {
    /// Look-ups in a cache, by tier (memory, redis) and outcome (hit, miss, error).
    pub(crate) static REQUESTS: Counter<3> = ("aimod_cache_requests_total", ["cache", "tier", "outcome"]);
}

/// The metrics of the cache, for the app's list.
#[must_use]
pub fn metrics() -> Vec<&'static dyn Metric> {
    METRICS.to_vec()
}
