//! AIMod: a self-hosted Discord moderation bot whose guilds are actors and whose configuration is live.
//!
//! ```text
//!  Discord ──gateway──▶ gateway/ ──Event──▶ guild/ (one actor each) ──Decision──▶ actions/ ──▶ Discord REST
//!                          ▲                  │  ▲                                   │
//!  admin ──── commands/ ───┘ ──── Request ────┘  └────────── Outcome ◀───────────────┤  (comes back as an event)
//!                                                                                    │ Record
//!                                                                                    ▼
//!                                                         writer/ ──▶ store/ (PostgreSQL) ──▶ cache/ (Redis)
//!  features/   the rooms: what the bot can do. A room brings its commands, rule, keys, table, replies, metrics.
//!  simulator/  a Discord of our own (REST + gateway) for `aimod demo`, the tests and the load runs.
//! ```
//!
//! A floor imports only from the floors below it:
//!
//! | floor | module | holds |
//! |---|---|---|
//! | 8 | [`cli`], [`app`] | one file per subcommand; the composition root |
//! | 7 | [`features`] | the rooms; `features/mod.rs` lists each once |
//! | 6 | [`commands`], [`gateway`] | poise, permission proofs, replies; serenity's events translated to ours |
//! | 5 | [`guild`] | actor, supervisor, registry, configuration snapshot, the `Rule` trait |
//! | 4 | [`actions`] | plan, journal, executor, the client for Discord's REST API |
//! | 3 | [`writer`] | the only door for writes of a running bot: batches, commits, acknowledges |
//! | 2 | [`store`], [`cache`] | PostgreSQL (pool, migrations, schema, own server, shared tables); Redis |
//! | 1 | [`settings`], [`telemetry`], [`vault`] | process settings; logs, metrics, endpoints; Fernet |
//! | 0 | [`domain`] | plain data: ids, events, decisions, actions, clock, durations |
//! | beside | `simulator` | imports nothing of the house but [`domain`] |
//!
//! # Invariants, each held by a test
//!
//! 1. [`domain`] does no I/O, spawns nothing, knows no Discord library.
//! 2. A guild's memory changes only in its actor, which awaits nothing but the commit of its own change and, at
//!    start, its configuration.
//! 3. A rule is pure in (its state, event, time): same input, same decision.
//! 4. Only [`actions`] speaks to Discord's REST API; only [`gateway`] and [`commands`] receive from Discord.
//! 5. Only [`writer`] writes to PostgreSQL, besides migrations and the bulk loads of `store/import`, which no running guild
//!    waits for. Redis is changed only after the commit.
//! 6. A side effect is journaled before it is tried and leaves the journal with an outcome.
//! 7. Redis may be absent, slow, wiped or wrong-typed at any moment: slower, same verdicts.
//! 8. A failed read is an error, never a default. A default applies only where the key is known to be unset.
//! 9. The clock is read in `domain/clock.rs`, the environment in `settings/`, secrets are opened in `vault/`.
//! 10. No secret and no message content reaches a log, a metric label, Redis in clear, or a panic message.
//! 11. No file below [`features`] names a feature.
//! 12. Permission is part of a command's definition, and checked in one place for every way of calling it.

#[cfg(test)]
extern crate self as aimod;

pub mod actions;
pub mod app;
pub mod cache;
pub mod cli;
pub mod commands;
pub mod domain;
pub mod features;
pub mod gateway;
pub mod guild;
pub mod settings;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod store;
pub mod telemetry;
pub mod vault;
pub mod writer;

#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
