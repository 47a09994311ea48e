//! What Prometheus sees of the writer.

use crate::telemetry::metrics::{COUNT, SECONDS, metrics};

metrics! {
    /// Changes that wait for the next commit.
    pub(crate) static QUEUE_DEPTH: Gauge<0> = ("aimod_writer_queue_depth", []);
    /// Changes that are put aside, because somebody's open transaction holds what they touch.
    pub(crate) static ROWS_ASIDE: Gauge<0> = ("aimod_writer_rows_aside", []);
    /// Rows committed together in one transaction.
    pub(crate) static BATCH_ROWS: Histogram<0> = ("aimod_writer_batch_rows", [], buckets COUNT);
    /// Time from the start of a batch's transaction to its commit.
    pub(crate) static COMMIT_SECONDS: Histogram<0> = ("aimod_writer_commit_seconds", [], buckets SECONDS);
    /// Rows settled; outcome is committed, refused (poisoned row), retried (transient error, or a lock), unavailable, unknown (its
    /// COMMIT got no answer) or interrupted (the program failed over it).
    pub(crate) static ROWS_TOTAL: Counter<2> = ("aimod_writer_rows_total", ["table", "outcome"]);
    /// Times the writer itself failed and was started anew.
    pub(crate) static RESTARTS_TOTAL: Counter<0> = ("aimod_writer_restarts_total", []);
}
