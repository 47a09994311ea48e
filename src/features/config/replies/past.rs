//! `/config history | diff | rollback`.

use serenity::all::{ButtonStyle, CreateButton};

use super::super::difference;
use super::super::past::Step;
use super::super::words::{Words, clip};
use crate::commands::components::custom_id;
use crate::commands::reply::{Message, page_buttons};
use crate::domain::ids::{ConfigVersion, UserId};
use crate::store::tables::config::Revision;

/// Lines of changes are cut at so many characters, so that head and foot have room.
pub(in super::super) const ROOM: usize = 1_200;

/// Which part of a history is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Place {
    /// One key, or all.
    pub(in super::super) key: Option<String>,
    /// The newest version that counts: later ones would shift the pages.
    pub(in super::super) newest: ConfigVersion,
    /// The page, from 1.
    pub(in super::super) page: usize,
}

impl Place {
    /// Reads the rest of a custom id.
    pub(in super::super) fn read(rest: &str) -> Option<Self> {
        let mut parts = rest.splitn(3, '/');
        let newest = ConfigVersion(parts.next()?.parse().ok()?);
        let page = parts.next()?.parse().ok()?;
        let key = parts.next().map(str::to_owned);
        Some(Self { key, newest, page })
    }

    fn id(&self, page: usize) -> String {
        match &self.key {
            Some(key) => custom_id("config/history", &[&self.newest, &page, key]),
            None => custom_id("config/history", &[&self.newest, &page]),
        }
    }
}

/// A page of the history.
pub(in super::super) fn history(
    words: Words<'_>,
    place: &Place,
    rows: &[Revision],
    pages: usize,
) -> Message {
    let mut text = match &place.key {
        Some(key) => words.with("config-history-key", &[("key", key.as_str().into())]),
        None => words.say("config-history"),
    };
    let mut version = None;
    for row in rows {
        if version.replace(row.version) != Some(row.version) {
            text.push_str(&format!("\n{}", entry(words, row)));
        }
        let change = difference::of_stored(words, &row.key, row.old.as_ref(), row.new.as_ref());
        text.push_str(&format!("\n- {change}"));
    }
    if rows.is_empty() {
        text.push_str(&format!("\n{}", words.say("config-history-none")));
    }
    Message::new(text).with_buttons(page_buttons(place.page, pages, |page| place.id(page)))
}

fn entry(words: Words<'_>, row: &Revision) -> String {
    told(words, row, "config-entry", "config-entry-because")
}

/// Since when a key is as it is.
pub(in super::super) fn since(words: Words<'_>, row: &Revision) -> String {
    told(words, row, "config-since", "config-since-because")
}

fn told(words: Words<'_>, row: &Revision, plain: &str, because: &str) -> String {
    let mut args = vec![
        ("version", row.version.to_string().into()),
        (
            "when",
            format!("<t:{}:f>", row.changed_at.timestamp()).into(),
        ),
        ("who", who(words, row).into()),
        ("source", source(words, &row.source).into()),
    ];
    match &row.reason {
        Some(reason) => {
            let shown: String = reason.chars().filter(|c| !c.is_control()).collect();
            args.push(("reason", clip(&shown, 200).into()));
            words.with(because, &args)
        }
        None => words.with(plain, &args),
    }
}

fn who(words: Words<'_>, row: &Revision) -> String {
    match (row.changed_by, row.source.as_str()) {
        (UserId(0), "SYSTEM") => "AIMod".to_owned(),
        (UserId(0), "CLI" | "IMPORT") => words.say("config-operator"),
        (UserId(0), _) => words.say("config-somebody"),
        (user, _) => format!("<@{user}>"),
    }
}

fn source(words: Words<'_>, source: &str) -> String {
    match source {
        "COMMAND" => words.say("config-source-COMMAND"),
        "CLI" => words.say("config-source-CLI"),
        "IMPORT" => words.say("config-source-IMPORT"),
        "SQL" => words.say("config-source-SQL"),
        _ => words.say("config-source-SYSTEM"),
    }
}

/// A version that does not exist.
pub(in super::super) fn no_version(
    words: Words<'_>,
    version: ConfigVersion,
    newest: ConfigVersion,
) -> String {
    let args = [
        ("version", version.to_string().into()),
        ("newest", newest.to_string().into()),
    ];
    words.with("config-no-version", &args)
}

/// What lies between two versions.
pub(in super::super) fn diff(
    words: Words<'_>,
    (from, to): (ConfigVersion, ConfigVersion),
    steps: &[Step],
) -> String {
    let args = [
        ("from", from.to_string().into()),
        ("to", to.to_string().into()),
    ];
    if steps.is_empty() {
        return words.with("config-diff-same", &args);
    }
    format!(
        "{}\n{}",
        words.with("config-diff", &args),
        listed(words, steps)
    )
}

/// The steps line by line; what has no room is counted.
pub(in super::super) fn listed(words: Words<'_>, steps: &[Step]) -> String {
    let lines = steps.iter().map(|step| {
        let line = difference::of_stored(words, &step.key, step.old.as_ref(), step.new.as_ref());
        format!("- {line}")
    });
    fitting(words, lines.collect(), ROOM)
}

/// Lines as far as there is room, and how many more there are.
pub(in super::super) fn fitting(words: Words<'_>, lines: Vec<String>, room: usize) -> String {
    let mut text = String::new();
    for (place, line) in lines.iter().enumerate() {
        if text.chars().count() + line.chars().count() > room {
            let more = lines.len() - place;
            text.push_str(&words.with("config-check-more", &[("count", more.into())]));
            return text;
        }
        text.push_str(line);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

/// What a rollback would do, with the question.
pub(in super::super) fn rollback(
    words: Words<'_>,
    (target, shown): (ConfigVersion, ConfigVersion),
    (steps, left): (&[Step], &[String]),
    asker: UserId,
) -> Message {
    let target_arg = [("target", target.to_string().into())];
    let done: Vec<Step> = steps
        .iter()
        .filter(|step| !left.contains(&step.key))
        .cloned()
        .collect();
    if steps.is_empty() {
        return Message::new(words.with("config-rollback-same", &target_arg));
    }
    let mut text = if done.is_empty() {
        words.with("config-rollback-nothing", &target_arg)
    } else {
        let head = words.with("config-rollback", &target_arg);
        format!("{head}\n{}", listed(words, &done))
    };
    for key in left {
        let args = [("key", key.as_str().into())];
        text.push_str(&format!("\n{}", words.with("config-rollback-left", &args)));
    }
    if done.is_empty() {
        return Message::new(text);
    }
    text.push_str(&format!("\n{}", words.say("config-rollback-next")));
    let id = custom_id("config/rollback", &[&target, &shown, &asker]);
    let yes = CreateButton::new(id)
        .label(words.say("config-button-rollback"))
        .style(ButtonStyle::Danger);
    Message::new(text).with_buttons(vec![yes, cancel(words, None)])
}

/// The button that does nothing, but for a draft that is then given up.
pub(in super::super) fn cancel(words: Words<'_>, draft: Option<i64>) -> CreateButton {
    let id = match draft {
        Some(draft) => custom_id("config/cancel", &[&draft]),
        None => custom_id("config/cancel", &[]),
    };
    CreateButton::new(id)
        .label(words.say("config-button-cancel"))
        .style(ButtonStyle::Secondary)
}

/// A rollback that has been carried out.
pub(in super::super) fn rolled_back(
    words: Words<'_>,
    (target, made): (ConfigVersion, ConfigVersion),
    steps: &[Step],
    by: UserId,
) -> Message {
    let args = [
        ("target", target.to_string().into()),
        ("who", format!("<@{by}>").into()),
    ];
    Message::new(format!(
        "{}\n{}\n{}",
        words.with("config-rollback-done", &args),
        listed(words, steps),
        words.with("config-version", &[("version", made.to_string().into())])
    ))
}

/// What was asked no longer stands on what was shown.
pub(in super::super) fn moved(
    words: Words<'_>,
    (shown, now): (ConfigVersion, ConfigVersion),
    since: &[Step],
) -> Message {
    Message::new(format!(
        "{}\n{}\n{}",
        words.with("config-moved", &[("shown", shown.to_string().into())]),
        listed(words, since),
        words.with("config-moved-again", &[("now", now.to_string().into())])
    ))
}
