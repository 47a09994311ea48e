//! Infractions of an older bot, by the million.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::try_join_all;

use super::{Mode, Session, Settled};
use crate::store::prepared::prepared;

/// The most rows of a statement.
const A_STATEMENT: usize = 2_000;

/// An infraction as an older bot kept it. Equal ones are one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OldInfraction {
    /// The guild.
    pub guild: i64,
    /// The member.
    pub user: i64,
    /// When it happened, in whole microseconds.
    pub at: DateTime<Utc>,
    /// The rule that was broken.
    pub rule: Option<String>,
    /// What was done.
    pub action: String,
    /// Why.
    pub reasoning: Option<String>,
}

impl OldInfraction {
    /// Guild and user.
    fn member(&self) -> (i64, i64) {
        (self.guild, self.user)
    }
}

/// The most members that are remembered: some 40 MiB.
const MOST_MEMBERS: usize = 1_000_000;

/// Writes infractions and, at the end, adds them to their users' counters.
#[derive(Clone, Debug, Default)]
pub struct InfractionLoad {
    /// What was there before the first row; nothing while none was brought.
    before: Option<Before>,
    /// The members of the rows that were brought, where that helps.
    members: HashSet<(i64, i64)>,
    has_written: bool,
}

/// What was there before a load.
#[derive(Clone, Copy, Debug)]
struct Before {
    /// Whether there were no infractions at all: then only those of a member who was brought before can be there.
    is_empty: bool,
    /// The last number that was given out.
    last_id: i64,
}

/// One array per column, so that one prepared statement does for every number of rows.
#[derive(Default)]
struct Columns<'r> {
    guilds: Vec<i64>,
    users: Vec<i64>,
    times: Vec<DateTime<Utc>>,
    rules: Vec<Option<&'r str>>,
    actions: Vec<&'r str>,
    reasons: Vec<Option<&'r str>>,
}

impl<'r> Columns<'r> {
    fn of(rows: impl Iterator<Item = &'r OldInfraction>) -> Self {
        let mut columns = Self::default();
        for row in rows {
            columns.guilds.push(row.guild);
            columns.users.push(row.user);
            columns.times.push(row.at);
            columns.rules.push(row.rule.as_deref());
            columns.actions.push(&row.action);
            columns.reasons.push(row.reasoning.as_deref());
        }
        columns
    }

    /// The arrays side by side, each taken apart in the list of columns: in `FROM`, the server would write each of them
    /// down before it reads the first row.
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.guilds)?;
        out.push_sql(") AS g, unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.users)?;
        out.push_sql(") AS u, unnest(");
        out.push_bind_param::<Array<Timestamptz>, _>(&self.times)?;
        out.push_sql(") AS at, unnest(");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.rules)?;
        out.push_sql(") AS rule, unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.actions)?;
        out.push_sql(") AS action, unnest(");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.reasons)?;
        out.push_sql(") AS why");
        Ok(())
    }
}

/// The offset keeps the look-up one of its own for each row, through the index of a member's infractions; as a join the
/// planner could read the whole table.
const NOT_THERE: &str = "NOT EXISTS (SELECT FROM user_infractions i \
    WHERE i.guild_id = t.g AND i.user_id = t.u AND i.timestamp = t.at \
    AND i.action_taken = t.action AND i.rule_violated IS NOT DISTINCT FROM t.rule \
    AND i.reasoning IS NOT DISTINCT FROM t.why \
    ORDER BY i.timestamp DESC, i.id DESC OFFSET 0)";

struct LookBefore;

struct Insert<'r> {
    columns: Columns<'r>,
    /// Whether a row cannot be there; the others are looked for.
    fresh: Vec<bool>,
}

struct ListAbsent<'r> {
    columns: Columns<'r>,
    /// What stands for a row in the answer.
    places: Vec<i64>,
}

struct CountInfractions {
    behind: i64,
}

/// The types' lifetimes are those of the texts, which no statement depends on.
macro_rules! borrowed {
    ($statement:ident) => {
        impl diesel::query_builder::QueryId for $statement<'_> {
            type QueryId = $statement<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }
    };
}

borrowed!(Insert);
borrowed!(ListAbsent);
prepared!(LookBefore => (Bool, BigInt));
prepared!(CountInfractions => ());

impl Query for ListAbsent<'_> {
    type SqlType = BigInt;
}

impl QueryFragment<Pg> for LookBefore {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT NOT EXISTS (SELECT FROM user_infractions), COALESCE((SELECT last_value FROM pg_sequences \
             WHERE format('%I.%I', schemaname, sequencename) = pg_get_serial_sequence('user_infractions', 'id')), 0)",
        );
        Ok(())
    }
}

impl QueryFragment<Pg> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO user_infractions \
             (guild_id, user_id, timestamp, rule_violated, action_taken, reasoning) \
             SELECT t.g, t.u, t.at, t.rule, t.action, t.why FROM (SELECT ",
        );
        self.columns.push(&mut out)?;
        out.push_sql(", unnest(");
        out.push_bind_param::<Array<Bool>, _>(&self.fresh)?;
        out.push_sql(") AS fresh) AS t WHERE t.fresh OR ");
        out.push_sql(NOT_THERE);
        Ok(())
    }
}

impl QueryFragment<Pg> for ListAbsent<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT t.n FROM (SELECT ");
        self.columns.push(&mut out)?;
        out.push_sql(", unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.places)?;
        out.push_sql(") AS n) AS t WHERE ");
        out.push_sql(NOT_THERE);
        Ok(())
    }
}

/// In the order of users, as the writer locks them.
impl QueryFragment<Pg> for CountInfractions {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO user_data (user_id, first_seen, last_seen, infraction_count) \
             SELECT user_id, min(timestamp), max(timestamp), count(*) FROM user_infractions WHERE id > ",
        );
        out.push_bind_param::<BigInt, _>(&self.behind)?;
        out.push_sql(
            " AND xmin = pg_current_xact_id()::xid GROUP BY user_id ORDER BY user_id \
             ON CONFLICT (user_id) DO UPDATE \
             SET infraction_count = user_data.infraction_count + EXCLUDED.infraction_count, \
                 first_seen = LEAST(user_data.first_seen, EXCLUDED.first_seen)",
        );
        Ok(())
    }
}

impl InfractionLoad {
    /// Writes those that are not there yet; of equal ones among them the first.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn settle(
        &mut self,
        session: &mut Session,
        rows: &[OldInfraction],
    ) -> QueryResult<Settled> {
        let mut settled = Settled::default();
        if session.mode == Mode::Look {
            for row in list_absent(session, rows).await? {
                settled.found_new(Mode::Look, row);
            }
        } else {
            settled.new = self.write(session, rows).await?;
        }
        settled.same = rows.len() as u64 - settled.new;
        Ok(settled)
    }

    async fn write(&mut self, session: &mut Session, rows: &[OldInfraction]) -> QueryResult<u64> {
        let before = match self.before {
            Some(before) => before,
            None => *self.before.insert(look_before(session).await?),
        };
        // Joined, and so pipelined: while the server does one statement, the next are made and sent.
        let parts = rows
            .chunks(A_STATEMENT)
            .map(|part| write_part(&session.conn, part, self.find_fresh(before, part)));
        let written: usize = try_join_all(parts).await?.into_iter().sum();
        self.has_written |= written > 0;
        Ok(written as u64)
    }

    /// Which rows of a statement cannot be there already: none is of a member whom an earlier statement wrote of, or
    /// whose infractions were there before.
    fn find_fresh(&mut self, before: Before, rows: &[OldInfraction]) -> Vec<bool> {
        if !before.is_empty || self.members.len() >= MOST_MEMBERS {
            return vec![false; rows.len()];
        }
        let lists = || rows.chunk_by(|one, next| one.member() == next.member());
        let fresh = lists().flat_map(|list| {
            let is_fresh = !self.members.contains(&list[0].member());
            std::iter::repeat_n(is_fresh, list.len())
        });
        let fresh = fresh.collect();
        self.members.extend(lists().map(|list| list[0].member()));
        fresh
    }

    /// Adds what was written to the counters of the users. At the end and in one statement: their rows stay locked until
    /// the commit, and a running bot waits for them.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn count(&mut self, session: &mut Session) -> QueryResult<()> {
        if let Some(before) = self.before
            && std::mem::take(&mut self.has_written)
        {
            let behind = before.last_id;
            CountInfractions { behind }
                .execute(&mut session.conn)
                .await?;
        }
        Ok(())
    }
}

async fn look_before(session: &mut Session) -> QueryResult<Before> {
    let (is_empty, last_id) = LookBefore.get_result(&mut session.conn).await?;
    Ok(Before { is_empty, last_id })
}

/// Writes the rows of one statement, of equal ones the first, and tells how many were not there.
async fn write_part(
    mut conn: &AsyncPgConnection,
    rows: &[OldInfraction],
    fresh: Vec<bool>,
) -> QueryResult<usize> {
    let mut known = HashSet::with_capacity(rows.len());
    let (rows, fresh): (Vec<_>, Vec<_>) = std::iter::zip(rows, fresh)
        .filter(|(row, _)| known.insert(*row))
        .unzip();
    let columns = Columns::of(rows.into_iter());
    Insert { columns, fresh }.execute(&mut conn).await
}

/// The places of the rows that are not there, of equal ones the first.
async fn list_absent(session: &mut Session, rows: &[OldInfraction]) -> QueryResult<Vec<usize>> {
    let mut known = HashSet::with_capacity(rows.len());
    let (places, rows): (Vec<i64>, Vec<_>) = std::iter::zip(0.., rows)
        .filter(|(_, row)| known.insert(*row))
        .unzip();
    let columns = Columns::of(rows.into_iter());
    let absent: Vec<i64> = ListAbsent { columns, places }
        .load(&mut session.conn)
        .await?;
    Ok(absent
        .into_iter()
        .filter_map(|place| usize::try_from(place).ok())
        .collect())
}
