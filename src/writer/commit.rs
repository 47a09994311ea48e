//! One batch, one transaction: commits it, retries what passes, finds the poisoned row, and never writes a
//! committed batch again.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::Error as DieselError;
use diesel::sql_types::{Nullable, Text};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager as _,
};
use futures_util::FutureExt as _;

use super::WriterOptions;
use super::aside::Aside;
use super::error::WriteError;
use super::fault::{Fault, reason_of};
use super::group::Batch;
use super::metrics::{BATCH_ROWS, COMMIT_SECONDS, ROWS_TOTAL};
use crate::store::Pool;
use crate::store::prepared::prepared;

/// How one attempt to commit a batch ended.
enum Attempt {
    Committed,
    /// Nothing was written, and trying again may help.
    Transient,
    /// Nothing was written: something waited too long, for a lock as a rule.
    Locked,
    /// Nothing was written, and this batch will never be accepted as it is.
    Poisoned(DieselError),
    /// Nothing was written: the program itself failed over one of the rows.
    Panicked,
    /// The connection broke during COMMIT: only the transaction's id can tell.
    Unknown(String),
}

/// Why a batch as a whole was not committed.
enum Failure {
    Unavailable,
    Locked,
    Poisoned(DieselError),
    Panicked,
    /// It may have been committed; nobody could be asked.
    Unknown,
}

/// What is left of a batch after it was tried; all callers of the rest are answered.
pub(super) enum Left {
    Nothing,
    /// Nothing: writing its only row panicked.
    Panicked,
    /// Both halves, because a row in it is refused, or panics.
    Halves(Batch, Batch),
    /// All of it: somebody's open transaction holds what it touches.
    Locked(Batch),
}

/// How patient an attempt is.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    /// How long a statement may wait for a lock.
    pub(super) lock_limit: Duration,
    /// How long the batch is retried while the database cannot be reached.
    pub(super) retry_for: Duration,
}

/// Commits batches.
#[derive(Clone)]
pub(super) struct Committer {
    pub(super) pool: Pool,
    pub(super) options: WriterOptions,
}

impl Committer {
    /// Commits a batch and answers all its callers, however long that takes within `options.retry_for`; but what somebody
    /// keeps locked is put aside.
    ///
    /// # Errors
    /// Where writing some row panicked. All other rows are written and answered by then, or aside.
    pub(super) async fn commit(&self, batch: Batch, aside: &Aside) -> anyhow::Result<()> {
        let mut waiting = vec![batch];
        let mut panicked = Ok(());
        while let Some(batch) = waiting.pop() {
            match self.settle(batch, self.terms(aside)).await {
                Left::Nothing => {}
                Left::Panicked => panicked = Err(anyhow::anyhow!("writing a row panicked")),
                Left::Halves(older, newer) => waiting.extend([newer, older]),
                Left::Locked(batch) => aside.take_over(batch).await,
            }
        }
        panicked
    }

    fn terms(&self, aside: &Aside) -> Terms {
        Terms {
            lock_limit: aside.lock_limit(),
            retry_for: self.options.retry_for,
        }
    }

    /// Tries a batch once, and as long as the database cannot be reached; answers whom it can.
    pub(super) async fn settle(&self, mut batch: Batch, terms: Terms) -> Left {
        match self.commit_one(&mut batch, terms).await {
            Ok(()) => acknowledge(batch),
            Err(Failure::Locked) => return Left::Locked(batch),
            Err(Failure::Unavailable) => give_up(batch, self.options.retry_for),
            Err(Failure::Unknown) => fail(batch, "unknown", &WriteError::Interrupted),
            Err(Failure::Poisoned(error)) if batch.rows() == 1 => refuse(batch, &error),
            Err(Failure::Panicked) if batch.rows() == 1 => {
                fail(batch, "interrupted", &WriteError::Interrupted);
                return Left::Panicked;
            }
            Err(Failure::Poisoned(_) | Failure::Panicked) => {
                let (older, newer) = batch.split();
                return Left::Halves(older, newer);
            }
        }
        Left::Nothing
    }

    async fn commit_one(&self, batch: &mut Batch, terms: Terms) -> Result<(), Failure> {
        let started = Instant::now();
        let mut pause = self.options.first_pause;
        loop {
            let begun = Instant::now();
            match self.attempt(batch, terms.lock_limit).await {
                Attempt::Committed => {
                    COMMIT_SECONDS.record([], begun.elapsed());
                    return Ok(());
                }
                Attempt::Locked => return Err(Failure::Locked),
                Attempt::Poisoned(error) => return Err(Failure::Poisoned(error)),
                Attempt::Panicked => return Err(Failure::Panicked),
                Attempt::Unknown(transaction) => {
                    if self.was_committed(&transaction).await? {
                        return Ok(());
                    }
                }
                Attempt::Transient => {}
            }
            if started.elapsed() + pause > terms.retry_for {
                return Err(Failure::Unavailable);
            }
            for group in batch.groups() {
                ROWS_TOTAL.add([group.table(), "retried"], group.len() as u64);
            }
            tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }

    async fn attempt(&self, batch: &mut Batch, lock_limit: Duration) -> Attempt {
        let Ok(mut conn) = self.pool.acquire().await else {
            return Attempt::Transient;
        };
        let limit = self.options.attempt_limit;
        // A panic over one row must not take its neighbours down; the connection is given up with its open transaction.
        let work = AssertUnwindSafe(write(&mut conn, batch, lock_limit)).catch_unwind();
        let transaction = match tokio::time::timeout(limit, work).await {
            Ok(Ok(Ok(transaction))) => transaction,
            Ok(Ok(Err(error))) => {
                let ended = match Fault::of(&error) {
                    Fault::Server => return Attempt::Transient,
                    Fault::TooSlow => Attempt::Locked,
                    Fault::Row => Attempt::Poisoned(error),
                };
                roll_back(&mut conn, limit).await;
                return ended;
            }
            Ok(Err(_)) => return Attempt::Panicked,
            Err(_) => return Attempt::Transient,
        };
        let ending = AnsiTransactionManager::commit_transaction(&mut *conn);
        match tokio::time::timeout(limit, ending).await {
            Ok(Ok(())) => Attempt::Committed,
            Ok(Err(error)) => match Fault::of(&error) {
                Fault::Row => Attempt::Poisoned(error),
                Fault::TooSlow => Attempt::Locked,
                Fault::Server => Attempt::Unknown(transaction),
            },
            Err(_) => Attempt::Unknown(transaction),
        }
    }

    /// Asks PostgreSQL what became of a transaction whose COMMIT got no answer, for as long as a batch is retried.
    async fn was_committed(&self, transaction: &str) -> Result<bool, Failure> {
        let started = Instant::now();
        while started.elapsed() < self.options.retry_for {
            let asking = transaction_status(&self.pool, transaction);
            let asked = tokio::time::timeout(self.options.attempt_limit, asking);
            match asked.await {
                Ok(Ok(Some(status))) if status == "committed" => return Ok(true),
                Ok(Ok(Some(status))) if status == "aborted" => return Ok(false),
                // The server crashed before a trace of it reached the disk.
                Ok(Err(error)) if error.to_string().ends_with("is in the future") => {
                    return Ok(false);
                }
                // Still in progress, or no database to ask.
                _ => tokio::time::sleep(self.options.first_pause).await,
            }
        }
        Err(Failure::Unknown)
    }
}

/// Makes the connection fit for the pool again. Where that fails, the pool closes it for its open transaction.
async fn roll_back(conn: &mut AsyncPgConnection, limit: Duration) {
    let rolling = AnsiTransactionManager::rollback_transaction(conn);
    drop(tokio::time::timeout(limit, rolling).await);
}

/// The open transaction's id. No diesel function knows it, and without it a broken COMMIT could not be told from a lost
/// one.
struct TransactionId;

prepared!(TransactionId => Text);

impl QueryFragment<Pg> for TransactionId {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT pg_current_xact_id()::text");
        Ok(())
    }
}

/// Writes all groups inside an open transaction, which waits for no lock longer than told, and returns that
/// transaction's id.
async fn write(
    conn: &mut AsyncPgConnection,
    batch: &mut Batch,
    lock_limit: Duration,
) -> QueryResult<String> {
    // One round trip. Zero would mean no limit.
    let limit = lock_limit.as_millis().max(1);
    let begin = format!("BEGIN; SET LOCAL lock_timeout = {limit}");
    AnsiTransactionManager::begin_transaction_sql(conn, &begin).await?;
    for group in batch.groups_mut() {
        group.write(conn).await?;
    }
    TransactionId.get_result(conn).await
}

#[derive(QueryableByName)]
struct TransactionStatus {
    #[diesel(sql_type = Nullable<Text>)]
    status: Option<String>,
}

async fn transaction_status(pool: &Pool, transaction: &str) -> anyhow::Result<Option<String>> {
    let mut conn = pool.acquire().await?;
    let row: TransactionStatus = diesel::sql_query("SELECT pg_xact_status($1::xid8) AS status")
        .bind::<Text, _>(transaction)
        .get_result(&mut *conn)
        .await?;
    Ok(row.status)
}

fn acknowledge(batch: Batch) {
    BATCH_ROWS.record([], batch.rows() as f64);
    for group in batch.into_groups() {
        ROWS_TOTAL.add([group.table(), "committed"], group.len() as u64);
        group.acknowledge();
    }
}

/// Tells all callers that the database was not to be had for so long.
pub(super) fn give_up(batch: Batch, retried_for: Duration) {
    fail(batch, "unavailable", &WriteError::Unavailable(retried_for));
}

fn refuse(batch: Batch, error: &DieselError) {
    for group in batch.into_groups() {
        let error = WriteError::Refused {
            table: group.table(),
            reason: reason_of(error),
        };
        tracing::error!(table = group.table(), %error, "a row was refused");
        ROWS_TOTAL.add([group.table(), "refused"], group.len() as u64);
        group.fail(&error);
    }
}

fn fail(batch: Batch, outcome: &'static str, error: &WriteError) {
    for group in batch.into_groups() {
        tracing::error!(table = group.table(), rows = group.len(), %error, "rows were not written");
        ROWS_TOTAL.add([group.table(), outcome], group.len() as u64);
        group.fail(error);
    }
}
