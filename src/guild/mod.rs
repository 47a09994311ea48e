//! Guild actors: one per awake guild, supervised, holding that guild's configuration and short memory.
//!
//! Events enter a guild's bounded mailbox, which stands outside its actor: a crash loses the event that caused it and
//! no other. The actor judges in order, hands decisions to [`crate::actions`] and never waits for the network. The
//! supervisor wakes sleeping guilds, restarts crashed ones with back-off and parks those that crash again and again.
//! The follower brings them what other processes and plain SQL have changed in their configuration.

mod activity;
mod actor;
pub mod config;
mod configuring;
mod follower;
mod guilds;
pub mod keys;
pub mod language;
mod mailbox;
pub(crate) mod metrics;
mod newest;
mod options;
pub mod rule;
mod slot;
mod supervisor;
pub mod view;

pub use self::config::change::{Change, ChangeError, Changed};
pub use self::follower::Follower;
pub use self::guilds::{GuildError, Guilds, Services};
pub use self::options::GuildOptions;

#[cfg(test)]
mod tests;
