//! Infractions: what a member did against the rules, newest first.

mod commands;
mod replies;

pub(super) use self::commands::infractions as command;
pub(super) use self::replies::TEXTS;
