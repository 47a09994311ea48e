//! Reading stored tokens in bounded batches.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{Holder, Shelf, StoredToken};
use crate::domain::ids::GuildId;
use crate::vault::Token;

/// Guild, version and key: what a walk goes by.
type Position = (i64, i64, String);

/// A walk over stored tokens, a batch at a time, so that any number of them fits into memory. What is added meanwhile
/// behind the walk is not seen.
#[derive(Clone, Debug)]
pub struct StoredTokens {
    holders: &'static [Holder],
    after: Position,
    batch: i64,
}

impl StoredTokens {
    /// Begins a walk over these holders with at most `batch` tokens at once.
    #[must_use]
    pub fn of(holders: &'static [Holder], batch: i64) -> Self {
        Self {
            holders,
            after: beginning(),
            batch,
        }
    }

    /// Reads the next tokens; none at the end.
    ///
    /// # Errors
    /// Whatever the database gives; the same batch can then be asked for again.
    pub async fn next_batch(
        &mut self,
        conn: &mut AsyncPgConnection,
    ) -> QueryResult<Vec<StoredToken>> {
        while let [holder, rest @ ..] = self.holders {
            let page = Page {
                shelf: holder.shelf(),
                after: self.after.clone(),
                limit: self.batch,
            };
            let rows: Vec<(i64, i64, String, String)> = page.load(conn).await?;
            let Some((guild, version, key, _)) = rows.last() else {
                (self.holders, self.after) = (rest, beginning());
                continue;
            };
            self.after = (*guild, *version, key.clone());
            let stored = |(guild, version, key, token)| StoredToken {
                holder: *holder,
                guild: GuildId::from_i64(guild),
                version,
                key,
                token: Token::from_stored(token),
            };
            return Ok(rows.into_iter().map(stored).collect());
        }
        Ok(Vec::new())
    }
}

fn beginning() -> Position {
    (i64::MIN, i64::MIN, String::new())
}

/// Counts the tokens of these holders.
///
/// # Errors
/// Whatever the database gives.
pub async fn count_tokens(conn: &mut AsyncPgConnection, holders: &[Holder]) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let mut sum = 0;
    for holder in holders {
        let Shelf { table, filter, .. } = holder.shelf();
        let row: Count = diesel::sql_query(format!(
            "SELECT count(*) AS count FROM {table} WHERE {filter}"
        ))
        .get_result(conn)
        .await?;
        sum += row.count;
    }
    Ok(sum)
}

/// The tokens of a holder after a place, in the order of the primary key.
struct Page {
    shelf: Shelf,
    after: Position,
    limit: i64,
}

/// Its text depends on the holder, so a connection keeps its prepared form by the text.
impl QueryId for Page {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Page {
    type SqlType = (BigInt, BigInt, Text, Text);
}

impl QueryFragment<Pg> for Page {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let shelf = &self.shelf;
        let version = shelf.of_key("version", "0::bigint");
        let key = shelf.of_key("key", "''");
        let token = match shelf.is_json() {
            true => format!("{} ->> 'sealed'", shelf.column),
            false => shelf.column.to_owned(),
        };
        let columns = shelf.key.join(", ");
        out.push_sql(&format!(
            "SELECT guild_id, {version}, {key}, {token} FROM {} WHERE {} AND ({columns}) > (",
            shelf.table, shelf.filter
        ));
        out.push_bind_param::<BigInt, _>(&self.after.0)?;
        if shelf.key.contains(&"version") {
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(&self.after.1)?;
        }
        if shelf.key.contains(&"key") {
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(&self.after.2)?;
        }
        out.push_sql(&format!(") ORDER BY {columns} LIMIT "));
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        Ok(())
    }
}
