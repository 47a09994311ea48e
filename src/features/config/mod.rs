//! Configuration by command: look, change, look back, go back, check, carry over. What holds a key's rules is the key
//! itself.

mod check;
mod commands;
mod desk;
pub(crate) mod difference;
mod members;
pub(crate) mod outside;
pub(crate) mod past;
mod replies;
mod reserved;
pub(crate) mod span;
mod table;
pub(crate) mod transfer;
mod words;

pub(super) use self::commands::{components, config as command};
pub(super) use self::reserved::NAMES;
pub(super) use self::words::TEXTS;

#[cfg(test)]
mod tests;
