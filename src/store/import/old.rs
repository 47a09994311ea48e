//! The database of the Python bot, read only: each of its tables as the records that its files would hold.

use std::time::Duration;

use diesel::QueryResult;
use diesel::sql_types::{Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use secrecy::SecretString;

use crate::store::{StoreError, connect};

const CONNECT_LIMIT: Duration = Duration::from_secs(30);
/// Records that are asked for at once.
const AT_ONCE: usize = 2_000;

/// A table of the Python bot.
#[derive(Clone, Copy, Debug)]
pub struct OldTable {
    /// Its name.
    pub name: &'static str,
    /// A select of `key` and `record`, both texts: where a record belongs, and its JSON.
    pub select: &'static str,
}

/// A connection to it, in one read-only transaction: all of it is of one moment, and nothing of it can be changed.
pub struct OldDatabase {
    conn: AsyncPgConnection,
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    key: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    record: Option<String>,
}

impl OldDatabase {
    /// Connects.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open(url: &SecretString) -> Result<Self, StoreError> {
        let mut conn = connect(url, CONNECT_LIMIT).await?;
        conn.batch_execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TIME ZONE 'UTC'",
        )
        .await?;
        Ok(Self { conn })
    }

    /// Whether it has a table of this name.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn has(&mut self, table: &str) -> QueryResult<bool> {
        let there = format!("to_regclass('{table}') IS NOT NULL");
        diesel::select(diesel::dsl::sql::<Bool>(&there))
            .get_result(&mut self.conn)
            .await
    }

    /// Begins to read a table.
    ///
    /// # Errors
    /// Whatever the database gives, such as a column that is not there.
    pub async fn read(&mut self, table: OldTable) -> QueryResult<()> {
        let declare = format!(
            "SAVEPOINT reading; DECLARE records NO SCROLL CURSOR FOR {}",
            table.select
        );
        self.conn.batch_execute(&declare).await
    }

    /// The next records; none at the end.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn next(&mut self) -> QueryResult<Vec<(String, String)>> {
        let rows: Vec<Row> = diesel::sql_query(format!("FETCH {AT_ONCE} FROM records"))
            .load(&mut self.conn)
            .await?;
        let texts = rows
            .into_iter()
            .map(|row| (row.key.unwrap_or_default(), row.record.unwrap_or_else(|| "null".to_owned())));
        Ok(texts.collect())
    }

    /// Ends reading a table, also after an error.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn end(&mut self) -> QueryResult<()> {
        self.conn
            .batch_execute("ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading")
            .await
    }
}
