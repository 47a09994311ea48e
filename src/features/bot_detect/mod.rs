//! The room that recognises scam messages by phrases and link domains, however they are disguised.

pub mod builtin;
mod commands;
mod config;
pub mod domains;
pub mod fold;
pub mod hosts;
pub mod keyword;
pub mod matcher;
pub mod phrases;
mod reading;
pub mod replies;
mod rule;
pub mod settings;
pub mod text;
pub mod words;

#[cfg(test)]
mod tests;

pub(super) use self::commands::botdetect as command;
pub use self::rule::{BotDetect, TEXTS};
