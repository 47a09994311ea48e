//! The rooms: what the bot can do. Each is listed here once.

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
use crate::commands::framework::Observers;
use crate::guild::rule::Judge;
use crate::writer::Writer;

/// The rooms that judge, in the order in which they are asked.
#[must_use]
pub fn judges() -> Vec<Arc<dyn Judge>> {
    vec![Arc::new(bot_detect::BotDetect)]
}

/// The commands of every room.
#[must_use]
pub fn commands() -> Vec<Command> {
    vec![
        config::command(),
        bot_detect::command(),
        infractions::command(),
        cases::command(),
    ]
}

/// What of every room may be pressed, chosen and filled in, long after the message was sent.
#[must_use]
pub fn components() -> Vec<Component> {
    config::components()
}

/// The rooms that take note of every command.
#[must_use]
pub fn observers(writer: &Writer) -> Observers {
    vec![Arc::new(command_log::CommandLog::new(writer.clone()))]
}
