//! What lies between two versions of a guild, read from its revisions.

use diesel::prelude::*;
use diesel_async::AsyncPgConnection;

use super::past::{self, Step, Undo};
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Snapshot;
use crate::store::tables::config::{list_revisions, load_undo};
use crate::store::tables::provider_keys::KEY_NAME;

/// Reads what lies between two versions, of which neither is newer than the snapshot.
///
/// # Errors
/// Whatever the database gives.
pub(crate) async fn between(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    (registry, now): (&Registry, &Snapshot),
    (from, to): (ConfigVersion, ConfigVersion),
) -> QueryResult<Vec<Step>> {
    let mut older = load_undo(conn, guild, from).await?;
    let mut newer = load_undo(conn, guild, to).await?;
    let is_back = from > to;
    if is_back {
        std::mem::swap(&mut older, &mut newer);
    }
    let span = (from.min(to), from.max(to));
    let key = api_key(conn, guild, span, &older).await?;
    older.remove(KEY_NAME);
    newer.remove(KEY_NAME);
    let mut steps = past::between(registry, now, &older, &newer);
    steps.extend(key);
    steps.sort_by(|one, other| one.key.cmp(&other.key));
    if is_back {
        steps = steps.into_iter().map(Step::back).collect();
    }
    Ok(steps)
}

/// What became of the guild's own API key. Its revisions hold no key: that one of the same provider took its place shows
/// in there being a revision alone.
async fn api_key(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    (older, newer): (ConfigVersion, ConfigVersion),
    undo: &Undo,
) -> QueryResult<Option<Step>> {
    let Some(old) = undo.get(KEY_NAME) else {
        return Ok(None);
    };
    let before = ConfigVersion(newer.0.saturating_add(1));
    let newest = list_revisions(conn, guild, Some(KEY_NAME), Some(before), 1).await?;
    let newest = newest.into_iter().find(|last| last.version > older);
    Ok(newest
        .map(|last| Step {
            key: KEY_NAME.to_owned(),
            old: old.clone(),
            new: last.new,
        })
        .filter(|step| step.old.is_some() || step.new.is_some()))
}
