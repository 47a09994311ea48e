//! A world as a file: everything that lasts, as JSON.
//!
//! Interactions that wait for an answer, nonces, the bytes of files and gateway sessions do not last.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::channel::Channel;
use super::command::{Command, Commands};
use super::guild::Guild;
use super::invite::Invite;
use super::message::Message;
use super::people::User;
use super::snowflake::{Dice, Snowflakes};
use super::{BotAccount, World};
use crate::domain::clock::Clock;
use crate::domain::ids::{ChannelId, GuildId, UserId};

/// The form of the file; a file of another form is refused.
const FORM: u32 = 1;

/// What is written.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Saved {
    form: u32,
    saved_at: DateTime<Utc>,
    bot: BotAccount,
    ids: Snowflakes,
    dice: Dice,
    users: Vec<User>,
    guilds: Vec<Guild>,
    channels: Vec<Channel>,
    messages: Vec<Message>,
    direct: BTreeMap<UserId, ChannelId>,
    invites: Vec<Invite>,
    commands: SavedCommands,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedCommands {
    registered: bool,
    global: Vec<Map<String, Value>>,
    of_guild: BTreeMap<GuildId, Vec<Map<String, Value>>>,
}

/// Why a file is no world.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// It is no JSON, or not of this shape.
    #[error("not a saved world: {0}")]
    Shape(#[from] serde_json::Error),
    /// It was saved by another version.
    #[error("saved in form {0}, this program reads form {FORM}")]
    Form(u32),
}

impl World {
    /// Everything that lasts, in an order that is always the same.
    pub(crate) fn saved(&self) -> Saved {
        let mut channels: Vec<Channel> = self.channels.values().cloned().collect();
        channels.sort_by_key(|channel| channel.id);
        let messages = self.messages.values().flat_map(|list| list.values());
        let mut messages: Vec<Message> = messages.cloned().collect();
        messages.sort_by_key(|message| message.id);
        Saved {
            form: FORM,
            saved_at: self.now(),
            bot: self.bot.clone(),
            ids: self.ids.clone(),
            dice: self.dice.clone(),
            users: self.users.values().cloned().collect(),
            guilds: self.guilds.values().cloned().collect(),
            channels,
            messages,
            direct: self.direct.iter().map(|(user, id)| (*user, *id)).collect(),
            invites: self.invites.values().cloned().collect(),
            commands: SavedCommands::of(&self.commands),
        }
    }

    /// The world of a file, which goes on at this clock's time.
    pub(crate) fn load(text: &str, clock: Clock) -> Result<Self, LoadError> {
        let value: Value = serde_json::from_str(text)?;
        let form = value["form"].as_u64().unwrap_or(0);
        if form != u64::from(FORM) {
            return Err(LoadError::Form(u32::try_from(form).unwrap_or(u32::MAX)));
        }
        let saved: Saved = serde_json::from_value(value)?;
        let mut world = Self::new(clock, 0);
        world.bot = saved.bot;
        world.ids = saved.ids;
        world.dice = saved.dice;
        let names = saved.users.iter();
        world.names = names.map(|user| (user.name.clone(), user.id)).collect();
        world.users = saved.users.into_iter().map(|one| (one.id, one)).collect();
        world.guilds = saved.guilds.into_iter().map(|one| (one.id, one)).collect();
        let channels = saved.channels.into_iter();
        world.channels = channels.map(|one| (one.id, one)).collect();
        for message in saved.messages {
            let list = world.messages.entry(message.channel).or_default();
            list.insert(message.id, message);
        }
        world.direct = saved.direct.into_iter().collect();
        let invites = saved.invites.into_iter();
        world.invites = invites.map(|one| (one.code.clone(), one)).collect();
        world.commands = saved.commands.read()?;
        Ok(world)
    }
}

impl SavedCommands {
    fn of(commands: &Commands) -> Self {
        let raw = |list: &[Command]| list.iter().map(|one| one.raw.clone()).collect();
        let of_guild = commands.of_guild.iter();
        Self {
            registered: commands.registered,
            global: raw(&commands.global),
            of_guild: of_guild.map(|(id, list)| (*id, raw(list))).collect(),
        }
    }

    fn read(self) -> Result<Commands, serde_json::Error> {
        let list = |raw: Vec<Map<String, Value>>| -> Result<Vec<Command>, serde_json::Error> {
            raw.into_iter().map(command).collect()
        };
        let of_guild = self.of_guild.into_iter();
        let of_guild: Result<_, serde_json::Error> =
            of_guild.map(|(id, raw)| Ok((id, list(raw)?))).collect();
        Ok(Commands {
            global: list(self.global)?,
            of_guild: of_guild?,
            registered: self.registered,
        })
    }
}

fn command(raw: Map<String, Value>) -> Result<Command, serde_json::Error> {
    let id = raw.get("id").and_then(Value::as_str);
    Ok(Command {
        id: id.and_then(|id| id.parse().ok()).unwrap_or(0),
        spec: serde_json::from_value(Value::Object(raw.clone()))?,
        raw,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::world::message::Draft;

    fn world() -> World {
        let noon = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
        let mut world = World::new(Clock::manual(noon), 7);
        let owner = world.user_named("admin");
        let guild = world.add_guild("Demo", owner);
        let general = world.guilds[&guild].channels[0];
        let message = world
            .post(owner, general, Draft::text("hello"))
            .expect("posts");
        world.react(owner, general, message, "👍").expect("reacts");
        let alice = world.user_named("alice");
        let direct = world.direct_with(alice);
        world.post(alice, direct, Draft::text("hi")).expect("posts");
        let raw = serde_json::json!({"name": "warn", "description": "d"});
        world.register(None, &raw).expect("registered");
        world.register(Some(guild), &raw).expect("registered");
        world
    }

    fn text(world: &World) -> String {
        serde_json::to_string_pretty(&world.saved()).expect("JSON")
    }

    #[test]
    fn what_is_saved_and_loaded_is_saved_the_same_again() {
        let world = world();
        let saved = text(&world);
        let loaded = World::load(&saved, world.clock.clone()).expect("a world");
        assert_eq!(text(&loaded), saved);
        assert_eq!(loaded.commands(), ["warn"]);
    }

    #[test]
    fn a_loaded_world_goes_on_with_ids_of_its_own() {
        let world = world();
        let mut loaded = World::load(&text(&world), world.clock.clone()).expect("a world");
        let (before, after) = (world.ids.clone().now(world.now()), loaded.next_id());
        assert_eq!(before, after, "the same as if it had never stopped");
        let known = loaded.find_user("alice");
        assert_eq!(Some(loaded.user_named("alice")), known);
    }

    #[test]
    fn a_file_that_is_no_world_says_why() {
        let load = |text: &str| {
            World::load(text, Clock::system())
                .expect_err("none")
                .to_string()
        };
        assert!(load("{").starts_with("not a saved world: "));
        assert_eq!(
            load("{\"form\": 9}"),
            "saved in form 9, this program reads form 1"
        );
        assert!(load("{\"form\": 1}").contains("missing field"));
    }
}
