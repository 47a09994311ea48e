//! Configuration by command: look at a guild's keys, set one, reset one. What holds a key's rules is the key itself.

mod commands;
mod replies;

pub(super) use self::commands::config as command;

pub(super) fn components() -> Vec<crate::commands::components::Component> {
    Vec::new()
}

#[cfg(test)]
mod tests;
