//! `/config export | import`.

use serenity::all::{ButtonStyle, CreateButton};

use super::super::past::Step;
use super::super::transfer::{Doubt, Unreadable};
use super::super::words::Words;
use super::past::{cancel, fitting, listed};
use crate::commands::components::custom_id;
use crate::commands::reply::Message;
use crate::domain::ids::{ConfigVersion, GuildId, UserId};

/// Characters for doubts, below the changes.
const ROOM: usize = 500;

/// The settings as a file.
pub(in super::super) fn exported(
    words: Words<'_>,
    guild: GuildId,
    version: ConfigVersion,
    bytes: Vec<u8>,
) -> Message {
    let args = [("version", version.to_string().into())];
    let name = format!("aimod-{guild}-v{version}.json");
    Message::new(words.with("config-exported", &args)).with_file(&name, bytes)
}

/// What an import would do, with the question where it would do anything.
pub(in super::super) fn import(
    words: Words<'_>,
    base: ConfigVersion,
    (steps, doubts): (&[Step], &[Doubt]),
    is_foreign: bool,
    draft: Option<i64>,
) -> Message {
    let mut text = if steps.is_empty() {
        words.say("config-import-same")
    } else {
        let head = words.with("config-import", &[("version", base.to_string().into())]);
        format!("{head}\n{}", listed(words, steps))
    };
    if is_foreign {
        text.push_str(&format!("\n{}", words.say("config-import-foreign")));
    }
    if !doubts.is_empty() {
        let lines = doubts
            .iter()
            .map(|doubt| format!("- {}", told(words, doubt)));
        let lines = fitting(words, lines.collect(), ROOM);
        text.push_str(&format!("\n{}\n{lines}", words.say("config-import-doubts")));
    }
    let Some(draft) = draft else {
        return Message::new(text);
    };
    text.push_str(&format!("\n{}", words.say("config-import-waits")));
    let yes = CreateButton::new(custom_id("config/import", &[&draft]))
        .label(words.say("config-button-apply"))
        .style(ButtonStyle::Danger);
    Message::new(text).with_buttons(vec![yes, cancel(words, Some(draft))])
}

fn told(words: Words<'_>, doubt: &Doubt) -> String {
    let plain = |name: &str| name.replace(['`', '\n'], "ˋ");
    match doubt {
        Doubt::Channel(key, name, here) => {
            let here = ("here", format!("<#{here}>").into());
            let args = [("key", key.name.into()), ("name", plain(name).into()), here];
            words.with("config-import-channel", &args)
        }
        Doubt::Role(key, name, here) => {
            let here = ("here", format!("<@&{here}>").into());
            let args = [("key", key.name.into()), ("name", plain(name).into()), here];
            words.with("config-import-role", &args)
        }
        Doubt::ChannelLost(key, name) => {
            let args = [("key", key.name.into()), ("name", plain(name).into())];
            words.with("config-import-channel-lost", &args)
        }
        Doubt::RoleLost(key, name) => {
            let args = [("key", key.name.into()), ("name", plain(name).into())];
            words.with("config-import-role-lost", &args)
        }
        Doubt::Users(key) => words.with("config-import-users", &[("key", key.name.into())]),
        Doubt::Reserved(name) => {
            words.with("config-import-reserved", &[("key", plain(name).into())])
        }
        Doubt::Unknown(name) => words.with("config-import-unknown", &[("key", plain(name).into())]),
        Doubt::Misfit(key) => {
            let kind = ("kind", words.kind(&key.kind).into());
            words.with("config-import-misfit", &[("key", key.name.into()), kind])
        }
    }
}

/// A file that cannot be taken.
pub(in super::super) fn unreadable(words: Words<'_>, wrong: Unreadable) -> String {
    let problem = match wrong {
        Unreadable::Json(line, column) => {
            let args = [("line", line.into()), ("column", column.into())];
            words.with("config-import-line", &args)
        }
        Unreadable::Shape => words.say("config-import-shape"),
        Unreadable::Format => words.say("config-import-format"),
    };
    words.with("config-import-no-json", &[("problem", problem.into())])
}

/// An import that has been carried out.
pub(in super::super) fn imported(
    words: Words<'_>,
    made: ConfigVersion,
    steps: &[Step],
    by: UserId,
) -> Message {
    let who = [("who", format!("<@{by}>").into())];
    Message::new(format!(
        "{}\n{}\n{}",
        words.with("config-import-done", &who),
        listed(words, steps),
        words.with("config-version", &[("version", made.to_string().into())])
    ))
}
