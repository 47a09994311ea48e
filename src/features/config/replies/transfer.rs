//! `/config export | import`.

use serenity::all::{ButtonStyle, CreateButton};

use super::super::past::Step;
use super::super::transfer::{Doubt, Unreadable};
use super::super::words::Words;
use super::past::{cancel, fitting, listed};
use crate::commands::components::custom_id;
use crate::commands::reply::Message;
use crate::domain::ids::{ConfigVersion, GuildId, UserId};

/// Characters for changes and doubts together.
const ALL: usize = 1_800;

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
    if is_foreign && !(steps.is_empty() && doubts.is_empty()) {
        text.push_str(&format!("\n{}", words.say("config-import-foreign")));
    }
    let doubts: Vec<String> = doubts
        .iter()
        .map(|one| format!("- {}", doubt(words, one)))
        .collect();
    let room = ALL.saturating_sub(text.chars().count());
    let needed: usize = doubts.iter().map(|line| line.chars().count() + 1).sum();
    // No doubt may go unsaid: what has no room in the message is in a file below it.
    let file = (needed > room).then(|| doubts.join("\n").into_bytes());
    if !doubts.is_empty() {
        let lines = fitting(words, doubts, room);
        text.push_str(&format!("\n{}\n{lines}", words.say("config-import-doubts")));
    }
    if draft.is_some() {
        text.push_str(&format!("\n{}", words.say("config-import-waits")));
    }
    let message = Message::new(text).with_buttons(asking(words, draft));
    match file {
        Some(bytes) => message.with_file("import.txt", bytes),
        None => message,
    }
}

fn asking(words: Words<'_>, draft: Option<i64>) -> Vec<CreateButton> {
    let Some(draft) = draft else {
        return Vec::new();
    };
    let yes = CreateButton::new(custom_id("config/import", &[&draft]))
        .label(words.say("config-button-apply"))
        .style(ButtonStyle::Danger);
    vec![yes, cancel(words, Some(draft))]
}

/// What is to be known before an import.
pub(in super::super) fn doubt(words: Words<'_>, doubt: &Doubt) -> String {
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
        Doubt::Unkept(name) => words.with("config-import-unkept", &[("key", plain(name).into())]),
        Doubt::Secret(name) => words.with("config-import-secret", &[("key", plain(name).into())]),
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
