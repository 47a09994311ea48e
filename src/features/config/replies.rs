//! What an administrator reads.

use crate::guild::Changed;
use crate::guild::config::key::KeySpec;
use crate::guild::config::snapshot::{Snapshot, Values};

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
    text.push_str("`/config show key:NAME` tells what one means, `/config set` changes it.");
    text
}

fn line(key: &KeySpec, values: &Values) -> String {
    match values.find_set(key) {
        Some(value) => format!("`{}` = {}", key.name, shorten(&value.show(&key.kind))),
        None => format!("`{}` = {} (default)", key.name, key.default_shown()),
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 80 {
        return text.to_owned();
    }
    let head: String = text.chars().take(76).collect();
    let ticks = if head.matches('`').count() % 2 == 1 {
        "`"
    } else {
        ""
    };
    format!("{head}…{ticks}")
}

/// One setting with its meaning.
pub(super) fn one(key: &KeySpec, values: &Values) -> String {
    let now = match values.find_set(key) {
        Some(value) => value.show(&key.kind),
        None => format!("{} (default)", key.default_shown()),
    };
    format!(
        "**{}** = {now}\n{}\nExpected: {}. Default: {}.",
        key.name,
        key.description,
        key.kind.describe(),
        key.default_shown()
    )
}

/// A change that holds from now on.
pub(super) fn changed(key: &KeySpec, changed: &Changed) -> String {
    let show = |value: &Option<_>| match value {
        Some(value) => crate::guild::config::value::Value::show(value, &key.kind),
        None => format!("{} (default)", key.default_shown()),
    };
    if !changed.written {
        return format!(
            "`{}` is {} already; nothing has changed.",
            key.name,
            show(&changed.new)
        );
    }
    format!(
        "`{}`: {} → {}\nThis is version {}; the next message is judged by it.",
        key.name,
        shorten(&show(&changed.old)),
        shorten(&show(&changed.new)),
        changed.version
    )
}

/// A name that no key has.
pub(super) fn unknown_key(name: &str, nearest: Option<&str>) -> String {
    let shown: String = name
        .chars()
        .filter(|c| !c.is_control() && *c != '`')
        .take(60)
        .collect();
    match nearest {
        Some(nearest) => format!("There is no setting `{shown}`. Did you mean `{nearest}`?"),
        None => format!("There is no setting `{shown}`. `/config show` lists them all."),
    }
}

/// A channel or role that this guild does not have.
pub(super) fn not_here(key: &KeySpec) -> String {
    format!(
        "{} was not changed: this server has no such channel or role that AIMod can see.",
        key.name
    )
}
