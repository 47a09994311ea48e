//! Notes that moderators keep about users: written, listed in pages, removed with a trace. The user never reads them.

mod commands;
mod replies;
pub(crate) mod table;

pub(super) use self::commands::{components, menu, note as command};
pub(super) use self::replies::TEXTS;

#[cfg(test)]
mod tests;
