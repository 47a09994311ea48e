//! What every `/config` command begins with: the guild, its configuration and the words for it.

use std::sync::Arc;

use serde_json::Value as Json;

use super::replies;
use super::words::Words;
use crate::commands::components::Press;
use crate::commands::{CommandError, Context, Refusal, Services, guild_of};
use crate::domain::ids::{GuildId, UserId};
use crate::guild::config::key::KeySpec;
use crate::guild::config::snapshot::Snapshot;
use crate::guild::language::Language;
use crate::store::tables::provider_keys::KEY_NAME;

/// A call or a press with all that it works on.
pub(super) struct Desk<'a> {
    pub(super) services: &'a Services,
    pub(super) guild: GuildId,
    pub(super) user: UserId,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) words: Words<'a>,
}

impl<'a> Desk<'a> {
    /// For a command.
    pub(super) async fn of(ctx: Context<'a>) -> Result<Self, CommandError> {
        let user = crate::commands::caller_of(ctx);
        Self::at(ctx.data(), guild_of(ctx)?, user).await
    }

    /// For a press.
    pub(super) async fn pressed(press: &Press<'a>) -> Result<Self, CommandError> {
        Self::at(press.services, press.guild, press.user).await
    }

    async fn at(
        services: &'a Services,
        guild: GuildId,
        user: UserId,
    ) -> Result<Self, CommandError> {
        let snapshot = services.guilds.configuration(guild).await?;
        let language = Language::of(snapshot.values());
        Ok(Self {
            services,
            guild,
            user,
            snapshot,
            words: Words::new(language, services.guilds.registry()),
        })
    }

    /// The key of that name, or of an older one.
    pub(super) fn find_key(&self, name: &str) -> Result<&'static KeySpec, Refusal> {
        let registry = self.words.registry;
        if let Some(key) = registry.find(name) {
            return Ok(key);
        }
        Err(Refusal::new(match registry.find_reserved(name) {
            Some(known) => replies::reserved_refused(self.words, known),
            None if is_api_key(name) => replies::api_key_refused(self.words),
            None => replies::unknown_key(self.words, name),
        }))
    }

    /// The name under which revisions tell of a key; of what is not in use too, and of the API key.
    pub(super) fn find_past(&self, name: &str) -> Result<String, Refusal> {
        let registry = self.words.registry;
        if let Some(known) = registry.find_reserved(name) {
            return Ok(known.name.to_owned());
        }
        if is_api_key(name) {
            return Ok(KEY_NAME.to_owned());
        }
        match (registry.find(name), self.find_stored(name)) {
            (None, Some((stored, _))) => Ok(stored.to_owned()),
            _ => Ok(self.find_key(name)?.name.to_owned()),
        }
    }

    /// What is stored under a name that no key has.
    pub(super) fn find_stored(&self, name: &str) -> Option<(&str, &Json)> {
        let mut unread = self.snapshot.unread().iter();
        let found = unread.find(|(stored, _)| stored.eq_ignore_ascii_case(name.trim()));
        found.map(|(stored, json)| (stored.as_str(), json))
    }
}

/// Whether the guild's own API key is meant, which has a past among the settings but commands of its own.
pub(super) fn is_api_key(name: &str) -> bool {
    name.trim().eq_ignore_ascii_case(KEY_NAME)
}
