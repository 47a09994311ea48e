//! Bans, one by one and many at once, with the history they delete.

use chrono::TimeDelta;
use serde_json::json;

use super::{Entry, audit};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::wrong;
use crate::simulator::rules::{access, limits};
use crate::simulator::world::World;
use crate::simulator::world::event::intents;
use crate::simulator::world::guild::Ban;
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::UserWire;

/// Ids of one bulk ban (Discord's page on bulk guild bans).
const BULK: usize = 200;

/// What a bulk ban achieved.
#[derive(Clone, Debug, Default)]
pub(crate) struct BulkBan {
    pub(crate) banned: Vec<UserId>,
    pub(crate) failed: Vec<UserId>,
}

impl World {
    /// Bans with Ban Members, from above; who is banned already stays banned. Deletes the last seconds of what the
    /// user wrote.
    pub(crate) fn ban(&mut self, deed: &Deed, target: UserId, history_secs: u64) -> Ruling {
        limits::ban_history(history_secs)?;
        let guild = self.require(deed.actor, deed.guild, Permissions::BAN_MEMBERS)?;
        if !self.users.contains_key(&target) {
            return Err(ApiError::UNKNOWN_USER);
        }
        let member = guild.members.contains_key(&target);
        if member || target == guild.owner {
            access::require_above(guild, deed.actor, target)?;
        }
        if guild.bans.contains_key(&target) {
            return Ok(());
        }
        if !member {
            self.count_stranger(deed.guild)?;
        }
        self.put_ban(deed, target);
        if member {
            self.drop_member(deed.guild, target)?;
        }
        self.delete_history(deed.guild, target, history_secs);
        Ok(())
    }

    fn count_stranger(&mut self, guild: GuildId) -> Ruling {
        let most = self.limits.strangers_banned;
        let found = self.guilds.get_mut(&guild).ok_or(ApiError::UNKNOWN_GUILD)?;
        if found.strangers_banned >= most {
            return Err(ApiError::STRANGER_BANS_EXCEEDED);
        }
        found.strangers_banned += 1;
        Ok(())
    }

    fn put_ban(&mut self, deed: &Deed, target: UserId) {
        let ban = Ban {
            reason: deed.reason.clone(),
            by: deed.actor,
        };
        if let Some(found) = self.guilds.get_mut(&deed.guild) {
            found.bans.insert(target, ban);
        }
        self.log_audit(deed, Entry::about(audit::MEMBER_BAN_ADD, target));
        self.tell_of_ban("GUILD_BAN_ADD", deed.guild, target);
    }

    fn tell_of_ban(&mut self, event: &str, guild: GuildId, target: UserId) {
        let seen = Permissions::BAN_MEMBERS | Permissions::VIEW_AUDIT_LOG;
        if self.bot_may(guild, seen) {
            let user = self.users.get(&target).map(UserWire::of);
            let wire = json!({"guild_id": guild, "user": user});
            self.tell(event, guild, intents::GUILD_MODERATION, &wire);
        }
    }

    fn delete_history(&mut self, guild: GuildId, author: UserId, seconds: u64) {
        if seconds == 0 {
            return;
        }
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        let since = self.now() - TimeDelta::seconds(seconds);
        let places = self.guilds.get(&guild).map(|found| found.channels.clone());
        for channel in places.unwrap_or_default() {
            let gone = self.written_since(channel, author, since);
            if !gone.is_empty() {
                self.erase(channel, &gone);
            }
        }
    }

    pub(super) fn written_since(
        &self,
        channel: ChannelId,
        author: UserId,
        since: chrono::DateTime<chrono::Utc>,
    ) -> Vec<MessageId> {
        let messages = self.messages.get(&channel);
        let written = messages.into_iter().flat_map(|list| list.values().rev());
        written
            .take_while(|message| message.at >= since)
            .filter(|message| message.author == author)
            .map(|message| message.id)
            .collect()
    }

    /// Lifts a ban with Ban Members.
    pub(crate) fn unban(&mut self, deed: &Deed, target: UserId) -> Ruling {
        self.require(deed.actor, deed.guild, Permissions::BAN_MEMBERS)?;
        let found = self
            .guilds
            .get_mut(&deed.guild)
            .ok_or(ApiError::UNKNOWN_GUILD)?;
        found.bans.remove(&target).ok_or(ApiError::UNKNOWN_BAN)?;
        self.log_audit(deed, Entry::about(audit::MEMBER_BAN_REMOVE, target));
        self.tell_of_ban("GUILD_BAN_REMOVE", deed.guild, target);
        Ok(())
    }

    /// Bans up to 200 users with Ban Members and Manage Server; who cannot be banned is listed as failed.
    pub(crate) fn bulk_ban(
        &mut self,
        deed: &Deed,
        targets: &[UserId],
        history_secs: u64,
    ) -> Ruling<BulkBan> {
        self.require(
            deed.actor,
            deed.guild,
            Permissions::BAN_MEMBERS | Permissions::MANAGE_GUILD,
        )?;
        limits::ban_history(history_secs)?;
        if targets.is_empty() || targets.len() > BULK {
            let message = format!("Must be between 1 and {BULK} in length.");
            return Err(wrong("user_ids", "BASE_TYPE_BAD_LENGTH", message));
        }
        let mut outcome = BulkBan::default();
        for target in targets {
            let known = self.find_ban(deed.guild, *target).is_some();
            if !known && self.ban(deed, *target, history_secs).is_ok() {
                outcome.banned.push(*target);
            } else {
                outcome.failed.push(*target);
            }
        }
        if outcome.banned.is_empty() {
            return Err(ApiError::BULK_BAN_FAILED);
        }
        Ok(outcome)
    }
}
