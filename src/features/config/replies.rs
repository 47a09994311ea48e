//! What an administrator reads.

use crate::domain::ids::ConfigVersion;
use crate::guild::config::change::KeyChange;
use crate::guild::config::key::KeySpec;
use crate::guild::config::snapshot::{Snapshot, Values};
use crate::guild::config::value::{Kind, Value, ValueError};

/// All settings, those that somebody has set first to the eye.
pub(super) fn all(keys: impl Iterator<Item = &'static KeySpec>, snapshot: &Snapshot) -> String {
    let mut text = format!(
        "**Settings of this server**, version {}\n",
        snapshot.version()
    );
    for key in keys {
        text.push_str(&line(key, snapshot.values()));
        text.push('\n');
    }
    text.push_str(
        "`/config show` with the name of a setting tells what it means; `/config set` changes it.",
    );
    text
}

fn line(key: &KeySpec, values: &Values) -> String {
    match values.find_set(key) {
        Some(value) => format!("`{}` = {}", key.name, brief(key, value)),
        None => format!("`{}` = {}", key.name, default_of(key)),
    }
}

/// A value in one line: of a long list the first entries, and how many more there are.
fn brief(key: &KeySpec, value: &Value) -> String {
    const ENTRIES: usize = 3;
    let (head, count) = match value {
        Value::Ids(ids) if ids.len() > ENTRIES => (Value::Ids(ids[..ENTRIES].into()), ids.len()),
        Value::Texts(texts) if texts.len() > ENTRIES => {
            (Value::Texts(texts[..ENTRIES].into()), texts.len())
        }
        _ => return clip(&value.show(&key.kind)),
    };
    let more = count - ENTRIES;
    format!("{} and {more} more", clip(&head.show(&key.kind)))
}

/// Ends inside a text in back-ticks are closed again.
fn clip(text: &str) -> String {
    if text.chars().count() <= 200 {
        return text.to_owned();
    }
    let head: String = text.chars().take(196).collect();
    let is_open = head.matches('`').count() % 2 == 1;
    format!("{head}…{}", if is_open { "`" } else { "" })
}

fn default_of(key: &KeySpec) -> String {
    match (key.default)() {
        Some(value) => format!("{} (default)", value.show(&key.kind)),
        None => "unset".to_owned(),
    }
}

/// One setting with its meaning.
pub(super) fn one(key: &KeySpec, values: &Values) -> String {
    let now = match values.find_set(key) {
        Some(value) => value.show(&key.kind),
        None => default_of(key),
    };
    format!(
        "**{}** = {now}\n{}\nIt takes {}. Default: {}.",
        key.name,
        key.description,
        key.kind.describe(),
        key.default_shown()
    )
}

/// A change that holds from now on.
pub(super) fn changed(change: &KeyChange, version: ConfigVersion) -> String {
    let show = |value: &Option<Value>| match value {
        Some(value) => brief(change.key, value),
        None => default_of(change.key),
    };
    format!(
        "`{}`: {} → {}\nThis is version {version}; the next message is judged by it.",
        change.key.name,
        show(&change.old),
        show(&change.new),
    )
}

/// A change that had nothing to do.
pub(super) fn unchanged(key: &KeySpec, values: &Values) -> String {
    let now = match values.find_set(key) {
        Some(value) => brief(key, value),
        None => default_of(key),
    };
    format!("`{}` is {now} already; nothing has changed.", key.name)
}

/// A name that no key has.
pub(super) fn unknown_key(name: &str, nearest: Option<&str>) -> String {
    let shown: String = name
        .chars()
        .filter(|c| !c.is_control() && *c != '`')
        .take(60)
        .collect();
    match nearest {
        _ if shown.is_empty() => {
            "There is no such setting. `/config show` lists them all.".to_owned()
        }
        Some(nearest) => format!("There is no setting `{shown}`. Did you mean `{nearest}`?"),
        None => format!("There is no setting `{shown}`. `/config show` lists them all."),
    }
}

/// A channel or role that this guild does not have.
pub(super) fn not_here(key: &KeySpec) -> String {
    let missing = match key.kind {
        Kind::Channel => "this server has no such text channel",
        Kind::Roles => "not all of these roles are of this server",
        _ => "this server has no such role",
    };
    format!("`{}` was not changed: {missing}.", key.name)
}

/// A value that does not fit.
pub(super) fn refused(key: &KeySpec, wrong: &ValueError) -> String {
    format!("`{}` was not changed: {wrong}.", key.name)
}
