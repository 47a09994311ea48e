//! Invites: the codes by which people come in.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::World;
use super::wire::{UserWire, time};
use crate::domain::ids::{ChannelId, GuildId, UserId};

/// An invite.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Invite {
    pub(crate) code: String,
    pub(crate) guild: GuildId,
    pub(crate) channel: ChannelId,
    pub(crate) inviter: UserId,
    /// Seconds; 0 is for ever.
    pub(crate) max_age: u32,
    /// 0 is without end.
    pub(crate) max_uses: u32,
    pub(crate) uses: u32,
    pub(crate) temporary: bool,
    pub(crate) created_at: DateTime<Utc>,
}

impl Invite {
    pub(crate) fn expires_at(&self) -> Option<DateTime<Utc>> {
        let age = TimeDelta::seconds(i64::from(self.max_age));
        (self.max_age > 0).then(|| self.created_at + age)
    }

    pub(crate) fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.expires_at().is_some_and(|end| end <= now)
    }
}

/// An invite as REST answers it; how often it was used is told only to who made it or manages the guild.
pub(crate) fn wire(world: &World, invite: &Invite, with_uses: bool) -> Value {
    let guild = world.guilds.get(&invite.guild);
    let place = world.channels.get(&invite.channel);
    let mut wire = json!({
        "type": 0, "code": invite.code, "expires_at": invite.expires_at().map(time), "flags": 0,
        "guild_id": invite.guild,
        "guild": {
            "id": invite.guild, "name": guild.map(|guild| &guild.name), "splash": null, "banner": null,
            "description": null, "icon": null, "features": [], "verification_level": 1, "vanity_url_code": null,
            "nsfw_level": 0, "nsfw": false, "premium_subscription_count": 0,
        },
        "channel": {
            "id": invite.channel, "type": place.map(|place| place.kind.code()),
            "name": place.map(|place| &place.name),
        },
        "inviter": world.users.get(&invite.inviter).map(UserWire::of),
    });
    if with_uses {
        wire["uses"] = json!(invite.uses);
        wire["max_uses"] = json!(invite.max_uses);
        wire["max_age"] = json!(invite.max_age);
        wire["temporary"] = json!(invite.temporary);
        wire["created_at"] = json!(time(invite.created_at));
    }
    wire
}

/// The body of INVITE_CREATE.
pub(crate) fn created(world: &World, invite: &Invite) -> Value {
    json!({
        "channel_id": invite.channel, "guild_id": invite.guild, "code": invite.code,
        "created_at": time(invite.created_at), "expires_at": invite.expires_at().map(time),
        "inviter": world.users.get(&invite.inviter).map(UserWire::of),
        "max_age": invite.max_age, "max_uses": invite.max_uses, "temporary": invite.temporary, "uses": invite.uses,
        "type": 0,
    })
}
