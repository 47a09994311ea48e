//! Appeals as they are read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::records::{CaseRow, InfractionRow, find_infraction};
use super::standing::{Past, Status};
use super::subject::{Sentence, Subject};
use crate::domain::ids::{GuildId, UserId};
use crate::store::schema::{appeals, moderation_logs, user_infractions};

/// How many appeals of one member are looked at: all of them, for anybody but a machine.
const MOST_OF_A_MEMBER: i64 = 500;

/// Lists a member's appeals over all guilds, newest first.
pub(super) async fn list_past(
    conn: &mut AsyncPgConnection,
    user: UserId,
) -> QueryResult<Vec<Past>> {
    type Row = (
        i64,
        i64,
        Option<i64>,
        Option<i64>,
        String,
        DateTime<Utc>,
        DateTime<Utc>,
    );
    let rows: Vec<Row> = appeals::table
        .filter(appeals::user_id.eq(user.as_i64()))
        .order(appeals::id.desc())
        .limit(MOST_OF_A_MEMBER)
        .select((
            appeals::id,
            appeals::guild_id,
            appeals::case_id,
            appeals::infraction_id,
            appeals::status,
            appeals::created_at,
            appeals::updated_at,
        ))
        .load(conn)
        .await?;
    let past = rows.into_iter().filter_map(
        |(id, guild, case_id, infraction_id, status, made_at, changed_at)| {
            Some(Past {
                id,
                guild: GuildId::from_i64(guild),
                case_id,
                infraction_id,
                status: Status::of(&status)?,
                made_at,
                changed_at,
            })
        },
    );
    Ok(past.collect())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = appeals, check_for_backend(diesel::pg::Pg))]
struct AppealRow {
    id: i64,
    user_id: i64,
    guild_id: i64,
    reason: String,
    status: String,
    admin_response: Option<String>,
    reviewed_by: Option<i64>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// An appeal with the punishment it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Appeal {
    pub(super) id: i64,
    pub(super) guild: GuildId,
    pub(super) user: UserId,
    /// None where the records of it are gone, or were never known: an older program kept some of them by heart.
    pub(super) sentence: Option<Sentence>,
    pub(super) text: String,
    pub(super) status: Status,
    pub(super) answer: Option<String>,
    pub(super) reviewer: Option<UserId>,
    pub(super) made_at: DateTime<Utc>,
    pub(super) changed_at: DateTime<Utc>,
}

type Found = (AppealRow, Option<CaseRow>, Option<InfractionRow>);

impl Appeal {
    fn of((row, case, infraction): Found) -> Self {
        let infraction_id = infraction.as_ref().map(InfractionRow::id);
        let sentence = match case {
            Some(case) => Some(case.into_sentence(infraction_id)),
            None => infraction.map(Into::into),
        };
        Self {
            id: row.id,
            guild: GuildId::from_i64(row.guild_id),
            user: UserId::from_i64(row.user_id),
            sentence,
            text: row.reason,
            // The database's own check allows no other.
            status: Status::of(&row.status).unwrap_or(Status::Denied),
            answer: row.admin_response,
            reviewer: row.reviewed_by.map(UserId::from_i64),
            made_at: row.created_at,
            changed_at: row.updated_at,
        }
    }

    /// Finds an appeal of a guild.
    pub(super) async fn find(
        conn: &mut AsyncPgConnection,
        guild: GuildId,
        id: i64,
    ) -> QueryResult<Option<Self>> {
        let found: Option<Found> = whole()
            .filter(appeals::id.eq(id))
            .filter(appeals::guild_id.eq(guild.as_i64()))
            .first(conn)
            .await
            .optional()?;
        let Some(mut appeal) = found.map(Self::of) else {
            return Ok(None);
        };
        // What an import found the infraction of has a case of that infraction, if it has one.
        if let Some(Subject::Infraction(id)) = appeal.sentence.as_ref().map(|one| one.subject) {
            appeal.sentence = find_infraction(conn, guild, id).await?;
        }
        Ok(Some(appeal))
    }

    /// Lists appeals of a guild in one of these states, newest first, leaving out so many.
    pub(super) async fn list(
        conn: &mut AsyncPgConnection,
        guild: GuildId,
        states: &[Status],
        (skip, limit): (i64, i64),
    ) -> QueryResult<Vec<Self>> {
        let words: Vec<&str> = states.iter().map(|state| state.word()).collect();
        let rows: Vec<Found> = whole()
            .filter(appeals::guild_id.eq(guild.as_i64()))
            .filter(appeals::status.eq_any(words))
            .order(appeals::id.desc())
            .offset(skip)
            .limit(limit)
            .load(conn)
            .await?;
        Ok(rows.into_iter().map(Self::of).collect())
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn whole() -> _ {
    let appeal: diesel::dsl::AsSelect<AppealRow, diesel::pg::Pg> = AppealRow::as_select();
    let case: diesel::dsl::AsSelect<Option<CaseRow>, diesel::pg::Pg> =
        Option::<CaseRow>::as_select();
    let infraction: diesel::dsl::AsSelect<Option<InfractionRow>, diesel::pg::Pg> =
        Option::<InfractionRow>::as_select();
    appeals::table
        .left_join(moderation_logs::table)
        .left_join(user_infractions::table)
        .select((appeal, case, infraction))
}

/// Counts the appeals of a guild in one of these states.
pub(super) async fn count(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    states: &[Status],
) -> QueryResult<i64> {
    let words: Vec<&str> = states.iter().map(|state| state.word()).collect();
    appeals::table
        .filter(appeals::guild_id.eq(guild.as_i64()))
        .filter(appeals::status.eq_any(words))
        .count()
        .get_result(conn)
        .await
}
