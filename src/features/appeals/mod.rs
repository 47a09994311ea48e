//! Appeals: what members say against their punishments, and what the guild's own staff answers.

mod commands;
mod config;
mod desk;
mod filing;
mod records;
mod replies;
mod review;
mod room;
mod rows;
mod standing;
mod subject;
mod table;
mod text;
mod withdrawn;

pub(super) use self::commands::{commands, components, forms};
pub(super) use self::replies::TEXTS;
pub use self::room::Appeals;
pub(crate) use self::withdrawn::withdrawals;

#[cfg(test)]
mod tests;
