//! Why a change was not written.

use std::time::Duration;

/// Why a change was not written, or why that cannot be known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The queue stayed full for as long as a caller waits.
    #[error("the writer's queue (writer.queue_capacity) stayed full for {0:?}")]
    QueueFull(Duration),
    /// The process is stopping.
    #[error("the writer has stopped")]
    Stopped,
    /// PostgreSQL could not be reached for as long as a change is retried. Nothing was written.
    #[error("the database did not answer for {0:?}")]
    Unavailable(Duration),
    /// The database refused this row. Rows that waited with it were written.
    #[error("table {table} refused a row: {reason}")]
    Refused {
        /// The table.
        table: &'static str,
        /// The database's own message, without the row's values.
        reason: String,
    },
    /// The writer failed while it held the row, or never learned what became of its COMMIT. Whether it was written
    /// cannot be known here; read before trying again.
    #[error("the writer was interrupted; the change may or may not have been written")]
    Interrupted,
}
