//! `appeals`: what is written. An appeal comes with the errand that shows it to the staff, a decision with what carries
//! it out; each pair is one transaction, so that no crash parts them.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};
use serde_json::Value;

use super::replies::card::APPEAL_MARK;
use super::standing::Status;
use super::subject::Sentence;
use crate::actions::Opens;
use crate::domain::ids::{GuildId, UserId};
use crate::store::record::Record;
use crate::store::schema::{appeals, moderation_logs};
use crate::store::tables::operations::{NewErrand, NewOperation};

/// An appeal that is about to be kept.
#[derive(Clone, Debug)]
pub(super) struct NewAppeal {
    guild: GuildId,
    user: UserId,
    case_id: Option<i64>,
    infraction_id: Option<i64>,
    text: String,
    at: DateTime<Utc>,
    /// Another one of the member in this guild since then hinders it.
    alone_since: Option<DateTime<Utc>>,
    /// Posts the card, with the mark where the appeal's number goes.
    card: Option<NewErrand>,
}

impl NewAppeal {
    /// An appeal against a punishment of its own member.
    pub(super) fn new(sentence: &Sentence, text: String, at: DateTime<Utc>) -> Self {
        Self {
            guild: sentence.guild,
            user: sentence.user,
            case_id: sentence.case_id,
            infraction_id: sentence.infraction_id,
            text,
            at,
            alone_since: None,
            card: None,
        }
    }

    /// The same, unless the member has sent another one in this guild less than `pause` before: of two that are sent at
    /// the same moment one is kept.
    pub(super) fn after_pause(mut self, pause: Duration) -> Self {
        let pause = TimeDelta::from_std(pause)
            .ok()
            .filter(|pause| !pause.is_zero());
        self.alone_since = pause.and_then(|pause| self.at.checked_sub_signed(pause));
        self
    }

    /// The same, shown to the staff by this errand.
    pub(super) fn with_card(mut self, card: Option<NewErrand>) -> Self {
        self.card = card;
        self
    }
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filed {
    /// It is kept.
    Made {
        /// Its number.
        id: i64,
        /// The key of the errand that shows it.
        card: Option<String>,
    },
    /// There is an open one against the same punishment.
    AlreadyOpen,
    /// Another one was sent too short a time before.
    TooSoon,
}

#[derive(Insertable)]
#[diesel(table_name = appeals)]
struct NewRow<'a> {
    user_id: i64,
    guild_id: i64,
    infraction_id: Option<i64>,
    case_id: Option<i64>,
    reason: &'a str,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Record for NewAppeal {
    type Ack = Filed;
    const TABLE: &'static str = "appeals";

    fn lane(&self) -> Option<i64> {
        Some(self.user.as_i64())
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Filed>>> {
        async move {
            let mut all = Vec::with_capacity(rows.len());
            for row in rows {
                all.push(row.write(conn).await?);
            }
            Ok(all)
        }
        .boxed()
    }
}

impl NewAppeal {
    async fn write(&self, conn: &mut AsyncPgConnection) -> QueryResult<Filed> {
        if self.is_too_soon(conn).await? {
            return Ok(Filed::TooSoon);
        }
        let row = NewRow {
            user_id: self.user.as_i64(),
            guild_id: self.guild.as_i64(),
            infraction_id: self.infraction_id,
            case_id: self.case_id,
            reason: &self.text,
            created_at: self.at,
            updated_at: self.at,
        };
        // Two indexes keep a second open appeal out, one for the case and one for the infraction.
        let made: Option<i64> = diesel::insert_into(appeals::table)
            .values(row)
            .on_conflict_do_nothing()
            .returning(appeals::id)
            .get_result(conn)
            .await
            .optional()?;
        let Some(id) = made else {
            return Ok(Filed::AlreadyOpen);
        };
        let errand = self.card.clone().map(|errand| numbered(errand, id));
        let card = errand.as_ref().map(|errand| errand.key.clone());
        if let Some(errand) = errand {
            NewErrand::write_all(conn, &[errand]).await?;
        }
        Ok(Filed::Made { id, card })
    }

    /// Whether another one came before. The same one, written again after its answer was lost, is open and no other.
    async fn is_too_soon(&self, conn: &mut AsyncPgConnection) -> QueryResult<bool> {
        let Some(since) = self.alone_since else {
            return Ok(false);
        };
        let others = appeals::table
            .filter(appeals::user_id.eq(self.user.as_i64()))
            .filter(appeals::guild_id.eq(self.guild.as_i64()))
            .filter(appeals::created_at.gt(since))
            .filter(
                appeals::case_id
                    .is_distinct_from(self.case_id)
                    .or(appeals::infraction_id.is_distinct_from(self.infraction_id)),
            );
        diesel::select(exists(others)).get_result(conn).await
    }
}

impl Opens for NewAppeal {
    fn guild(&self) -> GuildId {
        self.guild
    }

    fn opened(filed: &Filed) -> Vec<String> {
        match filed {
            Filed::Made { card, .. } => card.iter().cloned().collect(),
            Filed::AlreadyOpen | Filed::TooSoon => Vec::new(),
        }
    }
}

/// The errand with the appeal's number where the mark stands.
fn numbered(mut errand: NewErrand, id: i64) -> NewErrand {
    let id = id.to_string();
    errand.key = errand.key.replace(APPEAL_MARK, &id);
    for step in &mut errand.steps {
        fill(&mut step.payload, &id);
    }
    errand
}

fn fill(value: &mut Value, id: &str) {
    match value {
        Value::String(text) => *text = text.replace(APPEAL_MARK, id),
        Value::Array(values) => values.iter_mut().for_each(|value| fill(value, id)),
        Value::Object(fields) => fields.values_mut().for_each(|value| fill(value, id)),
        _ => {}
    }
}

/// An appeal that is about to change its status, with all that follows from it.
#[derive(Clone, Debug)]
pub(super) struct Ruling {
    pub(super) guild: GuildId,
    pub(super) id: i64,
    pub(super) to: Status,
    pub(super) by: UserId,
    pub(super) answer: Option<String>,
    pub(super) at: DateTime<Utc>,
    /// The case that counts as taken back without anything to be done on Discord.
    pub(super) lifted: Option<i64>,
    /// Takes the punishment back on Discord, with a case of its own.
    pub(super) lift: Option<NewOperation>,
    /// Tell the member, and write the card anew.
    pub(super) errands: Vec<NewErrand>,
}

/// What became of a ruling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ruled {
    /// It holds.
    Won {
        /// What is to be carried out: what takes the punishment back comes first.
        keys: Vec<String>,
    },
    /// Somebody else was faster, or there is no such appeal.
    Lost,
}

impl Record for Ruling {
    type Ack = Ruled;
    const TABLE: &'static str = "appeals";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Ruled>>> {
        async move {
            let mut all = Vec::with_capacity(rows.len());
            for row in rows {
                all.push(row.write(conn).await?);
            }
            Ok(all)
        }
        .boxed()
    }
}

impl Ruling {
    async fn write(&self, conn: &mut AsyncPgConnection) -> QueryResult<Ruled> {
        if !self.is_first(conn).await? {
            return Ok(Ruled::Lost);
        }
        if let Some(case) = self.lifted {
            let standing = moderation_logs::table
                .filter(moderation_logs::id.eq(case))
                .filter(moderation_logs::lifted_at.is_null());
            diesel::update(standing)
                .set(moderation_logs::lifted_at.eq(self.at))
                .execute(conn)
                .await?;
        }
        let mut keys = Vec::new();
        if let Some(lift) = &self.lift {
            keys.push(lift.decision.key.clone());
            NewOperation::write_all(conn, std::slice::from_ref(lift)).await?;
        }
        keys.extend(self.errands.iter().map(|errand| errand.key.clone()));
        NewErrand::write_all(conn, &self.errands).await?;
        Ok(Ruled::Won { keys })
    }

    /// Compares and sets: whoever comes second finds another status than it may start from.
    async fn is_first(&self, conn: &mut AsyncPgConnection) -> QueryResult<bool> {
        let from: &[Status] = match self.to {
            Status::UnderReview => &[Status::Pending],
            _ => &[Status::Pending, Status::UnderReview],
        };
        let from: Vec<&str> = from.iter().map(|status| status.word()).collect();
        let waiting = appeals::table
            .filter(appeals::id.eq(self.id))
            .filter(appeals::guild_id.eq(self.guild.as_i64()))
            .filter(appeals::status.eq_any(from));
        let changed = diesel::update(waiting)
            .set((
                appeals::status.eq(self.to.word()),
                appeals::admin_response.eq(self.answer.as_deref()),
                appeals::reviewed_by.eq(self.by.as_i64()),
                appeals::updated_at.eq(self.at),
            ))
            .execute(conn)
            .await?;
        Ok(changed == 1)
    }
}

impl Opens for Ruling {
    fn guild(&self) -> GuildId {
        self.guild
    }

    fn opened(ruled: &Ruled) -> Vec<String> {
        match ruled {
            Ruled::Won { keys } => keys.clone(),
            Ruled::Lost => Vec::new(),
        }
    }
}
