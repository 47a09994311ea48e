//! The rooms: what the bot can do. Each is listed here once.

pub mod appeals;
pub mod bot_detect;
pub mod cases;
pub mod command_log;
pub mod config;
pub mod infractions;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use crate::commands::Command;
use crate::commands::components::Component;
use crate::commands::forms::FormKind;
use crate::commands::framework::Observers;
use crate::commands::words;
use crate::guild::config::registry::Registry;
use crate::guild::keys;
use crate::guild::language::Texts;
use crate::guild::rule::Judge;
use crate::writer::Writer;

/// The rooms that have keys, in the order in which they are asked to judge.
#[must_use]
pub fn judges() -> Vec<Arc<dyn Judge>> {
    vec![Arc::new(bot_detect::BotDetect), Arc::new(appeals::Appeals)]
}

/// Every key: the house's own, those of the rooms, and the names that are not in use yet.
#[must_use]
pub fn registry() -> Registry {
    Registry::new(&keys::ALL, judges()).with_names(&config::NAMES)
}

/// The commands of every room.
#[must_use]
pub fn commands() -> Vec<Command> {
    let mut commands = vec![
        config::command(),
        bot_detect::command(),
        infractions::command(),
        cases::command(),
    ];
    commands.extend(appeals::commands());
    commands
}

/// The texts of every room, and those that all commands share.
#[must_use]
pub fn texts() -> Vec<&'static Texts> {
    vec![
        &words::TEXTS,
        &config::TEXTS,
        &bot_detect::TEXTS,
        &infractions::TEXTS,
        &cases::TEXTS,
        &appeals::TEXTS,
    ]
}

/// What of every room may be pressed and chosen, long after the message was sent.
#[must_use]
pub fn components() -> Vec<Component> {
    [config::components(), appeals::components()]
        .into_iter()
        .flatten()
        .collect()
}

/// What of every room may be filled in, long after the form was opened.
#[must_use]
pub fn forms() -> Vec<FormKind> {
    appeals::forms()
}

/// The rooms that take note of every command.
#[must_use]
pub fn observers(writer: &Writer) -> Observers {
    vec![Arc::new(command_log::CommandLog::new(writer.clone()))]
}
