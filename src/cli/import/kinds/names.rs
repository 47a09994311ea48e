//! What the names take that no part of AIMod reads yet, by REFERENCE section 3: their values are checked and brought into
//! one form all the same, so that whoever reads them later finds good ones.

use chrono_tz::Tz;
use regex::RegexBuilder;
use serde_json::{Map, Value as Json};

use crate::cli::import::fields::{NO_ID, fits, id, id_in};

/// What a name takes.
#[derive(Clone, Copy)]
enum Takes {
    Bool,
    Text(usize),
    Word(&'static [&'static str]),
    Number(i64, i64),
    Id,
    Ids,
    Zone,
    /// A text for each channel.
    Channels,
    /// How each action is carried out.
    Actions,
    /// A list of objects with keywords, a pattern and instructions.
    Rules,
    /// A switch for each event.
    Events,
}

const TAKES: [(&str, Takes); 28] = [
    ("ENABLED", Takes::Bool),
    ("RULES_TEXT", Takes::Text(20_000)),
    ("AI_MODEL", Takes::Text(200)),
    ("AI_EXCLUDED_CHANNELS", Takes::Ids),
    ("AI_CHANNEL_RULES", Takes::Channels),
    (
        "AI_ANALYSIS_MODE",
        Takes::Word(&["all", "rules_only", "override"]),
    ),
    ("AI_KEYWORD_RULES", Takes::Rules),
    ("TEST_MODE_ENABLED", Takes::Bool),
    ("ACTION_CONFIRMATION_SETTINGS", Takes::Actions),
    ("CONFIRMATION_PING_ROLE_ID", Takes::Id),
    ("SUICIDAL_PING_ROLE_ID", Takes::Id),
    ("AI_ACTIONS_LOG_CHANNEL_ID", Takes::Id),
    ("EVENT_LOG_CHANNEL_ID", Takes::Id),
    ("LOG_EVENTS", Takes::Events),
    ("TIME_ZONE", Takes::Zone),
    ("RAID_DEFENSE_ENABLED", Takes::Bool),
    ("RAID_DEFENSE_THRESHOLD", Takes::Number(3, 50)),
    ("RAID_DEFENSE_TIMEFRAME", Takes::Number(30, 300)),
    (
        "RAID_DEFENSE_ACTION",
        Takes::Word(&[
            "alert",
            "pause_invites",
            "timeout_new",
            "kick_new",
            "ban_new",
        ]),
    ),
    ("AUTO_RATE_ENABLED", Takes::Bool),
    ("AUTO_RATE_CHANNELS", Takes::Ids),
    ("AUTO_RATE_NOTIFY", Takes::Bool),
    ("AUTO_RATE_NOTIFY_CHANNEL", Takes::Id),
    ("VANITY_URL_LOCK", Takes::Text(100)),
    ("VANITY_URL_NOTIFY_CHANNEL", Takes::Id),
    ("VANITY_URL_NOTIFY_TARGET", Takes::Id),
    ("NSFW_CHANNEL_IDS", Takes::Ids),
    ("SUGGESTIONS_CHANNEL_ID", Takes::Id),
];

/// The most bytes that a compiled pattern takes.
const MOST_OF_A_REGEX: usize = 1 << 20;

/// The events of REFERENCE section 6.
const EVENTS: &str = "member_join member_remove member_ban_event member_unban member_update role_create_event \
    role_delete_event role_update_event channel_create_event channel_delete_event channel_update_event message_edit \
    message_delete reaction_add reaction_remove reaction_clear reaction_clear_emoji voice_state_update \
    guild_update_event emoji_update_event invite_create_event invite_delete_event command_error thread_create \
    thread_delete thread_update thread_member_join thread_member_remove webhook_update audit_kick audit_prune \
    audit_ban audit_unban audit_member_role_update audit_member_update_timeout audit_message_delete \
    audit_message_bulk_delete audit_role_create audit_role_delete audit_role_update audit_channel_create \
    audit_channel_delete audit_channel_update audit_emoji_create audit_emoji_delete audit_emoji_update \
    audit_invite_create audit_invite_delete audit_guild_update";

/// Whether this is the name of an event.
pub(super) fn is_event(name: &str) -> bool {
    EVENTS.split_whitespace().any(|event| event == name)
}

/// The value in the form in which it is kept, or why it is none of this name.
pub(super) fn read(name: &str, value: &Json) -> Result<Json, String> {
    let takes = TAKES.iter().find(|(known, _)| *known == name);
    takes.map_or_else(|| Ok(value.clone()), |(_, takes)| taken(*takes, value))
}

fn taken(takes: Takes, value: &Json) -> Result<Json, String> {
    match takes {
        Takes::Bool => value
            .is_boolean()
            .then(|| value.clone())
            .ok_or_else(|| "it takes true or false".to_owned()),
        Takes::Text(most) => text(value, most).map(Json::from),
        Takes::Word(words) => word(value, words),
        Takes::Number(least, most) => value
            .as_i64()
            .filter(|number| (least..=most).contains(number))
            .map(Json::from)
            .ok_or_else(|| format!("it takes a whole number from {least} to {most}")),
        Takes::Id => id(value).map(Json::from).ok_or_else(|| NO_ID.to_owned()),
        Takes::Ids => ids(value),
        Takes::Zone => {
            let name = text(value, 100)?;
            let zone: Result<Tz, _> = name.parse();
            zone.map(|zone| Json::from(zone.name()))
                .map_err(|_| "it takes the name of a time zone, such as Europe/Berlin".to_owned())
        }
        Takes::Channels => of_each(value, |channel, rules| {
            id_in(channel).ok_or_else(|| NO_ID.to_owned())?;
            text(rules, 20_000).map(Json::from)
        }),
        Takes::Actions => of_each(value, |_, how| word(how, &["automatic", "manual"])),
        Takes::Events => of_each(value, |event, on| {
            if !is_event(event) {
                return Err(format!("there is no event {event}"));
            }
            taken(Takes::Bool, on)
        }),
        Takes::Rules => rules(value),
    }
}

fn text(value: &Json, most: usize) -> Result<&str, String> {
    let text = value.as_str().ok_or("it takes a text")?;
    fits(text, most)?;
    Ok(text)
}

fn word(value: &Json, words: &'static [&'static str]) -> Result<Json, String> {
    let text = value.as_str().unwrap_or_default();
    let word = words.iter().find(|word| word.eq_ignore_ascii_case(text));
    word.map(|word| Json::from(*word))
        .ok_or_else(|| format!("it takes one of {}", words.join(", ")))
}

fn ids(value: &Json) -> Result<Json, String> {
    let list = value.as_array().ok_or("it takes a list of ids")?;
    let mut ids: Vec<i64> = Vec::with_capacity(list.len());
    for entry in list {
        let id = id(entry).ok_or(NO_ID)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(Json::from(ids))
}

fn of_each(
    value: &Json,
    read: impl Fn(&str, &Json) -> Result<Json, String>,
) -> Result<Json, String> {
    let fields = value.as_object().ok_or("it takes an object")?;
    let mut kept = Map::new();
    for (name, value) in fields {
        kept.insert(name.clone(), read(name, value)?);
    }
    Ok(Json::Object(kept))
}

fn rules(value: &Json) -> Result<Json, String> {
    const SHAPE: &str =
        "it takes a list of objects with keywords, regex and instructions, and no empty keyword";
    let list = value.as_array().ok_or(SHAPE)?;
    let is_text = |value: &Json| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let fits = list.iter().all(|rule| {
        let Some(rule) = rule.as_object() else {
            return false;
        };
        let keywords = rule.get("keywords").and_then(Json::as_array);
        keywords.is_none_or(|keywords| keywords.iter().all(is_text))
            && rule.get("instructions").is_some_and(is_text)
    });
    if !fits {
        return Err(SHAPE.to_owned());
    }
    for pattern in list.iter().filter_map(|rule| rule.get("regex")) {
        compiles(pattern)?;
    }
    Ok(value.clone())
}

/// Whether a pattern, a list of them or none may be asked for every message: it compiles within a limit.
fn compiles(pattern: &Json) -> Result<(), String> {
    match pattern {
        Json::Null => Ok(()),
        Json::Array(patterns) => patterns.iter().try_for_each(compiles),
        Json::String(pattern) => {
            let built = RegexBuilder::new(pattern)
                .size_limit(MOST_OF_A_REGEX)
                .build();
            built.map(drop).map_err(|error| why_not(&error))
        }
        _ => Err("a regex is a text".to_owned()),
    }
}

/// In one line and without the pattern, which is a guild's own.
fn why_not(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(most) => {
            format!("a regex takes more than {most} bytes when compiled")
        }
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            let why = last.strip_prefix("error: ").unwrap_or(last);
            format!("a regex does not compile: {why}")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::features::registry;

    #[test]
    fn every_name_here_is_known_to_the_house() {
        let registry = registry();
        for (name, _) in TAKES {
            let is_known = registry.find(name).is_some() || registry.find_reserved(name).is_some();
            assert!(is_known, "{name}");
        }
        assert_eq!(EVENTS.split_whitespace().count(), 49);
    }

    #[test]
    fn good_values_come_into_one_form() {
        for (name, value, kept) in [
            ("RULES_TEXT", json!("Be kind."), json!("Be kind.")),
            ("AI_EXCLUDED_CHANNELS", json!(["7", 8, 7]), json!([7, 8])),
            (
                "EVENT_LOG_CHANNEL_ID",
                json!("9007199254740993"),
                json!(9_007_199_254_740_993_i64),
            ),
            ("AI_ANALYSIS_MODE", json!("RULES_ONLY"), json!("rules_only")),
            ("RAID_DEFENSE_THRESHOLD", json!(3), json!(3)),
            ("TIME_ZONE", json!("Europe/Berlin"), json!("Europe/Berlin")),
            (
                "AI_CHANNEL_RULES",
                json!({"5": "No links."}),
                json!({"5": "No links."}),
            ),
            (
                "ACTION_CONFIRMATION_SETTINGS",
                json!({"BAN": "Manual"}),
                json!({"BAN": "manual"}),
            ),
            (
                "LOG_EVENTS",
                json!({"member_join": false}),
                json!({"member_join": false}),
            ),
            (
                "AI_KEYWORD_RULES",
                json!([{"keywords": ["a"], "instructions": "b"}]),
                json!([{"keywords": ["a"], "instructions": "b"}]),
            ),
            (
                "AI_KEYWORD_RULES",
                json!([{"regex": "(?i)free\\s+nitro", "instructions": "b"}, {"regex": null, "instructions": "c"}]),
                json!([{"regex": "(?i)free\\s+nitro", "instructions": "b"}, {"regex": null, "instructions": "c"}]),
            ),
            ("SOMETHING_ELSE", json!(1.5), json!(1.5)),
        ] {
            assert_eq!(read(name, &value), Ok(kept), "{name}");
        }
    }

    #[test]
    fn wrong_values_are_refused_with_what_is_taken() {
        for (name, value) in [
            ("RULES_TEXT", json!(7)),
            ("RULES_TEXT", json!("a".repeat(20_001))),
            ("TEST_MODE_ENABLED", json!("yes")),
            ("AI_EXCLUDED_CHANNELS", json!("7")),
            ("AI_EXCLUDED_CHANNELS", json!([0])),
            ("EVENT_LOG_CHANNEL_ID", json!(-7)),
            ("AI_ANALYSIS_MODE", json!("some")),
            ("RAID_DEFENSE_THRESHOLD", json!(2)),
            ("RAID_DEFENSE_TIMEFRAME", json!(30.5)),
            ("TIME_ZONE", json!("Berlin")),
            ("AI_CHANNEL_RULES", json!({"general": "No links."})),
            ("ACTION_CONFIRMATION_SETTINGS", json!({"BAN": "never"})),
            ("LOG_EVENTS", json!({"full_moon": true})),
            ("LOG_EVENTS", json!({"member_join": 1})),
            (
                "AI_KEYWORD_RULES",
                json!([{"keywords": [""], "instructions": "b"}]),
            ),
            ("AI_KEYWORD_RULES", json!([{"keywords": ["a"]}])),
            (
                "AI_KEYWORD_RULES",
                json!([{"regex": 7, "instructions": "b"}]),
            ),
        ] {
            let why = read(name, &value).expect_err(name);
            assert!(!why.is_empty());
        }
    }

    #[test]
    fn a_pattern_that_nobody_could_run_is_refused_with_the_reason() {
        for (regex, why) in [
            (
                json!("free (nitro"),
                "a regex does not compile: unclosed group",
            ),
            (
                json!("(?=look)ahead"),
                "a regex does not compile: look-around, including look-ahead and look-behind, is not supported",
            ),
            (
                json!(["fine", "(?:a{1000}){1000}"]),
                "a regex takes more than 1048576 bytes when compiled",
            ),
        ] {
            let rules = json!([{"regex": regex, "instructions": "b"}]);
            assert_eq!(
                read("AI_KEYWORD_RULES", &rules),
                Err(why.to_owned()),
                "{regex}"
            );
        }
    }
}
