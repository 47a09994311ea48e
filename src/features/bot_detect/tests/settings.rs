//! The settings: defaults, bounds, what is refused and how it is said.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::with_keywords;
use crate::domain::ids::{ChannelId, RoleId, UserId};
use crate::features::bot_detect::settings::{
    BotAction, BotDetectSettings, KeywordError, ListChange, SettingsError,
};

fn read(value: &Value) -> Result<BotDetectSettings, String> {
    BotDetectSettings::from_json(value).map_err(|error| error.to_string())
}

#[test]
fn the_defaults_are_those_of_the_seed() {
    let settings = read(&json!({})).expect("nothing set");
    assert_eq!(settings, BotDetectSettings::default());
    assert_eq!(
        settings.to_json(),
        json!({
            "enabled": false, "use_builtin": true, "keywords": [], "action": "timeout", "timeout_duration": 3600,
            "log_channel": null, "whitelist_roles": [], "whitelist_users": [],
        })
    );
}

#[test]
fn a_full_record_is_read() {
    let settings = read(&json!({
        "enabled": true, "keywords": [" free nitro ", "evil.example", "Free-Nitro"], "action": "BAN",
        "timeout_duration": 2_419_200, "log_channel": "9007199254740993", "whitelist_roles": [1, "2", 1],
        "whitelist_users": ["9007199254740993"], "use_builtin": false,
    }))
    .expect("a full record");
    assert!(settings.enabled && !settings.use_builtin);
    assert_eq!(settings.keywords(), ["free nitro", "evil.example"]);
    assert_eq!(settings.action, BotAction::Ban);
    assert_eq!(settings.timeout(), Duration::from_secs(2_419_200));
    assert_eq!(settings.log_channel, Some(ChannelId(9_007_199_254_740_993)));
    assert_eq!(settings.whitelist_roles(), [RoleId(1), RoleId(2)]);
    assert_eq!(settings.whitelist_users(), [UserId(9_007_199_254_740_993)]);
    assert_eq!(read(&settings.to_json()), Ok(settings));
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    for (value, message) in [
        (json!([]), "the settings must be an object"),
        (json!({"enabeld": true}), "there is no field \"enabeld\""),
        (json!({"enabled": 1}), "enabled must be true or false"),
        (json!({"keywords": "x"}), "keywords must be a list of texts"),
        (json!({"keywords": [1]}), "keywords must be a list of texts"),
        (
            json!({"keywords": ["ok", "  "]}),
            "keyword 2: a keyword needs at least one letter, digit or symbol",
        ),
        (
            json!({"keywords": ["x".repeat(201)]}),
            "keyword 1: a keyword has at most 200 characters; this one has 201",
        ),
    ] {
        assert_eq!(read(&value), Err(message.to_owned()), "{value}");
    }
}

#[test]
fn actions_durations_and_ids_have_bounds() {
    for (value, message) in [
        (json!({"action": 3}), "action must be a text"),
        (
            json!({"action": "mute"}),
            "\"mute\" is no action; choose warn, timeout, kick, ban or delete",
        ),
        (
            json!({"timeout_duration": 0}),
            "a timeout lasts from 1 second to 28 days",
        ),
        (
            json!({"timeout_duration": -5}),
            "a timeout lasts from 1 second to 28 days",
        ),
        (
            json!({"timeout_duration": 2_419_201}),
            "a timeout lasts from 1 second to 28 days",
        ),
        (
            json!({"timeout_duration": 1.5}),
            "timeout_duration must be a whole number of seconds",
        ),
        (
            json!({"log_channel": "general"}),
            "log_channel must be a channel id or null",
        ),
        (
            json!({"log_channel": 0}),
            "log_channel must be a channel id or null",
        ),
        (
            json!({"whitelist_roles": null}),
            "whitelist_roles must be a list of ids",
        ),
        (
            json!({"whitelist_users": [-1]}),
            "whitelist_users must be a list of ids",
        ),
        (
            json!({"whitelist_users": [u64::MAX]}),
            "whitelist_users must be a list of ids",
        ),
        (
            json!({"whitelist_users": (1..=1_001).collect::<Vec<u64>>()}),
            "whitelist_users holds at most 1000 ids",
        ),
    ] {
        assert_eq!(read(&value), Err(message.to_owned()), "{value}");
    }
}

#[test]
fn a_refused_field_changes_nothing() {
    let mut settings = with_keywords(&["free nitro"]);
    let before = settings.clone();
    for (field, value) in [
        ("keywords", json!(["ok", ""])),
        ("timeout_duration", json!(0)),
        ("whitelist_roles", json!([1, "x"])),
    ] {
        assert!(settings.set_field(field, &value).is_err(), "{field}");
        assert_eq!(settings, before);
    }
}

#[test]
fn keywords_are_added_once_and_removed_by_what_they_match() {
    let mut settings = BotDetectSettings::default();
    assert_eq!(
        settings.add_keyword("  Free Nitro "),
        Ok(ListChange::Added("Free Nitro".to_owned()))
    );
    assert_eq!(
        settings.add_keyword("frее-nіtrо"),
        Ok(ListChange::AlreadyThere("Free Nitro".to_owned()))
    );
    assert_eq!(settings.remove_keyword("nitro"), ListChange::NotThere);
    assert_eq!(settings.remove_keyword("..."), ListChange::NotThere);
    assert_eq!(
        settings.remove_keyword("FREE NITRO!"),
        ListChange::Removed("Free Nitro".to_owned())
    );
    assert!(settings.keywords().is_empty());
}

#[test]
fn keywords_have_bounds() {
    let mut settings = BotDetectSettings::default();
    for nothing in ["", " ", "...", "\u{200b}", ":)"] {
        assert_eq!(settings.add_keyword(nothing), Err(KeywordError::Empty));
    }
    assert_eq!(
        settings.add_keyword(&"x".repeat(201)),
        Err(KeywordError::TooLong(201))
    );
    assert!(settings.add_keyword(&"é".repeat(200)).is_ok());
    let many: Vec<String> = (0..1_000).map(|n| format!("word {n}")).collect();
    settings
        .set_field("keywords", &json!(many))
        .expect("1,000 keywords");
    assert_eq!(settings.add_keyword("one more"), Err(KeywordError::TooMany));
    assert!(matches!(
        settings.add_keyword("word 7"),
        Ok(ListChange::AlreadyThere(_))
    ));
    let more: Vec<String> = (0..1_001).map(|n| format!("word {n}")).collect();
    assert_eq!(
        settings.set_field("keywords", &json!(more)),
        Err(SettingsError::Keyword {
            place: 1_001,
            problem: KeywordError::TooMany
        })
    );
}

#[test]
fn the_whitelist_exempts_users_and_roles() {
    let mut settings = BotDetectSettings::default();
    assert_eq!(
        settings.add_role(RoleId(7)),
        Ok(ListChange::Added("7".to_owned()))
    );
    assert_eq!(
        settings.add_role(RoleId(7)),
        Ok(ListChange::AlreadyThere("7".to_owned()))
    );
    assert_eq!(
        settings.add_user(UserId(8)),
        Ok(ListChange::Added("8".to_owned()))
    );
    assert!(settings.is_whitelisted(UserId(1), &[RoleId(6), RoleId(7)]));
    assert!(settings.is_whitelisted(UserId(8), &[]));
    assert!(!settings.is_whitelisted(UserId(7), &[RoleId(8)]));
    assert_eq!(
        settings.remove_role(RoleId(7)),
        ListChange::Removed("7".to_owned())
    );
    assert_eq!(settings.remove_user(UserId(9)), ListChange::NotThere);
    assert!(!settings.is_whitelisted(UserId(1), &[RoleId(7)]));
}

#[test]
fn every_action_is_read_by_its_name() {
    for action in BotAction::ALL {
        assert_eq!(action.to_string().parse(), Ok(action));
        assert_eq!(format!(" {action} ").to_uppercase().parse(), Ok(action));
    }
}

proptest! {
    #[test]
    fn any_keyword_that_is_added_is_found_again(keyword in "\\PC{1,60}") {
        let mut settings = BotDetectSettings::default();
        if let Ok(ListChange::Added(stored)) = settings.add_keyword(&keyword) {
            prop_assert_eq!(&read(&settings.to_json()), &Ok(settings.clone()));
            prop_assert!(matches!(settings.add_keyword(&keyword), Ok(ListChange::AlreadyThere(_))));
            prop_assert_eq!(settings.remove_keyword(&keyword), ListChange::Removed(stored));
        }
    }
}

#[test]
fn a_short_keyword_is_read_but_not_entered() {
    let key = &crate::features::bot_detect::config::KEYWORDS;
    let old = key.read(&json!(["ok", "cheap crypto"]));
    let old = old.expect("what is stored stays");
    assert!(key.accept(&old).is_err());
    let new = key.read(&json!(["cheap crypto", "🍆"])).expect("sound");
    assert_eq!(key.accept(&new), Ok(()));
    let mut settings = BotDetectSettings::default();
    assert_eq!(settings.add_keyword(" ok! "), Err(KeywordError::TooShort));
}
