//! `guild_api_keys`: a guild's own key to a model provider, sealed. Every change of it is a configuration version.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use super::config::Source;
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::store::prepared::prepared;
use crate::store::record::Record;
use crate::store::schema::{guild_api_keys, guild_settings};
use crate::vault::Token;

/// The name under which revisions tell that a guild's key changed. They never hold the key, sealed or not.
pub const KEY_NAME: &str = "API_KEY";

/// What may be shown of a guild's key: everything but the key.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = guild_api_keys, check_for_backend(Pg))]
pub struct ApiKeyInfo {
    /// The provider as the operator's list names it; `None` in rows that others wrote without one.
    #[diesel(column_name = api_provider)]
    pub provider: Option<String>,
    /// When the guild first set a key.
    #[diesel(column_name = created_at)]
    pub since: DateTime<Utc>,
    /// When it last set one.
    #[diesel(column_name = updated_at)]
    pub changed_at: DateTime<Utc>,
}

impl ApiKeyInfo {
    /// Reads what may be shown; `None` where the guild has no key.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn find(conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<Option<Self>> {
        guild_api_keys::table
            .find(guild.as_i64())
            .filter(guild_api_keys::encrypted_api_key.is_not_null())
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }
}

/// A guild's key as it is stored, for whoever opens it in the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedApiKey {
    /// The provider; see [`ApiKeyInfo::provider`].
    pub provider: Option<String>,
    /// The sealed key.
    pub token: Token,
}

/// Reads a guild's sealed key; `None` where it has none.
///
/// # Errors
/// Whatever the database gives.
pub async fn find_token(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
) -> QueryResult<Option<SealedApiKey>> {
    let row: Option<(Option<String>, Option<String>)> = guild_api_keys::table
        .find(guild.as_i64())
        .select((
            guild_api_keys::api_provider,
            guild_api_keys::encrypted_api_key,
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(row.and_then(|(provider, token)| {
        let token = Token::from_stored(token?);
        Some(SealedApiKey { provider, token })
    }))
}

/// A guild gets a key. One that it had is replaced, and so is sign-in data that went with that one.
#[derive(Clone, Debug)]
pub struct SetApiKey {
    /// The guild.
    pub guild: GuildId,
    /// The provider, at most 100 characters.
    pub provider: String,
    /// The key, sealed by the vault.
    pub token: Token,
    /// Who set it; 0 for the operator or AIMod itself.
    pub changed_by: UserId,
    /// The way it came.
    pub source: Source,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

/// What became of a key that was set, with the configuration version that this made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKeySet {
    /// The guild had none before.
    Set(ConfigVersion),
    /// It took the place of another one.
    Replaced(ConfigVersion),
}

impl ApiKeySet {
    /// The version that it made.
    #[must_use]
    pub const fn version(self) -> ConfigVersion {
        match self {
            Self::Set(version) | Self::Replaced(version) => version,
        }
    }
}

impl Record for SetApiKey {
    type Ack = ApiKeySet;
    const TABLE: &'static str = "guild_api_keys";

    fn lane(&self) -> Option<i64> {
        Some(self.guild.as_i64())
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<ApiKeySet>>> {
        async move {
            take_turns(conn, rows.iter().map(|row| row.guild)).await?;
            let mut acks = Vec::with_capacity(rows.len());
            for row in rows {
                let author = Author(row.changed_by, row.source, row.reason.as_deref());
                author.sign(conn).await?;
                let there = row.upsert(conn).await?;
                let version = version_of(conn, row.guild).await?;
                acks.push(match there {
                    true => ApiKeySet::Replaced(version),
                    false => ApiKeySet::Set(version),
                });
            }
            Author::NOBODY.sign(conn).await?;
            Ok(acks)
        }
        .boxed()
    }
}

impl SetApiKey {
    /// Writes the row; the table's trigger makes the version. Tells whether there was a key before.
    async fn upsert(&self, conn: &mut AsyncPgConnection) -> QueryResult<bool> {
        let there = ApiKeyInfo::find(conn, self.guild).await?.is_some();
        let content = (
            guild_api_keys::api_provider.eq(&self.provider),
            guild_api_keys::encrypted_api_key.eq(self.token.as_str()),
            guild_api_keys::encrypted_github_auth_info.eq(None::<&str>),
        );
        diesel::insert_into(guild_api_keys::table)
            .values((guild_api_keys::guild_id.eq(self.guild.as_i64()), content))
            .on_conflict(guild_api_keys::guild_id)
            .do_update()
            .set((content, guild_api_keys::updated_at.eq(diesel::dsl::now)))
            .execute(conn)
            .await?;
        Ok(there)
    }
}

/// A guild gives up its key, with everything that is sealed beside it.
#[derive(Clone, Debug)]
pub struct RemoveApiKey {
    /// The guild.
    pub guild: GuildId,
    /// Who removed it; 0 for the operator or AIMod itself.
    pub changed_by: UserId,
    /// The way it came.
    pub source: Source,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

/// What became of a key that was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKeyRemoved {
    /// It is gone; this version says so.
    Removed(ConfigVersion),
    /// The guild had none; nothing was written.
    None,
}

impl Record for RemoveApiKey {
    type Ack = ApiKeyRemoved;
    const TABLE: &'static str = "guild_api_keys";

    fn lane(&self) -> Option<i64> {
        Some(self.guild.as_i64())
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<ApiKeyRemoved>>> {
        async move {
            take_turns(conn, rows.iter().map(|row| row.guild)).await?;
            let mut acks = Vec::with_capacity(rows.len());
            for row in rows {
                let author = Author(row.changed_by, row.source, row.reason.as_deref());
                author.sign(conn).await?;
                let there = guild_api_keys::table.find(row.guild.as_i64());
                acks.push(match diesel::delete(there).execute(conn).await? {
                    0 => ApiKeyRemoved::None,
                    _ => ApiKeyRemoved::Removed(version_of(conn, row.guild).await?),
                });
            }
            Author::NOBODY.sign(conn).await?;
            Ok(acks)
        }
        .boxed()
    }
}

/// Who the revisions of the statements that follow name, in this transaction.
pub(super) struct Author<'a>(
    pub(super) UserId,
    pub(super) Source,
    pub(super) Option<&'a str>,
);

impl Author<'_> {
    /// Takes the name off again: other records in the same transaction are not this author's.
    pub(super) const NOBODY: Author<'static> = Author(UserId(0), Source::System, None);

    pub(super) async fn sign(&self, conn: &mut AsyncPgConnection) -> QueryResult<()> {
        let Self(user, source, reason) = *self;
        let statement = Sign {
            user: user.as_i64().to_string(),
            source: source.as_sql(),
            reason: reason.unwrap_or_default().replace('\0', ""),
        };
        statement.execute(conn).await.map(drop)
    }
}

/// Settings of the transaction that the trigger's function reads; diesel knows no `set_config`.
struct Sign {
    user: String,
    source: &'static str,
    reason: String,
}

prepared!(Sign => ());

impl QueryFragment<Pg> for Sign {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // Off, so that the triggers note what these records do not note themselves.
        out.push_sql(
            "SELECT set_config('aimod.writer', 'off', true), set_config('aimod.changed_by', ",
        );
        out.push_bind_param::<Text, _>(&self.user)?;
        out.push_sql(", true), set_config('aimod.source', ");
        out.push_bind_param::<Text, _>(&self.source)?;
        out.push_sql(", true), set_config('aimod.reason', ");
        out.push_bind_param::<Text, _>(&self.reason)?;
        out.push_sql(", true)");
        Ok(())
    }
}

/// Makes the guilds' rows where they are missing, and locks them as every change of configuration does, in one order
/// everywhere.
struct TakeTurns(Vec<i64>);

prepared!(TakeTurns => ());

impl QueryFragment<Pg> for TakeTurns {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO guild_settings AS s (guild_id) SELECT unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.0)?;
        // An update of nothing is the lock, also of a row that another transaction is just making.
        out.push_sql(") ON CONFLICT (guild_id) DO UPDATE SET updated_at = s.updated_at");
        Ok(())
    }
}

pub(super) async fn take_turns(
    conn: &mut AsyncPgConnection,
    guilds: impl Iterator<Item = GuildId>,
) -> QueryResult<()> {
    let sorted: BTreeMap<i64, ()> = guilds.map(|guild| (guild.as_i64(), ())).collect();
    let statement = TakeTurns(sorted.into_keys().collect());
    statement.execute(conn).await.map(drop)
}

async fn version_of(conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<ConfigVersion> {
    let version: i64 = guild_settings::table
        .find(guild.as_i64())
        .select(guild_settings::config_version)
        .first(conn)
        .await?;
    Ok(ConfigVersion(version))
}
