//! Discord's permission bits, with their names.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of permissions, as Discord writes it: a number of up to 64 bits, sent as a decimal string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Permissions(pub u64);

macro_rules! permissions {
    ($($name:ident = $bit:literal),* $(,)?) => {
        impl Permissions {
            $(
                #[doc = concat!("Discord's `", stringify!($name), "`.")]
                pub const $name: Self = Self(1 << $bit);
            )*
            /// Every permission that Discord knows.
            pub const ALL: Self = Self(0 $(| (1 << $bit))*);
        }

        const NAMES: &[(&str, Permissions)] = &[$((stringify!($name), Permissions::$name)),*];
    };
}

permissions! {
    CREATE_INSTANT_INVITE = 0, KICK_MEMBERS = 1, BAN_MEMBERS = 2, ADMINISTRATOR = 3, MANAGE_CHANNELS = 4,
    MANAGE_GUILD = 5, ADD_REACTIONS = 6, VIEW_AUDIT_LOG = 7, PRIORITY_SPEAKER = 8, STREAM = 9, VIEW_CHANNEL = 10,
    SEND_MESSAGES = 11, SEND_TTS_MESSAGES = 12, MANAGE_MESSAGES = 13, EMBED_LINKS = 14, ATTACH_FILES = 15,
    READ_MESSAGE_HISTORY = 16, MENTION_EVERYONE = 17, USE_EXTERNAL_EMOJIS = 18, VIEW_GUILD_INSIGHTS = 19,
    CONNECT = 20, SPEAK = 21, MUTE_MEMBERS = 22, DEAFEN_MEMBERS = 23, MOVE_MEMBERS = 24, USE_VAD = 25,
    CHANGE_NICKNAME = 26, MANAGE_NICKNAMES = 27, MANAGE_ROLES = 28, MANAGE_WEBHOOKS = 29,
    MANAGE_GUILD_EXPRESSIONS = 30, USE_APPLICATION_COMMANDS = 31, REQUEST_TO_SPEAK = 32, MANAGE_EVENTS = 33,
    MANAGE_THREADS = 34, CREATE_PUBLIC_THREADS = 35, CREATE_PRIVATE_THREADS = 36, USE_EXTERNAL_STICKERS = 37,
    SEND_MESSAGES_IN_THREADS = 38, USE_EMBEDDED_ACTIVITIES = 39, MODERATE_MEMBERS = 40, USE_SOUNDBOARD = 42,
    CREATE_GUILD_EXPRESSIONS = 43, CREATE_EVENTS = 44, USE_EXTERNAL_SOUNDS = 45, SEND_VOICE_MESSAGES = 46,
    SEND_POLLS = 49, USE_EXTERNAL_APPS = 50, PIN_MESSAGES = 51, BYPASS_SLOWMODE = 52,
}

impl Permissions {
    /// No permission at all.
    pub const NONE: Self = Self(0);

    /// What `@everyone` may do in a new guild.
    pub const EVERYONE: Self = Self(
        Self::CREATE_INSTANT_INVITE.0
            | Self::ADD_REACTIONS.0
            | Self::VIEW_CHANNEL.0
            | Self::SEND_MESSAGES.0
            | Self::EMBED_LINKS.0
            | Self::ATTACH_FILES.0
            | Self::READ_MESSAGE_HISTORY.0
            | Self::CONNECT.0
            | Self::SPEAK.0
            | Self::CHANGE_NICKNAME.0
            | Self::USE_APPLICATION_COMMANDS.0
            | Self::CREATE_PUBLIC_THREADS.0
            | Self::SEND_MESSAGES_IN_THREADS.0,
    );

    /// What a moderation bot is usually invited with: everything it acts with, but not Administrator.
    pub const MODERATION_BOT: Self = Self(
        Self::EVERYONE.0
            | Self::KICK_MEMBERS.0
            | Self::BAN_MEMBERS.0
            | Self::MODERATE_MEMBERS.0
            | Self::MANAGE_MESSAGES.0
            | Self::PIN_MESSAGES.0
            | Self::MANAGE_CHANNELS.0
            | Self::MANAGE_NICKNAMES.0
            | Self::MANAGE_ROLES.0
            | Self::MANAGE_THREADS.0
            | Self::VIEW_AUDIT_LOG.0,
    );

    /// Whether every permission of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether at least one permission of `other` is in this set.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set that a name (`BAN_MEMBERS`, in any case, with spaces or underscores) or a decimal number stands for.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let name = text.trim().replace([' ', '-'], "_").to_uppercase();
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, bits)| *bits)
            .or_else(|| name.parse().ok().map(Self))
    }

    /// The names of the permissions in this set, in Discord's order.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let held = NAMES.iter().filter(|(_, bits)| self.contains(*bits));
        held.map(|(name, _)| *name).collect()
    }
}

impl BitOr for Permissions {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Permissions {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Permissions {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let text = value.as_str().and_then(|text| text.parse().ok());
        let bits = value.as_u64().or(text);
        bits.map(Self)
            .ok_or_else(|| serde::de::Error::custom("permissions are a number, or one as a string"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_found_by_name_or_number() {
        assert_eq!(
            Permissions::from_text("ban members"),
            Some(Permissions::BAN_MEMBERS)
        );
        assert_eq!(
            Permissions::from_text("MANAGE_GUILD"),
            Some(Permissions::MANAGE_GUILD)
        );
        assert_eq!(
            Permissions::from_text("8"),
            Some(Permissions::ADMINISTRATOR)
        );
        assert_eq!(Permissions::from_text("be nice"), None);
    }

    #[test]
    fn names_come_back_in_discords_order() {
        let set = Permissions::BAN_MEMBERS | Permissions::KICK_MEMBERS;
        assert_eq!(set.names(), ["KICK_MEMBERS", "BAN_MEMBERS"]);
    }

    #[test]
    fn a_moderation_bot_is_no_administrator() {
        assert!(!Permissions::MODERATION_BOT.contains(Permissions::ADMINISTRATOR));
        assert!(Permissions::MODERATION_BOT.contains(Permissions::EVERYONE));
    }
}
