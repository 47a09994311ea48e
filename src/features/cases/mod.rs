//! Cases: every punishment of a guild under its number.

mod commands;
mod replies;

pub(super) use self::commands::case as command;
pub(super) use self::replies::TEXTS;

#[cfg(test)]
mod tests;
