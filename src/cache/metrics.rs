//! The cache's metrics.

use crate::telemetry::metrics::{Metric, metrics};

metrics! {
    /// Look-ups in a cache, by tier (memory, redis) and outcome (hit, miss, error).
    pub(crate) static REQUESTS: Counter<3> = ("aimod_cache_requests_total", ["cache", "tier", "outcome"]);
    /// What was asked of the sessions (open, find, rotate, revoke, revoke_all), and what came of it.
    pub(crate) static SESSION_CALLS: Counter<2> = ("aimod_session_calls_total", ["call", "outcome"]);
}

/// The metrics of the cache, for the app's list.
#[must_use]
pub fn metrics() -> Vec<&'static dyn Metric> {
    METRICS.to_vec()
}

/// Notes whether a member's permissions were found in memory.
pub fn count_user_permissions(hit: bool) {
    REQUESTS.increment([
        "user_permissions",
        "memory",
        if hit { "hit" } else { "miss" },
    ]);
}

/// Notes whether a guild's configuration was found in memory.
pub fn count_guild_config(hit: bool) {
    REQUESTS.increment(["guild_config", "memory", if hit { "hit" } else { "miss" }]);
}
