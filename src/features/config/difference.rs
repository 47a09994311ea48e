//! What lies between two values of a key: entries of lists, or the one and the other.

use std::fmt::Display;

use serde_json::Value as Json;

use super::past::key_of;
use super::words::Words;
use crate::guild::config::key::KeySpec;
use crate::guild::config::value::{Kind, Value};
use crate::store::tables::provider_keys::KEY_NAME;

/// Entries that are named before the rest is counted.
const ENTRIES: usize = 8;

/// One line: ``KEY`: old → new`, of lists what was added and taken out.
pub(super) fn line(
    words: Words<'_>,
    key: &KeySpec,
    old: Option<&Value>,
    new: Option<&Value>,
) -> String {
    if let Some(entries) = entries(words, key, old, new) {
        let args = [("key", key.name.into()), ("entries", entries.into())];
        return words.with("config-changed-list", &args);
    }
    let args = [
        ("key", key.name.into()),
        ("old", words.held(key, old).into()),
        ("new", words.held(key, new).into()),
    ];
    words.with("config-changed", &args)
}

/// The same of stored values, whose key may be unknown or which may not fit it any more.
pub(super) fn of_stored(
    words: Words<'_>,
    name: &str,
    old: Option<&Json>,
    new: Option<&Json>,
) -> String {
    if let Some(key) = key_of(words.registry, name) {
        let read = |json: Option<&Json>| json.map(|json| key.kind.from_json(json)).transpose();
        if let (Ok(old), Ok(new)) = (read(old), read(new)) {
            return line(words, key, old.as_ref(), new.as_ref());
        }
    }
    let shown = |json: Option<&Json>| match json {
        Some(json) => words.raw(json),
        None => words.say("config-unset"),
    };
    let (was, is) = if name == KEY_NAME {
        let is_other = old.is_some() && old == new;
        (api_key(words, old, false), api_key(words, new, is_other))
    } else {
        (shown(old), shown(new))
    };
    let args = [
        ("key", name.into()),
        ("old", was.into()),
        ("new", is.into()),
    ];
    words.with("config-changed", &args)
}

/// A guild's own API key, of which revisions tell no more than the provider.
fn api_key(words: Words<'_>, told: Option<&Json>, is_other: bool) -> String {
    let Some(told) = told else {
        return words.say("config-apikey-none");
    };
    let provider = told["provider"].as_str().map(|name| name.replace('`', "ˋ"));
    let args = |provider: String| [("provider", provider.into())];
    match (provider, is_other) {
        (Some(provider), false) => words.with("config-apikey-of", &args(provider)),
        (Some(provider), true) => words.with("config-apikey-other-of", &args(provider)),
        (None, false) => words.say("config-apikey-some"),
        (None, true) => words.say("config-apikey-other"),
    }
}

/// The entries that came and went; none where the key is no list, or only its order has changed.
fn entries(
    words: Words<'_>,
    key: &KeySpec,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Option<String> {
    let default = (key.default)();
    let (old, new) = (old.or(default.as_ref()), new.or(default.as_ref()));
    let all = match (&key.kind, old?, new?) {
        (Kind::Roles, Value::Ids(old), Value::Ids(new)) => {
            signed(old, new, |id| format!("<@&{id}>"))
        }
        (Kind::Users, Value::Ids(old), Value::Ids(new)) => {
            signed(old, new, |id| format!("<@{id}>"))
        }
        (Kind::Texts { .. }, Value::Texts(old), Value::Texts(new)) => {
            signed(old, new, |text| format!("`{}`", text.replace('`', "ˋ")))
        }
        _ => return None,
    };
    let listed = all
        .iter()
        .take(ENTRIES)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    match all.len() {
        0 => None,
        count if count > ENTRIES => Some(words.and_more(&listed, count - ENTRIES)),
        _ => Some(listed),
    }
}

/// What came and what went, each with its sign.
pub(crate) fn signed<T: PartialEq + Display>(
    old: &[T],
    new: &[T],
    show: impl Fn(&T) -> String,
) -> Vec<String> {
    let come = new.iter().filter(|entry| !old.contains(entry));
    let gone = old.iter().filter(|entry| !new.contains(entry));
    come.map(|entry| format!("+ {}", show(entry)))
        .chain(gone.map(|entry| format!("− {}", show(entry))))
        .collect()
}
