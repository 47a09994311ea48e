//! What AIMod knows of a user, for the moderators of a server.

mod commands;
mod replies;
mod table;

pub(super) use self::commands::user as command;
pub(super) use self::replies::TEXTS;

#[cfg(test)]
mod tests;
