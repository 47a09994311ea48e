//! Global bans: whom the bot's operators keep out of every server that has not opted out.
//!
//! The list stands in the memory of every process, so that a message costs one look into it. Each process follows the
//! table: it hears of changes at their commit, whoever made them, and enforces new entries in its own servers.

mod again;
mod commands;
mod config;
mod enforce;
mod follow;
mod list;
pub(crate) mod metrics;
mod replies;
mod rule;
mod table;
#[cfg(test)]
mod tests;

pub use self::again::Met;
pub(super) use self::commands::globalban as command;
pub use self::enforce::{Enforcer, Refusals};
pub use self::follow::{Follower, SWEEP};
pub use self::list::GlobalBans;
pub(super) use self::replies::TEXTS;
pub use self::rule::Enforcement;
