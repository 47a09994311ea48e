//! Discord's ids and our own numbers, each a type of its own.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds between the Unix epoch and Discord's (2015-01-01), from Discord's reference on snowflakes.
pub const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;

/// A text that is no snowflake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: Discord's ids are whole numbers, as “Copy ID” in its menus gives them")]
pub struct WrongId;

macro_rules! snowflakes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        ///
        /// A snowflake: 64 bits whose upper 42 are the milliseconds since Discord's epoch. Written to programs as a
        /// string, because larger ids do not survive as JavaScript numbers; read from strings and numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u64);

        impl $name {
            /// The id as PostgreSQL's BIGINT holds it. Snowflakes stay below 2^63 until the year 2084.
            #[must_use]
            pub const fn as_i64(self) -> i64 {
                self.0.cast_signed()
            }

            /// The id that a BIGINT column holds.
            #[must_use]
            pub const fn from_i64(value: i64) -> Self {
                Self(value.cast_unsigned())
            }

            /// When Discord made this id.
            #[must_use]
            pub fn created_at(self) -> DateTime<Utc> {
                let ms = (self.0 >> 22).cast_signed() + DISCORD_EPOCH_MS;
                DateTime::from_timestamp_millis(ms).unwrap_or_default()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = WrongId;
            fn from_str(text: &str) -> Result<Self, WrongId> {
                text.parse().map(Self).map_err(|_| WrongId)
            }
        }

        impl From<u64> for $name {
            fn from(value: u64) -> Self {
                Self(value)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(SnowflakeVisitor).map(Self)
            }
        }
    )*};
}

snowflakes! {
    /// A guild: what people call a Discord server.
    GuildId,
    /// A user, a member of a guild, or a bot.
    UserId,
    /// A channel, a category or a thread.
    ChannelId,
    /// A role of a guild. The role with the guild's own id is `@everyone`.
    RoleId,
    /// A message.
    MessageId,
    /// An entry of a guild's audit log.
    AuditEntryId,
}

impl GuildId {
    /// The `@everyone` role, which Discord gives the guild's own id.
    #[must_use]
    pub const fn everyone_role(self) -> RoleId {
        RoleId(self.0)
    }
}

struct SnowflakeVisitor;

impl serde::de::Visitor<'_> for SnowflakeVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snowflake as a string or a whole number")
    }

    fn visit_u64<E>(self, value: u64) -> Result<u64, E> {
        Ok(value)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<u64, E> {
        u64::try_from(value).map_err(|_| E::custom("a snowflake is not negative"))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<u64, E> {
        text.parse()
            .map_err(|_| E::custom("a snowflake is a whole number"))
    }
}

/// The number of a moderation case inside its guild: gap-free, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseNumber(pub i64);

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The gap-free version of a guild's configuration. Version 0 is a guild that nobody has configured.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ConfigVersion(pub i64);

impl fmt::Display for ConfigVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_above_2_to_the_53_survives_json() {
        let id: UserId = serde_json::from_str("9007199254740993").expect("a number");
        assert_eq!(
            serde_json::to_string(&id).expect("json"),
            "\"9007199254740993\""
        );
        assert_eq!(
            serde_json::from_str::<UserId>("\"9007199254740993\"").expect("a string"),
            id
        );
    }

    #[test]
    fn a_wrong_id_is_refused() {
        for text in [
            "-1",
            "\"\"",
            "\"12x\"",
            "1.5",
            "null",
            "true",
            "\"99999999999999999999\"",
        ] {
            assert!(serde_json::from_str::<UserId>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_id_tells_when_it_was_made() {
        // Discord's own example in its reference on snowflakes.
        let id = UserId(175_928_847_299_117_063);
        assert_eq!(
            id.created_at().to_rfc3339(),
            "2016-04-30T11:18:25.796+00:00"
        );
    }

    #[test]
    fn an_id_comes_back_from_the_database() {
        assert_eq!(GuildId::from_i64(GuildId(42).as_i64()), GuildId(42));
        assert_eq!(GuildId(42).everyone_role(), RoleId(42));
    }
}
