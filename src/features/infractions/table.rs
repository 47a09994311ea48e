//! `user_infractions` that are taken back: the counter goes down and the case says so, in one transaction.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::domain::ids::{GuildId, UserId};
use crate::store::record::Record;
use crate::store::schema::{appeals, case_edits, moderation_logs, user_data, user_infractions};
use crate::store::tables::cases::Case;

/// The newest infraction of a member, whatever the time it bears.
pub(super) async fn find_last(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> QueryResult<Option<i64>> {
    user_infractions::table
        .filter(user_infractions::guild_id.eq(guild.as_i64()))
        .filter(user_infractions::user_id.eq(user.as_i64()))
        .select(diesel::dsl::max(user_infractions::id))
        .first(conn)
        .await
}

/// Whose infraction it is.
pub(super) async fn find_offender(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    id: i64,
) -> QueryResult<Option<UserId>> {
    let user: Option<i64> = user_infractions::table
        .filter(user_infractions::guild_id.eq(guild.as_i64()))
        .filter(user_infractions::id.eq(id))
        .select(user_infractions::user_id)
        .first(conn)
        .await
        .optional()?;
    Ok(user.map(UserId::from_i64))
}

/// Removes one infraction.
#[derive(Clone, Debug)]
pub(super) struct RemoveInfraction {
    pub(super) guild: GuildId,
    pub(super) id: i64,
    pub(super) by: UserId,
}

/// What became of a removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Removed {
    /// The guild has no infraction of that number.
    NoSuchInfraction,
    /// It is gone.
    Gone(Box<Gone>),
}

/// An infraction that was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gone {
    pub(super) user: UserId,
    pub(super) rule: Option<String>,
    pub(super) action: Option<String>,
    /// The case that stays and says so.
    pub(super) case: Option<Case>,
    /// The appeal about it that is still to be decided.
    pub(super) appeal: Option<i64>,
}

impl Record for RemoveInfraction {
    type Ack = Removed;
    const TABLE: &'static str = "user_infractions";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Removed>>> {
        async move {
            let mut acks = Vec::with_capacity(rows.len());
            // One after another: the same number twice in a batch is there only once.
            for row in rows {
                acks.push(row.write(conn).await?);
            }
            Ok(acks)
        }
        .boxed()
    }
}

impl RemoveInfraction {
    async fn write(&self, conn: &mut AsyncPgConnection) -> QueryResult<Removed> {
        // With the infraction goes what says that an appeal is about it.
        let appeal = self.open_appeal(conn).await?;
        let own = user_infractions::table
            .filter(user_infractions::guild_id.eq(self.guild.as_i64()))
            .filter(user_infractions::id.eq(self.id));
        type Row = (i64, Option<String>, Option<String>, Option<i64>);
        let gone: Option<Row> = diesel::delete(own)
            .returning((
                user_infractions::user_id,
                user_infractions::rule_violated,
                user_infractions::action_taken,
                user_infractions::case_id,
            ))
            .get_result(conn)
            .await
            .optional()?;
        let Some((user, rule, action, case)) = gone else {
            return Ok(Removed::NoSuchInfraction);
        };
        // An import may have brought infractions without their counter.
        let counted = user_data::table
            .find(user)
            .filter(user_data::infraction_count.gt(0));
        diesel::update(counted)
            .set(user_data::infraction_count.eq(user_data::infraction_count - 1))
            .execute(conn)
            .await?;
        let case = match case {
            Some(case) => self.note(conn, case, rule.as_deref()).await?,
            None => None,
        };
        Ok(Removed::Gone(Box::new(Gone {
            user: UserId::from_i64(user),
            rule,
            action,
            case,
            appeal,
        })))
    }

    async fn open_appeal(&self, conn: &mut AsyncPgConnection) -> QueryResult<Option<i64>> {
        let case = user_infractions::table
            .filter(user_infractions::guild_id.eq(self.guild.as_i64()))
            .filter(user_infractions::id.eq(self.id))
            .select(user_infractions::case_id);
        let about = appeals::infraction_id
            .eq(self.id)
            .or(appeals::case_id.eq_any(case));
        appeals::table
            .filter(about)
            .filter(appeals::guild_id.eq(self.guild.as_i64()))
            .filter(appeals::status.eq_any(["PENDING", "UNDER_REVIEW"]))
            .select(appeals::id)
            .order(appeals::id.desc())
            .first(conn)
            .await
            .optional()
    }

    async fn note(
        &self,
        conn: &mut AsyncPgConnection,
        case: i64,
        rule: Option<&str>,
    ) -> QueryResult<Option<Case>> {
        diesel::insert_into(case_edits::table)
            .values((
                case_edits::case_id.eq(case),
                case_edits::edited_by.eq(self.by.as_i64()),
                case_edits::field.eq("INFRACTION"),
                case_edits::old_text.eq(rule),
            ))
            .execute(conn)
            .await?;
        moderation_logs::table
            .find(case)
            .select(Case::as_select())
            .first(conn)
            .await
            .optional()
    }
}

/// Removes all infractions of a member in a guild, up to one of them: what has come since stays.
#[derive(Clone, Debug)]
pub(super) struct ClearInfractions {
    pub(super) guild: GuildId,
    pub(super) user: UserId,
    pub(super) last: i64,
    pub(super) by: UserId,
}

#[derive(QueryableByName)]
struct Cleared {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Record for ClearInfractions {
    /// How many there were.
    type Ack = i64;
    const TABLE: &'static str = "user_infractions";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<i64>>> {
        async move {
            let mut acks = Vec::with_capacity(rows.len());
            for row in rows {
                acks.push(row.write(conn).await?);
            }
            Ok(acks)
        }
        .boxed()
    }
}

impl ClearInfractions {
    async fn write(&self, conn: &mut AsyncPgConnection) -> QueryResult<i64> {
        // One statement that deletes, notes and counts, which typed diesel has no form for.
        let cleared: Cleared = diesel::sql_query(
            "WITH gone AS (DELETE FROM user_infractions WHERE guild_id = $1 AND user_id = $2 AND id <= $3 \
                 RETURNING case_id, rule_violated), \
             noted AS (INSERT INTO case_edits (case_id, edited_by, field, old_text) \
                 SELECT case_id, $4, 'INFRACTION', rule_violated FROM gone WHERE case_id IS NOT NULL), \
             counted AS (UPDATE user_data SET infraction_count = \
                 GREATEST(infraction_count - (SELECT count(*) FROM gone), 0) WHERE user_id = $2) \
             SELECT count(*) FROM gone",
        )
        .bind::<BigInt, _>(self.guild.as_i64())
        .bind::<BigInt, _>(self.user.as_i64())
        .bind::<BigInt, _>(self.last)
        .bind::<BigInt, _>(self.by.as_i64())
        .get_result(conn)
        .await?;
        Ok(cleared.count)
    }
}
