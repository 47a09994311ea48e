//! What Prometheus sees of global bans.

use crate::telemetry::metrics::metrics;

metrics! {
    /// Users on the list of global bans, as this process holds it.
    pub(crate) static ENTRIES: Gauge<0> = ("aimod_global_bans_entries", []);
    /// Searches of a server for users who are banned globally: found, absent or failed.
    pub(crate) static SEARCHED_TOTAL: Counter<1> = ("aimod_global_bans_searched_total", ["result"]);
}
