//! What is too old goes: each table is walked through by its key, a small window at a time, so that no statement is long,
//! no index is kept for this alone, and whatever comes in meanwhile is seen by the next walk.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use super::erasure::in_force;
use crate::store::record::Record;
use crate::store::schema::{gateway_progress, guild_settings};

/// A class of what is kept, with a time limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Decided appeals.
    Appeals,
    /// Infractions without an open appeal.
    Infractions,
    /// Cases that nothing refers to any more and whose punishment is not in force.
    Cases,
    /// Users without infractions.
    UserData,
    /// Notes, whether they still count or not.
    Notes,
    /// Notes that somebody has removed.
    RemovedNotes,
    /// Operations of the action journal of which every step has settled, but for the cards of open appeals.
    Journal,
    /// Configuration changes that wait for a button.
    Drafts,
}

/// How a class is walked through: its table, the key, and what may go.
struct Walk {
    table: &'static str,
    key: &'static str,
    /// For the table under the name `m`; `$3` is the moment before which it is too old, `$4` is now.
    too_old: &'static str,
}

impl Class {
    /// Every class, in the order in which they are walked through: who refers goes before what is referred to.
    pub const ALL: [Self; 8] = [
        Self::Appeals,
        Self::Infractions,
        Self::Cases,
        Self::UserData,
        Self::Notes,
        Self::RemovedNotes,
        Self::Journal,
        Self::Drafts,
    ];

    /// The metric label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Appeals => "appeals",
            Self::Infractions => "infractions",
            Self::Cases => "cases",
            Self::UserData => "user_data",
            Self::Notes => "notes",
            Self::RemovedNotes => "removed_notes",
            Self::Journal => "journal",
            Self::Drafts => "drafts",
        }
    }

    const fn walk(self) -> Walk {
        let (table, key, too_old) = match self {
            Self::Appeals => (
                "appeals",
                "id",
                "m.status IN ('APPROVED', 'DENIED') AND m.updated_at < $3",
            ),
            Self::Infractions => (
                "user_infractions",
                "id",
                "m.timestamp < $3 AND NOT EXISTS (SELECT FROM appeals a \
                 WHERE a.infraction_id = m.id AND a.status IN ('PENDING', 'UNDER_REVIEW'))",
            ),
            Self::Cases => (
                "moderation_logs",
                "id",
                "m.created_at < $3 AND NOT {in_force} \
                 AND NOT EXISTS (SELECT FROM user_infractions i WHERE i.case_id = m.id) \
                 AND NOT EXISTS (SELECT FROM appeals a \
                 WHERE a.case_id = m.id AND a.status IN ('PENDING', 'UNDER_REVIEW')) \
                 AND NOT EXISTS (SELECT FROM action_journal j WHERE j.case_id = m.id AND j.state = 'INTENDED')",
            ),
            Self::UserData => (
                "user_data",
                "user_id",
                "m.last_seen < $3 AND m.infraction_count = 0",
            ),
            Self::Notes => ("user_notes", "id", "m.created_at < $3"),
            Self::RemovedNotes => ("user_notes", "id", "m.removed_at < $3"),
            Self::Journal => (
                "action_journal",
                "id",
                // Where an open appeal's card stands is known here alone, and whoever decides it writes the card anew.
                "m.state <> 'INTENDED' AND m.settled_at < $3 AND NOT EXISTS (SELECT FROM action_journal j \
                 WHERE j.operation_key = m.operation_key AND j.state = 'INTENDED') \
                 AND NOT EXISTS (SELECT FROM appeals a WHERE a.status IN ('PENDING', 'UNDER_REVIEW') \
                 AND a.id = substring(m.operation_key FROM '^appeals:card:([0-9]{1,18})$')::bigint)",
            ),
            Self::Drafts => ("config_drafts", "id", "m.created_at < $3"),
        };
        Walk {
            table,
            key,
            too_old,
        }
    }
}

/// One window of a walk: what is too old among the next rows.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// What is walked through.
    pub class: Class,
    /// What is older than this may go.
    pub before: DateTime<Utc>,
    /// The time of day: a punishment that is in force now stays.
    pub now: DateTime<Utc>,
    /// The last key of the window before; nothing for the first.
    pub after: Option<i64>,
    /// How many rows are looked at.
    pub most: i64,
}

/// What a window held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Swept {
    /// Its last key; nothing where the walk is over.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub last: Option<i64>,
    /// How many rows went.
    #[diesel(sql_type = BigInt)]
    pub removed: i64,
}

impl Record for Sweep {
    type Ack = Swept;
    const TABLE: &'static str = "retention";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Swept>>> {
        async move {
            let mut swept = Vec::with_capacity(rows.len());
            for row in rows {
                swept.push(row.carry_out(conn).await?);
            }
            Ok(swept)
        }
        .boxed()
    }
}

impl Sweep {
    /// The table differs per class, which typed queries cannot express; all names are constants.
    async fn carry_out(&self, conn: &mut AsyncPgConnection) -> QueryResult<Swept> {
        diesel::sql_query(statement(self.class))
            .bind::<BigInt, _>(self.after.unwrap_or(i64::MIN))
            .bind::<BigInt, _>(self.most)
            .bind::<Timestamptz, _>(self.before)
            .bind::<Timestamptz, _>(self.now)
            .get_result(conn)
            .await
    }
}

fn statement(class: Class) -> String {
    let Walk {
        table,
        key,
        too_old,
    } = class.walk();
    let too_old = too_old.replace("{in_force}", &in_force().replace("$2", "$4"));
    // A removed infraction no longer counts.
    let (returned, counted) = match class {
        Class::Infractions => (
            "m.user_id AS id",
            ", counted AS (UPDATE user_data u SET infraction_count = GREATEST(u.infraction_count - g.many, 0) \
             FROM (SELECT id, count(*) AS many FROM gone GROUP BY id) g WHERE u.user_id = g.id)",
        ),
        _ => ("1 AS id", ""),
    };
    format!(
        "WITH next AS (SELECT {key} AS id FROM {table} WHERE {key} > $1 ORDER BY {key} LIMIT $2), \
         gone AS (DELETE FROM {table} m WHERE m.{key} > $1 AND m.{key} <= (SELECT max(id) FROM next) \
         AND {too_old} RETURNING {returned}){counted} \
         SELECT (SELECT max(id) FROM next) AS last, (SELECT count(*) FROM gone) AS removed"
    )
}

/// How far shards listened that no process serves any more goes: read back is only what was posted a day ago at most.
#[derive(Clone, Debug)]
pub struct ForgetProgress {
    /// Who has listened later than this stays.
    pub before: DateTime<Utc>,
}

impl Record for ForgetProgress {
    /// How many ranges of shards went.
    type Ack = usize;
    const TABLE: &'static str = "gateway_progress";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<usize>>> {
        async move {
            let mut gone = Vec::with_capacity(rows.len());
            for row in rows {
                let old =
                    gateway_progress::table.filter(gateway_progress::heard_until.lt(row.before));
                gone.push(diesel::delete(old).execute(conn).await?);
            }
            Ok(gone)
        }
        .boxed()
    }
}

/// Lists guilds that AIMod was removed from before this moment, the longest gone first.
///
/// # Errors
/// Whatever the database gives.
pub async fn list_left(
    conn: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    guild_settings::table
        .filter(guild_settings::left_at.le(before))
        .order(guild_settings::left_at)
        .limit(limit)
        .select(guild_settings::guild_id)
        .load(conn)
        .await
}

/// Takes the lock under which one process at a time looks through what is kept; it goes with the connection, so that a
/// process that dies holds nobody up. Returns whether it was free.
///
/// # Errors
/// Whatever the database gives.
pub async fn try_upkeep_lock(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Locked {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        value: bool,
    }
    /// "upkeep" in ASCII.
    const LOCK: i64 = 0x0075_706b_6565_7000;
    // No diesel function knows it.
    let locked: Locked = diesel::sql_query("SELECT pg_try_advisory_lock($1) AS value")
        .bind::<BigInt, _>(LOCK)
        .get_result(conn)
        .await?;
    Ok(locked.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_name_of_its_own_and_one_statement() {
        let mut labels: Vec<_> = Class::ALL.iter().map(|class| class.label()).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), Class::ALL.len());
        for class in Class::ALL {
            let text = statement(class);
            assert!(
                !text.contains("{in_force}") && !text.contains("$2 <"),
                "{text}"
            );
            assert!(text.contains("LIMIT $2") && text.contains("$3"), "{text}");
        }
        assert!(statement(Class::Cases).contains("> $4"));
    }
}
