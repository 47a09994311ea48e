//! The other names of REFERENCE section 3: those that no room reads yet, and older names of those in use.

use crate::guild::config::registry::KnownName;

const fn name(name: &'static str, description: &'static str) -> KnownName {
    KnownName {
        name,
        aliases: &[],
        description,
    }
}

const fn aliased(
    name: &'static str,
    aliases: &'static [&'static str],
    description: &'static str,
) -> KnownName {
    KnownName {
        name,
        aliases,
        description,
    }
}

/// Every name that a stored configuration or an import may bring. Those that a room declares are in use; of these only
/// the aliases count here.
pub(in crate::features) static NAMES: [KnownName; 29] = [
    name(
        "ENABLED",
        "Whether AIMod judges messages with its AI. Bot detection has a switch of its own.",
    ),
    aliased(
        "PREFIX",
        &["GUILD_SETTINGS.PREFIX"],
        "What text commands begin with.",
    ),
    aliased(
        "MODERATION_LOG_CHANNEL_ID",
        &["MOD_LOG_CHANNEL_ID", "GUILD_SETTINGS.MOD_LOG_CHANNEL_ID"],
        "The channel in which every case is announced.",
    ),
    aliased(
        "RULES_TEXT",
        &["SERVER_RULES"],
        "The server's rules, by which the AI judges.",
    ),
    name("AI_MODEL", "The model that judges."),
    name(
        "AI_EXCLUDED_CHANNELS",
        "Channels that the AI does not judge.",
    ),
    name(
        "AI_CHANNEL_RULES",
        "Rules of their own for single channels.",
    ),
    name("AI_ANALYSIS_MODE", "Which messages the AI judges."),
    name(
        "AI_KEYWORD_RULES",
        "Instructions to the AI at certain words.",
    ),
    name("TEST_MODE_ENABLED", "Judge and record, but never act."),
    name(
        "ACTION_CONFIRMATION_SETTINGS",
        "Which actions somebody has to confirm.",
    ),
    name(
        "CONFIRMATION_PING_ROLE_ID",
        "The role that is called to confirm.",
    ),
    name(
        "SUICIDAL_PING_ROLE_ID",
        "The role that is called where somebody may be suicidal.",
    ),
    name(
        "AI_ACTIONS_LOG_CHANNEL_ID",
        "The channel for what the AI does.",
    ),
    name("EVENT_LOG_CHANNEL_ID", "The channel for the event log."),
    aliased(
        "LOG_EVENTS",
        &["LOG_EVENT_TOGGLES"],
        "Which events are logged.",
    ),
    name("RAID_DEFENSE_ENABLED", "Whether raids are fended off."),
    name("RAID_DEFENSE_THRESHOLD", "How many joins make a raid."),
    name("RAID_DEFENSE_TIMEFRAME", "Within how many seconds."),
    name("RAID_DEFENSE_ACTION", "What happens in a raid."),
    name("AUTO_RATE_ENABLED", "Whether slowmode adjusts itself."),
    name("AUTO_RATE_CHANNELS", "In which channels."),
    name("AUTO_RATE_NOTIFY", "Whether that is announced."),
    name(
        "AUTO_RATE_NOTIFY_CHANNEL",
        "The channel in which it is announced.",
    ),
    name("VANITY_URL_LOCK", "The invite address that is to stay."),
    name(
        "VANITY_URL_NOTIFY_CHANNEL",
        "The channel in which a changed address is announced.",
    ),
    name("VANITY_URL_NOTIFY_TARGET", "Who is called then."),
    name("NSFW_CHANNEL_IDS", "Channels for adults."),
    name("SUGGESTIONS_CHANNEL_ID", "The channel for suggestions."),
];
