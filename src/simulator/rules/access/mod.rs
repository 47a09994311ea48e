//! Who may do what: permission computation with overwrites, the owner, administrators, timeouts and role order.

use chrono::{DateTime, Utc};

use crate::domain::ids::{ChannelId, GuildId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::world::World;
use crate::simulator::world::channel::{Channel, ChannelKind, OverwriteTarget};
use crate::simulator::world::guild::Guild;
use crate::simulator::world::people::Member;
use crate::simulator::world::permission::Permissions;

/// What one may do in a direct message.
pub(crate) const IN_DIRECT_MESSAGES: Permissions = Permissions(
    Permissions::VIEW_CHANNEL.0
        | Permissions::SEND_MESSAGES.0
        | Permissions::EMBED_LINKS.0
        | Permissions::ATTACH_FILES.0
        | Permissions::READ_MESSAGE_HISTORY.0
        | Permissions::ADD_REACTIONS.0,
);

/// What a timed out member keeps.
const WHILE_TIMED_OUT: Permissions =
    Permissions(Permissions::VIEW_CHANNEL.0 | Permissions::READ_MESSAGE_HISTORY.0);

/// What a user may do in the guild as a whole; nothing for who is not a member.
pub(crate) fn in_guild(guild: &Guild, user: UserId, now: DateTime<Utc>) -> Permissions {
    let Some(member) = guild.members.get(&user) else {
        return Permissions::NONE;
    };
    let base = from_roles(guild, member);
    if base != Permissions::ALL && member.is_timed_out(now) {
        return base & WHILE_TIMED_OUT;
    }
    base
}

fn from_roles(guild: &Guild, member: &Member) -> Permissions {
    if guild.owner == member.user {
        return Permissions::ALL;
    }
    let everyone = guild.id.everyone_role();
    let held = std::iter::once(&everyone).chain(&member.roles);
    let base = held
        .filter_map(|id| guild.roles.get(id))
        .fold(Permissions::NONE, |sum, role| sum | role.permissions);
    if base.contains(Permissions::ADMINISTRATOR) {
        return Permissions::ALL;
    }
    base
}

/// What a user may do in a channel. A thread follows the overwrites of its channel: give that one.
pub(crate) fn in_channel(
    guild: &Guild,
    channel: &Channel,
    user: UserId,
    now: DateTime<Utc>,
) -> Permissions {
    let Some(member) = guild.members.get(&user) else {
        return Permissions::NONE;
    };
    let base = from_roles(guild, member);
    if base == Permissions::ALL {
        return base;
    }
    let allowed = overwritten(guild, channel, member, base);
    if member.is_timed_out(now) {
        return allowed & WHILE_TIMED_OUT;
    }
    implied(allowed)
}

/// What a user may do in a thread of `parent`: speech is Send Messages in Threads there, and what needs speech goes
/// with it.
pub(crate) fn in_thread(
    guild: &Guild,
    parent: &Channel,
    user: UserId,
    now: DateTime<Utc>,
) -> Permissions {
    let Some(member) = guild.members.get(&user) else {
        return Permissions::NONE;
    };
    let base = from_roles(guild, member);
    if base == Permissions::ALL {
        return base;
    }
    let allowed = overwritten(guild, parent, member, base);
    if member.is_timed_out(now) {
        return allowed & WHILE_TIMED_OUT;
    }
    let speech = Permissions::SEND_MESSAGES;
    implied(if allowed.contains(Permissions::SEND_MESSAGES_IN_THREADS) {
        allowed | speech
    } else {
        allowed & !speech
    })
}

/// Applies the overwrites in Discord's order: `@everyone`, then all roles together, then the member.
fn overwritten(
    guild: &Guild,
    channel: &Channel,
    member: &Member,
    base: Permissions,
) -> Permissions {
    let everyone = OverwriteTarget::Role(guild.id.everyone_role());
    let of_role = |target| match target {
        OverwriteTarget::Role(id) => target != everyone && member.roles.contains(&id),
        OverwriteTarget::Member(_) => false,
    };
    let step = |sum: Permissions, concerns: &dyn Fn(OverwriteTarget) -> bool| {
        let met = channel.overwrites.iter().filter(|one| concerns(one.target));
        let (deny, allow) = met.fold(
            (Permissions::NONE, Permissions::NONE),
            |(deny, allow), one| (deny | one.deny, allow | one.allow),
        );
        (sum & !deny) | allow
    };
    let sum = step(base, &|target| target == everyone);
    let sum = step(sum, &of_role);
    step(sum, &|target| {
        target == OverwriteTarget::Member(member.user)
    })
}

/// Without seeing a channel nothing is possible in it; without speaking no embed, file or mention is.
fn implied(allowed: Permissions) -> Permissions {
    if !allowed.contains(Permissions::VIEW_CHANNEL) {
        return Permissions::NONE;
    }
    if allowed.contains(Permissions::SEND_MESSAGES) {
        return allowed;
    }
    let needs_speech = Permissions::MENTION_EVERYONE
        | Permissions::SEND_TTS_MESSAGES
        | Permissions::ATTACH_FILES
        | Permissions::EMBED_LINKS;
    allowed & !needs_speech
}

impl World {
    /// What a user may do in a channel or direct message, overwrites, timeout and all.
    #[must_use]
    pub fn permissions_in(&self, channel: ChannelId, user: UserId) -> Permissions {
        let Some(place) = self.channels.get(&channel) else {
            return Permissions::NONE;
        };
        let Some(guild) = place.guild.and_then(|id| self.guilds.get(&id)) else {
            let takes_part = place.recipient == Some(user) || user == self.bot.user;
            return if takes_part && place.guild.is_none() {
                IN_DIRECT_MESSAGES
            } else {
                Permissions::NONE
            };
        };
        if !place.kind.is_thread() {
            return in_channel(guild, place, user, self.now());
        }
        let parent = place.parent.and_then(|id| self.channels.get(&id));
        let held = in_thread(guild, parent.unwrap_or(place), user, self.now());
        // A private thread is there for those in it, and for who manages threads.
        let hidden = place.kind == ChannelKind::PrivateThread
            && !place.members.contains_key(&user)
            && !held.contains(Permissions::MANAGE_THREADS);
        if hidden { Permissions::NONE } else { held }
    }

    /// The guild, if it exists and `actor` is in it. An outage takes it away from the bot; people talk on.
    pub(crate) fn guild_for(&self, actor: UserId, guild: GuildId) -> Ruling<&Guild> {
        let found = self.guilds.get(&guild);
        let found = found.filter(|found| found.members.contains_key(&actor));
        let found = found.ok_or(ApiError::UNKNOWN_GUILD)?;
        if found.available || actor != self.bot.user {
            Ok(found)
        } else {
            Err(ApiError::GUILD_AWAY)
        }
    }

    pub(crate) fn require(
        &self,
        actor: UserId,
        guild: GuildId,
        needed: Permissions,
    ) -> Ruling<&Guild> {
        let found = self.guild_for(actor, guild)?;
        if in_guild(found, actor, self.now()).contains(needed) {
            Ok(found)
        } else {
            Err(ApiError::MISSING_PERMISSIONS)
        }
    }

    /// The channel, if `actor` sees it and has what is needed there.
    pub(crate) fn require_in(
        &self,
        actor: UserId,
        channel: ChannelId,
        needed: Permissions,
    ) -> Ruling<&Channel> {
        let place = self
            .channels
            .get(&channel)
            .ok_or(ApiError::UNKNOWN_CHANNEL)?;
        if let Some(guild) = place.guild.filter(|guild| self.is_member(*guild, actor)) {
            self.guild_for(actor, guild)?;
        }
        let held = self.permissions_in(channel, actor);
        if !held.contains(Permissions::VIEW_CHANNEL) {
            return Err(ApiError::MISSING_ACCESS);
        }
        if held.contains(needed) {
            Ok(place)
        } else {
            Err(ApiError::MISSING_PERMISSIONS)
        }
    }
}

/// Role order: nobody acts on the owner, and on others only from above.
pub(crate) fn require_above(guild: &Guild, actor: UserId, target: UserId) -> Ruling {
    if target == guild.owner || target == actor {
        return Err(ApiError::MISSING_PERMISSIONS);
    }
    let above = guild.highest_position(actor) > guild.highest_position(target);
    if above || actor == guild.owner {
        Ok(())
    } else {
        Err(ApiError::MISSING_PERMISSIONS)
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod model;
