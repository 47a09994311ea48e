//! Configuration by command: look at a guild's keys, set one, reset one. What holds a key's rules is the key itself.

mod commands;
mod replies;

pub(super) use self::commands::config as command;

#[cfg(test)]
mod tests;
