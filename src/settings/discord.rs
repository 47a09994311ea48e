//! Settings of the Discord account: token, where its API is, which shards are ours, who operates the bot.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::Problems;
use super::section::section;
use crate::domain::ids::UserId;

section! {
    /// The Discord account and how to reach it.
    "discord" => DiscordSettings {
        /// The bot's token. Needed by `aimod run`; usually given as DISCORD_TOKEN.
        "token" => token: Option<SecretString> = None;
        /// Base address of Discord's REST API when it is not discord.com: a REST proxy or the simulator, for example
        /// "http://127.0.0.1:7700". The gateway's address is then asked from there.
        "api_base" => api_base: Option<String> = None;
        /// The shards this process serves, as first..end/total, for example "0..4/16". Unset: all that Discord advises.
        "shards" => shards: Option<ShardRange> = None;
        /// User ids of the bot's operators, who alone may use the commands that concern all guilds.
        "operators" => operators: Vec<UserId> = Vec::new();
        /// Ask for the privileged intent that brings the text of messages. Without it nothing written can be judged.
        "message_content" => message_content: bool = true;
        /// Ask for the privileged intent that brings joins and leaves.
        "guild_members" => guild_members: bool = true;
        /// How far back AIMod reads what was posted while it was not listening; 0 reads nothing back, seconds.
        "catch_up_secs" => catch_up: Duration = Duration::from_secs(600), 0..=86400;
        /// How many requests Discord takes in a second, over all routes. AIMod keeps a tenth below that. Discord raises
        /// it for large bots; several processes of one bot share it.
        "requests_per_second" => requests_per_second: u32 = 50, 1..=100000;
    }
}

impl DiscordSettings {
    pub(super) fn validate(&self, problems: &mut Problems) {
        if let Some(token) = &self.token {
            // A simulator or proxy may hand out tokens of another shape.
            let fits = if self.api_base.is_some() {
                is_visible(token.expose_secret())
            } else {
                looks_like_a_token(token.expose_secret())
            };
            if !fits {
                problems.add(
                    "discord.token",
                    "is not a bot token (three parts with dots between, without the word Bot)",
                );
            }
        }
        if let Some(base) = &self.api_base
            && !is_http(base)
        {
            problems.add(
                "discord.api_base",
                format!("must be an http:// or https:// address, is `{base}`"),
            );
        }
    }
}

fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn looks_like_a_token(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3
        && parts.iter().all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        })
}

fn is_http(text: &str) -> bool {
    reqwest::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// A range of gateway shards out of all that the bot has: `0..4/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardRange {
    /// The first shard of this process.
    pub first: u32,
    /// The shard after the last one of this process.
    pub end: u32,
    /// All shards of the bot, over all processes.
    pub total: u32,
}

impl FromStr for ShardRange {
    type Err = WrongShardRange;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (range, total) = text.split_once('/').ok_or(WrongShardRange)?;
        let (first, end) = range.split_once("..").ok_or(WrongShardRange)?;
        let number = |part: &str| part.trim().parse::<u32>().map_err(|_| WrongShardRange);
        let range = Self {
            first: number(first)?,
            end: number(end)?,
            total: number(total)?,
        };
        if range.first < range.end && range.end <= range.total {
            Ok(range)
        } else {
            Err(WrongShardRange)
        }
    }
}

impl fmt::Display for ShardRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}/{}", self.first, self.end, self.total)
    }
}

/// The text is no range of shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a range of shards is first..end/total, with first < end <= total")]
pub struct WrongShardRange;
