//! The room's keys, kept in the columns of `botdetect_config`, and the settings read from them.

use serde_json::{Map, Value as Json};

use super::keyword::is_too_short;
use super::settings::{
    BotDetectSettings, KeywordError, MAX_KEYWORD_CHARS, MAX_KEYWORDS, MAX_WHITELIST,
};
use crate::domain::duration::MAX_TIMEOUT;
use crate::domain::ids::ChannelId;
use crate::guild::config::key::{KeySpec, any, unset};
use crate::guild::config::snapshot::Values;
use crate::guild::config::value::{Kind, Value, ValueError};
use crate::guild::keys::MODERATION_LOG_CHANNEL_ID;
use crate::store::tables::config::Place;

const fn column(column: &'static str) -> Place {
    Place::Column {
        table: "botdetect_config",
        column,
    }
}

/// Whether messages are searched.
pub(super) static ENABLED: KeySpec = KeySpec {
    name: "BOTDETECT_ENABLED",
    kind: Kind::Bool,
    default: || Some(Value::Bool(false)),
    description: "Whether messages are searched for scam phrases and phishing links.",
    place: column("enabled"),
    check: any,
    entered: any,
};

/// The guild's own phrases and domains.
pub(super) static KEYWORDS: KeySpec = KeySpec {
    name: "BOTDETECT_KEYWORDS",
    kind: Kind::Texts {
        entries: MAX_KEYWORDS,
        most: MAX_KEYWORD_CHARS,
    },
    default: || Some(Value::Texts([].into())),
    description: "This server's own phrases and link domains, besides the built-in ones.",
    place: column("keywords"),
    check: fits_keywords,
    entered: is_no_slip,
};

/// What follows the deletion.
pub(super) static ACTION: KeySpec = KeySpec {
    name: "BOTDETECT_ACTION",
    kind: Kind::Choice(&["delete", "warn", "timeout", "kick", "ban"]),
    default: || Some(Value::Text("timeout".into())),
    description: "What happens to the author of a found message, which is deleted in any case.",
    place: column("action"),
    check: any,
    entered: any,
};

/// How long a timeout lasts.
pub(super) static TIMEOUT: KeySpec = KeySpec {
    name: "BOTDETECT_TIMEOUT",
    kind: Kind::Seconds {
        most: MAX_TIMEOUT.as_secs(),
    },
    default: || Some(Value::Seconds(3_600)),
    description: "How long a timeout by bot detection lasts.",
    place: column("timeout_duration"),
    check: any,
    entered: any,
};

/// Where cards go.
pub(super) static LOG_CHANNEL: KeySpec = KeySpec {
    name: "BOTDETECT_LOG_CHANNEL",
    kind: Kind::Channel,
    default: unset,
    description: "Where bot detection announces its cases; where unset, MODERATION_LOG_CHANNEL_ID.",
    place: column("log_channel"),
    check: any,
    entered: any,
};

/// Roles that are never searched.
pub(super) static WHITELIST_ROLES: KeySpec = KeySpec {
    name: "BOTDETECT_WHITELIST_ROLES",
    kind: Kind::Roles,
    default: || Some(Value::Ids([].into())),
    description: "Roles whose members' messages are never searched.",
    place: column("whitelist_roles"),
    check: fits_whitelist,
    entered: any,
};

/// Users that are never searched.
pub(super) static WHITELIST_USERS: KeySpec = KeySpec {
    name: "BOTDETECT_WHITELIST_USERS",
    kind: Kind::Users,
    default: || Some(Value::Ids([].into())),
    description: "Users whose messages are never searched.",
    place: column("whitelist_users"),
    check: fits_whitelist,
    entered: any,
};

/// All keys of the room.
pub(super) static KEYS: [&KeySpec; 7] = [
    &ENABLED,
    &KEYWORDS,
    &ACTION,
    &TIMEOUT,
    &LOG_CHANNEL,
    &WHITELIST_ROLES,
    &WHITELIST_USERS,
];

/// Where cards go: the room's own channel, else the one of all cases.
pub(super) fn log_channel(settings: &BotDetectSettings, values: &Values) -> Option<ChannelId> {
    settings
        .log_channel
        .or_else(|| values.channel(&MODERATION_LOG_CHANNEL_ID))
}

/// A keyword in which nothing is left to search for would match nothing, or everything.
fn fits_keywords(value: &Value) -> Result<(), ValueError> {
    let mut settings = BotDetectSettings::default();
    let fields = value.to_json();
    settings
        .set_field("keywords", &fields)
        .map_err(|error| ValueError(error.to_string()))
}

/// One or two letters stand in nearly every message.
fn is_no_slip(value: &Value) -> Result<(), ValueError> {
    match value {
        Value::Texts(keywords) if keywords.iter().any(|keyword| is_too_short(keyword)) => {
            Err(ValueError(KeywordError::TooShort.to_string()))
        }
        _ => Ok(()),
    }
}

/// The settings take only so many ids.
fn fits_whitelist(value: &Value) -> Result<(), ValueError> {
    match value {
        Value::Ids(ids) if ids.len() > MAX_WHITELIST => Err(ValueError(format!(
            "the list is full: it holds at most {MAX_WHITELIST} entries"
        ))),
        _ => Ok(()),
    }
}

/// The settings that hold in a guild: a key's value under its column's name.
pub(super) fn settings(values: &Values) -> BotDetectSettings {
    let mut fields = Map::new();
    for key in KEYS {
        if let (Place::Column { column, .. }, Some(value)) = (key.place, values.find(key)) {
            fields.insert(column.to_owned(), value.to_json());
        }
    }
    match BotDetectSettings::from_json(&Json::Object(fields)) {
        Ok(settings) => settings,
        Err(error) => {
            // The keys' own bounds are those of the settings; see the test that holds them together.
            tracing::error!(%error, "bot detection's settings do not fit and it stays off");
            BotDetectSettings::default()
        }
    }
}
