//! Writing stored tokens: the same secret sealed anew, and lost secrets given up.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use super::super::config::Source;
use super::super::provider_keys::{Author, take_turns};
use super::{Holder, Shelf, StoredToken};
use crate::domain::ids::UserId;
use crate::store::record::Record;
use crate::vault::Token;

/// The same secret in another token. Makes no version and no revision: the configuration stays what it is.
#[derive(Clone, Debug)]
pub struct Reseal {
    /// The token that was found.
    pub found: StoredToken,
    /// The one that takes its place.
    pub new: Token,
}

/// What became of a token that was to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resealed {
    /// The new one stands there.
    Done,
    /// Something else stands there by now, which stays.
    Changed,
}

impl Record for Reseal {
    type Ack = Resealed;
    const TABLE: &'static str = "guild_api_keys";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Resealed>>> {
        async move {
            mark_resealing(conn, "on").await?;
            let mut acks = vec![Resealed::Changed; rows.len()];
            for holder in Holder::ALL {
                let places: Vec<usize> = (0..rows.len())
                    .filter(|place| rows[*place].found.holder == holder)
                    .collect();
                if !places.is_empty() {
                    let done = Replace::of(holder, places.iter().map(|place| &rows[*place]));
                    for done in done.load::<i64>(conn).await? {
                        let place = usize::try_from(done).ok().and_then(|n| places.get(n));
                        if let Some(ack) = place.and_then(|place| acks.get_mut(*place)) {
                            *ack = Resealed::Done;
                        }
                    }
                }
            }
            mark_resealing(conn, "off").await?;
            Ok(acks)
        }
        .boxed()
    }
}

/// Tells the triggers of this transaction that tokens take the place of tokens, or no longer do.
async fn mark_resealing(conn: &mut AsyncPgConnection, mark: &str) -> QueryResult<()> {
    diesel::sql_query("SELECT set_config('aimod.resealing', $1, true)")
        .bind::<Text, _>(mark)
        .execute(conn)
        .await
        .map(drop)
}

/// Puts new tokens where the old ones still stand, and tells the places in its list of those it could. One array per
/// column.
struct Replace {
    shelf: Shelf,
    guilds: Vec<i64>,
    versions: Vec<i64>,
    keys: Vec<String>,
    old: Vec<String>,
    new: Vec<String>,
}

impl QueryId for Replace {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Replace {
    type SqlType = BigInt;
}

impl Replace {
    fn of<'r>(holder: Holder, rows: impl Iterator<Item = &'r Reseal> + Clone) -> Self {
        let found = || rows.clone().map(|row| &row.found);
        Self {
            shelf: holder.shelf(),
            guilds: found().map(|found| found.guild.as_i64()).collect(),
            versions: found().map(|found| found.version).collect(),
            keys: found().map(|found| found.key.clone()).collect(),
            old: found()
                .map(|found| found.token.as_str().to_owned())
                .collect(),
            new: rows.map(|row| row.new.as_str().to_owned()).collect(),
        }
    }
}

impl QueryFragment<Pg> for Replace {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Shelf { table, column, .. } = self.shelf;
        out.push_sql(&format!(
            "UPDATE {table} t SET {column} = {} FROM unnest(",
            self.shelf.held("i.new_token")
        ));
        out.push_bind_param::<Array<BigInt>, _>(&self.guilds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.versions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.keys)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.old)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.new)?;
        out.push_sql(
            ") WITH ORDINALITY AS i (guild_id, version, key, old_token, new_token, place) WHERE ",
        );
        for column in self.shelf.key {
            out.push_sql(&format!("t.{column} = i.{column} AND "));
        }
        out.push_sql(&format!(
            "t.{column} = {} RETURNING i.place - 1",
            self.shelf.held("i.old_token")
        ));
        Ok(())
    }
}

/// A secret in use that no key opens any more is given up, as a change of configuration like any other.
#[derive(Clone, Debug)]
pub struct GiveUp {
    /// The token that was found.
    pub found: StoredToken,
}

impl Record for GiveUp {
    /// Whether it still stood there.
    type Ack = bool;
    const TABLE: &'static str = "guild_api_keys";

    fn lane(&self) -> Option<i64> {
        Some(self.found.guild.as_i64())
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<bool>>> {
        async move {
            take_turns(conn, rows.iter().map(|row| row.found.guild)).await?;
            let reason = Some("no key opens the stored secret");
            Author(UserId(0), Source::Cli, reason).sign(conn).await?;
            let mut acks = Vec::with_capacity(rows.len());
            for row in rows {
                acks.push(give_up(conn, &row.found).await? > 0);
            }
            Author::NOBODY.sign(conn).await?;
            Ok(acks)
        }
        .boxed()
    }
}

/// Without its key the sign-in data beside it is of no use either; history is left as it is.
async fn give_up(conn: &mut AsyncPgConnection, found: &StoredToken) -> QueryResult<usize> {
    let statement = match found.holder {
        Holder::ApiKey => {
            "DELETE FROM guild_api_keys WHERE guild_id = $1 AND encrypted_api_key = $2 AND $3 = ''"
        }
        Holder::SignIn => {
            "UPDATE guild_api_keys SET encrypted_github_auth_info = NULL, updated_at = CURRENT_TIMESTAMP \
             WHERE guild_id = $1 AND encrypted_github_auth_info = $2 AND $3 = ''"
        }
        Holder::Setting => {
            "DELETE FROM guild_config \
             WHERE guild_id = $1 AND value = jsonb_build_object('sealed', $2) AND key = $3"
        }
        Holder::Before | Holder::After => return Ok(0),
    };
    diesel::sql_query(statement)
        .bind::<BigInt, _>(found.guild.as_i64())
        .bind::<Text, _>(found.token.as_str())
        .bind::<Text, _>(&found.key)
        .execute(conn)
        .await
}
