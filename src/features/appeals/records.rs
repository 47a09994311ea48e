//! The punishments that appeals are about, from the cases and from infractions that have none.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::subject::{ONE_DEED, Sentence, Subject};
use crate::domain::ids::{CaseNumber, GuildId, UserId};
use crate::store::schema::{guild_settings, moderation_logs, user_infractions};

/// How many later cases of a member are looked at.
const MOST_LATER: i64 = 200;

#[derive(Queryable, Selectable)]
#[diesel(table_name = moderation_logs, check_for_backend(diesel::pg::Pg))]
pub(super) struct CaseRow {
    id: i64,
    guild_id: i64,
    case_number: i64,
    target_user_id: i64,
    action_type: String,
    reason: Option<String>,
    duration_seconds: Option<i32>,
    outcome: String,
    created_at: DateTime<Utc>,
    lifted_at: Option<DateTime<Utc>>,
}

impl CaseRow {
    pub(super) fn into_sentence(self, infraction_id: Option<i64>) -> Sentence {
        let seconds = self
            .duration_seconds
            .and_then(|secs| u64::try_from(secs).ok());
        Sentence {
            guild: GuildId::from_i64(self.guild_id),
            user: UserId::from_i64(self.target_user_id),
            subject: Subject::Case(CaseNumber(self.case_number)),
            case_id: Some(self.id),
            infraction_id,
            action: self.action_type,
            reason: self.reason,
            length: seconds.map(Duration::from_secs),
            at: self.created_at,
            // What is under way is as good as done.
            done: self.outcome != "FAILED",
            lifted: self.lifted_at.is_some(),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = user_infractions, check_for_backend(diesel::pg::Pg))]
pub(super) struct InfractionRow {
    id: i64,
    guild_id: i64,
    user_id: i64,
    timestamp: DateTime<Utc>,
    rule_violated: Option<String>,
    action_taken: Option<String>,
}

impl InfractionRow {
    /// Its number.
    pub(super) const fn id(&self) -> i64 {
        self.id
    }
}

impl From<InfractionRow> for Sentence {
    fn from(row: InfractionRow) -> Self {
        Self {
            guild: GuildId::from_i64(row.guild_id),
            user: UserId::from_i64(row.user_id),
            subject: Subject::Infraction(row.id),
            case_id: None,
            infraction_id: Some(row.id),
            action: row.action_taken.unwrap_or_default(),
            reason: row.rule_violated,
            length: None,
            at: row.timestamp,
            done: true,
            lifted: false,
        }
    }
}

/// Finds a punishment of a guild.
pub(super) async fn find_sentence(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    subject: Subject,
) -> QueryResult<Option<Sentence>> {
    match subject {
        Subject::Case(number) => find_case(conn, guild, number).await,
        Subject::Infraction(id) => find_infraction(conn, guild, id).await,
    }
}

async fn find_case(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    number: CaseNumber,
) -> QueryResult<Option<Sentence>> {
    let found: Option<(CaseRow, Option<i64>)> = moderation_logs::table
        .left_join(user_infractions::table)
        .filter(moderation_logs::guild_id.eq(guild.as_i64()))
        .filter(moderation_logs::case_number.eq(number.0))
        .select((CaseRow::as_select(), user_infractions::id.nullable()))
        .first(conn)
        .await
        .optional()?;
    let Some((case, infraction)) = found else {
        return Ok(None);
    };
    let mut sentence = case.into_sentence(infraction);
    if sentence.infraction_id.is_none() {
        let near = (sentence.at - ONE_DEED, sentence.at + ONE_DEED);
        let rows: Vec<InfractionRow> = user_infractions::table
            .filter(user_infractions::guild_id.eq(guild.as_i64()))
            .filter(user_infractions::user_id.eq(sentence.user.as_i64()))
            .filter(user_infractions::timestamp.between(near.0, near.1))
            .filter(user_infractions::case_id.is_null())
            .order((user_infractions::timestamp, user_infractions::id))
            .select(InfractionRow::as_select())
            .load(conn)
            .await?;
        let mut infractions = rows.into_iter().map(Sentence::from).collect();
        sentence.absorb(&mut infractions);
    }
    Ok(Some(sentence))
}

/// An infraction that has a case is known by that.
pub(super) async fn find_infraction(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    id: i64,
) -> QueryResult<Option<Sentence>> {
    let found: Option<(InfractionRow, Option<CaseRow>)> = user_infractions::table
        .left_join(moderation_logs::table)
        .filter(user_infractions::id.eq(id))
        .filter(user_infractions::guild_id.eq(guild.as_i64()))
        .select((InfractionRow::as_select(), Option::<CaseRow>::as_select()))
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(|(infraction, case)| match case {
        Some(case) => case.into_sentence(Some(infraction.id)),
        None => infraction.into(),
    }))
}

/// Lists a member's punishments that have not been taken back, newest first: of one guild, or of all that the bot is in.
pub(super) async fn list_sentences(
    conn: &mut AsyncPgConnection,
    user: UserId,
    guild: Option<GuildId>,
    limit: i64,
) -> QueryResult<Vec<Sentence>> {
    let mut all = list_cases(conn, user, guild, limit).await?;
    let mut infractions = list_infractions(conn, user, guild, limit).await?;
    for case in &mut all {
        case.absorb(&mut infractions);
    }
    all.extend(infractions);
    all.retain(|sentence| !sentence.deed().is_relief());
    all.sort_by_key(|sentence| std::cmp::Reverse((sentence.at, sentence.subject)));
    all.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(all)
}

async fn list_cases(
    conn: &mut AsyncPgConnection,
    user: UserId,
    guild: Option<GuildId>,
    limit: i64,
) -> QueryResult<Vec<Sentence>> {
    let mut query = moderation_logs::table
        .left_join(user_infractions::table)
        .filter(moderation_logs::target_user_id.eq(user.as_i64()))
        .filter(moderation_logs::lifted_at.is_null())
        .select((CaseRow::as_select(), user_infractions::id.nullable()))
        .limit(limit)
        .into_boxed();
    query = match guild {
        Some(guild) => query
            .filter(moderation_logs::guild_id.eq(guild.as_i64()))
            .order(moderation_logs::case_number.desc()),
        None => query
            .filter(moderation_logs::guild_id.eq_any(present()))
            .order((
                moderation_logs::created_at.desc(),
                moderation_logs::case_number.desc(),
            )),
    };
    let rows: Vec<(CaseRow, Option<i64>)> = query.load(conn).await?;
    let sentences = rows.into_iter();
    Ok(sentences
        .map(|(case, infraction)| case.into_sentence(infraction))
        .collect())
}

async fn list_infractions(
    conn: &mut AsyncPgConnection,
    user: UserId,
    guild: Option<GuildId>,
    limit: i64,
) -> QueryResult<Vec<Sentence>> {
    let mut query = user_infractions::table
        .filter(user_infractions::user_id.eq(user.as_i64()))
        .filter(user_infractions::case_id.is_null())
        .select(InfractionRow::as_select())
        .order((
            user_infractions::timestamp.desc(),
            user_infractions::id.desc(),
        ))
        .limit(limit)
        .into_boxed();
    query = match guild {
        Some(guild) => query.filter(user_infractions::guild_id.eq(guild.as_i64())),
        None => query.filter(user_infractions::guild_id.eq_any(present())),
    };
    let rows: Vec<InfractionRow> = query.load(conn).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Whether the bot is in a guild, as far as Discord has told.
pub(super) async fn find_presence(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
) -> QueryResult<bool> {
    let there = present().filter(guild_settings::guild_id.eq(guild.as_i64()));
    diesel::select(diesel::dsl::exists(there))
        .get_result(conn)
        .await
}

/// The guilds that the bot is in. Those that only an import knows have no name.
#[diesel::dsl::auto_type(no_type_alias)]
fn present() -> _ {
    guild_settings::table
        .filter(guild_settings::left_at.is_null())
        .filter(guild_settings::name.ne(""))
        .select(guild_settings::guild_id)
}

/// Lists what happened to a member of a guild since then, newest first.
pub(super) async fn list_later(
    conn: &mut AsyncPgConnection,
    sentence: &Sentence,
) -> QueryResult<Vec<Sentence>> {
    let rows: Vec<CaseRow> = moderation_logs::table
        .filter(moderation_logs::guild_id.eq(sentence.guild.as_i64()))
        .filter(moderation_logs::target_user_id.eq(sentence.user.as_i64()))
        .filter(moderation_logs::created_at.ge(sentence.at))
        .order(moderation_logs::case_number.desc())
        .limit(MOST_LATER)
        .select(CaseRow::as_select())
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| row.into_sentence(None))
        .collect())
}
