//! Infractions of an older bot, by the million.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Mode, Session, Settled};
use crate::store::prepared::prepared;

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

/// Writes infractions and, at the end, adds them to their users' counters.
#[derive(Clone, Debug, Default)]
pub struct InfractionLoad {
    /// The lowest number given out, once there is one.
    first: Option<i64>,
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

    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.guilds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.users)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Timestamptz>, _>(&self.times)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.rules)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.actions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.reasons)?;
        out.push_sql(")");
        Ok(())
    }
}

/// The offset keeps the look-up one of its own for each row, through the index of a member's infractions; as a join the
/// planner could read the whole table.
const NOT_THERE: &str = "NOT EXISTS (SELECT FROM user_infractions i \
    WHERE i.guild_id = t.g AND i.user_id = t.u AND i.timestamp = t.at \
    AND i.action_taken = t.action AND i.rule_violated IS NOT DISTINCT FROM t.rule \
    AND i.reasoning IS NOT DISTINCT FROM t.why OFFSET 0)";

struct Insert<'r>(Columns<'r>);
struct ListAbsent<'r>(Columns<'r>);
struct CountInfractions(i64);

/// The types' lifetimes are those of the texts, which no statement depends on.
macro_rules! borrowed {
    ($statement:ident, $sql:ty) => {
        impl diesel::query_builder::QueryId for $statement<'_> {
            type QueryId = $statement<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::Query for $statement<'_> {
            type SqlType = $sql;
        }
    };
}

borrowed!(Insert, (BigInt, Nullable<BigInt>));
borrowed!(ListAbsent, BigInt);
prepared!(CountInfractions => ());

impl QueryFragment<Pg> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH written AS (INSERT INTO user_infractions \
             (guild_id, user_id, timestamp, rule_violated, action_taken, reasoning) SELECT t.* FROM ",
        );
        self.0.push(&mut out)?;
        out.push_sql(" AS t (g, u, at, rule, action, why) WHERE ");
        out.push_sql(NOT_THERE);
        out.push_sql(" RETURNING id) SELECT count(*), min(id) FROM written");
        Ok(())
    }
}

impl QueryFragment<Pg> for ListAbsent<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT t.n FROM ");
        self.0.push(&mut out)?;
        out.push_sql(" WITH ORDINALITY AS t (g, u, at, rule, action, why, n) WHERE ");
        out.push_sql(NOT_THERE);
        Ok(())
    }
}

/// In the order of users, as the writer locks them.
impl QueryFragment<Pg> for CountInfractions {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO user_data (user_id, first_seen, last_seen, infraction_count) \
             SELECT user_id, min(timestamp), max(timestamp), count(*) FROM user_infractions WHERE id >= ",
        );
        out.push_bind_param::<BigInt, _>(&self.0)?;
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
        let mut known = HashSet::with_capacity(rows.len());
        let distinct: Vec<usize> = (0..rows.len())
            .filter(|row| known.insert(&rows[*row]))
            .collect();
        let columns = Columns::of(distinct.iter().map(|row| &rows[*row]));
        let mut settled = Settled::default();
        if session.mode == Mode::Look {
            let absent: Vec<i64> = ListAbsent(columns).load(&mut session.conn).await?;
            for place in absent {
                let place = usize::try_from(place - 1).unwrap_or_default();
                if let Some(row) = distinct.get(place) {
                    settled.found_new(Mode::Look, *row);
                }
            }
        } else {
            let statement = Insert(columns);
            let (count, first): (i64, Option<i64>) =
                statement.get_result(&mut session.conn).await?;
            self.first = self.first.or(first);
            settled.new = count.unsigned_abs();
        }
        settled.same = rows.len() as u64 - settled.new;
        Ok(settled)
    }

    /// Adds what was written to the counters of the users. At the end and in one statement: their rows stay locked until
    /// the commit, and a running bot waits for them.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn count(&mut self, session: &mut Session) -> QueryResult<()> {
        if let Some(first) = self.first.take() {
            CountInfractions(first).execute(&mut session.conn).await?;
        }
        Ok(())
    }
}
