//! `/config show`: all settings in pages, or one with its meaning.

use serde_json::Value as Json;

use super::super::words::Words;
use super::show_id;
use crate::commands::reply::{Message, page_buttons};
use crate::guild::config::key::KeySpec;
use crate::guild::config::registry::KnownName;
use crate::guild::config::snapshot::{Snapshot, Values};

/// Settings on one page.
const PER_PAGE: usize = 10;

/// One line of the overview, under the title of its room.
struct Line {
    room: String,
    text: String,
}

/// All settings by rooms, in each those that somebody has set first; a page beyond the end is the last one.
pub(in super::super) fn overview(words: Words<'_>, snapshot: &Snapshot, page: usize) -> Message {
    let lines = lines(words, snapshot);
    let pages = lines.len().div_ceil(PER_PAGE).max(1);
    let page = page.clamp(1, pages);
    let version = snapshot.version().to_string();
    let mut text = if pages == 1 {
        words.with("config-title", &[("version", version.into())])
    } else {
        let args = [
            ("version", version.into()),
            ("page", page.into()),
            ("pages", pages.into()),
        ];
        words.with("config-title-page", &args)
    };
    let mut room = "";
    for line in lines.iter().skip((page - 1) * PER_PAGE).take(PER_PAGE) {
        if line.room != room {
            text.push_str(&format!("\n__{}__", line.room));
            room = &line.room;
        }
        text.push_str(&format!("\n{}", line.text));
    }
    text.push_str(&format!("\n{}", words.say("config-hint")));
    Message::new(text).with_buttons(page_buttons(page, pages, show_id))
}

fn lines(words: Words<'_>, snapshot: &Snapshot) -> Vec<Line> {
    let registry = words.registry;
    let own = registry
        .keys()
        .filter(|key| registry.judge_of(key).is_none());
    let mut lines = of_room(words, words.room(None), own.collect(), snapshot.values());
    for judge in registry.judges() {
        let keys = judge.keys().to_vec();
        lines.extend(of_room(
            words,
            words.room(Some(&**judge)),
            keys,
            snapshot.values(),
        ));
    }
    lines.extend(unread_lines(words, snapshot));
    lines
}

/// What is stored, but read by no part of AIMod: names that are not in use yet, then older and unknown ones.
fn unread_lines(words: Words<'_>, snapshot: &Snapshot) -> Vec<Line> {
    let is_reserved = |name: &str| words.registry.find_reserved(name).is_some();
    let (reserved, others): (Vec<_>, Vec<_>) = snapshot
        .unread()
        .iter()
        .partition(|(name, _)| is_reserved(name));
    let line = |room: &str, name: &str, json: &Json| {
        let mut text = format!("`{}` = {}", name.replace('`', "ˋ"), words.raw(json));
        if let Some(key) = words.registry.find(name) {
            let newer = words.with("config-older-name", &[("newer", key.name.into())]);
            text.push_str(&format!(" ({newer})"));
        }
        let room = words.say(room);
        Line { room, text }
    };
    let reserved = reserved
        .into_iter()
        .map(|(name, json)| line("config-room-reserved", name, json));
    let others = others
        .into_iter()
        .map(|(name, json)| line("config-room-strangers", name, json));
    reserved.chain(others).collect()
}

fn of_room(
    words: Words<'_>,
    room: String,
    mut keys: Vec<&'static KeySpec>,
    values: &Values,
) -> Vec<Line> {
    keys.sort_unstable_by_key(|key| (values.find_set(key).is_none(), key.name));
    keys.into_iter()
        .map(|key| Line {
            room: room.clone(),
            text: format!("`{}` = {}", key.name, words.held(key, values.find_set(key))),
        })
        .collect()
}

/// One setting with its meaning, and who set it so.
pub(in super::super) fn one(words: Words<'_>, key: &KeySpec, values: &Values) -> String {
    let now = match values.find_set(key) {
        Some(value) => words.value(key, value),
        None => words.held(key, None),
    };
    let args = [
        ("kind", words.kind(&key.kind).into()),
        ("default", words.default(key).into()),
    ];
    format!(
        "**{}** = {now}\n{}\n{}",
        key.name,
        words.meaning(key),
        words.with("config-takes", &args)
    )
}

/// A name that is not in use, and what is stored under it all the same.
pub(in super::super) fn reserved(
    words: Words<'_>,
    known: &KnownName,
    stored: Option<&Json>,
) -> String {
    let mut text = words.with("config-reserved", &[("key", known.name.into())]);
    text.push_str(&format!("\n{}", words.meaning_of_name(known)));
    if let Some(json) = stored {
        text.push_str(&format!("\n{}", kept(words, json)));
    }
    text
}

/// A name that is stored although nobody reads it: an older one of a key, or one that nobody knows.
pub(in super::super) fn unread(words: Words<'_>, name: &str, json: &Json) -> String {
    let key = ("key", name.replace('`', "ˋ").into());
    let said = match words.registry.find(name) {
        Some(newer) => words.with("config-older", &[key, ("newer", newer.name.into())]),
        None => words.with("config-stranger", &[key]),
    };
    format!("{said}\n{}", kept(words, json))
}

fn kept(words: Words<'_>, json: &Json) -> String {
    words.with("config-stored", &[("value", words.raw(json).into())])
}
