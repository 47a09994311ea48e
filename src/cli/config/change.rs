//! `aimod config set | add | remove | reset`.

use serde_json::{Value as Json, json};

use super::desk::Desk;
use super::words::{Refused, between, held, not_changed, to_json};
use super::{Of, Remarks};
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::guild::config::change::{Change, Changed, Edit};
use crate::guild::config::key::KeySpec;
use crate::guild::config::value::Value;
use crate::store::tables::config::Source;

/// What is to be done with which key, as it was typed.
pub(super) enum How<'t> {
    Set(&'t str, &'t str),
    Add(&'t str, &'t str),
    Remove(&'t str, &'t str),
    Reset(&'t str),
}

pub(super) async fn change(
    desk: &Desk<'_>,
    of: &Of,
    how: How<'_>,
    remarks: Remarks,
) -> anyhow::Result<String> {
    let (key, edit) = read(desk, of.guild, &how).await?;
    let changed = make(
        desk,
        of,
        (vec![(key, edit)], vec![]),
        (Source::Cli, remarks),
    )
    .await?;
    if of.json || changed.written() {
        return Ok(told(of, &changed));
    }
    let now = desk.load(of.guild).await?;
    let now = held(key, now.values().find_set(key));
    Ok(format!(
        "guild {}: nothing to change, {} is {now} in version {}",
        of.guild, key.name, changed.version
    ))
}

/// What is to happen with keys, and what is to be kept under names that no key has.
pub(super) type Edits = (Vec<(&'static KeySpec, Edit)>, Vec<(String, Json)>);

/// Makes a change in the operator's name.
pub(super) async fn make(
    desk: &Desk<'_>,
    of: &Of,
    (edits, kept): Edits,
    (source, remarks): (Source, Remarks),
) -> anyhow::Result<Changed> {
    let change = Change {
        edits,
        kept,
        by: UserId(0),
        source,
        reason: remarks.reason,
        based_on: remarks.version,
    };
    let changed = desk.configurator.change(of.guild, change).await;
    changed.map_err(not_changed)
}

/// What became of a change.
fn told(of: &Of, changed: &Changed) -> String {
    if of.json {
        return as_json(of.guild, changed).to_string();
    }
    lines(of.guild, changed)
}

/// What became of a change whose lines were shown before.
pub(super) fn done(of: &Of, changed: &Changed) -> String {
    if of.json {
        return as_json(of.guild, changed).to_string();
    }
    version_line(changed.version)
}

fn version_line(version: ConfigVersion) -> String {
    format!("this is version {version}; a running bot judges the next message by it")
}

/// A line for each key, and what it means.
fn lines(guild: GuildId, changed: &Changed) -> String {
    let mut text = String::new();
    for change in &changed.keys {
        let (old, new) = (change.old.as_ref(), change.new.as_ref());
        text.push_str(&format!(
            "guild {guild}: {}  {}\n",
            change.key.name,
            between(change.key, old, new)
        ));
    }
    text.push_str(&version_line(changed.version));
    text
}

/// What became of each key, for programs; null is unset.
fn as_json(guild: GuildId, changed: &Changed) -> Json {
    let or_null = |value: &Option<Value>| value.as_ref().map_or(Json::Null, to_json);
    let keys = changed.keys.iter().map(|change| {
        json!({"key": change.key.name, "old": or_null(&change.old), "new": or_null(&change.new)})
    });
    json!({
        "guild": guild,
        "version": changed.version,
        "changed": keys.collect::<Vec<_>>(),
        "kept": changed.kept,
    })
}

async fn read(
    desk: &Desk<'_>,
    guild: GuildId,
    how: &How<'_>,
) -> anyhow::Result<(&'static KeySpec, Edit)> {
    Ok(match how {
        How::Reset(key) => (desk.find_key(key)?, Edit::Clear),
        How::Set(key, text) => {
            let key = desk.find_key(key)?;
            (key, Edit::Set(value(key, text)?))
        }
        How::Add(key, text) => {
            let key = desk.find_key(key)?;
            (key, Edit::Add(value(key, text)?))
        }
        How::Remove(key, text) => {
            let key = desk.find_key(key)?;
            (key, Edit::Remove(entries(desk, guild, key, text).await?))
        }
    })
}

fn value(key: &KeySpec, text: &str) -> Result<Value, Refused> {
    let read = key.kind.parse(text);
    let checked = read.and_then(|value| key.accept(&value).map(|()| value));
    checked.map_err(|wrong| Refused::misfit(key, &wrong))
}

/// What is to be taken out: also what would not fit any more. An entry with a comma in it is meant as a whole.
async fn entries(
    desk: &Desk<'_>,
    guild: GuildId,
    key: &KeySpec,
    text: &str,
) -> anyhow::Result<Value> {
    let now = desk.load(guild).await?;
    if let Some(Value::Texts(texts)) = now.values().find(key)
        && let Some(whole) = texts.iter().find(|entry| ***entry == *text.trim())
    {
        return Ok(Value::Texts([whole.clone()].into()));
    }
    let read = key.kind.parse(text);
    Ok(read.map_err(|wrong| Refused::misfit(key, &wrong))?)
}
