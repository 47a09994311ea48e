//! The statements: over arrays, so that each has one text for every number of rows.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::store::import::Session;
use crate::store::schema::{case_edits, moderation_logs};

/// A case as an older bot kept it. Equal ones are one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Queryable, Selectable)]
#[diesel(table_name = moderation_logs, check_for_backend(diesel::pg::Pg))]
pub struct OldCase {
    /// The guild.
    #[diesel(column_name = guild_id)]
    pub guild: i64,
    /// Its number; none where the older bot gave none.
    #[diesel(column_name = case_number, select_expression = moderation_logs::case_number.nullable())]
    pub number: Option<i64>,
    /// Who punished; 0 for the bot itself.
    #[diesel(column_name = moderator_id)]
    pub moderator: i64,
    /// Who was punished.
    #[diesel(column_name = target_user_id)]
    pub target: i64,
    /// What was done.
    #[diesel(column_name = action_type)]
    pub action: String,
    /// Why.
    pub reason: Option<String>,
    /// How long it lasts, in seconds.
    #[diesel(column_name = duration_seconds)]
    pub duration: Option<i32>,
    /// Where the log message stands.
    #[diesel(column_name = channel_id)]
    pub channel: Option<i64>,
    /// The log message.
    #[diesel(column_name = message_id)]
    pub message: Option<i64>,
    /// When it was decided, in whole microseconds.
    #[diesel(column_name = created_at)]
    pub at: DateTime<Utc>,
}

/// Sees to it that no later case gets one of these numbers, and keeps the guilds from numbering until the commit.
pub(super) async fn advance(
    session: &mut Session,
    highest: &BTreeMap<i64, i64>,
) -> QueryResult<()> {
    diesel::sql_query(
        "INSERT INTO guild_settings (guild_id, last_case_number) SELECT * FROM unnest($1, $2) \
         ON CONFLICT (guild_id) DO UPDATE \
         SET last_case_number = EXCLUDED.last_case_number, updated_at = CURRENT_TIMESTAMP \
         WHERE guild_settings.last_case_number < EXCLUDED.last_case_number",
    )
    .bind::<Array<BigInt>, _>(highest.keys().copied().collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(highest.values().copied().collect::<Vec<_>>())
    .execute(&mut session.conn)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct LastNumber {
    #[diesel(sql_type = BigInt)]
    guild_id: i64,
    #[diesel(sql_type = BigInt)]
    last_case_number: i64,
}

/// Takes so many numbers of each guild; the answer is the number before the first of them.
pub(super) async fn take_numbers(
    session: &mut Session,
    counts: &BTreeMap<i64, i64>,
) -> QueryResult<BTreeMap<i64, i64>> {
    let last: Vec<LastNumber> = diesel::sql_query(
        "INSERT INTO guild_settings (guild_id, last_case_number) SELECT * FROM unnest($1, $2) \
         ON CONFLICT (guild_id) DO UPDATE \
         SET last_case_number = guild_settings.last_case_number + EXCLUDED.last_case_number, \
             updated_at = CURRENT_TIMESTAMP \
         RETURNING guild_id, last_case_number",
    )
    .bind::<Array<BigInt>, _>(counts.keys().copied().collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(counts.values().copied().collect::<Vec<_>>())
    .load(&mut session.conn)
    .await?;
    let before = |row: LastNumber| {
        let taken = counts.get(&row.guild_id).copied().unwrap_or_default();
        (row.guild_id, row.last_case_number - taken)
    };
    Ok(last.into_iter().map(before).collect())
}

/// The cases that have one of these numbers, as they came here.
pub(super) async fn find(
    session: &mut Session,
    rows: &[OldCase],
) -> QueryResult<HashMap<(i64, i64), OldCase>> {
    let mut wanted: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for row in rows {
        let numbers = wanted.entry(row.guild).or_default();
        numbers.extend(row.number);
    }
    let mut there = HashMap::new();
    for (guild, numbers) in wanted {
        let mut found: Vec<(i64, OldCase)> = moderation_logs::table
            .filter(moderation_logs::guild_id.eq(guild))
            .filter(moderation_logs::case_number.eq_any(numbers))
            .select((moderation_logs::id, OldCase::as_select()))
            .load(&mut session.conn)
            .await?;
        give_back_reasons(session, &mut found).await?;
        let keyed = found
            .into_iter()
            .filter_map(|(_, case)| Some(((guild, case.number?), case)));
        there.extend(keyed);
    }
    Ok(there)
}

/// Puts the reasons in place that the cases had before anybody reworded them here.
async fn give_back_reasons(session: &mut Session, found: &mut [(i64, OldCase)]) -> QueryResult<()> {
    let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
    let first: HashMap<i64, Option<String>> = case_edits::table
        .filter(case_edits::case_id.eq_any(ids))
        .filter(case_edits::field.eq("REASON"))
        .distinct_on(case_edits::case_id)
        .order((case_edits::case_id, case_edits::id))
        .select((case_edits::case_id, case_edits::old_text))
        .load::<(i64, Option<String>)>(&mut session.conn)
        .await?
        .into_iter()
        .collect();
    for (id, case) in found {
        if let Some(reason) = first.get(id) {
            case.reason.clone_from(reason);
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Which of these are not there under any number, by their places. A case whose reason was reworded here is there.
pub(super) async fn list_absent(
    session: &mut Session,
    rows: &[&OldCase],
) -> QueryResult<Vec<usize>> {
    let absent: Vec<Place> = diesel::sql_query(
        "SELECT t.n FROM unnest($1, $2, $3, $4, $5, $6, $7) WITH ORDINALITY \
             AS t (g, target, moderator, action, reason, duration, at, n) \
         WHERE NOT EXISTS (SELECT FROM moderation_logs m LEFT JOIN LATERAL (SELECT true AS edited, e.old_text FROM case_edits e \
             WHERE e.case_id = m.id AND e.field = 'REASON' ORDER BY e.id LIMIT 1) first ON true WHERE m.guild_id = t.g \
             AND m.target_user_id = t.target AND m.created_at = t.at AND m.moderator_id = t.moderator \
             AND m.action_type = t.action \
             AND CASE WHEN first.edited THEN first.old_text ELSE m.reason END IS NOT DISTINCT FROM t.reason \
             AND m.duration_seconds IS NOT DISTINCT FROM t.duration OFFSET 0) ORDER BY t.n",
    )
    .bind::<Array<BigInt>, _>(column(rows, |row| row.guild))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.target))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.moderator))
    .bind::<Array<Text>, _>(column(rows, |row| row.action.clone()))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.reason.clone()))
    .bind::<Array<Nullable<Integer>>, _>(column(rows, |row| row.duration))
    .bind::<Array<Timestamptz>, _>(column(rows, |row| row.at))
    .load(&mut session.conn)
    .await?;
    let places = absent
        .into_iter()
        .filter_map(|place| usize::try_from(place.n - 1).ok());
    Ok(places.collect())
}

fn column<T>(rows: &[&OldCase], read: impl Fn(&OldCase) -> T) -> Vec<T> {
    rows.iter().map(|row| read(row)).collect()
}

/// Writes cases, all of which have numbers. What an older bot lists it has done.
pub(super) async fn insert(session: &mut Session, rows: &[OldCase]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows: Vec<&OldCase> = rows.iter().collect();
    diesel::sql_query(
        "INSERT INTO moderation_logs (guild_id, case_number, moderator_id, target_user_id, action_type, reason, \
             duration_seconds, channel_id, message_id, created_at, outcome) \
         SELECT t.*, 'DONE' FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS t",
    )
    .bind::<Array<BigInt>, _>(column(&rows, |row| row.guild))
    .bind::<Array<BigInt>, _>(column(&rows, |row| row.number.unwrap_or_default()))
    .bind::<Array<BigInt>, _>(column(&rows, |row| row.moderator))
    .bind::<Array<BigInt>, _>(column(&rows, |row| row.target))
    .bind::<Array<Text>, _>(column(&rows, |row| row.action.clone()))
    .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.reason.clone()))
    .bind::<Array<Nullable<Integer>>, _>(column(&rows, |row| row.duration))
    .bind::<Array<Nullable<BigInt>>, _>(column(&rows, |row| row.channel))
    .bind::<Array<Nullable<BigInt>>, _>(column(&rows, |row| row.message))
    .bind::<Array<Timestamptz>, _>(column(&rows, |row| row.at))
    .execute(&mut session.conn)
    .await?;
    Ok(())
}
