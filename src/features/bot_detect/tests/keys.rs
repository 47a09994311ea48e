//! The room's keys and its settings have the same bounds: what passes a key always gives settings.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::super::config::{self, KEYS};
use super::super::settings::{BotDetectSettings, MAX_KEYWORDS, MAX_WHITELIST};
use crate::domain::ids::ConfigVersion;
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Reading;
use crate::store::tables::config::{Place, StoredConfig};

fn column(key: usize) -> &'static str {
    match KEYS[key].place {
        Place::Column { column, .. } => column,
        Place::Row => panic!("the room keeps its keys in columns"),
    }
}

/// What people could store: fitting and not, at the bounds and beyond.
fn candidate() -> impl Strategy<Value = Json> {
    let id = prop_oneof![
        Just(0),
        Just(1),
        Just(i64::MAX as u64),
        Just(u64::MAX),
        any::<u64>()
    ];
    let text = prop_oneof![
        "[a-z.]{0,12}",
        ".{0,210}",
        Just(" ".to_owned()),
        Just("...".to_owned())
    ];
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (0_u64..3_000_000).prop_map(Json::from),
        id.clone().prop_map(Json::from),
        text.clone().prop_map(Json::from),
        proptest::sample::select(vec!["delete", "WARN", "timeout", "Kick", "ban"])
            .prop_map(Json::from),
        proptest::collection::vec(id, 0..5).prop_map(Json::from),
        proptest::collection::vec(text, 0..5).prop_map(Json::from),
    ]
}

proptest! {
    #[test]
    fn what_passes_a_key_gives_settings(key in 0..KEYS.len(), json in candidate()) {
        if let Ok(value) = KEYS[key].read(&json) {
            let mut settings = BotDetectSettings::default();
            settings.set_field(column(key), &value.to_json()).map_err(|error| {
                TestCaseError::fail(format!("{}: {json}: {error}", KEYS[key].name))
            })?;
        }
    }
}

#[test]
fn lists_end_where_the_settings_end() {
    let words =
        |count: usize| -> Json { (0..count).map(|number| format!("word {number}")).collect() };
    config::KEYWORDS.read(&words(MAX_KEYWORDS)).expect("full");
    config::KEYWORDS
        .read(&words(MAX_KEYWORDS + 1))
        .expect_err("too many");
    let ids = |count: usize| Json::from((1..=count as u64).collect::<Vec<_>>());
    for key in [&config::WHITELIST_ROLES, &config::WHITELIST_USERS] {
        key.read(&ids(MAX_WHITELIST)).expect("full");
        let error = key.read(&ids(MAX_WHITELIST + 1)).expect_err("too many");
        assert_eq!(
            error.to_string(),
            "the list is full: it holds at most 1000 entries"
        );
    }
    let error = config::KEYWORDS
        .read(&json!(["fine", "..."]))
        .expect_err("nothing to look for");
    assert_eq!(
        error.to_string(),
        "keyword 2: a keyword needs at least one letter, digit or symbol"
    );
}

#[test]
fn settings_are_read_from_all_columns_and_defaults_are_those_of_the_settings() {
    let registry = Registry::new(&[], super::super::super::judges());
    let unset = Reading::of(&registry, StoredConfig::default()).into_values();
    assert_eq!(config::settings(&unset), BotDetectSettings::default());
    let wanted = json!({
        "enabled": true, "keywords": ["cheap crypto"], "action": "ban", "timeout_duration": 60,
        "log_channel": 7, "whitelist_roles": [8], "whitelist_users": [9],
    });
    let fields = wanted.as_object().expect("an object");
    let stored = StoredConfig {
        version: ConfigVersion(1),
        changed_at: None,
        values: fields
            .iter()
            .map(|(name, value)| (format!("botdetect_config.{name}"), value.clone()))
            .collect(),
    };
    let set = Reading::of(&registry, stored);
    assert_eq!(set.misfits(), []);
    let expected = BotDetectSettings::from_json(&wanted).expect("sound settings");
    assert_eq!(config::settings(&set.into_values()), expected);
}
