//! AutoMod rules: what Discord itself keeps out of a guild.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};

/// Discord's numbers of what triggers a rule; only keywords and mentions are judged here.
pub(crate) mod trigger {
    pub(crate) const KEYWORD: u8 = 1;
    pub(crate) const SPAM: u8 = 3;
    pub(crate) const KEYWORD_PRESET: u8 = 4;
    pub(crate) const MENTION_SPAM: u8 = 5;
    pub(crate) const MEMBER_PROFILE: u8 = 6;
}

/// Discord's numbers of what a rule does.
pub(crate) mod action {
    pub(crate) const BLOCK: u8 = 1;
    pub(crate) const ALERT: u8 = 2;
    pub(crate) const TIMEOUT: u8 = 3;
}

/// A rule of a guild.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AutoRule {
    pub(crate) id: u64,
    pub(crate) creator: UserId,
    pub(crate) name: String,
    pub(crate) event: u8,
    pub(crate) trigger: u8,
    pub(crate) metadata: Metadata,
    pub(crate) actions: Vec<Action>,
    pub(crate) enabled: bool,
    pub(crate) exempt_roles: Vec<RoleId>,
    pub(crate) exempt_channels: Vec<ChannelId>,
}

/// What a rule looks for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    pub(crate) keyword_filter: Vec<String>,
    pub(crate) regex_patterns: Vec<String>,
    pub(crate) allow_list: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mention_total_limit: Option<u32>,
}

/// What a rule does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Action {
    #[serde(rename = "type")]
    pub(crate) kind: u8,
    #[serde(default)]
    pub(crate) metadata: ActionMetadata,
}

/// How a rule does it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ActionMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channel_id: Option<ChannelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_message: Option<String>,
}

impl AutoRule {
    pub(crate) fn wire(&self, guild: GuildId) -> Value {
        let metadata = match self.trigger {
            trigger::KEYWORD => json!({
                "keyword_filter": self.metadata.keyword_filter, "regex_patterns": self.metadata.regex_patterns,
                "allow_list": self.metadata.allow_list,
            }),
            trigger::MENTION_SPAM => json!({
                "mention_total_limit": self.metadata.mention_total_limit.unwrap_or(0),
                "mention_raid_protection_enabled": false,
            }),
            _ => json!({}),
        };
        json!({
            "id": self.id.to_string(), "guild_id": guild, "creator_id": self.creator, "name": self.name,
            "event_type": self.event, "trigger_type": self.trigger, "trigger_metadata": metadata,
            "actions": self.actions, "enabled": self.enabled, "exempt_roles": self.exempt_roles,
            "exempt_channels": self.exempt_channels,
        })
    }
}
