//! The rule: whoever is on the list is banned when joining or writing, whatever else is switched off.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::config::{ENABLED, KEYS};
use super::list::{Entry, GlobalBans};
use super::replies::{self, TEXTS};
use super::table::reason;
use crate::domain::event::{Author, Event};
use crate::domain::ids::{ChannelId, ConfigVersion, MessageId};
use crate::domain::permissions::Permissions;
use crate::domain::verdict::{Decision, Punishment};
use crate::guild::config::key::KeySpec;
use crate::guild::config::snapshot::Values;
use crate::guild::keys::MODERATION_LOG_CHANNEL_ID;
use crate::guild::language::{Language, Texts};
use crate::guild::rule::{Judge, Matter, Rule};
use crate::guild::view::GuildView;

/// How far back the messages of a banned user are deleted, seconds.
const DELETE_MESSAGE_SECS: u32 = 3_600;

/// One membership is ended once in so many seconds, by whatever way it comes: joining, writing, being found.
const WINDOW_SECS: i64 = 600;
/// Where the bot may not ban, that is said once a day.
const HOPELESS_WINDOW_SECS: i64 = 86_400;

/// The room as the guild floor knows it.
pub struct Enforcement(pub GlobalBans);

impl Judge for Enforcement {
    fn room(&self) -> &'static str {
        "global_bans"
    }

    fn keys(&self) -> &'static [&'static KeySpec] {
        &KEYS
    }

    fn compile(&self, values: &Values) -> Arc<dyn Rule> {
        Arc::new(KeepOut {
            enabled: values.bool(&ENABLED),
            bans: self.0.clone(),
        })
    }

    fn texts(&self) -> Option<&'static Texts> {
        Some(&TEXTS)
    }

    fn needs(&self, values: &Values) -> Permissions {
        if values.bool(&ENABLED) && self.0.len() > 0 {
            Permissions::BAN_MEMBERS
        } else {
            Permissions::NONE
        }
    }
}

struct KeepOut {
    enabled: bool,
    bans: GlobalBans,
}

impl Rule for KeepOut {
    fn judge(&self, matter: &Matter<'_>) -> Option<Decision> {
        if !self.enabled {
            return None;
        }
        let (author, message) = match matter.event {
            Event::MessagePosted(message)
            | Event::MessageEdited(message)
            | Event::MessageFound(message) => {
                (&message.author, Some((message.channel, message.id)))
            }
            Event::MemberJoined(author) => (author, None),
            _ => return None,
        };
        let entry = self.bans.find(author.id)?;
        let found = Found {
            guild: matter.guild,
            values: matter.values,
            version: matter.version,
            now: matter.now,
        };
        Some(found.decide(author, &entry, message))
    }
}

/// A server in which somebody from the list was met.
pub(super) struct Found<'a> {
    pub(super) guild: &'a GuildView,
    pub(super) values: &'a Values,
    pub(super) version: ConfigVersion,
    pub(super) now: DateTime<Utc>,
}

impl Found<'_> {
    /// The ban, which is a case and no infraction: nobody broke a rule of this server.
    pub(super) fn decide(
        &self,
        author: &Author,
        entry: &Entry,
        message: Option<(ChannelId, MessageId)>,
    ) -> Decision {
        let punishment = Punishment::Ban {
            delete_message_secs: DELETE_MESSAGE_SECS,
        };
        let standing = self.guild.standing_towards(author);
        let window = if standing.obstacle(punishment).is_none() {
            WINDOW_SECS
        } else {
            HOPELESS_WINDOW_SECS
        };
        let key = format!(
            "global_bans:{}:{}:{}:{}:{}",
            author.id,
            self.guild.id,
            entry.since.timestamp(),
            // Whoever is let back in and comes back is banned again.
            author.joined_at.map_or(0, |at| at.timestamp()),
            self.now.timestamp() / window
        );
        let speech = TEXTS.speech(Language::of(self.values));
        let channel = self.values.channel(&MODERATION_LOG_CHANNEL_ID);
        Decision {
            message,
            reasoning: reason(&entry.reason),
            rule: "global ban".to_owned(),
            infraction: false,
            notice: Some(replies::notice(speech, &self.guild.name, entry)),
            card: channel.map(|channel| replies::card(speech, channel, author, entry)),
            standing,
            config_version: self.version,
            target_name: author.name.clone(),
            ..Decision::new(self.guild.id, key, author.id, punishment, self.now)
        }
    }
}
