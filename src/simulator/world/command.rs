//! The commands that the bot registered.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::permission::Permissions;
use crate::domain::ids::GuildId;

/// Registered commands, global ones and those of single guilds.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    pub(crate) global: Vec<Command>,
    pub(crate) of_guild: HashMap<GuildId, Vec<Command>>,
    /// Whether the bot has registered at least once, be it an empty list.
    pub(crate) registered: bool,
}

impl Commands {
    pub(crate) fn scope(&self, guild: Option<GuildId>) -> &[Command] {
        match guild {
            None => &self.global,
            Some(id) => self.of_guild.get(&id).map_or(&[], Vec::as_slice),
        }
    }

    pub(crate) fn scope_mut(&mut self, guild: Option<GuildId>) -> &mut Vec<Command> {
        match guild {
            None => &mut self.global,
            Some(id) => self.of_guild.entry(id).or_default(),
        }
    }

    /// What a member of `guild` finds: the guild's own commands hide global ones of the same name.
    pub(crate) fn visible_in(&self, guild: Option<GuildId>) -> Vec<&Command> {
        let own = guild.map_or(&[][..], |id| self.scope(Some(id)));
        let hidden =
            |command: &&Command| !own.iter().any(|other| other.spec.is_same(&command.spec));
        own.iter()
            .chain(self.global.iter().filter(hidden))
            .collect()
    }
}

/// One command: what the bot sent with the ids that it was given, and the part that the simulator works with.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) id: u64,
    pub(crate) raw: Map<String, Value>,
    pub(crate) spec: Spec,
}

impl Command {
    /// Whether it can be used in the direct messages with the bot: its contexts say so, or nothing forbids it.
    pub(crate) fn is_direct(&self) -> bool {
        let told = |name: &str| self.raw.get(name).filter(|value| !value.is_null());
        let contexts = told("contexts").and_then(Value::as_array);
        let usual = || told("dm_permission").is_none_or(|allowed| *allowed == true);
        contexts.map_or_else(usual, |list| list.iter().any(|one| *one == BOT_DM))
    }
}

/// Discord's number of the direct messages with the bot, among the contexts of a command.
const BOT_DM: u64 = 1;

/// Discord's numbers of command kinds.
pub(crate) const CHAT_INPUT: u8 = 1;
pub(crate) const ON_USER: u8 = 2;
pub(crate) const ON_MESSAGE: u8 = 3;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Spec {
    pub(crate) name: String,
    #[serde(rename = "type", default = "chat_input")]
    pub(crate) kind: u8,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(crate) options: Vec<OptionSpec>,
    #[serde(default)]
    pub(crate) default_member_permissions: Option<String>,
}

impl Spec {
    /// Whether both have the same name in the same place: there is only room for one.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.kind == other.kind
    }

    /// What a member needs to see the command; `None` is nothing, and "0" is for administrators only.
    pub(crate) fn needs(&self) -> Option<Permissions> {
        let text = self.default_member_permissions.as_deref()?;
        text.parse().ok().map(Permissions)
    }
}

const fn chat_input() -> u8 {
    CHAT_INPUT
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct OptionSpec {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: u8,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(crate) options: Vec<OptionSpec>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(crate) choices: Vec<ChoiceSpec>,
    #[serde(default)]
    pub(crate) autocomplete: bool,
    #[serde(default)]
    pub(crate) min_value: Option<f64>,
    #[serde(default)]
    pub(crate) max_value: Option<f64>,
    #[serde(default)]
    pub(crate) min_length: Option<usize>,
    #[serde(default)]
    pub(crate) max_length: Option<usize>,
}

/// Discord's numbers of option kinds.
pub(crate) mod option {
    pub(crate) const SUB_COMMAND: u8 = 1;
    pub(crate) const SUB_COMMAND_GROUP: u8 = 2;
    pub(crate) const STRING: u8 = 3;
    pub(crate) const INTEGER: u8 = 4;
    pub(crate) const BOOLEAN: u8 = 5;
    pub(crate) const USER: u8 = 6;
    pub(crate) const CHANNEL: u8 = 7;
    pub(crate) const ROLE: u8 = 8;
    pub(crate) const MENTIONABLE: u8 = 9;
    pub(crate) const NUMBER: u8 = 10;
    pub(crate) const ATTACHMENT: u8 = 11;
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ChoiceSpec {
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// Reads `null` as an empty list: libraries send either.
fn null_is_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn command(id: u64, name: &str, kind: u8) -> Command {
        let raw = json!({"name": name, "type": kind, "options": null});
        Command {
            id,
            spec: serde_json::from_value(raw).expect("a command"),
            raw: Map::new(),
        }
    }

    #[test]
    fn a_guilds_commands_hide_global_ones_of_the_same_name_and_kind() {
        let guild = GuildId(1);
        let mut commands = Commands::default();
        for (id, name, kind) in [
            (1, "ban", CHAT_INPUT),
            (2, "ban", ON_USER),
            (3, "kick", CHAT_INPUT),
        ] {
            commands.scope_mut(None).push(command(id, name, kind));
        }
        commands
            .scope_mut(Some(guild))
            .push(command(4, "ban", CHAT_INPUT));
        let ids = |guild| -> Vec<u64> {
            let visible = commands.visible_in(guild).into_iter();
            visible.map(|command| command.id).collect()
        };
        assert_eq!(ids(Some(guild)), [4, 2, 3]);
        assert_eq!(ids(Some(GuildId(2))), [1, 2, 3]);
        assert_eq!(ids(None), [1, 2, 3]);
    }

    #[test]
    fn default_permissions_are_a_number_or_nothing() {
        let needs = |value: Value| {
            let raw = json!({"name": "a", "default_member_permissions": value});
            let spec: Spec = serde_json::from_value(raw).expect("a command");
            spec.needs()
        };
        assert_eq!(needs(json!("32")), Some(Permissions::MANAGE_GUILD));
        assert_eq!(needs(json!("0")), Some(Permissions::NONE));
        assert_eq!(needs(Value::Null), None);
    }
}
