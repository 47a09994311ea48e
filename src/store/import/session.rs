//! A connection on which one file after another is loaded, each in a transaction.

use std::time::Duration;

use diesel::QueryResult;
use diesel::sql_types::Bool;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use secrecy::SecretString;

use crate::store::{StoreError, connect};

const CONNECT_LIMIT: Duration = Duration::from_secs(30);

/// The advisory lock that lets one import at a time write: another one's rows would not be seen before its commit.
const LOCK: i64 = 0x6169_6d6f_6402;

/// Whether a session writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It writes.
    Write,
    /// It looks only; the server would refuse a write.
    Look,
}

/// A connection of its own, outside any pool and without a time limit on statements.
pub struct Session {
    pub(super) conn: AsyncPgConnection,
    /// Whether it writes.
    pub mode: Mode,
}

impl Session {
    /// Connects.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open(url: &SecretString, mode: Mode) -> Result<Self, StoreError> {
        let conn = connect(url, CONNECT_LIMIT).await?;
        Ok(Self { conn, mode })
    }

    /// Whether no other import writes; then none will until this session ends.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn try_alone(&mut self) -> QueryResult<bool> {
        let alone = diesel::dsl::sql::<Bool>(&format!("pg_try_advisory_lock({LOCK})"));
        diesel::select(alone).get_result(&mut self.conn).await
    }

    /// Waits for another import's end. One that was killed ends as soon as its server process notices.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn alone(&mut self) -> QueryResult<()> {
        let wait = format!("SELECT pg_advisory_lock({LOCK})");
        self.conn.batch_execute(&wait).await
    }

    /// Begins a transaction. The planner knows nothing of arrays that come as values: it is kept from reading a whole
    /// table for a handful of rows.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn begin(&mut self) -> QueryResult<()> {
        let begin = match self.mode {
            Mode::Write => "BEGIN; SET LOCAL aimod.source = 'IMPORT'",
            Mode::Look => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let begin = format!(
            "{begin}; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
             SET LOCAL enable_seqscan = off; SET LOCAL jit = off; SET LOCAL work_mem = '32MB'"
        );
        self.conn.batch_execute(&begin).await
    }

    /// Commits. A session that only looks has nothing to commit.
    ///
    /// # Errors
    /// Whatever the database gives; then nothing of the transaction is kept.
    pub async fn commit(&mut self) -> QueryResult<()> {
        self.conn.batch_execute("COMMIT").await
    }

    /// Takes the transaction back.
    ///
    /// # Errors
    /// Whatever the database gives; the server takes it back by itself where the connection is lost.
    pub async fn roll_back(&mut self) -> QueryResult<()> {
        self.conn.batch_execute("ROLLBACK").await
    }
}
