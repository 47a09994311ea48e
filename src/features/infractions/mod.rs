//! Infractions: what a member did against the rules, newest first; noted and taken back by hand.

mod commands;
mod replies;
mod table;

pub(super) use self::commands::{components, infractions as command};
pub(super) use self::replies::TEXTS;

#[cfg(test)]
mod tests;
