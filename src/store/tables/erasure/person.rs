//! What may go of a person goes at once: rows of their own are deleted; what belongs to a guild's records stays without
//! them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use super::{CHANNEL, Counts, in_force};
use crate::domain::ids::UserId;
use crate::store::record::Record;
use crate::store::schema::user_data;
use crate::store::tables::operations::NewErrand;

/// A part of what is kept about a person, and what becomes of it. Statements have the user as `$1` and the time of day as
/// `$2`.
struct Part {
    /// Its name in counts.
    name: &'static str,
    /// The table and its name in `which`.
    table: &'static str,
    /// Which rows.
    which: &'static str,
    /// What they become; nothing for rows that are deleted.
    becomes: Option<&'static str>,
}

/// In this order: what is found by the person's cases comes before these.
const PARTS: [Part; 11] = [
    // The errands of an appeal hold its text and have no case. One that is under way ends by itself, and a card that is
    // still to be written anew has to be found.
    Part {
        name: "appeals_journal",
        table: "action_journal j",
        which: "j.operation_key IN (SELECT 'appeals:' || k.word || ':' || a.id FROM appeals a, \
                unnest(ARRAY['card', 'under_review', 'approved', 'denied', 'told']) AS k (word) WHERE a.user_id = $1) \
                AND NOT EXISTS (SELECT FROM action_journal o WHERE o.state = 'INTENDED' \
                AND (o.operation_key = j.operation_key OR o.payload->>'posted_by' = j.operation_key))",
        becomes: None,
    },
    Part {
        name: "appeals_open",
        table: "appeals a",
        which: "a.user_id = $1 AND a.status IN ('PENDING', 'UNDER_REVIEW')",
        becomes: None,
    },
    Part {
        name: "appeals",
        table: "appeals a",
        which: "a.user_id = $1 AND a.status IN ('APPROVED', 'DENIED') \
                AND (a.reason <> '' OR a.admin_response IS NOT NULL OR NOT {appealed_in_force})",
        // The wait for the next appeal counts from this one.
        becomes: Some(
            "user_id = CASE WHEN {appealed_in_force} THEN a.user_id ELSE 0 END, reason = '', admin_response = NULL",
        ),
    },
    Part {
        name: "notes",
        table: "user_notes n",
        which: "n.user_id = $1",
        becomes: None,
    },
    Part {
        name: "infractions",
        table: "user_infractions i",
        which: "i.user_id = $1 AND NOT EXISTS (SELECT FROM moderation_logs m WHERE m.id = i.case_id AND {in_force})",
        becomes: Some("user_id = 0, reasoning = NULL"),
    },
    Part {
        name: "case_edits",
        table: "case_edits e",
        which: "e.case_id IN (SELECT m.id FROM moderation_logs m WHERE m.target_user_id = $1 AND NOT {in_force}) \
                AND (e.old_text IS NOT NULL OR e.new_text IS NOT NULL)",
        becomes: Some("old_text = NULL, new_text = NULL"),
    },
    // The newest entries keep what is under way from being done twice; retention takes them soon.
    Part {
        name: "journal",
        table: "action_journal j",
        which: "j.case_id IN (SELECT m.id FROM moderation_logs m WHERE m.target_user_id = $1 AND NOT {in_force}) \
                AND j.settled_at < $2 - INTERVAL '1 day' AND NOT EXISTS (SELECT FROM action_journal o \
                WHERE o.operation_key = j.operation_key AND o.state = 'INTENDED')",
        becomes: None,
    },
    Part {
        name: "cases",
        table: "moderation_logs m",
        which: "m.target_user_id = $1 AND NOT {in_force}",
        becomes: Some("target_user_id = 0, reason = NULL, note = NULL, outcome_detail = NULL"),
    },
    Part {
        name: "command_runs",
        table: "command_logs l",
        which: "l.user_id = $1",
        becomes: None,
    },
    Part {
        name: "drafts",
        table: "config_drafts d",
        which: "d.asked_by = $1",
        becomes: None,
    },
    Part {
        name: "user_data",
        table: "user_data u",
        which: "u.user_id = $1",
        becomes: None,
    },
];

impl Part {
    fn which(&self) -> String {
        filled(self.which)
    }

    fn counting(&self) -> String {
        format!(
            "SELECT count(*) AS value FROM {} WHERE {}",
            self.table,
            self.which()
        )
    }

    fn erasing(&self) -> String {
        let (table, which) = (self.table, self.which());
        match self.becomes {
            Some(becomes) => format!("UPDATE {table} SET {} WHERE {which}", filled(becomes)),
            None => format!("DELETE FROM {table} WHERE {which}"),
        }
    }
}

/// SQL with its conditions in the places where they are named.
fn filled(sql: &str) -> String {
    sql.replace("{appealed_in_force}", APPEALED_IN_FORCE)
        .replace("{in_force}", &in_force())
}

/// Whether the appeal `a` is about a case in force, itself or by its infraction.
const APPEALED_IN_FORCE: &str = "EXISTS (SELECT FROM moderation_logs m WHERE m.id IN (a.case_id, \
    (SELECT i.case_id FROM user_infractions i WHERE i.id = a.infraction_id)) AND {in_force})";

/// What of a person must stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct Kept {
    /// Cases whose punishment is in force.
    #[diesel(sql_type = BigInt)]
    pub cases: i64,
    /// The infractions of these cases.
    #[diesel(sql_type = BigInt)]
    pub infractions: i64,
    /// The decided appeals about these cases, without their texts.
    #[diesel(sql_type = BigInt)]
    pub appeals: i64,
    /// Whether operators keep the person out of every guild.
    #[diesel(sql_type = Bool)]
    pub global_ban: bool,
}

/// What became of what was kept about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// What went, or lost the person, in a fixed order; zeros too.
    pub removed: Counts,
    /// What must stay.
    pub kept: Kept,
}

/// Forgets a person: see the module.
#[derive(Clone, Debug)]
pub struct ForgetUser {
    /// The person.
    pub user: UserId,
    /// The time of day: punishments in force now stay.
    pub now: DateTime<Utc>,
    /// What is journaled along with it, to be carried out by whoever comes to it: cards that still show the person.
    pub errands: Vec<NewErrand>,
}

impl Record for ForgetUser {
    type Ack = Forgotten;
    const TABLE: &'static str = "erasure";

    fn lane(&self) -> Option<i64> {
        Some(self.user.as_i64())
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Forgotten>>> {
        async move {
            let mut forgotten = Vec::with_capacity(rows.len());
            for row in rows {
                forgotten.push(row.forget(conn).await?);
            }
            Ok(forgotten)
        }
        .boxed()
    }
}

impl ForgetUser {
    async fn forget(&self, conn: &mut AsyncPgConnection) -> QueryResult<Forgotten> {
        // First, so that what they need is not taken away.
        NewErrand::write_all(conn, &self.errands).await?;
        let mut removed = Counts::with_capacity(PARTS.len());
        for part in &PARTS {
            // The tables differ, which typed queries cannot express in one list.
            let gone = diesel::sql_query(part.erasing())
                .bind::<BigInt, _>(self.user.as_i64())
                .bind::<Timestamptz, _>(self.now)
                .execute(conn)
                .await?;
            removed.push((part.name, i64::try_from(gone).unwrap_or(i64::MAX)));
        }
        let kept = find_kept(conn, self.user, self.now).await?;
        announce(conn, &format!("user {}", self.user)).await?;
        let guilds: BTreeSet<_> = self.errands.iter().map(|errand| errand.guild).collect();
        for guild in guilds {
            announce(conn, &format!("errands {guild}")).await?;
        }
        Ok(Forgotten { removed, kept })
    }
}

/// Tells every process, at the commit.
pub(super) async fn announce(conn: &mut AsyncPgConnection, whom: &str) -> QueryResult<()> {
    // No diesel function knows it.
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(CHANNEL)
        .bind::<Text, _>(whom)
        .execute(conn)
        .await?;
    Ok(())
}

async fn find_kept(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<Kept> {
    // One round trip for four tables.
    diesel::sql_query(filled(
        "SELECT (SELECT count(*) FROM moderation_logs m WHERE m.target_user_id = $1 AND {in_force}) AS cases, \
         (SELECT count(*) FROM user_infractions i WHERE i.user_id = $1) AS infractions, \
         (SELECT count(*) FROM appeals a WHERE a.user_id = $1 AND a.status IN ('APPROVED', 'DENIED') \
         AND {appealed_in_force}) AS appeals, EXISTS (SELECT FROM global_bans b WHERE b.user_id = $1) AS global_ban"
    ))
    .bind::<BigInt, _>(user.as_i64())
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
}

/// Takes away again what a counter in some process's memory has brought back to life after [`ForgetUser`]. What has
/// happened since stays: a row with infractions is no such thing.
#[derive(Clone, Debug)]
pub struct ForgetAgain(pub UserId);

impl Record for ForgetAgain {
    type Ack = ();
    const TABLE: &'static str = "user_data";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<()>>> {
        async move {
            let users: Vec<i64> = rows.iter().map(|row| row.0.as_i64()).collect();
            let counted = user_data::table
                .filter(user_data::user_id.eq_any(users))
                .filter(user_data::infraction_count.eq(0));
            diesel::delete(counted).execute(conn).await?;
            Ok(vec![(); rows.len()])
        }
        .boxed()
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Counts what [`ForgetUser`] would take away and leave.
///
/// # Errors
/// Whatever the database gives.
pub async fn count_person(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<Forgotten> {
    let mut removed = Counts::with_capacity(PARTS.len());
    for part in &PARTS {
        // As in `ForgetUser`.
        let count: Count = diesel::sql_query(part.counting())
            .bind::<BigInt, _>(user.as_i64())
            .bind::<Timestamptz, _>(now)
            .get_result(conn)
            .await?;
        removed.push((part.name, count.value));
    }
    let mut kept = find_kept(conn, user, now).await?;
    // Those that would go are not yet gone.
    let going = removed.iter().find(|(name, _)| *name == "infractions");
    kept.infractions -= going.map_or(0, |(_, count)| *count);
    Ok(Forgotten { removed, kept })
}
