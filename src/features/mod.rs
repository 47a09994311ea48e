//! The rooms: what the bot can do. Each is listed here once.

pub mod bot_detect;
pub mod cases;
pub mod command_log;
pub mod config;
pub mod guilds;
pub mod infractions;
pub mod my_data;

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

/// The rooms that judge, in the order in which they are asked.
#[must_use]
pub fn judges() -> Vec<Arc<dyn Judge>> {
    vec![Arc::new(bot_detect::BotDetect)]
}

/// Every key: the house's own, those of the rooms, and the names that are not in use yet.
#[must_use]
pub fn registry() -> Registry {
    Registry::new(&keys::ALL, judges()).with_names(&config::NAMES)
}

/// The commands of every room.
#[must_use]
pub fn commands() -> Vec<Command> {
    vec![
        config::command(),
        bot_detect::command(),
        infractions::command(),
        cases::command(),
        my_data::command(),
    ]
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
        &my_data::TEXTS,
    ]
}

/// What of every room may be pressed and chosen, long after the message was sent.
#[must_use]
pub fn components() -> Vec<Component> {
    [config::components(), my_data::components()]
        .into_iter()
        .flatten()
        .collect()
}

/// What of every room may be filled in, long after the form was opened.
#[must_use]
pub fn forms() -> Vec<FormKind> {
    Vec::new()
}

/// The rooms that take note of every command.
#[must_use]
pub fn observers(writer: &Writer) -> Observers {
    vec![Arc::new(command_log::CommandLog::new(writer.clone()))]
}
