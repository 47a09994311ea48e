//! Making and deleting invites.

use super::{Entry, audit};
use serde_json::Value;

use crate::domain::ids::ChannelId;
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
        self.tell("INVITE_CREATE", deed.guild, intents::GUILD_INVITES, &wire);
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
        self.invites.remove(code);
        let wire = serde_json::json!({
            "channel_id": found.channel, "guild_id": found.guild, "code": code,
        });
        self.tell("INVITE_DELETE", found.guild, intents::GUILD_INVITES, &wire);
        let entry = Entry {
            changes: facts(&found, "old_value"),
            ..Entry::plain(audit::INVITE_DELETE)
        };
        self.log_audit(deed, entry);
        Ok(found)
    }

    /// An invite that is not over.
    pub(crate) fn find_invite(&self, code: &str) -> Ruling<&Invite> {
        let found = self.invites.get(code);
        let found = found.filter(|one| !one.is_over(self.now()));
        found.ok_or(ApiError::UNKNOWN_INVITE)
    }
}
