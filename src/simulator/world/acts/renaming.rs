//! New names: of accounts, of members in one guild, of guilds; and guilds that change hands.

use serde_json::{Value, json};

use super::{Entry, audit, differences};
use crate::domain::ids::{GuildId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::{Form, wrong};
use crate::simulator::world::World;
use crate::simulator::world::event::{Event, intents};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::{UserWire, guild, value};

impl World {
    /// Gives an account another name, which nobody else has. Each guild it shares with the bot tells of the member; of
    /// its own account a bot hears as well.
    pub(crate) fn rename_user(&mut self, user: UserId, name: &str) -> Ruling {
        let length = name.chars().count();
        if !(2..=32).contains(&length) {
            let message = "Must be between 2 and 32 in length.";
            return Err(wrong("username", "BASE_TYPE_BAD_LENGTH", message));
        }
        if self.names.get(name).is_some_and(|known| *known != user) {
            return Err(wrong(
                "username",
                "USERNAME_ALREADY_TAKEN",
                "Username is unavailable.",
            ));
        }
        let account = self.users.get_mut(&user).ok_or(ApiError::UNKNOWN_USER)?;
        let former = std::mem::replace(&mut account.name, name.to_owned());
        let wire = value(&UserWire::of(account));
        self.names.remove(&former);
        self.names.insert(name.to_owned(), user);
        if user == self.bot.user {
            name.clone_into(&mut self.bot.name);
            self.emit(Event::new("USER_UPDATE", None, 0, own(wire).to_string()));
        }
        let guilds = self.guilds.values();
        let shared = guilds.filter(|guild| guild.members.contains_key(&user));
        let shared: Vec<GuildId> = shared.map(|guild| guild.id).collect();
        for guild in shared {
            self.change_member(guild, user, |_| {})?;
        }
        Ok(())
    }

    /// Gives a guild another name with Manage Server, or another owner, as only its owner does.
    pub(crate) fn edit_guild(
        &mut self,
        deed: &Deed,
        name: Option<&str>,
        owner: Option<UserId>,
    ) -> Ruling {
        let found = self.require(deed.actor, deed.guild, Permissions::MANAGE_GUILD)?;
        let mut form = Form::default();
        if let Some(name) = name {
            form.between("name", name.trim().chars().count(), (2, 100));
        }
        form.finish()?;
        if let Some(owner) = owner {
            if found.owner != deed.actor {
                return Err(ApiError::MISSING_PERMISSIONS);
            }
            self.member(deed.guild, owner)
                .ok_or(ApiError::UNKNOWN_MEMBER)?;
        }
        let old = guild::guild(found);
        let found = self.guilds.get_mut(&deed.guild);
        let found = found.ok_or(ApiError::UNKNOWN_GUILD)?;
        if let Some(name) = name {
            name.trim().clone_into(&mut found.name);
        }
        found.owner = owner.unwrap_or(found.owner);
        let new = guild::guild(found);
        let changes = differences(&old, &new, &["name", "owner_id"]);
        if changes.is_empty() {
            return Ok(());
        }
        self.tell("GUILD_UPDATE", deed.guild, intents::GUILDS, &new);
        let entry = Entry {
            changes: Value::Array(changes),
            ..Entry::on(audit::GUILD_UPDATE, deed.guild.0)
        };
        self.log_audit(deed, entry);
        Ok(())
    }
}

/// What a bot is told of its own account beside what everybody sees.
pub(crate) fn own(mut wire: Value) -> Value {
    wire["mfa_enabled"] = json!(true);
    wire["locale"] = json!("en-US");
    wire["verified"] = json!(true);
    wire["email"] = Value::Null;
    wire
}
