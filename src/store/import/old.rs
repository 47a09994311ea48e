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
    select: &'static str,
}

impl OldTable {
    /// Settings, by guild.
    pub const CONFIG: Self = Self {
        name: "guild_config",
        select: "SELECT guild_id::text AS key, json_object_agg(key, value)::text AS record FROM guild_config \
             GROUP BY guild_id ORDER BY guild_id",
    };
    /// Settings of the log, by guild.
    pub const SETTINGS: Self = Self {
        name: "guild_settings",
        select: "SELECT guild_id::text AS key, json_object_agg(key, value)::text AS record FROM guild_settings \
             GROUP BY guild_id ORDER BY guild_id",
    };
    /// Settings of bot detection, by guild.
    pub const PHRASES: Self = Self {
        name: "botdetect_config",
        select: "SELECT guild_id::text AS key, json_object_agg(key, value)::text AS record FROM botdetect_config \
             GROUP BY guild_id ORDER BY guild_id",
    };
    /// Which events are logged, by guild.
    pub const TOGGLES: Self = Self {
        name: "log_event_toggles",
        select: "SELECT guild_id::text AS key, json_object_agg(event_key, enabled)::text AS record FROM log_event_toggles \
             GROUP BY guild_id ORDER BY guild_id",
    };
    /// Infractions, by guild and user.
    pub const INFRACTIONS: Self = Self {
        name: "user_infractions",
        select: "SELECT guild_id || '_' || user_id AS key, json_build_object('timestamp', timestamp, \
             'rule_violated', rule_violated, 'action_taken', action_taken, 'reasoning', reasoning)::text AS record \
             FROM user_infractions ORDER BY id",
    };
    /// Cases, by their numbers.
    pub const CASES: Self = Self {
        name: "moderation_logs",
        select: "SELECT case_id::text AS key, to_json(m)::text AS record FROM moderation_logs m ORDER BY case_id",
    };
    /// Appeals, by their ids.
    pub const APPEALS: Self = Self {
        name: "appeals",
        select: "SELECT appeal_id::text AS key, to_json(a)::text AS record FROM appeals a ORDER BY timestamp, appeal_id",
    };
    /// Users who are kept out everywhere.
    pub const BANS: Self = Self {
        name: "global_bans",
        select: "SELECT user_id::text AS key, to_json(b)::text AS record FROM global_bans b ORDER BY user_id",
    };
    /// What was noted about users.
    pub const USERS: Self = Self {
        name: "user_data",
        select: "SELECT user_id::text AS key, COALESCE(data::text, '{}') AS record FROM user_data ORDER BY user_id",
    };
    /// Sealed keys, by guild.
    pub const SECRETS: Self = Self {
        name: "guild_api_keys",
        select: "SELECT guild_id::text AS key, to_json(k)::text AS record FROM guild_api_keys k ORDER BY guild_id",
    };
    /// Blog posts.
    pub const POSTS: Self = Self {
        name: "blog_posts",
        select: "SELECT id::text AS key, to_json(p)::text AS record FROM blog_posts p ORDER BY id",
    };
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
        let texts = rows.into_iter().map(|row| {
            (
                row.key.unwrap_or_default(),
                row.record.unwrap_or_else(|| "null".to_owned()),
            )
        });
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
