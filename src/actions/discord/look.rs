//! A guild as REST describes it: for commands of the operator, which have no gateway to tell them.

use std::collections::{HashMap, HashSet};

use reqwest::Method;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::error::{RestError, codes};
use super::metrics::Route;
use super::rest::{Created, DiscordRest, call};
use crate::domain::event::{Channel, GuildFacts, Role};
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::domain::permissions::Permissions;

/// Kinds of channels in which no messages are posted (Discord's page on channels): categories, directories, forums, media.
const WITHOUT_MESSAGES: [u8; 4] = [4, 14, 15, 16];

/// Kinds of threads.
const THREADS: [u8; 3] = [10, 11, 12];

/// A guild at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuildLook {
    /// The guild, as the gateway would describe it; newest messages and the number of members are not asked for.
    pub facts: GuildFacts,
    guild: GuildId,
    overwrites: HashMap<ChannelId, Vec<Overwrite>>,
    threads: HashSet<ChannelId>,
}

/// What a channel allows and denies to a role or a member.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Overwrite {
    id: Number,
    allow: Number,
    deny: Number,
}

/// A number that Discord writes as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Number(u64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

#[derive(Deserialize)]
struct SeenGuild {
    name: String,
    owner_id: UserId,
    roles: Vec<SeenRole>,
}

#[derive(Deserialize)]
struct SeenRole {
    id: RoleId,
    name: String,
    permissions: Number,
    #[serde(default)]
    position: u16,
}

#[derive(Deserialize)]
struct SeenChannel {
    id: ChannelId,
    #[serde(default)]
    name: String,
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    parent_id: Option<ChannelId>,
    #[serde(default)]
    permission_overwrites: Vec<Overwrite>,
}

#[derive(Deserialize)]
struct Threads {
    threads: Vec<SeenChannel>,
}

impl DiscordRest {
    /// Looks at a guild: its roles, channels and active threads, and the bot's place in it. `None` where the bot is not in
    /// it. Five calls.
    ///
    /// # Errors
    /// Whatever keeps Discord from telling.
    pub async fn look_at(&self, guild: GuildId) -> Result<Option<GuildLook>, RestError> {
        let own = call(Route::OwnAccount, Method::GET, "/users/@me".to_owned(), 0);
        let bot: Created<UserId> = self.read(own).await?;
        let path = format!("/guilds/{guild}");
        let found = self.read(call(Route::FindGuild, Method::GET, path, guild.0));
        let found: SeenGuild = match found.await {
            Ok(found) => found,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(member) = self.find_member(guild, bot.id).await? else {
            return Ok(None);
        };
        let path = format!("/guilds/{guild}/channels");
        let listed = call(Route::ListChannels, Method::GET, path, guild.0);
        let mut channels: Vec<SeenChannel> = self.read(listed).await?;
        let path = format!("/guilds/{guild}/threads/active");
        let listed = call(Route::ListThreads, Method::GET, path, guild.0);
        let threads: Threads = self.read(listed).await?;
        channels.extend(threads.threads);
        Ok(Some(GuildLook::of(
            guild,
            found,
            (bot.id, member.roles),
            channels,
        )))
    }
}

/// Discord tells strangers that there is no such guild, or that they have no access to it.
fn is_absent(error: &RestError) -> bool {
    match error {
        RestError::NotFound { .. } => true,
        RestError::Forbidden { code, .. } => *code == codes::MISSING_ACCESS,
        _ => false,
    }
}

impl GuildLook {
    fn of(
        guild: GuildId,
        found: SeenGuild,
        (bot, bot_roles): (UserId, Vec<RoleId>),
        channels: Vec<SeenChannel>,
    ) -> Self {
        let roles = found.roles.into_iter().map(|role| Role {
            id: role.id,
            name: role.name,
            permissions: Permissions(role.permissions.0),
            position: role.position,
        });
        let seen = channels.iter().map(|channel| Channel {
            id: channel.id,
            name: channel.name.clone(),
            parent: channel.parent_id,
            text: !WITHOUT_MESSAGES.contains(&channel.kind),
        });
        let facts = GuildFacts {
            name: found.name,
            owner: found.owner_id,
            bot,
            bot_roles,
            roles: roles.collect(),
            channels: seen.collect(),
            ..GuildFacts::default()
        };
        let threads = channels
            .iter()
            .filter(|channel| THREADS.contains(&channel.kind));
        let threads = threads.map(|channel| channel.id).collect();
        let overwrites = channels
            .into_iter()
            .map(|channel| (channel.id, channel.permission_overwrites));
        Self {
            facts,
            guild,
            overwrites: overwrites.collect(),
            threads,
        }
    }

    /// What the bot may do in a channel, overwrites included; a thread counts as its channel. `None` where there is no such
    /// channel. Discord's page on permissions has the order.
    #[must_use]
    pub fn allowed_in(&self, channel: ChannelId) -> Option<Permissions> {
        let found = self.facts.channels.iter().find(|one| one.id == channel)?;
        let base = self.in_guild();
        if base.allow(Permissions::ADMINISTRATOR) {
            return Some(base);
        }
        // A channel has its own overwrites, also where its category has others; a thread has none.
        let place = if self.is_thread(channel) {
            found.parent?
        } else {
            channel
        };
        let Some(overwrites) = self.overwrites.get(&place) else {
            return Some(base);
        };
        let everyone = self.guild.everyone_role();
        let roles = &self.facts.bot_roles;
        let steps: [&dyn Fn(u64) -> bool; 3] = [
            &|id| id == everyone.0,
            &|id| roles.contains(&RoleId(id)),
            &|id| id == self.facts.bot.0,
        ];
        Some(steps.into_iter().fold(base, |has, is_meant| {
            let meant = overwrites.iter().filter(|one| is_meant(one.id.0));
            let (allow, deny) = meant.fold((0, 0), |(allow, deny), one| {
                (allow | one.allow.0, deny | one.deny.0)
            });
            Permissions(has.0 & !deny | allow)
        }))
    }

    /// Whether it is a thread, in which messages need a permission of their own.
    #[must_use]
    pub fn is_thread(&self, channel: ChannelId) -> bool {
        self.threads.contains(&channel)
    }

    fn in_guild(&self) -> Permissions {
        let facts = &self.facts;
        if facts.owner == facts.bot {
            return Permissions::ADMINISTRATOR;
        }
        let everyone = self.guild.everyone_role();
        let own = facts
            .roles
            .iter()
            .filter(|role| role.id == everyone || facts.bot_roles.contains(&role.id));
        own.fold(Permissions::NONE, |sum, role| sum | role.permissions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: Permissions = Permissions::SEND_MESSAGES;

    /// A guild whose bot has the role 20 and the permission to see and to write.
    fn look(overwrites: &str) -> GuildLook {
        let guild = r#"{"name":"g","owner_id":"9","roles":[
            {"id":"1","name":"@everyone","permissions":"1024","position":0},
            {"id":"20","name":"bot","permissions":"2048","position":1},
            {"id":"30","name":"other","permissions":"8","position":2}]}"#;
        let channels = format!(
            r#"[{{"id":"5","name":"log","type":0,"permission_overwrites":{overwrites}}},
                {{"id":"6","name":"a thread","type":11,"parent_id":"5"}},
                {{"id":"7","name":"rooms","type":4,"permission_overwrites":[{{"id":"1","type":0,"allow":"0","deny":"2048"}}]}},
                {{"id":"9","name":"open","type":0,"parent_id":"7"}}]"#
        );
        GuildLook::of(
            GuildId(1),
            serde_json::from_str(guild).expect("a guild"),
            (UserId(200), vec![RoleId(20)]),
            serde_json::from_str(&channels).expect("channels"),
        )
    }

    fn may(overwrites: &str, channel: u64) -> Option<bool> {
        let allowed = look(overwrites).allowed_in(ChannelId(channel))?;
        Some(allowed.allow(WRITE))
    }

    #[test]
    fn overwrites_of_everyone_then_of_roles_then_of_the_member_decide() {
        let everyone = r#"{"id":"1","type":0,"allow":"0","deny":"2048"}"#;
        let role = r#"{"id":"20","type":0,"allow":"2048","deny":"0"}"#;
        let other = r#"{"id":"30","type":0,"allow":"0","deny":"2048"}"#;
        let member = r#"{"id":"200","type":1,"allow":"0","deny":"2048"}"#;
        assert_eq!(may("[]", 5), Some(true));
        assert_eq!(may(&format!("[{everyone}]"), 5), Some(false));
        assert_eq!(may(&format!("[{role},{everyone}]"), 5), Some(true));
        assert_eq!(
            may(&format!("[{other}]"), 5),
            Some(true),
            "not the bot's role"
        );
        assert_eq!(may(&format!("[{role},{member}]"), 5), Some(false));
    }

    #[test]
    fn a_thread_counts_as_its_channel_and_what_is_not_there_is_not_there() {
        let everyone = r#"[{"id":"1","type":0,"allow":"0","deny":"2048"}]"#;
        assert_eq!(may(everyone, 6), Some(false));
        assert_eq!(may("[]", 6), Some(true));
        assert_eq!(may("[]", 8), None);
        assert_eq!(may("[]", 9), Some(true), "not its category's overwrites");
        assert!(look("[]").is_thread(ChannelId(6)) && !look("[]").is_thread(ChannelId(9)));
        let seen = look("[]").facts.channels;
        assert_eq!(
            seen.iter().map(|one| one.text).collect::<Vec<_>>(),
            [true, true, false, true]
        );
    }

    #[test]
    fn an_administrator_and_the_owner_are_held_up_by_no_overwrite() {
        let member = r#"[{"id":"200","type":1,"allow":"0","deny":"2048"}]"#;
        let mut administrator = look(member);
        administrator.facts.bot_roles.push(RoleId(30));
        let mut owner = look(member);
        owner.facts.owner = UserId(200);
        for look in [administrator, owner] {
            let allowed = look.allowed_in(ChannelId(5)).expect("there");
            assert!(allowed.allow(WRITE));
        }
    }
}
