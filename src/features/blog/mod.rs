//! Blog: what the operators publish, written on the command line and read by everybody. Drafts are the operators' alone.

mod commands;
mod pages;
mod replies;
mod slug;
pub(crate) mod table;
pub(crate) mod text;

#[cfg(test)]
mod tests;

pub(in crate::features) use self::commands::{blog as command, components};
pub(in crate::features) use self::replies::TEXTS;
pub(crate) use self::slug::derive as derived_slug;
