//! What a change has done.

use super::super::difference;
use super::super::words::Words;
use super::only_english;
use crate::domain::ids::ConfigVersion;
use crate::guild::config::change::Edit;
use crate::guild::config::key::KeySpec;
use crate::guild::config::value::Value;
use crate::guild::keys::{LANGUAGE_CODE, PREFIX, TIME_ZONE};

/// By these no message is judged: they say how AIMod speaks and is spoken to.
static JUDGE_NOTHING: [&KeySpec; 3] = [&LANGUAGE_CODE, &TIME_ZONE, &PREFIX];

/// A change that holds from now on: old and new, what the key affects, and the version.
pub(in super::super) fn changed(
    words: Words<'_>,
    key: &KeySpec,
    (old, new): (Option<&Value>, Option<&Value>),
    version: ConfigVersion,
) -> String {
    let mut lines = vec![difference::line(words, key, old, new), words.meaning(key)];
    lines.extend(only_english(words, key, new));
    let version = [("version", version.to_string().into())];
    lines.push(if JUDGE_NOTHING.contains(&key) {
        words.with("config-version-holds", &version)
    } else {
        words.with("config-version", &version)
    });
    lines.join("\n")
}

/// Nothing had to be changed.
pub(in super::super) fn nothing_changed(
    words: Words<'_>,
    key: &KeySpec,
    edit: &Edit,
    now: Option<&Value>,
) -> String {
    let key_name = ("key", key.name.into());
    match edit {
        Edit::Add(_) => words.with("config-all-there", &[key_name]),
        Edit::Remove(_) => words.with("config-none-there", &[key_name]),
        Edit::Set(_) | Edit::Clear => {
            let value = words.held(key, now);
            words.with("config-already", &[key_name, ("value", value.into())])
        }
    }
}

/// A change that was based on a version which the key has left behind.
pub(in super::super) fn outdated(
    words: Words<'_>,
    key: &KeySpec,
    (then, now): (Option<&Value>, Option<&Value>),
    (seen, version): (ConfigVersion, ConfigVersion),
) -> String {
    let args = [
        ("key", key.name.into()),
        ("seen", seen.to_string().into()),
        ("then", words.held(key, then).into()),
        ("now", words.held(key, now).into()),
        ("version", version.to_string().into()),
    ];
    words.with("config-outdated", &args)
}
