//! The statements, and an appeal as it was kept.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Taken;
use crate::store::import::Session;
use crate::store::schema::appeals;

const OPEN: [&str; 2] = ["PENDING", "UNDER_REVIEW"];

/// An appeal as an older bot kept it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldAppeal {
    /// The id that it had.
    pub legacy_id: Uuid,
    /// Who appeals.
    pub user: i64,
    /// The guild.
    pub guild: i64,
    /// What the member says.
    pub reason: String,
    /// PENDING, UNDER_REVIEW, APPROVED or DENIED.
    pub status: String,
    /// What was answered.
    pub response: Option<String>,
    /// When it was made, in whole microseconds.
    pub at: DateTime<Utc>,
    /// When the infraction happened, where that is known.
    pub infraction_at: Option<DateTime<Utc>>,
    /// What was done then.
    pub action: String,
    /// The rule that was broken then.
    pub rule: Option<String>,
    /// Why.
    pub reasoning: Option<String>,
}

impl OldAppeal {
    /// Whether nobody has decided.
    #[must_use]
    pub fn is_open(&self) -> bool {
        OPEN.contains(&self.status.as_str())
    }
}

/// An appeal that is there.
#[derive(Queryable)]
struct There {
    legacy_id: Option<Uuid>,
    user: i64,
    guild: i64,
    reason: String,
    status: String,
    response: Option<String>,
    at: DateTime<Utc>,
}

impl OldAppeal {
    /// Whether this appeal, read back, is that one. Its infraction may have been removed since.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let of = |appeal: &Self| {
            let Self {
                user,
                guild,
                reason,
                status,
                response,
                at,
                ..
            } = appeal.clone();
            (user, guild, reason, status, response, at)
        };
        of(self) == of(other)
    }
}

/// The appeals that are there under these ids. What they were against does not count.
pub(super) async fn find(
    session: &mut Session,
    rows: &[OldAppeal],
) -> QueryResult<HashMap<Uuid, OldAppeal>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.legacy_id).collect();
    let there: Vec<There> = appeals::table
        .filter(appeals::legacy_id.eq_any(ids))
        .select((
            appeals::legacy_id,
            appeals::user_id,
            appeals::guild_id,
            appeals::reason,
            appeals::status,
            appeals::admin_response,
            appeals::created_at,
        ))
        .load(&mut session.conn)
        .await?;
    let keyed = there.into_iter().filter_map(|there| {
        let legacy_id = there.legacy_id?;
        let appeal = OldAppeal {
            legacy_id,
            user: there.user,
            guild: there.guild,
            reason: there.reason,
            status: there.status,
            response: there.response,
            at: there.at,
            infraction_at: None,
            action: String::new(),
            rule: None,
            reasoning: None,
        };
        Some((legacy_id, appeal))
    });
    Ok(keyed.collect())
}

/// The infraction that an appeal is against, and its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) infraction: i64,
    pub(super) case: Option<i64>,
}

#[derive(QueryableByName)]
struct Linked {
    #[diesel(sql_type = BigInt)]
    n: i64,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    case_id: Option<i64>,
}

/// The infraction of each appeal, by its place: of the same guild, user, time and action; of several the one with the
/// same rule and reasoning first.
pub(super) async fn link(
    session: &mut Session,
    rows: &[OldAppeal],
) -> QueryResult<HashMap<usize, Link>> {
    fn column<T>(rows: &[OldAppeal], read: impl Fn(&OldAppeal) -> T) -> Vec<T> {
        rows.iter().map(read).collect()
    }
    // A look-up of its own for each row, which typed diesel has no form for.
    let linked: Vec<Linked> = diesel::sql_query(
        "SELECT t.n, i.id, i.case_id FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY \
             AS t (g, u, at, action, rule, why, n), \
         LATERAL (SELECT id, case_id FROM user_infractions x WHERE x.guild_id = t.g AND x.user_id = t.u \
             AND x.timestamp = t.at AND x.action_taken = t.action \
             ORDER BY x.rule_violated IS NOT DISTINCT FROM t.rule DESC, \
                 x.reasoning IS NOT DISTINCT FROM t.why DESC, x.id LIMIT 1) i",
    )
    .bind::<Array<BigInt>, _>(column(rows, |row| row.guild))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.user))
    .bind::<Array<Nullable<Timestamptz>>, _>(column(rows, |row| row.infraction_at))
    .bind::<Array<Text>, _>(column(rows, |row| row.action.clone()))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.rule.clone()))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.reasoning.clone()))
    .load(&mut session.conn)
    .await?;
    let keyed = linked.into_iter().filter_map(|row| {
        let link = Link {
            infraction: row.id,
            case: row.case_id,
        };
        Some((usize::try_from(row.n - 1).ok()?, link))
    });
    Ok(keyed.collect())
}

/// Which of these infractions and cases have an open appeal.
pub(super) async fn open(
    session: &mut Session,
    links: &HashMap<usize, Link>,
) -> QueryResult<HashSet<Taken>> {
    let infractions: Vec<i64> = links.values().map(|link| link.infraction).collect();
    let cases: Vec<i64> = links.values().filter_map(|link| link.case).collect();
    let of_infractions: Vec<Option<i64>> = appeals::table
        .filter(appeals::status.eq_any(OPEN))
        .filter(appeals::infraction_id.eq_any(infractions))
        .select(appeals::infraction_id)
        .load(&mut session.conn)
        .await?;
    let of_cases: Vec<Option<i64>> = appeals::table
        .filter(appeals::status.eq_any(OPEN))
        .filter(appeals::case_id.eq_any(cases))
        .select(appeals::case_id)
        .load(&mut session.conn)
        .await?;
    let infractions = of_infractions.into_iter().flatten().map(Taken::Infraction);
    let cases = of_cases.into_iter().flatten().map(Taken::Case);
    Ok(infractions.chain(cases).collect())
}

/// Writes appeals with the times that they had.
pub(super) async fn insert(
    session: &mut Session,
    rows: &[(OldAppeal, Option<Link>)],
) -> QueryResult<()> {
    let values: Vec<_> = rows
        .iter()
        .map(|(row, link)| {
            (
                appeals::legacy_id.eq(row.legacy_id),
                appeals::user_id.eq(row.user),
                appeals::guild_id.eq(row.guild),
                appeals::infraction_id.eq(link.map(|link| link.infraction)),
                appeals::case_id.eq(link.and_then(|link| link.case)),
                appeals::reason.eq(&row.reason),
                appeals::status.eq(&row.status),
                appeals::admin_response.eq(&row.response),
                appeals::created_at.eq(row.at),
                appeals::updated_at.eq(row.at),
            )
        })
        .collect();
    if values.is_empty() {
        return Ok(());
    }
    diesel::insert_into(appeals::table)
        .values(values)
        .execute(&mut session.conn)
        .await?;
    Ok(())
}
