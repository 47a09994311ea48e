//! Making and deleting invites.

use super::{Entry, audit};
use serde_json::Value;

use crate::domain::ids::{ChannelId, GuildId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::Form;
use crate::simulator::world::World;
use crate::simulator::world::event::intents;
use crate::simulator::world::invite::{self, Invite};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;

/// Invites of a guild at most (Discord's page on JSON error codes, 30016).
const INVITES: usize = 1_000;
const LONGEST_SECS: u32 = 604_800;
const MOST_USES: u32 = 100;

/// How an invite is limited.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InviteLimits {
    pub(crate) max_age: u32,
    pub(crate) max_uses: u32,
    pub(crate) temporary: bool,
}

impl InviteLimits {
    fn check(self) -> Ruling {
        let mut form = Form::default();
        for (name, value, most) in [
            ("max_age", self.max_age, LONGEST_SECS),
            ("max_uses", self.max_uses, MOST_USES),
        ] {
            if value > most {
                let message = format!("int value should be less than or equal to {most}.");
                form.wrong(name, "NUMBER_TYPE_MAX", message);
            }
        }
        form.finish()
    }
}

/// The audit log names an invite only by its facts; clients look for the code among them.
fn facts(invite: &Invite, which: &str) -> Value {
    let facts = [
        ("code", Value::from(invite.code.as_str())),
        ("channel_id", Value::from(invite.channel.to_string())),
        ("inviter_id", Value::from(invite.inviter.to_string())),
        ("max_age", Value::from(invite.max_age)),
        ("max_uses", Value::from(invite.max_uses)),
        ("uses", Value::from(invite.uses)),
        ("temporary", Value::from(invite.temporary)),
    ];
    let entry = |(key, value)| serde_json::json!({"key": key, which: value});
    facts.map(entry).into_iter().collect()
}

impl World {
    /// Invites into a channel with Create Invite.
    pub(crate) fn create_invite(
        &mut self,
        deed: &Deed,
        channel: ChannelId,
        limits: InviteLimits,
    ) -> Ruling<Invite> {
        self.require_in(deed.actor, channel, Permissions::CREATE_INSTANT_INVITE)?;
        limits.check()?;
        let now = self.now();
        self.invites.retain(|_, one| !one.is_over(now));
        let of_guild = self.invites.values().filter(|one| one.guild == deed.guild);
        if of_guild.count() >= INVITES {
            return Err(ApiError::TOO_MANY_INVITES);
        }
        let invite = Invite {
            code: format!("{:08x}", self.dice.roll() >> 32),
            guild: deed.guild,
            channel,
            inviter: deed.actor,
            max_age: limits.max_age,
            max_uses: limits.max_uses,
            uses: 0,
            temporary: limits.temporary,
            created_at: now,
        };
        let wire = invite::created(self, &invite);
        self.invites.insert(invite.code.clone(), invite.clone());
        self.tell_of_invite("INVITE_CREATE", &invite, &wire);
        let entry = Entry {
            changes: facts(&invite, "new_value"),
            ..Entry::plain(audit::INVITE_CREATE)
        };
        self.log_audit(deed, entry);
        Ok(invite)
    }

    /// Deletes an invite with Manage Server, or with Manage Channels in its channel.
    pub(crate) fn delete_invite(&mut self, deed: &Deed, code: &str) -> Ruling<Invite> {
        let found = self.find_invite(code)?.clone();
        let anywhere = self.require(deed.actor, deed.guild, Permissions::MANAGE_GUILD);
        if anywhere.is_err() {
            self.require_in(deed.actor, found.channel, Permissions::MANAGE_CHANNELS)?;
        }
        self.drop_invite(&found);
        let entry = Entry {
            changes: facts(&found, "old_value"),
            ..Entry::plain(audit::INVITE_DELETE)
        };
        self.log_audit(deed, entry);
        Ok(found)
    }

    fn drop_invite(&mut self, invite: &Invite) {
        self.invites.remove(&invite.code);
        let wire = serde_json::json!({
            "channel_id": invite.channel, "guild_id": invite.guild, "code": invite.code,
        });
        self.tell_of_invite("INVITE_DELETE", invite, &wire);
    }

    /// Only who manages the channel hears of its invites.
    fn tell_of_invite(&mut self, event: &str, invite: &Invite, wire: &Value) {
        let held = self.permissions_in(invite.channel, self.bot.user);
        if held.contains(Permissions::MANAGE_CHANNELS) {
            self.tell(event, invite.guild, intents::GUILD_INVITES, wire);
        }
    }

    /// Comes into a guild by an invite, which counts it and is gone after its last use.
    pub(crate) fn join_by_invite(&mut self, user: UserId, code: &str) -> Ruling<GuildId> {
        let mut invite = self.find_invite(code)?.clone();
        let guild = self.guilds.get(&invite.guild);
        let guild = guild.ok_or(ApiError::UNKNOWN_INVITE)?;
        if guild.bans.contains_key(&user) {
            return Err(ApiError::BANNED_HERE);
        }
        if guild.members.contains_key(&user) {
            return Ok(invite.guild);
        }
        // Discord publishes no code of its own for a pause; the client shows the invite as invalid.
        if guild.invites_paused(self.now()) {
            return Err(ApiError::UNKNOWN_INVITE);
        }
        invite.uses += 1;
        if invite.max_uses > 0 && invite.uses >= invite.max_uses {
            self.drop_invite(&invite);
        } else {
            self.invites.insert(invite.code.clone(), invite.clone());
        }
        self.add_member(invite.guild, user, true)?;
        let members = self.guilds.get_mut(&invite.guild);
        let member = members.and_then(|guild| guild.members.get_mut(&user));
        if let Some(member) = member {
            member.temporary = invite.temporary;
        }
        Ok(invite.guild)
    }

    /// Goes offline: whose invite was for a visit only, and who was given no role, is out again.
    pub(crate) fn go_offline(&mut self, guild: GuildId, user: UserId) -> Ruling {
        let member = self.member(guild, user).ok_or(ApiError::UNKNOWN_MEMBER)?;
        if member.temporary && member.roles.is_empty() {
            self.drop_member(guild, user)?;
        }
        Ok(())
    }

    /// An invite that is not over.
    pub(crate) fn find_invite(&self, code: &str) -> Ruling<&Invite> {
        let found = self.invites.get(code);
        let found = found.filter(|one| !one.is_over(self.now()));
        found.ok_or(ApiError::UNKNOWN_INVITE)
    }
}
