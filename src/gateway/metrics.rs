//! What Prometheus sees of the gateway.

use crate::telemetry::metrics::metrics;

metrics! {
    /// Events received from Discord's gateway by kind; "unknown" are those that could not be read.
    pub(crate) static EVENTS: Counter<1> = ("aimod_gateway_events_total", ["event"]);
    /// Events that were received and handed to nobody: outside a guild, or after the intake was closed.
    pub(crate) static DROPPED: Counter<1> = ("aimod_gateway_dropped_total", ["reason"]);
    /// Messages that were read back because nobody listened when they were posted.
    pub(crate) static FOUND: Counter<0> = ("aimod_gateway_found_messages_total", []);
    /// Shards of this process by state.
    pub(crate) static SHARDS: Gauge<1> = ("aimod_gateway_shards", ["state"]);
    /// Time from a heartbeat to its acknowledgement on the slowest shard.
    pub(crate) static LATENCY: Gauge<0> = ("aimod_gateway_latency_seconds", []);
}
