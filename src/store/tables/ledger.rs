//! Sums over the tables: what the database says of a whole run, for whoever reckons up.

use std::collections::BTreeMap;

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::store::{Pool, StoreError};

/// Rows per table, in the order of the report.
const TABLES: [&str; 8] = [
    "guild_settings",
    "guild_config",
    "guild_config_revisions",
    "user_infractions",
    "moderation_logs",
    "user_data",
    "command_logs",
    "action_journal",
];

/// What the database holds.
pub struct Ledger {
    /// Rows by table.
    pub rows: BTreeMap<String, i64>,
    /// Cases by action and outcome, such as `BAN DONE`.
    pub cases: BTreeMap<String, i64>,
    /// Journaled side effects by kind and state, such as `CARD DONE`.
    pub steps: BTreeMap<String, i64>,
    /// Messages counted over all users.
    pub messages: i64,
    /// Infractions counted over all users.
    pub infractions_counted: i64,
    /// Guilds whose case numbers or versions have gaps.
    pub gaps: i64,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Reads all sums.
///
/// # Errors
/// Whatever the database gives.
pub async fn read_ledger(pool: &Pool) -> Result<Ledger, StoreError> {
    let mut conn = pool.acquire().await?;
    let tables = TABLES
        .map(|table| format!("SELECT '{table}' AS name, count(*) AS count FROM {table}"))
        .join(" UNION ALL ");
    let sums = counts(
        &mut conn,
        "SELECT 'messages' AS name, COALESCE(sum(message_count), 0)::bigint AS count FROM user_data \
         UNION ALL SELECT 'infractions', COALESCE(sum(infraction_count), 0)::bigint FROM user_data \
         UNION ALL SELECT 'gaps', count(*) FROM guild_settings g WHERE \
         g.last_case_number <> (SELECT count(*) FROM moderation_logs m WHERE m.guild_id = g.guild_id) OR \
         g.config_version <> (SELECT count(DISTINCT r.version) FROM guild_config_revisions r WHERE r.guild_id = g.guild_id)",
    )
    .await?;
    let sum = |name: &str| sums.get(name).copied().unwrap_or_default();
    Ok(Ledger {
        rows: counts(&mut conn, &tables).await?,
        cases: counts(
            &mut conn,
            "SELECT action_type || ' ' || outcome AS name, count(*) AS count FROM moderation_logs GROUP BY 1",
        )
        .await?,
        steps: counts(&mut conn, "SELECT kind || ' ' || state AS name, count(*) AS count FROM action_journal GROUP BY 1")
            .await?,
        messages: sum("messages"),
        infractions_counted: sum("infractions"),
        gaps: sum("gaps"),
    })
}

/// Grouped counts, which differ in too little to be worth a typed query each.
async fn counts(
    conn: &mut AsyncPgConnection,
    query: &str,
) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows: Vec<Count> = diesel::sql_query(query).load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.count)).collect())
}
