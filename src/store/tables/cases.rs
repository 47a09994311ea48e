//! `moderation_logs`: the cases of a guild.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};

use super::without_nul;
use crate::domain::ids::{CaseNumber, ChannelId, GuildId, MessageId, UserId};
use crate::store::schema::{action_journal, moderation_logs};

/// A case as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = moderation_logs, check_for_backend(diesel::pg::Pg))]
pub struct Case {
    /// Own number over all guilds.
    pub id: i64,
    /// Its number in the guild.
    pub case_number: i64,
    /// Who punished; 0 is AIMod itself.
    pub moderator_id: i64,
    /// Who was punished.
    pub target_user_id: i64,
    /// What was done.
    pub action_type: String,
    /// Why.
    pub reason: Option<String>,
    /// How long a timeout lasts, in seconds.
    pub duration_seconds: Option<i32>,
    /// PENDING, DONE or FAILED.
    pub outcome: String,
    /// What kept it from being done in full.
    pub outcome_detail: Option<String>,
    /// Where the log card stands.
    pub channel_id: Option<i64>,
    /// The log card.
    pub message_id: Option<i64>,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
    /// What the staff notes about it; never shown to the member.
    pub note: Option<String>,
    /// The entry of Discord's audit log that it was made from.
    pub audit_entry_id: Option<i64>,
    /// When the punishment was taken back before its end.
    pub lifted_at: Option<DateTime<Utc>>,
    /// Where the judged message stood.
    pub judged_channel_id: Option<i64>,
}

impl Case {
    /// Finds a case by its number.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn find(
        conn: &mut AsyncPgConnection,
        guild: GuildId,
        number: CaseNumber,
    ) -> QueryResult<Option<Self>> {
        moderation_logs::table
            .filter(moderation_logs::guild_id.eq(guild.as_i64()))
            .filter(moderation_logs::case_number.eq(number.0))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }
}

/// Whether a later case of a user, that has not failed, did `action`: the contrary of what is about to be tried again.
///
/// # Errors
/// Whatever the database gives.
pub async fn is_overruled(
    conn: &mut AsyncPgConnection,
    (guild, user): (GuildId, UserId),
    action: &str,
    since: DateTime<Utc>,
) -> QueryResult<bool> {
    let later = moderation_logs::table
        .filter(moderation_logs::guild_id.eq(guild.as_i64()))
        .filter(moderation_logs::target_user_id.eq(user.as_i64()))
        .filter(moderation_logs::action_type.eq(action))
        .filter(moderation_logs::created_at.gt(since))
        .filter(moderation_logs::outcome.ne("FAILED"));
    diesel::select(exists(later)).get_result(conn).await
}

/// What became of a case's action, and where its card stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseOutcome {
    /// Whether the punishment was carried out.
    pub done: bool,
    /// What kept parts of it from being done.
    pub detail: Option<String>,
    /// The card in the log channel, where one was posted.
    pub card: Option<(ChannelId, MessageId)>,
}

impl CaseOutcome {
    /// Writes the outcome into the case that a journaled operation opened, unless it has one: a line of the spool
    /// may be written again. For records only: see `writer/`.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub(super) async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        operation_key: &str,
    ) -> QueryResult<()> {
        let case = action_journal::table
            .filter(action_journal::operation_key.eq(operation_key))
            .filter(action_journal::step.eq(0))
            .select(action_journal::case_id);
        let case = moderation_logs::table.filter(moderation_logs::id.nullable().eq_any(case));
        let what_is_told = (
            moderation_logs::outcome_detail.eq(self.detail.as_deref().map(without_nul)),
            moderation_logs::channel_id.eq(self.card.map(|(channel, _)| channel.as_i64())),
            moderation_logs::message_id.eq(self.card.map(|(_, message)| message.as_i64())),
        );
        let outcome = if self.done { "DONE" } else { "FAILED" };
        let ended: Option<Ended> =
            diesel::update(case.filter(moderation_logs::outcome.eq("PENDING")))
                .set((moderation_logs::outcome.eq(outcome), what_is_told.clone()))
                .returning(Ended::as_returning())
                .get_result(conn)
                .await
                .optional()?;
        if let Some(ended) = ended {
            if !self.done && ["UNBAN", "END_TIMEOUT"].contains(&ended.action_type.as_str()) {
                ended.hold_again(conn).await?;
            }
        } else {
            // A case of what was done by hand had its outcome from the start, and only now its card.
            let by_hand = case
                .filter(moderation_logs::audit_entry_id.is_not_null())
                .filter(moderation_logs::message_id.is_null())
                .filter(moderation_logs::outcome_detail.is_null());
            diesel::update(by_hand)
                .set(what_is_told)
                .execute(conn)
                .await?;
        }
        Ok(())
    }
}

/// A case that has just been told its outcome.
#[derive(Queryable, Selectable)]
#[diesel(table_name = moderation_logs, check_for_backend(diesel::pg::Pg))]
struct Ended {
    guild_id: i64,
    target_user_id: i64,
    action_type: String,
    created_at: DateTime<Utc>,
}

impl Ended {
    /// Takes back that it took a punishment back: Discord refused to, so that one holds as before. Opening this case
    /// marked the other with its own time.
    async fn hold_again(&self, conn: &mut AsyncPgConnection) -> QueryResult<()> {
        let lifted = moderation_logs::table
            .filter(moderation_logs::guild_id.eq(self.guild_id))
            .filter(moderation_logs::target_user_id.eq(self.target_user_id))
            .filter(moderation_logs::lifted_at.eq(self.created_at));
        diesel::update(lifted)
            .set(moderation_logs::lifted_at.eq(None::<DateTime<Utc>>))
            .execute(conn)
            .await?;
        Ok(())
    }
}
