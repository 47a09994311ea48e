//! Settings of an older bot: read as they are here, and written as changes like all others.

use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;

use super::Session;
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::store::record::Record as _;
use crate::store::tables::config::{
    ConfigChange, ConfigWritten, StoredConfig, load_configs, load_undo,
};

/// A guild's configuration, and which of its keys have a past.
#[derive(Debug, Default)]
pub struct GuildState {
    /// What is set.
    pub stored: StoredConfig,
    /// The keys that were ever changed: one of these that is not set was cleared by somebody.
    pub changed: BTreeSet<String>,
}

/// Reads the configurations of these guilds.
///
/// # Errors
/// Whatever the database gives.
pub async fn load_states(
    session: &mut Session,
    guilds: &[GuildId],
    tables: &[&'static str],
) -> QueryResult<BTreeMap<GuildId, GuildState>> {
    let mut states = BTreeMap::new();
    for (guild, stored) in load_configs(&mut session.conn, guilds, tables).await? {
        let changed = match stored.version {
            ConfigVersion(0) => BTreeMap::new(),
            _ => load_undo(&mut session.conn, guild, ConfigVersion(0)).await?,
        };
        let changed = changed.into_keys().collect();
        states.insert(guild, GuildState { stored, changed });
    }
    Ok(states)
}

/// Writes changes, no guild twice, in the transaction of the session; an answer for each.
///
/// # Errors
/// Whatever the database gives.
pub async fn write_changes(
    session: &mut Session,
    changes: &[ConfigChange],
) -> QueryResult<Vec<ConfigWritten>> {
    ConfigChange::write_all(&mut session.conn, changes).await
}
