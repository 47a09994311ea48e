//! What a row must bring to be written in a batch: the contract between tables and the writer.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::BoxFuture;

/// One durable change, written together with others of its kind.
///
/// A record is kept until its transaction is committed, because a transient error or a poisoned neighbour means
/// that it is written again; so it is `Clone` and [`Record::write_all`] only borrows.
pub trait Record: Clone + Send + Sync + 'static {
    /// What the caller learns once the change is committed, such as a case number.
    type Ack: Send + 'static;

    /// The table that gains most by it: a metric label and the name in errors.
    const TABLE: &'static str;

    /// Records with the same lane are never in one batch, so that each sees what the one before it left.
    fn lane(&self) -> Option<i64> {
        None
    }

    /// Writes all rows inside the transaction of `conn` and returns one acknowledgement per row, in their order.
    ///
    /// # Errors
    /// Whatever the statements give; the whole transaction is then rolled back.
    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Self::Ack>>>;
}
