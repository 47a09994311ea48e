//! What Prometheus sees of side effects.

use crate::telemetry::metrics::metrics;

metrics! {
    /// Side effects on Discord by kind; outcome is done, skipped (could not or need not be tried) or failed.
    pub(crate) static ACTIONS_TOTAL: Counter<2> = ("aimod_actions_total", ["action", "outcome"]);
    /// Decisions that are being carried out.
    pub(crate) static IN_FLIGHT: Gauge<0> = ("aimod_actions_in_flight", []);
    /// Bytes in the local spool, which holds the journal while PostgreSQL is away.
    pub(crate) static SPOOL_BYTES: Gauge<0> = ("aimod_actions_spool_bytes", []);
}
