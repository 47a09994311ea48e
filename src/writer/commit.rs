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
    Poisoned(DieselError),
    Panicked,
    /// It may have been committed; nobody could be asked.
    Unknown,
}

/// Commits a batch and answers all its callers, however long that takes within `options.retry_for`.
///
/// # Errors
/// Where writing some row panicked. All other rows are written and answered by then.
pub(super) async fn commit(
    pool: &Pool,
    options: &WriterOptions,
    batch: Batch,
) -> anyhow::Result<()> {
    let mut waiting = vec![batch];
    let mut panicked = Ok(());
    while let Some(mut batch) = waiting.pop() {
        match commit_one(pool, options, &mut batch).await {
            Ok(()) => acknowledge(batch),
            Err(Failure::Unavailable) => {
                let error = WriteError::Unavailable(options.retry_for);
                fail(batch, "unavailable", &error);
            }
            Err(Failure::Unknown) => fail(batch, "unknown", &WriteError::Interrupted),
            Err(Failure::Poisoned(error)) if batch.rows() == 1 => refuse(batch, &error),
            Err(Failure::Panicked) if batch.rows() == 1 => {
                fail(batch, "interrupted", &WriteError::Interrupted);
                panicked = Err(anyhow::anyhow!("writing a row panicked"));
            }
            Err(Failure::Poisoned(_) | Failure::Panicked) => {
                let (older, newer) = batch.split();
                waiting.extend([newer, older]);
            }
        }
    }
    panicked
}

async fn commit_one(
    pool: &Pool,
    options: &WriterOptions,
    batch: &mut Batch,
) -> Result<(), Failure> {
    let started = Instant::now();
    let mut pause = options.first_pause;
    loop {
        let begun = Instant::now();
        match attempt(pool, options, batch).await {
            Attempt::Committed => {
                COMMIT_SECONDS.record([], begun.elapsed());
                return Ok(());
            }
            Attempt::Poisoned(error) => return Err(Failure::Poisoned(error)),
            Attempt::Panicked => return Err(Failure::Panicked),
            Attempt::Unknown(transaction) => {
                if was_committed(pool, options, &transaction).await? {
                    return Ok(());
                }
            }
            Attempt::Transient => {}
        }
        if started.elapsed() + pause > options.retry_for {
            return Err(Failure::Unavailable);
        }
        for group in batch.groups_mut() {
            ROWS_TOTAL.add([group.table(), "retried"], group.len() as u64);
        }
        tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

async fn attempt(pool: &Pool, options: &WriterOptions, batch: &mut Batch) -> Attempt {
    let Ok(mut conn) = pool.acquire().await else {
        return Attempt::Transient;
    };
    let alone = batch.rows() == 1;
    // A panic over one row must not take its neighbours down; the connection is given up with its open transaction.
    let work = AssertUnwindSafe(write(&mut conn, batch)).catch_unwind();
    let transaction = match tokio::time::timeout(options.attempt_limit, work).await {
        Ok(Ok(Ok(transaction))) => transaction,
        Ok(Ok(Err(error))) => {
            if !Fault::of(&error).is_poison(alone) {
                return Attempt::Transient;
            }
            roll_back(&mut conn, options).await;
            return Attempt::Poisoned(error);
        }
        Ok(Err(_)) => return Attempt::Panicked,
        Err(_) => return Attempt::Transient,
    };
    let ending = AnsiTransactionManager::commit_transaction(&mut *conn);
    match tokio::time::timeout(options.attempt_limit, ending).await {
        Ok(Ok(())) => Attempt::Committed,
        Ok(Err(error)) if Fault::of(&error).is_poison(alone) => Attempt::Poisoned(error),
        _ => Attempt::Unknown(transaction),
    }
}

/// Makes the connection fit for the pool again. Where that fails, the pool closes it for its open transaction.
async fn roll_back(conn: &mut AsyncPgConnection, options: &WriterOptions) {
    let rolling = AnsiTransactionManager::rollback_transaction(conn);
    drop(tokio::time::timeout(options.attempt_limit, rolling).await);
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

/// Writes all groups inside an open transaction and returns that transaction's id.
async fn write(conn: &mut AsyncPgConnection, batch: &mut Batch) -> QueryResult<String> {
    AnsiTransactionManager::begin_transaction(conn).await?;
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

/// Asks PostgreSQL what became of a transaction whose COMMIT got no answer, for as long as a batch is retried.
async fn was_committed(
    pool: &Pool,
    options: &WriterOptions,
    transaction: &str,
) -> Result<bool, Failure> {
    let started = Instant::now();
    while started.elapsed() < options.retry_for {
        let asked =
            tokio::time::timeout(options.attempt_limit, transaction_status(pool, transaction));
        match asked.await {
            Ok(Ok(Some(status))) if status == "committed" => return Ok(true),
            Ok(Ok(Some(status))) if status == "aborted" => return Ok(false),
            // The server crashed before a trace of it reached the disk.
            Ok(Err(error)) if error.to_string().ends_with("is in the future") => return Ok(false),
            // Still in progress, or no database to ask.
            _ => tokio::time::sleep(options.first_pause).await,
        }
    }
    Err(Failure::Unknown)
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
