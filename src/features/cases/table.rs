//! `moderation_logs` in pages, `case_edits`, and what else is told of a case.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::domain::ids::{CaseNumber, GuildId, UserId};
use crate::store::record::Record;
use crate::store::schema::{appeals, case_edits, moderation_logs, user_data, user_infractions};
use crate::store::tables::cases::Case;

/// Which cases are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Those of this member.
    pub(super) user: Option<UserId>,
    /// Those by this moderator; 0 is AIMod itself.
    pub(super) moderator: Option<UserId>,
    /// Those with this action.
    pub(super) action: Option<String>,
}

/// A piece of a list: how many are passed over and how many follow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) offset: i64,
    pub(super) limit: i64,
}

type Cases<'a> = moderation_logs::BoxedQuery<'a, diesel::pg::Pg>;

fn cases<'a>(guild: GuildId, filter: &Filter, newest: CaseNumber) -> Cases<'a> {
    let mut query = moderation_logs::table
        .filter(moderation_logs::guild_id.eq(guild.as_i64()))
        .filter(moderation_logs::case_number.le(newest.0))
        .into_boxed();
    if let Some(user) = filter.user {
        query = query.filter(moderation_logs::target_user_id.eq(user.as_i64()));
    }
    if let Some(moderator) = filter.moderator {
        query = query.filter(moderation_logs::moderator_id.eq(moderator.as_i64()));
    }
    if let Some(action) = &filter.action {
        query = query.filter(moderation_logs::action_type.eq(action.clone()));
    }
    query
}

/// Lists cases up to `newest`, newest first.
pub(super) async fn list_cases(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    filter: &Filter,
    newest: CaseNumber,
    piece: Piece,
) -> QueryResult<Vec<Case>> {
    cases(guild, filter, newest)
        .order(moderation_logs::case_number.desc())
        .offset(piece.offset)
        .limit(piece.limit)
        .select(Case::as_select())
        .load(conn)
        .await
}

/// Counts cases up to `newest`.
pub(super) async fn count_cases(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    filter: &Filter,
    newest: CaseNumber,
) -> QueryResult<i64> {
    cases(guild, filter, newest).count().get_result(conn).await
}

/// A change of a case as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = case_edits, check_for_backend(diesel::pg::Pg))]
pub(super) struct EditLine {
    pub(super) id: i64,
    pub(super) edited_by: i64,
    pub(super) field: String,
    pub(super) old_text: Option<String>,
    pub(super) new_text: Option<String>,
    pub(super) edited_at: DateTime<Utc>,
}

/// Lists the changes of a case, newest first.
pub(super) async fn list_edits(
    conn: &mut AsyncPgConnection,
    case_id: i64,
    limit: i64,
) -> QueryResult<Vec<EditLine>> {
    case_edits::table
        .filter(case_edits::case_id.eq(case_id))
        .order(case_edits::id.desc())
        .limit(limit)
        .select(EditLine::as_select())
        .load(conn)
        .await
}

/// Counts the changes of a case.
pub(super) async fn count_edits(conn: &mut AsyncPgConnection, case_id: i64) -> QueryResult<i64> {
    case_edits::table
        .filter(case_edits::case_id.eq(case_id))
        .count()
        .get_result(conn)
        .await
}

/// The newest change of a case's reason.
pub(super) async fn find_reason_edit(
    conn: &mut AsyncPgConnection,
    case_id: i64,
) -> QueryResult<Option<i64>> {
    case_edits::table
        .filter(case_edits::case_id.eq(case_id))
        .filter(case_edits::field.eq(Field::Reason.as_sql()))
        .order(case_edits::id.desc())
        .select(case_edits::id)
        .first(conn)
        .await
        .optional()
}

/// An appeal against a case as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(super) struct AppealLine {
    pub(super) id: i64,
    pub(super) status: String,
}

/// Lists the appeals against a case or its infraction, newest first.
pub(super) async fn list_appeals(
    conn: &mut AsyncPgConnection,
    case_id: i64,
    limit: i64,
) -> QueryResult<Vec<AppealLine>> {
    let infractions = user_infractions::table
        .filter(user_infractions::case_id.eq(case_id))
        .select(user_infractions::id.nullable());
    appeals::table
        .filter(
            appeals::case_id
                .eq(case_id)
                .or(appeals::infraction_id.eq_any(infractions)),
        )
        .order(appeals::id.desc())
        .limit(limit)
        .select((appeals::id, appeals::status))
        .load(conn)
        .await
}

/// The user name of somebody who was seen before.
pub(super) async fn find_name(
    conn: &mut AsyncPgConnection,
    user: i64,
) -> QueryResult<Option<String>> {
    let name = user_data::table.find(user).select(user_data::username);
    let found: Option<Option<String>> = name.first(conn).await.optional()?;
    Ok(found.flatten())
}

/// What of a case can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Reason,
    Note,
}

impl Field {
    /// The word in `case_edits.field`.
    pub(super) const fn as_sql(self) -> &'static str {
        match self {
            Self::Reason => "REASON",
            Self::Note => "NOTE",
        }
    }

    fn of(self, case: &Case) -> &Option<String> {
        match self {
            Self::Reason => &case.reason,
            Self::Note => &case.note,
        }
    }
}

/// A text that takes the place of another; `None` takes it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewText {
    pub(super) field: Field,
    pub(super) text: Option<String>,
}

/// Changes texts of a case and writes down who did, in one transaction.
#[derive(Clone, Debug)]
pub(super) struct EditCase {
    pub(super) guild: GuildId,
    pub(super) number: CaseNumber,
    pub(super) by: UserId,
    pub(super) texts: Vec<NewText>,
    /// The newest change that was seen, 0 for none: where somebody has changed the case since, nothing is changed.
    pub(super) seen: Option<i64>,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Edited {
    /// The guild has no case of that number.
    NoSuchCase,
    /// Somebody has changed it since it was seen: who.
    Outdated(UserId),
    /// It says so already.
    Same,
    /// It is changed.
    Changed(Box<Changed>),
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Changed {
    /// The case as it was before.
    pub(super) before: Case,
    /// What took the place of what, each with the number of its entry.
    pub(super) texts: Vec<(i64, NewText)>,
}

impl Record for EditCase {
    type Ack = Edited;
    const TABLE: &'static str = "case_edits";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Edited>>> {
        async move {
            let mut acks = Vec::with_capacity(rows.len());
            // One after another, so that each sees what the one before it left.
            for row in rows {
                acks.push(row.write(conn).await?);
            }
            Ok(acks)
        }
        .boxed()
    }
}

impl EditCase {
    async fn write(&self, conn: &mut AsyncPgConnection) -> QueryResult<Edited> {
        let Some(before) = self.lock(conn).await? else {
            return Ok(Edited::NoSuchCase);
        };
        if let Some(seen) = self.seen
            && let Some(newest) = list_edits(conn, before.id, 1).await?.pop()
            && newest.id > seen
        {
            return Ok(Edited::Outdated(UserId::from_i64(newest.edited_by)));
        }
        let mut texts = Vec::new();
        for new in &self.texts {
            if *new.field.of(&before) != new.text {
                texts.push((self.replace(conn, &before, new).await?, new.clone()));
            }
        }
        if texts.is_empty() {
            return Ok(Edited::Same);
        }
        Ok(Edited::Changed(Box::new(Changed { before, texts })))
    }

    async fn lock(&self, conn: &mut AsyncPgConnection) -> QueryResult<Option<Case>> {
        moderation_logs::table
            .filter(moderation_logs::guild_id.eq(self.guild.as_i64()))
            .filter(moderation_logs::case_number.eq(self.number.0))
            .select(Case::as_select())
            .for_update()
            .first(conn)
            .await
            .optional()
    }

    async fn replace(
        &self,
        conn: &mut AsyncPgConnection,
        before: &Case,
        new: &NewText,
    ) -> QueryResult<i64> {
        let case = diesel::update(moderation_logs::table.find(before.id));
        match new.field {
            Field::Reason => {
                let reason = moderation_logs::reason.eq(&new.text);
                case.set(reason).execute(conn).await?
            }
            Field::Note => {
                let note = moderation_logs::note.eq(&new.text);
                case.set(note).execute(conn).await?
            }
        };
        diesel::insert_into(case_edits::table)
            .values((
                case_edits::case_id.eq(before.id),
                case_edits::edited_by.eq(self.by.as_i64()),
                case_edits::field.eq(new.field.as_sql()),
                case_edits::old_text.eq(new.field.of(before)),
                case_edits::new_text.eq(&new.text),
            ))
            .returning(case_edits::id)
            .get_result(conn)
            .await
    }
}
