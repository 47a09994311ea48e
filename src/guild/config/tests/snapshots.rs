//! Snapshots of what the database holds, and the registry of keys.

use serde_json::{Value as Json, json};

use super::{CHANNEL, SWITCH, USERS, WORDS, words};
use crate::domain::ids::{ChannelId, ConfigVersion};
use crate::guild::config::change::KeyChange;
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Reading;
use crate::guild::config::value::Value;
use crate::guild::keys;
use crate::store::tables::config::StoredConfig;

fn registry() -> Registry {
    Registry::new(&[&SWITCH, &CHANNEL, &WORDS, &USERS], vec![])
}

fn stored(values: &[(&str, Json)]) -> StoredConfig {
    StoredConfig {
        version: ConfigVersion(7),
        changed_at: None,
        values: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    }
}

#[test]
fn set_values_stand_over_defaults_and_unset_ones_have_theirs() {
    let stored = stored(&[("SWITCH", json!(false)), ("CHANNEL", json!("42"))]);
    let snapshot = Reading::of(&registry(), stored).compile(&registry());
    assert_eq!(snapshot.misfits(), []);
    assert_eq!(snapshot.version(), ConfigVersion(7));
    let values = snapshot.values();
    assert!(!values.bool(&SWITCH));
    assert_eq!(values.channel(&CHANNEL), Some(ChannelId(42)));
    assert_eq!(values.find(&WORDS), Some(&words(&[])));
    assert_eq!(values.find_set(&WORDS), None);
    assert_eq!(values.find(&USERS), None);
    assert_eq!(values.ids(&USERS), &[] as &[u64]);
}

#[test]
fn a_stored_value_that_does_not_fit_is_named_and_harms_no_other() {
    let stored = stored(&[
        ("SWITCH", json!("no switch")),
        ("CHANNEL", Json::Null),
        ("WORDS", json!(["a", 5])),
        ("USERS", json!([5])),
        ("UNKNOWN", json!(1)),
    ]);
    let snapshot = Reading::of(&registry(), stored).compile(&registry());
    let misfits = snapshot.misfits().iter();
    let named: Vec<&str> = misfits.map(|misfit| misfit.key).collect();
    assert_eq!(snapshot.unread().keys().collect::<Vec<_>>(), ["UNKNOWN"]);
    assert_eq!(named, ["CHANNEL", "SWITCH", "WORDS"], "a row has a value");
    let values = snapshot.values();
    assert!(values.bool(&SWITCH), "its default");
    assert_eq!(values.ids(&USERS), [5]);
}

#[test]
fn the_next_version_differs_in_one_key_and_leaves_the_former_alone() {
    let registry = registry();
    let switched = |new| KeyChange {
        key: &SWITCH,
        old: None,
        new,
    };
    let first = Reading::of(&registry, stored(&[("USERS", json!([5]))])).compile(&registry);
    let off = switched(Some(Value::Bool(false)));
    let second = first.with(&registry, ConfigVersion(8), &[off]);
    assert!(first.values().bool(&SWITCH) && !second.values().bool(&SWITCH));
    assert_eq!(second.values().ids(&USERS), [5]);
    let third = second.with(&registry, ConfigVersion(9), &[switched(None)]);
    assert!(third.values().bool(&SWITCH), "the default again");
    assert_eq!(third.values().find_set(&SWITCH), None);
}

#[test]
fn the_houses_own_keys_have_upper_case_names_and_defaults_that_fit() {
    let names: std::collections::BTreeSet<_> = keys::ALL.iter().map(|key| key.name).collect();
    assert_eq!(names.len(), keys::ALL.len(), "each name once");
    for key in keys::ALL {
        assert_eq!(key.name, key.name.to_ascii_uppercase());
        assert!(key.description.ends_with('.'), "{}", key.name);
        if let Some(default) = (key.default)() {
            assert_eq!(key.read(&default.to_json()), Ok(default), "{}", key.name);
        }
    }
}

#[test]
fn a_prefix_must_be_something_that_a_person_can_see() {
    for good in ["!", "o!", "äö", "🙂", "a b"] {
        keys::PREFIX.read(&json!(good)).expect(good);
    }
    for bad in [
        "",
        " ",
        "\u{200b}",
        "a\nb",
        "\u{202e}!",
        "12345678901",
        "\u{7}",
    ] {
        assert!(keys::PREFIX.read(&json!(bad)).is_err(), "{bad:?}");
    }
}

#[test]
fn a_wrong_name_finds_the_nearest_key() {
    let registry = Registry::new(&keys::ALL, vec![]);
    assert_eq!(registry.nearest("prefx"), Some("PREFIX"));
    assert_eq!(
        registry.nearest("MODERATOR_ROLE"),
        Some("MODERATOR_ROLE_ID")
    );
    assert_eq!(registry.nearest("zzz"), None);
    assert_eq!(registry.nearest(""), None);
    let found = registry.find(" prefix ").expect("in any case");
    assert_eq!(found.name, "PREFIX");
}
