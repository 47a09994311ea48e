//! The keys that the house itself reads, whatever rooms there are.

use super::config::key::{KeySpec, unset};
use super::config::snapshot::Values;
use super::config::value::{Kind, Value, ValueError};
use crate::domain::zone::{self, Tz};

/// What text commands begin with.
pub static PREFIX: KeySpec = KeySpec {
    check: is_visible,
    ..KeySpec::row(
        "PREFIX",
        Kind::Text { least: 1, most: 10 },
        || Some(Value::Text("o!".into())),
        "What text commands begin with. A mention of AIMod works as well.",
    )
};

/// Who counts as staff.
pub static MODERATOR_ROLE_ID: KeySpec = KeySpec::row(
    "MODERATOR_ROLE_ID",
    Kind::Role,
    unset,
    "The moderators' role: its members count as staff and are not judged.",
);

/// Where cards go.
pub static MODERATION_LOG_CHANNEL_ID: KeySpec = KeySpec::row(
    "MODERATION_LOG_CHANNEL_ID",
    Kind::Channel,
    unset,
    "The channel in which every case is announced. Unset means that nothing is announced.",
);

/// The language of AIMod's answers; see [`super::language::Language`].
pub static LANGUAGE_CODE: KeySpec = KeySpec::row(
    "LANGUAGE_CODE",
    Kind::Choice(&["en", "es", "de", "ko", "ja", "ru", "it", "fr"]),
    || Some(Value::Text("en".into())),
    "The language of AIMod's answers. Texts exist in en and de; the other languages are answered in English.",
);

/// Where the days begin that statistics count.
pub static TIME_ZONE: KeySpec = KeySpec::row(
    "TIME_ZONE",
    Kind::TimeZone,
    || Some(Value::Text("UTC".into())),
    "The time zone by whose days statistics are counted.",
);

/// The guild's time zone.
#[must_use]
pub fn time_zone(values: &Values) -> Tz {
    let name = values.text(&TIME_ZONE);
    name.and_then(zone::find).unwrap_or(Tz::UTC)
}

/// All of them.
pub static ALL: [&KeySpec; 5] = [
    &LANGUAGE_CODE,
    &PREFIX,
    &MODERATOR_ROLE_ID,
    &MODERATION_LOG_CHANNEL_ID,
    &TIME_ZONE,
];

/// A prefix that nobody can see or type would lock text commands away.
fn is_visible(value: &Value) -> Result<(), ValueError> {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    match value {
        Value::Text(text) if text.chars().any(is_hidden) => Err(ValueError(
            "a prefix takes visible characters only".to_owned(),
        )),
        _ => Ok(()),
    }
}
