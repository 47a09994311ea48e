//! What an administrator reads.

mod changed;
mod check;
mod past;
mod show;
mod transfer;

pub(super) use self::changed::{changed, nothing_changed, outdated};
pub(super) use self::check::{checked, finding};
pub(super) use self::past::{
    Place, diff, history, moved, no_version, rollback, rolled_back, since,
};
pub(super) use self::show::{one, overview, reserved, unread};
pub(super) use self::transfer::{doubt, exported, import, imported, unreadable};
use super::words::Words;
use crate::commands::components::custom_id;
use crate::guild::config::key::KeySpec;
use crate::guild::config::registry::KnownName;
use crate::guild::config::value::{Kind, Value, ValueError};
use crate::guild::language::Language;
use crate::store::tables::provider_keys::KEY_NAME;

/// The custom id of a page of `/config show`.
pub(super) fn show_id(page: usize) -> String {
    custom_id("config/show", &[&page])
}

/// A name that no key has.
pub(super) fn unknown_key(words: Words<'_>, name: &str) -> String {
    let shown: String = name
        .chars()
        .filter(|c| !c.is_control() && *c != '`')
        .take(60)
        .collect();
    match words.registry.nearest(name) {
        _ if shown.is_empty() => words.say("config-unknown-nameless"),
        Some(nearest) => {
            let args = [("name", shown.into()), ("nearest", nearest.into())];
            words.with("config-unknown-near", &args)
        }
        None => words.with("config-unknown", &[("name", shown.into())]),
    }
}

/// A name that is known but not in use.
pub(super) fn reserved_refused(words: Words<'_>, known: &KnownName) -> String {
    refused(words, known.name, words.say("config-reserved-refused"))
}

/// The guild's own API key, which has commands of its own.
pub(super) fn api_key_refused(words: Words<'_>) -> String {
    refused(words, KEY_NAME, words.say("config-apikey-refused"))
}

fn refused(words: Words<'_>, key: &str, reason: String) -> String {
    let args = [("key", key.into()), ("reason", reason.into())];
    words.with("config-refused", &args)
}

/// A channel or role that this guild does not have.
pub(super) fn not_here(words: Words<'_>, key: &KeySpec) -> String {
    let missing = match key.kind {
        Kind::Channel => words.say("config-no-channel"),
        Kind::Roles => words.say("config-no-roles"),
        _ => words.say("config-no-role"),
    };
    refused(words, key.name, missing)
}

/// The role that all members have.
pub(super) fn everyone(words: Words<'_>, key: &KeySpec) -> String {
    refused(words, key.name, words.say("config-everyone"))
}

/// A list edit of a key that is no list.
pub(super) fn no_list(words: Words<'_>, key: &KeySpec) -> String {
    refused(words, key.name, words.say("config-no-list"))
}

/// A text that is no value of the key's kind. The kinds' own errors are in English and more exact.
pub(super) fn misfit(words: Words<'_>, key: &KeySpec, typed: &str, wrong: &ValueError) -> String {
    if words.language() == Language::En {
        return refused(words, key.name, wrong.to_string());
    }
    let typed: String = typed.chars().filter(|c| !c.is_control()).take(60).collect();
    let args = [
        ("typed", typed.into()),
        ("kind", words.kind(&key.kind).into()),
    ];
    refused(words, key.name, words.with("config-misfit", &args))
}

/// A value that the declaring room does not take. Its own error is in English and more exact.
pub(super) fn unfit(words: Words<'_>, key: &KeySpec, wrong: &ValueError) -> String {
    let reason = words.condition(key).unwrap_or_else(|| wrong.to_string());
    refused(words, key.name, reason)
}

/// A list that would hold more than it may. The kinds' own errors are in English and more exact.
pub(super) fn too_many(words: Words<'_>, key: &KeySpec, wrong: &ValueError) -> String {
    if words.language() == Language::En {
        return refused(words, key.name, wrong.to_string());
    }
    let kind = [("kind", words.kind(&key.kind).into())];
    refused(words, key.name, words.with("config-too-many", &kind))
}

/// A language that was chosen before its texts exist.
pub(super) fn only_english(
    words: Words<'_>,
    key: &KeySpec,
    value: Option<&Value>,
) -> Option<String> {
    let Some(Value::Text(code)) = value.filter(|_| key.name == "LANGUAGE_CODE") else {
        return None;
    };
    let language = Language::find(code)?;
    (!Language::COMPLETE.contains(&language))
        .then(|| words.with("config-only-english", &[("code", language.code().into())]))
}
