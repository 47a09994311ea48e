//! The case, the infraction and the counter of each decision that is new in the journal, and the mark on the case that
//! it takes back.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Opened;
use crate::domain::ids::CaseNumber;
use crate::domain::verdict::{Decision, Punishment};
use crate::store::schema::{moderation_logs, user_infractions};
use crate::store::tables::deeds::LastingDeed;

/// Numbers and writes a case, an infraction and the counter for each decision.
pub(super) async fn open_cases(
    conn: &mut AsyncPgConnection,
    decisions: &[&Decision],
) -> QueryResult<Vec<Opened>> {
    if decisions.is_empty() {
        return Ok(Vec::new());
    }
    let numbers = number_cases(conn, decisions).await?;
    let rows: Vec<_> = decisions
        .iter()
        .zip(&numbers)
        .map(|(decision, number)| new_case(decision, *number))
        .collect();
    let ids: BTreeMap<(i64, i64), i64> = diesel::insert_into(moderation_logs::table)
        .values(rows)
        .returning((
            (moderation_logs::guild_id, moderation_logs::case_number),
            moderation_logs::id,
        ))
        .get_results::<((i64, i64), i64)>(conn)
        .await?
        .into_iter()
        .collect();
    let opened: Vec<(i64, i64)> = decisions
        .iter()
        .zip(&numbers)
        .map(|(decision, number)| {
            Ok((
                ids.get(&(decision.guild.as_i64(), *number))
                    .copied()
                    .ok_or(diesel::result::Error::NotFound)?,
                *number,
            ))
        })
        .collect::<QueryResult<_>>()?;
    let infractions: Vec<_> = decisions
        .iter()
        .zip(&opened)
        .filter(|(decision, _)| decision.is_infraction())
        .map(|(decision, (case_id, _))| (*decision, *case_id))
        .collect();
    if !infractions.is_empty() {
        insert_infractions(conn, &infractions).await?;
        count_infractions(conn, &infractions).await?;
    }
    lift(conn, decisions).await?;
    link_steps(conn, decisions, &opened).await?;
    Ok(opened
        .into_iter()
        .map(|(_, number)| Opened::Case {
            number: CaseNumber(number),
        })
        .collect())
}

#[derive(QueryableByName)]
struct LastNumber {
    #[diesel(sql_type = BigInt)]
    guild_id: i64,
    #[diesel(sql_type = BigInt)]
    last_case_number: i64,
}

/// Takes as many numbers of each guild as it has decisions. The row lock makes them gap-free over all processes.
async fn number_cases(
    conn: &mut AsyncPgConnection,
    decisions: &[&Decision],
) -> QueryResult<Vec<i64>> {
    let mut wanted: BTreeMap<i64, i64> = BTreeMap::new();
    for decision in decisions {
        *wanted.entry(decision.guild.as_i64()).or_default() += 1;
    }
    // Arrays keep one prepared statement for every batch size.
    let last: Vec<LastNumber> = diesel::sql_query(
        "INSERT INTO guild_settings (guild_id, last_case_number) SELECT * FROM unnest($1, $2) \
         ON CONFLICT (guild_id) DO UPDATE \
         SET last_case_number = guild_settings.last_case_number + EXCLUDED.last_case_number, \
             updated_at = CURRENT_TIMESTAMP \
         RETURNING guild_id, last_case_number",
    )
    .bind::<Array<BigInt>, _>(wanted.keys().copied().collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(wanted.values().copied().collect::<Vec<_>>())
    .load(conn)
    .await?;
    let mut next: BTreeMap<i64, i64> = last
        .into_iter()
        .map(|row| {
            (
                row.guild_id,
                row.last_case_number - wanted.get(&row.guild_id).copied().unwrap_or_default(),
            )
        })
        .collect();
    decisions
        .iter()
        .map(|decision| {
            let number = next
                .get_mut(&decision.guild.as_i64())
                .ok_or(diesel::result::Error::NotFound)?;
            *number += 1;
            Ok(*number)
        })
        .collect()
}

#[derive(Insertable)]
#[diesel(table_name = moderation_logs)]
struct NewCase<'a> {
    guild_id: i64,
    case_number: i64,
    moderator_id: i64,
    target_user_id: i64,
    action_type: &'a str,
    reason: Option<&'a str>,
    duration_seconds: Option<i32>,
    outcome: &'a str,
    audit_entry_id: Option<i64>,
    judged_channel_id: Option<i64>,
    created_at: DateTime<Utc>,
}

fn new_case<'a>(decision: &'a Decision, number: i64) -> NewCase<'a> {
    NewCase {
        guild_id: decision.guild.as_i64(),
        case_number: number,
        moderator_id: decision.moderator.as_i64(),
        target_user_id: decision.target.as_i64(),
        action_type: decision.punishment.label(),
        reason: Some(decision.reasoning.as_str()).filter(|reason| !reason.is_empty()),
        duration_seconds: decision
            .punishment
            .duration()
            .and_then(|length| i32::try_from(length.as_secs()).ok())
            .filter(|seconds| *seconds > 0),
        // What was done by hand is done.
        outcome: decision.by_hand.map_or("PENDING", |_| "DONE"),
        audit_entry_id: decision.by_hand.map(u64::cast_signed),
        judged_channel_id: decision.message.map(|(channel, _)| channel.as_i64()),
        created_at: decision.decided_at,
    }
}

async fn insert_infractions(
    conn: &mut AsyncPgConnection,
    infractions: &[(&Decision, i64)],
) -> QueryResult<()> {
    let rows: Vec<_> = infractions
        .iter()
        .map(|(decision, case_id)| {
            (
                user_infractions::guild_id.eq(decision.guild.as_i64()),
                user_infractions::user_id.eq(decision.target.as_i64()),
                user_infractions::timestamp.eq(decision.decided_at),
                user_infractions::rule_violated.eq(&decision.rule),
                user_infractions::action_taken.eq(decision.punishment.label()),
                user_infractions::reasoning.eq(&decision.reasoning),
                user_infractions::case_id.eq(case_id),
            )
        })
        .collect();
    diesel::insert_into(user_infractions::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

async fn count_infractions(
    conn: &mut AsyncPgConnection,
    infractions: &[(&Decision, i64)],
) -> QueryResult<()> {
    let mut users: BTreeMap<i64, (i64, &str)> = BTreeMap::new();
    for (decision, _) in infractions {
        users
            .entry(decision.target.as_i64())
            .or_insert((0, &decision.target_name))
            .0 += 1;
    }
    // Arrays keep one prepared statement for every batch size.
    diesel::sql_query(
        "INSERT INTO user_data (user_id, username, infraction_count) SELECT * FROM unnest($1, $2, $3) \
         ON CONFLICT (user_id) DO UPDATE SET infraction_count = user_data.infraction_count + EXCLUDED.infraction_count",
    )
    .bind::<Array<BigInt>, _>(users.keys().copied().collect::<Vec<_>>())
    .bind::<Array<Text>, _>(users.values().map(|(_, name)| *name).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(users.values().map(|(count, _)| *count).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks the cases whose punishments are taken back: those that are named, or else the newest that still holds. Their
/// guilds' numbers are locked by now, so that nobody else marks them in another order. A case that was lifted before
/// keeps its time.
async fn lift(conn: &mut AsyncPgConnection, decisions: &[&Decision]) -> QueryResult<()> {
    for decision in decisions {
        let number = match decision.lifts {
            Some(CaseNumber(number)) => Some(number),
            None => find_in_force(conn, decision).await?,
        };
        let Some(number) = number else {
            continue;
        };
        let lifted = moderation_logs::table
            .filter(moderation_logs::guild_id.eq(decision.guild.as_i64()))
            .filter(moderation_logs::case_number.eq(number))
            .filter(moderation_logs::lifted_at.is_null());
        diesel::update(lifted)
            .set(moderation_logs::lifted_at.eq(decision.decided_at))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// The newest case of the target whose punishment holds until this decision takes it back.
async fn find_in_force(
    conn: &mut AsyncPgConnection,
    decision: &Decision,
) -> QueryResult<Option<i64>> {
    let deed = match decision.punishment {
        Punishment::EndTimeout => LastingDeed::Timeout,
        Punishment::Unban => LastingDeed::Ban,
        _ => return Ok(None),
    };
    let has_its_word = deed.holds("moderation_logs.action_type");
    let newest: Option<(i64, DateTime<Utc>, Option<i32>)> = moderation_logs::table
        .filter(moderation_logs::guild_id.eq(decision.guild.as_i64()))
        .filter(moderation_logs::target_user_id.eq(decision.target.as_i64()))
        .filter(sql::<Bool>(&has_its_word))
        .filter(moderation_logs::created_at.le(decision.decided_at))
        .filter(moderation_logs::outcome.ne("FAILED"))
        .filter(moderation_logs::lifted_at.is_null())
        .order(moderation_logs::case_number.desc())
        .select((
            moderation_logs::case_number,
            moderation_logs::created_at,
            moderation_logs::duration_seconds,
        ))
        .first(conn)
        .await
        .optional()?;
    let holds = |(number, began, seconds): (i64, DateTime<Utc>, Option<i32>)| {
        let end = seconds.map(|seconds| began + TimeDelta::seconds(seconds.into()));
        end.is_none_or(|end| end > decision.decided_at)
            .then_some(number)
    };
    Ok(newest.and_then(holds))
}

async fn link_steps(
    conn: &mut AsyncPgConnection,
    decisions: &[&Decision],
    opened: &[(i64, i64)],
) -> QueryResult<()> {
    // An update from arrays, which typed diesel has no form for.
    diesel::sql_query(
        "UPDATE action_journal j SET case_id = t.case_id FROM unnest($1, $2) AS t (key, case_id) \
         WHERE j.operation_key = t.key",
    )
    .bind::<Array<Text>, _>(
        decisions
            .iter()
            .map(|decision| decision.key.as_str())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<BigInt>, _>(opened.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}
