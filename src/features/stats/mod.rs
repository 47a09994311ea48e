//! Statistics: what a guild has punished per action and day, and which commands are run, as text and as a picture.

mod commands;
mod days;
mod group;
pub(crate) mod picture;
mod replies;
mod report;
mod table;

pub(super) use self::commands::stats as command;
pub(crate) use self::days::{MOST_DAYS, Span, USUAL_DAYS};
pub(crate) use self::replies::TEXTS;
pub(crate) use self::replies::plain;
pub(crate) use self::report::Report;

#[cfg(test)]
mod tests;
